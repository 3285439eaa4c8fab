"""The ledger as a workbook, on both databases: all columns, nothing that runs, nothing that a locality must not read."""

import io
from typing import Any

import pytest

from actions import ledger_browse
from actions.ledger_table import AT_ONCE
from bot import ledger_sheets
from bot.render import Renderer
from config.catalogues import compile_all
from domain.ledger_columns import COLUMNS
from storage.db import Store
from tests.conftest import Clock
from tests.storage.test_ledger import Cast, cast_on


@pytest.fixture
async def cast(store: Store) -> Cast:
    compile_all()
    return await cast_on(store)


async def sheet(cast: Cast, who: str, *, wide: bool = True, language: str = "zh") -> list[dict[str, Any]]:
    import openpyxl

    seat = cast.seats[who]
    seen = ledger_browse.as_seen(seat.account or 0, wide=wide)
    content, count = await ledger_sheets.book(cast.store, Renderer(cast.store.world), language, (seat,), seen)
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    _, *rows = page.iter_rows()
    assert len(rows) == count
    assert all(cell.data_type != "f" for row in rows for cell in row)
    return [dict(zip([column.key for column in COLUMNS], [cell.value for cell in row], strict=True)) for row in rows]


async def test_all_columns_of_an_item_from_opening_to_closing(cast: Cast, clock: Clock) -> None:
    item = await cast.to_closing()
    await cast.verify(item)
    (row,) = await sheet(cast, "office")
    assert row["history"].count("\n") == 4
    told = {key: value for key, value in row.items() if value is not None and key != "history"}
    assert told == {
        "n": 1,
        "number": "2203-2026-0001",
        "enterprise": "平原水泥厂",
        "city": "四平市",
        "industry": "水泥",
        "problem": "一号窑属淘汰类，仍在生产",
        "kind": "拆除退出",
        "measures": "停产并拆除一号窑",
        "owner": "liaison氏",
        "leader": "leader氏",
        "due": "2026-03-31",
        "state": "已销号",
        "progress": "2026-03-02 09:00 申请销号 liaison氏：已拆除",
        "files": 2,
        "verified": "2026-03-02 09:00 核查通过 inspector氏：现场已看",
        "closed": "2026-03-02",
        "source": "检查发现",
        "version": "jilin-2019/5",
    }
    (row,) = await sheet(cast, "office", language="en")
    assert (row["state"], row["kind"], row["city"]) == ("Closed", "Dismantle", "Siping")


async def test_what_a_person_wrote_is_never_a_formula(cast: Cast) -> None:
    for words in ("=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", '=HYPERLINK("http://x")', "http://example.org", "<b>&amp;</b>"):
        await cast.open(problem=words, enterprise=words)
    rows = await sheet(cast, "office")
    assert [row["problem"] for row in rows][:2] == ["=1+1", "+cmd|' /C calc'!A0"]
    assert rows[-1]["enterprise"] == "<b>&amp;</b>"


async def test_a_hidden_source_is_the_same_words_for_the_locality(cast: Cast) -> None:
    await cast.open(source="complaint")
    await cast.open()
    assert [row["source"] for row in await sheet(cast, "office")] == ["举报", "检查发现"]
    local = await sheet(cast, "liaison", wide=False)
    assert [row["source"] for row in local] == ["日常监管", "日常监管"]
    assert not any("举报" in str(value) for row in local for value in row.values())
    assert await sheet(cast, "other") == []


async def test_many_items_go_out_in_pieces(cast: Cast) -> None:
    for _ in range(AT_ONCE + 3):
        await cast.open()
    rows = await sheet(cast, "office")
    assert [row["n"] for row in rows] == list(range(1, AT_ONCE + 4))
    assert len({row["number"] for row in rows}) == AT_ONCE + 3
