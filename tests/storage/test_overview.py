"""The whole picture on both databases: sorted four ways, from each heap to its matters, and only what a seat may see."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

import bot.forms.ledger
import bot.forms.tasks  # what these register is looked at here
from actions import cards as made
from actions import ledger, overview, tasks
from actions.inputs_ledger import OpenItem
from actions.inputs_tasks import Assign
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.pictures import chart_of
from bot.render import Renderer
from domain.charts import svg
from domain.outcome import Done, Outcome, Refusal
from domain.overview import TABS, View, heaps
from domain.people import Seat
from domain.speech import Message
from domain.world import World
from storage import outbox, people
from storage import overview as listed
from storage.db import Store
from storage.overview import FOREVER
from storage.tx import Tx
from tests.conftest import Clock

REGIME = "shandong-2022"
OFFICE, LEAD, LIAISON, JINAN, UNIT, UNIT_LEAD, PROVINCE, STRANGER = 10, 11, 12, 13, 14, 15, 16, 17
assert bot.forms.tasks, bot.forms.ledger


@dataclass
class Stage:
    store: Store
    clock: Clock
    world: World
    seats: dict[int, Seat] = field(default_factory=dict)

    async def do(self, account: int, verb: Any, given: Any) -> Outcome:
        return await perform(self.store, Caller(account, account, quiet=True), verb, given)

    async def task(self, owner: int, due: str, asker: int = OFFICE) -> None:
        given = Assign(what="报送季度清单", assignee=self.seats[owner].id, due=date.fromisoformat(due))
        assert isinstance(await self.do(asker, tasks.assign, given), Done)

    async def item(self, owner: int, due: str, kind: str, opener: int = OFFICE, region: str = "371402") -> int:
        given = OpenItem(
            place=f"{REGIME}:{region}",
            enterprise="德州某钢铁厂",
            industry="steel",
            problem="未按期完成改造",
            kind=kind,
            measures="停用旧炉",
            goal="达到标准",
            owner=self.seats[owner].id,
            due=date.fromisoformat(due),
        )
        done = await self.do(opener, ledger.open_item, given)
        assert isinstance(done, Done), done
        return int(str(done.result))

    async def card(self, account: int, view: View) -> Message | None:
        async def unit(tx: Tx) -> Message | None:
            person = await people.person_by_account(tx, account)
            return await made.make(tx, "overview", view.id, None if person is None else person["id"])

        return await self.store.read(unit)

    async def text(self, account: int, view: View, language: str = "zh") -> str:
        message = await self.card(account, view)
        assert message is not None
        return Renderer(self.world).text(message.key, message.params, language)

    async def labels(self, account: int, view: View) -> list[str]:
        message = await self.card(account, view)
        assert message is not None
        return [each["text"] for row in Renderer(self.world).keyboard(outbox.dump(message.buttons), "zh") for each in row]

    def heap(self, account: int, tab: Any, code: str) -> View:
        return View(self.seats[account].id, tab, heaps(tab, self.world.regime(REGIME)).index(code) + 1)


@pytest.fixture
async def stage(store: Store, clock: Clock, world: World) -> Stage:
    stage = Stage(store, clock, world)
    for account, role, scope in (
        (OFFICE, "office", ""),
        (LEAD, "local_supervisor", "3714"),
        (LIAISON, "local_liaison", "3714"),
        (JINAN, "local_liaison", "3701"),
        (UNIT, "unit_liaison", "gxt"),
        (UNIT_LEAD, "unit_lead", "gxt"),
        (PROVINCE, "provincial_group", ""),
    ):

        async def unit(tx: Tx, account: int = account, role: str = role, scope: str = scope) -> Seat:
            return await seat_directly(tx, account=account, name=f"人{account}", regime=REGIME, role=role, scope=scope)

        stage.seats[account] = await store.unit(unit)
    return stage


async def test_sorted_four_ways_the_total_is_always_the_same(stage: Stage) -> None:
    await stage.task(LIAISON, "2026-03-06")
    await stage.task(JINAN, "2026-03-30")
    await stage.task(UNIT, "2026-03-30")
    await stage.item(LIAISON, "2026-03-06", "upgrade")
    await stage.item(LIAISON, "2026-03-30", "close")
    stage.clock.move_to("2026-03-10")
    seat = stage.seats[OFFICE].id
    said = {tab: await stage.text(OFFICE, View(seat, tab)) for tab in TABS}
    assert all("合计　🔴 红 2　🟢 绿 3" in each for each in said.values())
    assert "德州市　🔴 红 2　🟢 绿 1" in said["region"]
    assert "省工业和信息化厅　🟢 绿 1" in said["unit"]
    assert "地方和其他　🔴 红 2　🟢 绿 2" in said["unit"]
    assert "改造提升　🔴 红 1\n" in said["class"]
    assert "关停退出　🟢 绿 1" in said["class"]
    assert "任务　🔴 红 1　🟢 绿 2" in said["class"]
    assert "🔴 红（已超期）　2 件\n🟢 绿（在期限内）　3 件" in said["light"]
    for tab in TABS:
        labels = await stage.labels(OFFICE, View(seat, tab))
        assert sum(each.startswith("✓") for each in labels) == 1
        assert ("📊 图" in labels) is (tab != "light")


async def test_behind_each_heap_are_its_matters_and_only_they(stage: Stage) -> None:
    await stage.task(LIAISON, "2026-03-06")
    await stage.task(UNIT, "2026-03-30")
    await stage.item(LIAISON, "2026-03-30", "close")
    stage.clock.move_to("2026-03-10")
    for tab, code, titles in (
        ("region", "3714", ["报送季度清单", "德州某钢铁厂"]),
        ("unit", "gxt", ["报送季度清单"]),
        ("unit", "", ["报送季度清单", "德州某钢铁厂"]),
        ("class", "close", ["德州某钢铁厂"]),
        ("class", ":task", ["报送季度清单", "报送季度清单"]),
        ("light", "red", ["报送季度清单"]),
        ("light", "green", ["报送季度清单", "德州某钢铁厂"]),
    ):
        text = await stage.text(OFFICE, stage.heap(OFFICE, tab, code))
        labels = await stage.labels(OFFICE, stage.heap(OFFICE, tab, code))
        assert sorted(line.split("（")[0][len("1. 🔴 红 · ") :] for line in text.split("\n") if line[:1].isdigit()) == sorted(titles), (
            tab,
            code,
        )
        assert len([each for each in labels if each.startswith("查看")]) == len(titles)
        assert labels[-1].startswith("↩ 全部")
    for tab, code in (("class", ":other"), ("light", "yellow"), ("unit", "fgw")):
        assert "没有在办" in await stage.text(OFFICE, stage.heap(OFFICE, tab, code))


async def test_a_matter_under_two_duties_counts_and_is_listed_once(stage: Stage) -> None:
    """An item that is asked to be closed has a duty that stands and one that runs: its light is the one that is worse off."""
    from actions.inputs_ledger import CloseItem
    from storage import files

    item = await stage.item(LIAISON, "2026-03-30", "close")
    await stage.store.unit(lambda tx: files.record(tx, files.Blob("f" * 64, "photo", 10, "现场.png")))
    closing = CloseItem(item=item, evidence=0, text="已经停用", proof=[{"kind": "photo", "blob": "f" * 64}])
    assert isinstance(await stage.do(LIAISON, ledger.request_closing, closing), Done)
    seat = stage.seats[OFFICE].id
    for tab in TABS:
        assert "合计　🟢 绿 1\n" in await stage.text(OFFICE, View(seat, tab))
    listed = await stage.text(OFFICE, stage.heap(OFFICE, "region", "3714"))
    assert listed.count("德州某钢铁厂") == 1


async def test_a_read_that_looks_twice_sees_the_same(stage: Stage) -> None:
    """A read is told what it has found already: nobody may change those rows."""
    await stage.task(LIAISON, "2026-03-09")
    seats = [stage.seats[LIAISON].id]

    async def twice(tx: Tx) -> tuple[Any, Any]:
        return await listed.pressing(tx, seats, FOREVER, 5), await listed.pressing(tx, seats, FOREVER, 5)

    first, second = await stage.store.read(twice)
    assert first == second
    assert len(first) == 1


async def test_what_a_seat_may_see_holds_for_every_tab_and_the_picture(stage: Stage) -> None:
    await stage.task(LIAISON, "2026-03-06")
    await stage.task(JINAN, "2026-03-06")
    await stage.task(PROVINCE, "2026-03-06")  # what the province does is not for a locality to see, wherever it does it
    await stage.item(PROVINCE, "2026-03-06", "close", region="371402")
    await stage.task(UNIT, "2026-03-06")
    stage.clock.move_to("2026-03-10")
    for account, total in ((OFFICE, 5), (PROVINCE, 5), (LEAD, 1), (UNIT_LEAD, 1)):
        for tab in TABS:
            assert f"合计　🔴 红 {total}\n" in await stage.text(account, View(stage.seats[account].id, tab)), (account, tab)
        assert isinstance(await stage.do(account, overview.picture, overview.Look(View(stage.seats[account].id).id)), Done)
    drawn = await pictures(stage)
    assert [data["bars"][0][2] for data in drawn] == [[5, 0, 0, 0], [5, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]]
    own = await stage.text(LEAD, stage.heap(LEAD, "light", "red"))
    assert own.count("报送季度清单") == 1
    assert await stage.card(LEAD, View(stage.seats[OFFICE].id, "unit")) is None
    assert isinstance(await stage.do(LIAISON, overview.picture, overview.Look(View(stage.seats[OFFICE].id).id)), Refusal)


async def pictures(stage: Stage) -> list[Any]:
    async def unit(tx: Tx) -> list[Any]:
        return [parcel.body["file"]["data"] for parcel in await outbox.claim(tx, 1, 500) if "file" in parcel.body]

    return await stage.store.unit(unit)


async def test_the_picture_is_in_the_readers_language_and_says_what_is_left_out(stage: Stage) -> None:
    await stage.task(LIAISON, "2026-03-06")
    await stage.task(JINAN, "2026-03-30")
    stage.clock.move_to("2026-03-10", "08:31")
    assert isinstance(await stage.do(OFFICE, overview.picture, overview.Look(View(stage.seats[OFFICE].id).id)), Done)
    (data,) = await pictures(stage)
    renderer = Renderer(stage.world)
    chinese = svg(chart_of(data, lambda param: renderer.param(param, "zh")))
    english = svg(chart_of(data, lambda param: renderer.param(param, "en")))
    for word in ("督办总览 · 山东省 · 按地区", "截至 2026-03-10 08:31", "红：已超期", "德州市", "红 1", "共 2 件"):
        assert f">{word}<" in chinese or word in chinese
    for word in ("Shandong Province", "as of 2026-03-10 08:31", "Red: overdue", "Dezhou", "Red 1", "2 in all"):
        assert word in english
    assert "{" not in chinese + english


async def test_nothing_to_draw_is_said(stage: Stage) -> None:
    assert await stage.do(OFFICE, overview.picture, overview.Look()) == Refusal("overview_empty")


async def test_a_made_up_view_is_the_first_of_ones_own(stage: Stage) -> None:
    await stage.task(LIAISON, "2026-03-06")
    for view in (0, 1, 7, 999_999_999_999, View(stage.seats[OFFICE].id, "class", 9999, 999).id):
        assert isinstance(await stage.do(OFFICE, overview.show, overview.Look(view, 5)), Done)
        assert isinstance(await stage.do(OFFICE, overview.picture, overview.Look(view)), Done)
    assert "没有在办" in await stage.text(OFFICE, View(stage.seats[OFFICE].id, "class", 9999, 999))
