"""Workbooks that are drawn when they are sent, from what an action said: sheets, columns, cells as typed parameters, QR codes.

So a list of links is nowhere a file: its tokens stand in the sealed outbox row, which goes once it is sent. CPU-bound: in a thread.
"""

import io
from collections.abc import Callable, Mapping
from typing import Any

from domain.markup import unescape

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIXELS_OF_QR = 100
POINTS_OF_QR = 80
WIDTH_OF_QR = 15

Show = Callable[[Any], str]


def draw_book(book: Mapping[str, Any], show: Show) -> bytes:
    """`book["sheets"]`: `title`, `head`, `widths` and `rows`; a cell is a parameter or `{"$": "qr", "of": parameter}`."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        plain = workbook.add_format({"text_wrap": True, "valign": "vcenter"})
        for sheet in book["sheets"]:
            page = workbook.add_worksheet(_words(sheet["title"], show)[:31])
            page.freeze_panes(1, 0)
            for n, width in enumerate(sheet["widths"]):
                page.set_column(n, n, width)
            for n, cell in enumerate(sheet["head"]):
                page.write_string(0, n, _words(cell, show), head)
            for row, cells in enumerate(sheet["rows"], 1):
                _draw_row(page, row, cells, show, plain)
    return out.getvalue()


def _draw_row(page: Any, row: int, cells: list[Any], show: Show, plain: Any) -> None:
    for n, cell in enumerate(cells):
        if isinstance(cell, dict) and cell["$"] == "qr":
            page.set_row(row, POINTS_OF_QR)
            _draw_qr(page, row, n, _words(cell["of"], show))
        elif isinstance(cell, int):
            page.write_number(row, n, cell, plain)
        else:
            page.write_string(row, n, _words(cell, show), plain)


def _draw_qr(page: Any, row: int, column: int, words: str) -> None:
    import segno

    picture = io.BytesIO()
    code = segno.make(words, error="m")
    code.save(picture, kind="png", scale=3, border=2)
    scale = PIXELS_OF_QR / code.symbol_size(scale=3, border=2)[0]
    options = {"image_data": picture, "x_scale": scale, "y_scale": scale, "x_offset": 2, "y_offset": 2, "object_position": 1}
    page.insert_image(row, column, "qr.png", options)


def _words(cell: Any, show: Show) -> str:
    """What the renderer escaped for Telegram stands plain in a cell."""
    return unescape(show(cell))
