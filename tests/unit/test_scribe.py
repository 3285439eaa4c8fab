"""The program that writes workbooks: what goes in as lines of JSON comes out as a book that Excel's readers take, whatever people wrote."""

import io
import json
import subprocess
import sys
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from bot.ledger_sheets import SCRIBE

HEAD = {"sheet": "台账", "head": ["编号", "名称", "备注"], "widths": [6, 20, 30], "hidden": [2]}


def written(rows: list[list[str | int]]) -> bytes:
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (HEAD, *rows)).encode("utf-8", "replace")
    return subprocess.run([sys.executable, "-I", str(SCRIBE)], input=lines, stdout=subprocess.PIPE, check=True).stdout


def read(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_every_row_stands_where_it_belongs(count: int) -> None:
    content = written([[n, f"第{n}行", ""] for n in range(1, count + 1)])
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.active
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=2)] == [[n, f"第{n}行", None] for n in range(1, count + 1)]
    assert page.dimensions == f"A1:C{count + 1}" or count <= 1
    assert page.auto_filter.ref == f"A1:C{count + 1}"
    assert page.freeze_panes == "D2"
    assert page.column_dimensions["C"].hidden
    assert {cell.number_format for row in page.iter_rows(min_row=2) for cell in row if cell.value is not None} <= {"@"}
    assert [len(row) for row in read(content)] == [3] * (count + 1)


STRANGE = (
    "=1+1", "<b>&amp;</b>", "a & b < c > d", "两行\n文字", "  先后空格  ", "制表\t符", '引号"和\'', "🟢 绿", "C:\\new\\bin", "_x0041_",
    "]]>", "http://example.org", "-2+3", "1e5", "007",
)  # fmt: skip


@pytest.mark.parametrize("last", [False, True])
def test_words_come_back_as_they_were_written(last: bool) -> None:
    rows: list[list[str | int]] = [[n, words, "x"] for n, words in enumerate(STRANGE, 1)]
    content = written(rows if last else [*rows, [99, "完", ""]])
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    found = [row[1] for row in page.iter_rows(min_row=2)][: len(STRANGE)]
    assert all(cell.data_type != "f" for cell in found)
    assert [openpyxl.utils.escape.unescape(cell.value) if "_x" in cell.value else cell.value for cell in found] == list(STRANGE)
    assert [row[1] for row in read(content)[1:]][: len(STRANGE)] == list(STRANGE)


def test_what_xml_cannot_hold_does_not_break_the_book() -> None:
    content = written([[1, "铃\x07声\x00", "\r回车"], [2, "\ufffe\uffff", "半个\ud83d"], [3, "长" * 40_000, "\x07"]])
    with ZipFile(io.BytesIO(content)) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    assert "铃_x0007_声_x0000_" in page
    assert "_x000D_回车" in page
    assert "_xFFFE__xFFFF_" in page
    rows = read(content)
    assert len(rows) == 4
    assert len(rows[3][1]) == 32_000
