"""What people of a story send: a picture, a sheet, files that no bot should take."""

import io
import zipfile
from collections.abc import Mapping, Sequence


def picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (320, 240), (110, 140, 120)).save(out, "PNG")
    return out.getvalue()


def sheet(*rows: Sequence[str]) -> bytes:
    """An Excel file of one page."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for n, row in enumerate(rows):
            page.write_row(n, 0, row)
    return out.getvalue()


def rows_of(content: bytes) -> list[list[str]]:
    """The first page of an Excel file, as text."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def events_of(content: bytes) -> list[str]:
    """What a calendar file names."""
    from icalendar import Calendar

    return [str(event["summary"]) for event in Calendar.from_ical(content.decode()).walk("VEVENT")]


def zipped(*names: str) -> bytes:
    return _packed(dict.fromkeys(names, b"sample"))


def with_macros() -> bytes:
    """An Excel file that would run something."""
    with zipfile.ZipFile(io.BytesIO(sheet(("企业",)))) as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    return _packed(parts | {"xl/vbaProject.bin": b"sample"})


def _packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
