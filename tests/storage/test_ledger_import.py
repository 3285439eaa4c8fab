"""A ledger that comes back, on both databases: what would change is shown, conflicts are named, all or nothing is done; a list of
enterprises opens as many items, quickly and once.
"""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from actions import ledger_browse, ledger_import
from actions.inputs_ledger import BulkWords, OnImport, Progress, SheetIn
from actions.ledger import report
from actions.ledger_browse import list_card
from bot import ledger_sheets
from bot.ledger_sheets import heads
from bot.render import Renderer
from bot.sheets import read_sheets
from config.catalogues import compile_all
from domain.ledger_columns import COLUMNS
from domain.ledger_desk import Row
from domain.ledger_import import read_rows
from domain.outcome import Done, Refusal
from domain.speech import Param
from storage import drafts, entries, journal
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.test_ledger import FILE, NEW, Cast, cast_on

KEYS = [column.key for column in COLUMNS]
ROW = {"enterprise": "新厂", "city": "四平市", "problem": "旧窑未拆", "kind": "拆除退出", "measures": "拆除", "due": "2026-06-30"}


@pytest.fixture
async def cast(store: Store) -> Cast:
    compile_all()
    return await cast_on(store)


async def exported(cast: Cast, who: str = "office", language: str = "zh") -> openpyxl.Workbook:
    seat = cast.seats[who]
    seen = ledger_browse.as_seen(seat.account or 0, wide=True)
    content, _ = await ledger_sheets.book(cast.store, Renderer(cast.store.world), language, (seat,), seen)
    return openpyxl.load_workbook(io.BytesIO(content))


def put(book: openpyxl.Workbook, row: int, column: str, value: Any) -> None:
    book.active.cell(row, KEYS.index(column) + 1).value = value


async def send(cast: Cast, book: openpyxl.Workbook, who: str = "office") -> list[dict[str, Any]]:
    out = io.BytesIO()
    book.save(out)
    return await give(cast, read_rows(read_sheets(out.getvalue()), heads(Renderer(cast.store.world))), who)


async def give(cast: Cast, rows: Sequence[Row], who: str = "office") -> list[dict[str, Any]]:
    """What the sender is told."""
    await cast.sent()
    cast.told.clear()
    assert isinstance(await cast.do(who, ledger_import.show, SheetIn("台账.xlsx", list(rows))), Done)
    await cast.sent()
    return list(cast.told)


def said(cast: Cast, body: dict[str, Any]) -> str:
    params: dict[str, Param] = body["params"]
    return Renderer(cast.store.world).text(body["key"], params, "zh")


async def take(cast: Cast, who: str = "office") -> Any:
    held = await cast.store.read(lambda tx: tx.value("SELECT id FROM ledger_import ORDER BY id DESC LIMIT 1"))
    return await cast.do(who, ledger_import.take, OnImport(held or 0, 5))


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_sheet_sent_back_unchanged_changes_nothing(cast: Cast, language: str) -> None:
    await cast.open(problem="一号窑\n二号窑", leader=None)
    await cast.to_closing()
    done = await cast.to_closing()
    await cast.verify(done)
    (told,) = await send(cast, await exported(cast, language=language))
    assert (told["key"], told["params"]["n"]) == ("items.import.nothing", 3)


