"""A small text file sent where words are asked (a calendar file, say) is its words."""

import asyncio

from domain.forms import Reply, Said, Sent, Strange
from domain.words import clean_text
from storage.files import Files

NOTES = (".toml", ".txt")
MOST_BYTES = 32_000


def is_note(content: Reply) -> bool:
    return isinstance(content, Sent) and content.kind == "document" and content.name.lower().endswith(NOTES)


async def opened_note(files: Files, sent: Sent) -> Reply:
    content = await files.get(sent.blob)
    words = await asyncio.to_thread(_words, content)
    return Strange("note", "form.error.want_text") if words is None else Said(words)


def _words(content: bytes) -> str | None:
    """None where it is too long or no text."""
    if len(content) > MOST_BYTES:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return clean_text(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return None
