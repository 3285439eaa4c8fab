"""Office documents, new (zip) and old (OLE): no macros, nothing that starts, nothing that explodes, nothing hidden inside. Pure."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from domain.evidence import OLE, PROGRAMS, ZIP, Kind, Reason, Verdict

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_UNPACKED = 200 * 1024 * 1024  # of all parts together, those of parts within parts counted
MOST_PARTS = 5000
MOST_RATIO = 400  # text of a spreadsheet shrinks up to some 100 times
SMALL = 4 * 1024 * 1024  # below this a ratio says nothing
DEEPEST = 2  # a chart's own workbook within a document is one level
PIECE = 1 << 20

PROGRAM_PARTS = ("AndroidManifest.xml", "classes.dex", "META-INF/MANIFEST.MF")
MACRO_PARTS = re.compile(r"vbaProject\.bin$|/macrosheets/|/activeX/|/customUI/.*\.dll$", re.IGNORECASE)
# A template fetched from elsewhere brings macros along when the document is opened.
FAR_TEMPLATE = re.compile(rb"attachedTemplate[^>]*TargetMode=\"External\"|TargetMode=\"External\"[^>]*attachedTemplate")


class RefusedError(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass
class Budget:
    """How much may still be unpacked, over all levels."""

    rest: int = MOST_UNPACKED


def judge_zip(content: bytes) -> Verdict:
    try:
        return _zip(content, Budget(), 0)
    except RefusedError as refused:
        return refused.reason
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError, OSError):
        return Reason("broken")


def _zip(content: bytes, budget: Budget, depth: int) -> Verdict:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = [part.filename.replace("\\", "/") for part in parts]
        _refuse_bombs(parts, len(content), budget)
        if any(name in PROGRAM_PARTS for name in names):
            return Reason("program")
        kind = _document(names)
        if kind is None:
            return Reason("archive")
        if any(part.flag_bits & 1 for part in parts):
            return Reason("locked")
        if any(MACRO_PARTS.search(name) for name in names):
            return Reason("macros")
        for part in parts:
            _look_into(part.filename, _unpacked(archive, part, budget), budget, depth)
    return kind


def _document(names: list[str]) -> Kind | None:
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return Kind(DOCX)
    return Kind(XLSX) if "xl/workbook.xml" in names else None


def _refuse_bombs(parts: list[zipfile.ZipInfo], size: int, budget: Budget) -> None:
    """By what the directory declares; what it conceals shows when the parts are unpacked."""
    declared = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    # Parts that overlap share their bytes: together they claim more than the file holds.
    if len(parts) > MOST_PARTS or declared > budget.rest or packed > size or (declared > SMALL and declared > MOST_RATIO * size):
        raise RefusedError(Reason("bomb"))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: Budget) -> bytes:
    """All of a part, counted while it unpacks: no more is ever held than the budget allows."""
    pieces = []
    with archive.open(part) as opened:
        while piece := opened.read(PIECE):
            budget.rest -= len(piece)
            if budget.rest < 0:
                raise RefusedError(Reason("bomb"))
            pieces.append(piece)
    return b"".join(pieces)


def _look_into(name: str, content: bytes, budget: Budget, depth: int) -> None:
    """What a part holds by its own content, whatever it is called."""
    if name == "[Content_Types].xml" and b"macroEnabled" in content:
        raise RefusedError(Reason("macros"))
    if name.endswith(".rels") and FAR_TEMPLATE.search(content):
        raise RefusedError(Reason("macros"))
    if content.startswith(PROGRAMS):
        raise RefusedError(Reason("program"))
    if content.startswith(ZIP):
        if depth + 1 >= DEEPEST:
            raise RefusedError(Reason("embedded"))
        inner = _zip(content, budget, depth + 1)
        if isinstance(inner, Reason):
            raise RefusedError(Reason("embedded") if inner.code == "archive" else inner)
    if content.startswith(OLE):
        inner = judge_ole(content)
        if isinstance(inner, Reason):
            raise RefusedError(Reason("embedded") if inner.code == "unknown" else inner)


# The old format: a file system in a file ([MS-CFB]) -----------------------------------------------------------------------------------

FREE, END = 0xFFFFFFFF, 0xFFFFFFFE
LONGEST_CHAIN = 1 << 17
SHEET, SHEET_OF_MACROS, END_OF_RECORDS = 0x0085, 1, 0x000A  # [MS-XLS] BoundSheet8, its dt, EOF


def judge_ole(content: bytes) -> Verdict:
    try:
        streams = dict(_streams(content))
    except (struct.error, IndexError, ValueError):
        return Reason("broken")
    names = {name.lower() for name in streams}
    if names & {"vba", "_vba_project", "_vba_project_cur", "macros", "dir"} or any(name.startswith("_vba") for name in names):
        return Reason("macros")
    if names & {"encryptedpackage", "encryptioninfo"}:
        return Reason("locked")
    if names & {"\x01ole10native", "package"}:
        return Reason("embedded")
    if names & {"workbook", "book"}:
        sheets = streams.get("Workbook", streams.get("Book", b""))
        return Reason("macros") if _has_macro_sheet(sheets) else Kind("application/vnd.ms-excel")
    return Kind("application/msword") if "worddocument" in names else Reason("unknown")


def _streams(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and beginning of each entry of the directory; the content only of a workbook, whose sheets are looked at."""
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in {9, 12}:
        raise ValueError("no sector of this size")
    size = 1 << shift
    table = _table(content, size)
    directory = _chain(content, table, struct.unpack_from("<I", content, 48)[0], size)
    for at in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        if kind in {1, 2, 5} and 2 <= length <= 64:
            name = directory[at : at + length - 2].decode("utf-16-le", "replace")
            start = struct.unpack_from("<I", directory, at + 116)[0]
            yield name, _chain(content, table, start, size) if name in {"Workbook", "Book"} and kind == 2 else b""


def _table(content: bytes, size: int) -> list[int]:
    """The chains of sectors. Files of evidence stay below what needs more than the 109 tables of the header plus their chain."""
    heads = [sector for sector in struct.unpack_from("<109I", content, 76) if sector < END]
    more, count = struct.unpack_from("<II", content, 68)
    for _ in range(min(count, 64)):
        block = struct.unpack_from(f"<{size // 4}I", content, (more + 1) * size)
        heads += [sector for sector in block[:-1] if sector < END]
        more = block[-1]
    return [number for sector in heads for number in struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)]


def _chain(content: bytes, table: list[int], sector: int, size: int) -> bytes:
    parts: list[bytes] = []
    while sector < END:
        if len(parts) > LONGEST_CHAIN:
            raise ValueError("a chain without an end")
        parts.append(content[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)


def _has_macro_sheet(workbook: bytes) -> bool:
    """A sheet of Excel 4 macros runs without any Visual Basic."""
    at = 0
    while at + 4 <= len(workbook):
        record, length = struct.unpack_from("<HH", workbook, at)
        if record == SHEET and length >= 6 and workbook[at + 9] == SHEET_OF_MACROS:
            return True
        if record == END_OF_RECORDS:
            return False
        at += 4 + length
    return False
