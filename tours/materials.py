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


def plant() -> bytes:
    """A furnace hall at dusk, drawn: no real plant is shown."""
    from PIL import Image, ImageDraw

    wide, tall = 640, 420
    canvas = Image.new("RGB", (wide, tall))
    draw = ImageDraw.Draw(canvas)
    for y in range(tall):
        draw.line((0, y, wide, y), fill=(150 + y // 6, 176 + y // 9, 200 - y // 8))
    draw.rectangle((0, 330, wide, tall), fill=(96, 90, 82))
    draw.polygon(((60, 330), (60, 190), (200, 140), (200, 190), (340, 140), (340, 330)), fill=(92, 104, 116))
    draw.rectangle((400, 60, 444, 330), fill=(128, 84, 70))
    draw.rectangle((394, 52, 450, 72), fill=(108, 70, 58))
    draw.rectangle((470, 210, 600, 330), fill=(112, 118, 122))
    draw.ellipse((500, 236, 570, 306), fill=(58, 60, 64))
    for x in (90, 150, 230, 290):
        draw.rectangle((x, 230, x + 34, 266), fill=(196, 206, 214))
    draw.line((470, 210, 600, 330), fill=(214, 160, 40), width=8)  # taped off: out of use
    draw.line((600, 210, 470, 330), fill=(214, 160, 40), width=8)
    out = io.BytesIO()
    canvas.save(out, "PNG")
    return out.getvalue()
