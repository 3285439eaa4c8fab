"""A spreadsheet as rows of words: xlsx, or csv in the encodings and with the separators that office programs write. CPU-bound: in a thread.

The content has been judged already (`domain/evidence.py`: macros, bombs, programs). What is still guarded here: one cell at the far
corner makes a reader lay out every cell before it.
"""

import asyncio
import csv
import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import structlog

from domain.forms import Sent, Sheet
from domain.words import clean_text
from storage.files import Files

log = structlog.get_logger()

MOST_CELLS = 2_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60  # further to the right stand notes at most
LONGEST = 1000  # characters of one cell; what an item says has up to 600
_CELL = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")

Cells = list[list[str]]


class NotASheetError(ValueError):
    """No table can be read from this file."""


def read_sheets(content: bytes) -> list[Cells]:
    """The sheets of a workbook, or the one of a csv. Blank rows stay, so that a row's number is the one that people see."""
    if content.startswith(b"PK"):
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotASheetError("an xls of before 2007")
    return [_csv(content)]


def _workbook(content: bytes) -> list[Cells]:
    from python_calamine import CalamineError, load_workbook

    _guard(content)
    try:
        book = load_workbook(io.BytesIO(content))
        return [_lines(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise NotASheetError("a workbook that cannot be opened") from error


def _guard(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [name for name in packed.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
            if not parts:
                raise NotASheetError("not a workbook")
            for name in parts:
                _guard_sheet(packed.read(name))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise NotASheetError("a workbook that cannot be opened") from error


def _guard_sheet(xml: bytes) -> None:
    height = width = 0
    for column, row in _CELL.findall(xml):
        width = max(width, _number(column))
        height = max(height, int(row))
    if height * width > MOST_CELLS or height > MOST_ROWS:
        raise NotASheetError("too large")


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _csv(content: bytes) -> Cells:
    text = _decoded(content)
    head = text[:4096]
    separator = max(",;\t", key=head.count)
    try:
        return _lines(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise NotASheetError("not a csv") from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotASheetError("an unknown encoding")


def _lines(rows: Any) -> Cells:
    found = []
    for n, row in enumerate(rows):
        if n >= MOST_ROWS:
            raise NotASheetError("too large")
        found.append([_words(cell) for cell in row[:MOST_COLUMNS]])
    return found


def _words(cell: Any) -> str:
    """A date is ISO, a whole number has no point."""
    if cell is None or isinstance(cell, bool | time | timedelta):
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean_text(str(cell)).strip()[:LONGEST]


async def opened_sheet(files: Files, sent: Sent) -> Sheet | None:
    """The rows of a file that is stored already; None where it is no table."""
    if sent.kind != "document":
        return None
    content = await files.get(sent.blob)
    try:
        return Sheet(sent.name, await asyncio.to_thread(read_sheets, content))
    except NotASheetError as error:
        log.info("sheet.refused", reason=str(error))
        return None
