"""From lines of JSON on standard input to a workbook on standard output: a program of its own, run as a file; the bot goes on answering.

The first line is `{"sheet": …, "head": […], "widths": […], "hidden": [column numbers]}`, each further one a row. It knows nothing of the
bot. Rows go into a file as they come and are not kept; what it has on disk meanwhile is removed with its folder. XlsxWriter makes the book
with the first row and the last, and those between are put in where they belong: its call a cell was most of the time that a sheet took.
"""

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile

MOST = 32_000  # characters of a cell; Excel takes 32,767
PAGE = "xl/worksheets/sheet1.xml"
# In a line: what XML, or Excel, reads as something else. Few rows have any of it, and only those are looked at cell by cell.
MARKED = re.compile(rb"[&<>]|\\[bfru]|_x|\xef\xbf[\xbe\xbf]")
UNSAFE = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_x": "_x005F_x"}

Cells = Sequence[str | int]


def main() -> None:
    lines = sys.stdin.buffer
    head = json.loads(lines.readline())
    with tempfile.TemporaryDirectory() as folder:
        middle, frame, book = (Path(folder, name) for name in ("middle.xml", "frame.xlsx", "book.xlsx"))
        framed(frame, head, 0, ())
        spooled = spool(lines, middle, style_of(frame))
        framed(frame, head, spooled.count, spooled.last)
        joined(frame, middle, spooled.count, book)
        with book.open("rb") as whole:
            shutil.copyfileobj(whole, sys.stdout.buffer)


@dataclass(frozen=True)
class Spooled:
    count: int
    last: Cells


def spool(lines: Iterable[bytes], middle: Path, style: str) -> Spooled:
    """All rows but the last as they will stand in the page."""
    from xlsxwriter.utility import xl_col_to_name

    columns: list[str] = []
    last, count = b"[]", 0
    with middle.open("w", encoding="utf-8", newline="") as file:
        for line in lines:
            if count:
                cells = read(last)
                columns = columns or [xl_col_to_name(n) for n in range(len(cells))]
                file.write(row(count + 1, columns, cells, style))
            last, count = line, count + 1
    return Spooled(count, json.loads(last))


def read(line: bytes) -> Cells:
    """The cells as XML has them."""
    cells: Cells = json.loads(line)
    if len(line) <= MOST and not MARKED.search(line):
        return cells
    return [cell if isinstance(cell, int) else escaped(cell) for cell in cells]


def row(number: int, columns: Sequence[str], cells: Cells, style: str) -> str:
    """Words are text, whatever they begin with: never a formula."""
    parts = [f'<row r="{number}">']
    for column, cell in zip(columns, cells, strict=True):
        if isinstance(cell, int):
            parts.append(f'<c r="{column}{number}" s="{style}"><v>{cell}</v></c>')
        elif cell:
            parts.append(f'<c r="{column}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>')
    parts.append("</row>")
    return "".join(parts)


def escaped(words: str) -> str:
    """For XML; what it cannot hold as Excel writes it, `_x0007_`."""
    return UNSAFE.sub(lambda found: NAMED.get(found[0]) or f"_x{ord(found[0]):04X}_", words[:MOST])


def framed(path: Path, head: dict[str, Any], count: int, last: Cells) -> None:
    """The book with the head and the last of `count` rows."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#DDE7F0"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        page = book.add_worksheet(head["sheet"])
        page.freeze_panes(1, 3)
        for n, width in enumerate(head["widths"]):
            page.set_column(n, n, width, plain, {"hidden": True} if n in head["hidden"] else None)
        for n, words in enumerate(head["head"]):
            page.write_string(0, n, words, bold)
        for n, cell in enumerate(last):
            if isinstance(cell, int):
                page.write_number(count, n, cell, plain)
            elif cell:
                page.write_string(count, n, cell[:MOST], plain)
        page.autofilter(0, 0, count, len(head["head"]) - 1)


def style_of(frame: Path) -> str:
    """The number that the format of plain cells got."""
    with ZipFile(frame) as book:
        found = re.search(rb'<col [^>]*style="(\d+)"', book.read(PAGE))
    assert found is not None  # every column has that format
    return found[1].decode()


def joined(frame: Path, middle: Path, count: int, path: Path) -> None:
    """The same book with the rows between the head and the last."""
    with ZipFile(frame) as made, ZipFile(path, "w", ZIP_DEFLATED) as book:
        for part in made.namelist():
            content = made.read(part)
            if part != PAGE:
                book.writestr(part, content)
                continue
            before, mark, after = content.partition(b'<row r="%d"' % (count + 1))
            with book.open(PAGE, "w", force_zip64=middle.stat().st_size > ZIP64_LIMIT // 2) as page, middle.open("rb") as rows:
                page.write(before)
                shutil.copyfileobj(rows, page, 1 << 20)
                page.write(mark + after)


if __name__ == "__main__":
    main()
