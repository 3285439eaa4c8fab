"""Cleaning what people type, at the edge, once."""

import unicodedata
from collections.abc import Iterable

# Controls that reorder the text around them: a name that holds one can make a sentence read backwards.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def clean_text(text: str) -> str:
    """Without NUL, lone surrogates, bidi controls and other control characters except line breaks; trimmed; NFC."""
    text = text.encode("utf-8", "ignore").decode().translate(_BIDI)
    kept = "".join(char for char in text if char == "\n" or unicodedata.category(char) != "Cc")
    return unicodedata.normalize("NFC", kept).strip()


def fold(text: str) -> str:
    """For looking up names: width, case and spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def near(word: str, known: Iterable[str], n: int = 1, cutoff: float = 0.6) -> list[str]:
    """What was perhaps meant, the nearest first. Slips are rare: what compares is loaded when there is one."""
    from difflib import get_close_matches

    return get_close_matches(word, list(known), n=n, cutoff=cutoff)
