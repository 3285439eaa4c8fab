"""What may be kept as evidence, judged by content and never by a name that claims it. Pure, CPU-bound: call it in a thread.

`judge` answers a `Kind` (what it is) or a `Reason` (why it is refused; the catalogue has a sentence for each, `content.refused.CODE`).
"""

import io
import re
import warnings
from dataclasses import dataclass
from typing import Literal, get_args

MOST_BYTES = 20 * 1024 * 1024  # what getFile gives a bot
MOST_PIXELS = 50_000_000  # a phone's best picture; what claims more is a bomb

Code = Literal[
    "empty", "too_big", "program", "archive", "macros", "embedded", "bomb", "locked", "active_pdf", "pixels", "broken", "unknown"
]
CODES: tuple[Code, ...] = get_args(Code)


@dataclass(frozen=True)
class Kind:
    mime: str


@dataclass(frozen=True)
class Reason:
    code: Code


Verdict = Kind | Reason

PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # Mach-O for several processors, and Java classes
    b"dex\n",
    b"\0asm",
    b"L\0\0\0\x01\x14\x02\0",  # a Windows link: it starts what it names
)
ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"MSCF", b"\x1f\x9d", b"LZIP")
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Text that starts something when it is opened: here the name counts, but only ever against the file.
SCRIPTS = re.compile(r"\.(bat|cmd|com|ps1|vbs|vbe|js|jse|wsf|hta|sh|py|reg|scr|url|html?|svg|xml|mht)$", re.IGNORECASE)
MARKUP = re.compile(r"\s*<(!doctype|html|script|svg|\?xml|body|head)\b", re.IGNORECASE)
BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
HEIC = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
PICTURE_HEADS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


def judge(content: bytes, name: str = "") -> Verdict:
    """What this is, or why it cannot be evidence."""
    if not content:
        return Reason("empty")
    if len(content) > MOST_BYTES:
        return Reason("too_big")
    if content.startswith(b"#!AMR"):
        return Kind("audio/amr")
    if content.startswith((*PROGRAMS, b"#!")):
        return Reason("program")
    if content.startswith(ZIP):
        from domain.evidence_office import judge_zip

        return judge_zip(content)
    if content.startswith(OLE):
        from domain.evidence_office import judge_ole

        return judge_ole(content)
    if content.startswith(ARCHIVES) or content[257:262] == b"ustar":
        return Reason("archive")
    if b"%PDF-" in content[:1024]:
        from domain.evidence_pdf import judge_pdf

        return judge_pdf(content)
    return _media(content) or _text(content, name)


def _media(content: bytes) -> Verdict | None:
    if content.startswith(PICTURE_HEADS) and (content[:4] != b"RIFF" or content[8:12] == b"WEBP"):
        return _picture(content)
    if content.startswith(b"OggS"):
        return Kind("audio/ogg")
    if content.startswith(b"ID3") or (content[0] == 0xFF and len(content) > 1 and content[1] & 0xE6 == 0xE2):
        return Kind("audio/mpeg")
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return Kind("image/heic") if brand in HEIC else Kind(BRANDS.get(brand, "video/mp4"))
    return None


def _picture(content: bytes) -> Verdict:
    """The header is read, the pixels are not: a bomb says its size before it goes off."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower and gives a reason
            with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return Reason("pixels")
                found = PICTURES[str(picture.format)]
                picture.verify()
    except Image.DecompressionBombError:
        return Reason("pixels")
    except (OSError, ValueError, SyntaxError, KeyError, IndexError):
        return Reason("broken")
    return Kind(found)


def _text(content: bytes, name: str) -> Verdict:
    """Text is what decodes (UTF-8, or GB 18030 as older programs write it) without control characters."""
    text = _decoded(content)
    if text is None or any(not char.isprintable() and char not in "\r\n\t\f\ufeff\u3000" for char in text[:65536]):
        return Reason("unknown")
    if MARKUP.match(text.lstrip("\ufeff")) or SCRIPTS.search(name):
        return Reason("program")
    return Kind("text/csv" if name.lower().endswith(".csv") else "text/plain")


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
