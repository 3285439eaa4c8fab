"""A PDF that only shows: no script, nothing started, no files inside, not locked. Pure.

Objects are looked at as a reader would resolve them, since names may hide in compressed object streams; a scan of the bytes finds what
a reader more forgiving than ours might still follow.
"""

import io
import logging
import re
from typing import Any

from domain.evidence import Kind, Reason, Verdict

MOST_OBJECTS = 100_000
STARTS = {"/JavaScript", "/Launch", "/ImportData"}
ACTIVE_KEYS = {"/JS", "/JavaScript", "/RichMedia"}
FILES = {"/EmbeddedFiles", "/EF"}
RAW = re.compile(rb"/(JavaScript|Launch|RichMedia)\b")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def judge_pdf(content: bytes) -> Verdict:
    plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if RAW.search(plain):
        return Reason("active_pdf")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs what it mends; a person's document is nobody's log
    try:
        return _walk(content)
    except Exception:  # noqa: BLE001  a damaged PDF makes pypdf raise nearly anything; what cannot be looked at is refused
        return Reason("broken")


def _walk(content: bytes) -> Verdict:
    from pypdf import PdfReader
    from pypdf.generic import IndirectObject

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return Reason("locked")
    numbers = [(number, generation) for generation, held in reader.xref.items() for number in held]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > MOST_OBJECTS:
        return Reason("bomb")
    for number, generation in numbers:
        found = _look(reader.get_object(IndirectObject(number, generation, reader)))
        if found is not None:
            return found
    return Kind("application/pdf") if len(reader.pages) else Reason("broken")


def _look(thing: Any) -> Reason | None:
    """Through dictionaries and lists that stand directly within an object; what is only referred to has its own turn."""
    waiting = [thing]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            keys = {str(key) for key in each}
            if keys & ACTIVE_KEYS or str(each.get("/S", "")) in STARTS:
                return Reason("active_pdf")
            if keys & FILES:
                return Reason("embedded")
            waiting += [dict.__getitem__(each, key) for key in each]
        elif isinstance(each, list):
            waiting += list.__iter__(each)
    return None
