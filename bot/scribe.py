"""From lines of JSON on standard input to a workbook on standard output: a program of its own, run as a file; the bot goes on answering.

The first line is `{"sheet": …, "head": […], "widths": […], "hidden": [column numbers]}`, each further one a row. It knows nothing of the
bot. Rows are written one by one and not kept (constant memory); what it keeps on disk meanwhile is removed with its folder.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

MOST = 32_000  # characters of a cell; Excel takes 32,767


def main() -> None:
    import xlsxwriter

    first = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(str(path), options) as book:
            write(book, first)
        sys.stdout.buffer.write(path.read_bytes())


def write(book: Any, first: dict[str, Any]) -> None:
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#DDE7F0"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    page = book.add_worksheet(first["sheet"])
    page.freeze_panes(1, 3)
    for n, width in enumerate(first["widths"]):
        page.set_column(n, n, width, plain, {"hidden": True} if n in first["hidden"] else None)
    for n, words in enumerate(first["head"]):
        page.write_string(0, n, words, head)
    count = 0
    for line in sys.stdin:
        count += 1
        for n, cell in enumerate(json.loads(line)):
            if isinstance(cell, int):
                page.write_number(count, n, cell)
            elif cell:
                page.write_string(count, n, cell[:MOST], plain)  # never a formula, whatever it begins with
    page.autofilter(0, 0, count, len(first["head"]) - 1)


if __name__ == "__main__":
    main()