async def test_changes_are_shown_and_taken_at_the_second_press(cast: Cast) -> None:
    item = await cast.open()
    await cast.open()
    book = await exported(cast)
    for column, value in (
        ("measures", "停产、拆除、复绿"),
        ("kind", "整改"),
        ("owner", "other氏"),
        ("due", "2026年5月29日"),
        ("capacity", "年产80万吨"),
        ("goal", "=1+1"),
    ):
        put(book, 2, column, value)
    put(book, 2, "owner", "colleague氏")
    (told,) = await send(cast, book)
    words = said(cast, told)
    assert told["key"] == "items.import.preview"
    assert "第 2 行 2203-2026-0001" in words
    assert "时限：3月31日（周二） → 5月29日（周五）" in words
    assert "处置类别：拆除退出 → 整改" in words
    assert "另有 1 条" in words
    assert (await cast.item(item)).version == 1

    assert isinstance(await take(cast), Done)
    after = await cast.item(item)
    assert (after.measures, after.kind, after.capacity, after.version) == ("停产、拆除、复绿", "rectify", "年产80万吨", 2)
    owed = (await cast.store.read(lambda tx: tx.all("SELECT * FROM obligation WHERE subject = :i", i=item)))[0]
    assert owed["owner"] == cast.seats["colleague"].id
    told_to = await cast.sent()
    assert told_to["liaison"].count("items.import.told_changed") == told_to["colleague"].count("items.import.told_changed") == 1
    history = await cast.history("liaison", item)
    assert history is not None
    assert "年产80万吨" in Renderer(cast.store.world).text(history.key, history.params, "zh")
    assert await take(cast) == Refusal("gone"), "pressed twice"
    assert await cast.store.read(journal.first_break) is None


async def test_what_moved_since_is_a_conflict_and_nothing_is_taken(cast: Cast, clock: Clock) -> None:
    moved, other = await cast.open(), await cast.open()
    book = await exported(cast)
    put(book, 2, "measures", "另一措施")
    put(book, 3, "measures", "第三措施")
    await cast.report(moved, FILE)
    (told,) = await send(cast, book)
    assert told["key"] == "items.import.cannot"
    assert "导出以后已经变动" in said(cast, told)
    assert "buttons" not in told or not told["buttons"]
    assert [(await cast.item(each)).measures for each in (moved, other)] == [NEW["measures"]] * 2

    book = await exported(cast)
    put(book, 3, "measures", "第三措施")
    await send(cast, book)
    await cast.report(other, FILE)  # between the two presses
    assert isinstance(await take(cast), Done)
    assert (await cast.item(other)).measures == NEW["measures"]
    told_to = [each["key"] for each in cast.told] + (await cast.sent())["office"]
    assert {"items.import.moved", "items.import.cannot"} <= set(told_to)


async def test_rows_that_cannot_be_taken_are_named_each_with_its_reason(cast: Cast) -> None:
    await cast.open()
    closed = await cast.to_closing()
    await cast.verify(closed)
    asked = await cast.to_closing()
    number = (await cast.item(asked)).number
    version = f"jilin-2019/{(await cast.item(asked)).version}"

    def row(n: int, **cells: str) -> Row:
        return Row(n, cells)

    rows = [
        row(2, number="2203-2026-0001", version="jilin-2019/1", enterprise="别的厂"),
        row(3, number="2203-2026-0001", version="jilin-2019/1"),
        row(4, number="2203-2026-0002", version="jilin-2019/9", measures="改了"),
        row(5, number="9999", version="jilin-2019/1"),
        row(6, number="2203-2026-0001b", version=""),
        row(7, number=number, version=version, due="2026-07-31"),
        row(8, **{**ROW, "city": "亚特兰蒂斯"}),
        row(9, **{**ROW, "kind": "没有这类"}),
        row(10, **{**ROW, "due": "2025-01-01"}),
        row(11, **{**ROW, "owner": "没有这人"}),
        row(12, **{**ROW, "enterprise": ""}),
        row(13, **{**ROW, "problem": "长" * 601}),
        row(14, **{**ROW, "city": "辽源市"}),
        row(15, **{**ROW, "city": "吉林市"}),
    ]
    (told,) = await give(cast, rows)
    words = said(cast, told)
    for n, reason in (
        (2, "另立一条"), (3, "两次"), (4, "已销号"), (5, "没有这个编号"), (6, "版本"), (7, "正在核查"), (8, "亚特兰蒂斯"), (9, "没有这类"),
        (10, "2025-01-01"), (11, "没有这人"), (12, "企业名称"), (13, "太长"),
    ):  # fmt: skip
        line = next(line for line in words.splitlines() if line.startswith(f"第 {n} 行"))
        assert reason in line, line
    assert "第 15 行" in words, "a place without a liaison"
    assert "第 14 行" not in words, "and one with"
    await take(cast)
    assert await cast.store.read(lambda tx: tx.value("SELECT count(*) AS n FROM item")) == 3, "pressed all the same: nothing is taken"


async def test_250_enterprises_are_opened_at_once_and_once(cast: Cast) -> None:
    rows = [Row(n, {"enterprise": f"样本企业{n}号", "city": "四平市", "industry": "水泥" if n > 3 else "印染"}) for n in range(2, 252)]
    assert [each["op"] for each in await give(cast, rows)] == ["card"], "a question: what the list leaves out"
    lane = cast.store.vault.lane(cast.seats["office"].account or 0)
    held = await cast.store.read(lambda tx: drafts.get(tx, lane))
    assert held is not None
    common = {"problem": "未按期拆除", "kind": "dismantle", "measures": "停产拆除", "due": "2026-06-30"}
    filled = BulkWords.model_validate(held.draft.answers | common)
    assert isinstance(await cast.do("office", ledger_import.complete, filled), Done)
    words = said(cast, (await told(cast))[-1])
    assert "新增 250 条" in words
    assert "2 家的行业不在行业清单里，先空着（印染）" in words

    assert isinstance(await take(cast), Done)
    page = await cast.store.read(lambda tx: list_card(tx, 1, cast.seats["office"].person))
    assert page is not None
    assert page.params["total"] == 250
    told_to = await cast.sent()
    assert told_to["liaison"] == ["items.import.told_new"], "one message, not 250"
    counted = "SELECT count(*) AS n FROM obligation WHERE state = 'open' AND next_at IS NOT NULL"
    assert await cast.store.read(lambda tx: tx.value(counted)) == 250

    again = [Row(row.number, {**row.cells, **common}) for row in rows]
    (nothing,) = await give(cast, again)
    assert (nothing["key"], nothing["params"]["n"]) == ("items.import.nothing", 250)


async def told(cast: Cast) -> list[dict[str, Any]]:
    await cast.sent()
    return [each for each in cast.told if each["op"] == "send"]


async def test_who_may_not_import_is_refused_and_a_waiting_sheet_is_its_owners_alone(cast: Cast) -> None:
    for who in ("liaison", "inspector", "leader"):
        assert await cast.do(who, ledger_import.show, SheetIn("a", [Row(2, ROW)])) == Refusal("forbidden")
    await give(cast, [Row(2, ROW)])
    held = await cast.store.read(lambda tx: tx.value("SELECT id FROM ledger_import"))
    assert await cast.do("liaison", ledger_import.take, OnImport(held)) == Refusal("forbidden")
    assert isinstance(await cast.do("office", ledger_import.leave, OnImport(held)), Done)
    assert await cast.do("office", ledger_import.take, OnImport(held)) == Refusal("gone")
    assert await cast.store.read(lambda tx: tx.value("SELECT count(*) AS n FROM item")) == 0


async def test_a_new_row_has_the_history_and_the_number_of_any_item(cast: Cast) -> None:
    await give(cast, [Row(2, {**ROW, "county": "梨树县", "owner": "liaison氏", "project": "二期"})])
    assert isinstance(await take(cast), Done)

    async def all_of_it(tx: Tx) -> list[str]:
        return [each.kind for each in await entries.of_subject(tx, "item", 1)]

    item = await cast.item(1)
    assert (item.number, item.region, item.project, item.owner) == ("220322-2026-0001", "220322", "二期", cast.seats["liaison"].id)
    assert await cast.store.read(all_of_it) == ["opened"]
    assert isinstance(await cast.do("liaison", report, Progress(item=1, text="已动工")), Done)
