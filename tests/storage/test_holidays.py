"""Imported holidays and changed regimes on both databases: counted again once, in bounded units, told once, restart-safe."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import pytest

from actions import holidays, obligations, replanning
from actions.inputs_holidays import HolidayNotice
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.jobs.tick import next_due, tick
from bot.render import Renderer
from domain.deadlines import at, due_day, parse_limit
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from domain.regime import Regime
from domain.world import World
from storage import journal, meta, outbox
from storage import obligations as rows
from storage.db import Store, open_store
from storage.tx import Tx
from tests.conftest import MASTER_KEY, Clock
from tests.unit.test_announcement import ONE_DAY_EACH

REGIME = "shandong-2022"
OFFICE, LIAISON, STRANGER = 10, 11, 12


@dataclass
class Stage:
    store: Store
    clock: Clock
    url: str
    world: World
    seats: dict[int, Seat] = field(default_factory=dict)

    async def owe(self, *, span: str = "", due: date | None = None, subject: int = 1) -> int:
        async def unit(tx: Tx) -> int:
            return await obligations.owe(
                tx, regime=REGIME, duty="task", subject=("matter", subject), owner=self.seats[LIAISON], creditor=self.seats[OFFICE],
                region="3714", due=due, span=span,
            )  # fmt: skip

        return await self.store.unit(unit)

    async def get(self, obligation: int) -> Owed:
        return await self.store.read(lambda tx: obligations.get(tx, obligation))

    async def take(self, account: int = OFFICE, notice: str = ONE_DAY_EACH) -> Outcome:
        return await perform(self.store, Caller(account, account), holidays.take, HolidayNotice(notice=notice))

    async def said(self, account: int) -> list[str]:
        """What stands in the outbox for this account; it is sent by that."""

        async def unit(tx: Tx) -> list[str]:
            found = []
            for parcel in await outbox.claim(tx, 1, 500):
                await outbox.sent(tx, parcel.id)
                if parcel.body["op"] == "send" and parcel.body["chat"] == account:
                    for language in ("en", "zh"):
                        text = Renderer(self.world).text(parcel.body["key"], parcel.body["params"], language)
                    found.append(text)
            return found

        return await self.store.unit(unit)


@pytest.fixture
async def stage(database_url: str, clock: Clock, world: World) -> AsyncIterator[Stage]:
    clock.move_to("2026-12-30", "10:00")
    made = Stage(await open_store(database_url, master_key=MASTER_KEY, now=clock, world=world), clock, database_url, world)

    async def unit(tx: Tx) -> None:
        await replanning.adopt(tx)
        for account, role, scope in ((OFFICE, "office", ""), (LIAISON, "local_liaison", "3714")):
            made.seats[account] = await seat_directly(tx, account=account, name=f"人{account}", regime=REGIME, role=role, scope=scope)

    try:
        await made.store.unit(unit)
        await tick(made.store)
        yield made
    finally:
        await made.store.close()


async def test_an_imported_year_counts_again_what_rested_on_a_guess(stage: Stage) -> None:
    guessed = await stage.owe(span="5wd")
    given = await stage.owe(due=date(2027, 1, 20), subject=2)
    sure = await stage.owe(due=date(2026, 12, 31), subject=3)
    assert (await stage.get(guessed)).provisional
    assert (await stage.get(given)).provisional
    outcome = await stage.take(notice=ONE_DAY_EACH.replace("01-01..01-03", "01-01..01-05"))
    assert isinstance(outcome, Done)
    await tick(stage.store)
    after = await stage.get(guessed)
    assert due_day(after.due_at) == date(2027, 1, 11)  # 12-31, 01-06, 01-07, 01-08, 01-11
    assert not after.provisional
    assert not (await stage.get(given)).provisional
    assert due_day((await stage.get(given)).due_at) == date(2027, 1, 20)
    assert due_day((await stage.get(sure)).due_at) == date(2026, 12, 31)


async def test_those_concerned_hear_once_with_the_next_digest(stage: Stage) -> None:
    await stage.owe(span="5wd")
    await stage.take(notice=ONE_DAY_EACH.replace("01-01..01-03", "01-01..01-05"))
    await tick(stage.store)
    assert len(await stage.said(OFFICE)) == 1  # the answer to the import
    assert await stage.said(LIAISON) == []
    stage.clock.move_to("2026-12-31", "08:30")
    await tick(stage.store)
    told = await stage.said(LIAISON)
    assert len(told) == 1
    assert "期限重新计算" in told[0]
    assert "→" in told[0]
    stage.clock.move_to("2027-01-04", "08:30")
    await tick(stage.store)
    assert not any("重新计算" in each for each in await stage.said(LIAISON))


async def test_the_creditor_hears_too(stage: Stage) -> None:
    await stage.owe(span="5wd")
    await stage.take(notice=ONE_DAY_EACH.replace("01-01..01-03", "01-01..01-05"))
    await tick(stage.store)
    await stage.said(OFFICE)
    stage.clock.move_to("2026-12-31", "08:30")
    await tick(stage.store)
    assert [each for each in await stage.said(OFFICE) if "期限重新计算" in each]


async def test_only_an_office_may_and_the_same_again_changes_nothing(stage: Stage) -> None:
    assert await stage.take(LIAISON) == Refusal("forbidden")
    assert await stage.take(STRANGER) == Refusal("stranger")
    assert isinstance(await stage.take(), Done)
    await tick(stage.store)
    assert await stage.take() == Refusal("holidays_same", {"year": 2027})
    written = await stage.store.read(lambda tx: journal.of_subject(tx, "calendar", 2027))
    assert [row["action"] for row in written] == ["calendar.import"]


async def test_another_process_takes_the_year_over(stage: Stage) -> None:
    other = await open_store(stage.url, master_key=MASTER_KEY, now=stage.clock, world=stage.world)
    try:
        owed = await stage.owe(span="5wd")
        await stage.take()
        assert not stage.store.world.calendar.published(2027)
        assert await next_due(other) == stage.clock.now  # it has something to do now
        await tick(other)
        assert other.world.calendar.published(2027)
        assert not (await stage.get(owed)).provisional
        await tick(stage.store)
        assert stage.store.world.calendar.published(2027)
    finally:
        await other.close()


async def test_a_start_finds_what_was_imported(stage: Stage) -> None:
    await stage.take()
    again = await open_store(stage.url, master_key=MASTER_KEY, now=stage.clock, world=stage.world)
    try:
        await replanning.take_over(again)
        assert again.world.calendar.published(2027)
        assert not again.world.calendar.published(2028)
    finally:
        await again.close()


async def test_the_preview_names_what_moves(stage: Stage) -> None:
    for n in range(10):
        await stage.owe(span="5wd", subject=n)
    await stage.owe(due=date(2027, 1, 20), subject=11)
    answers = {"notice": ONE_DAY_EACH.replace("01-01..01-03", "01-01..01-05")}

    async def unit(tx: Tx, viewer: int | None) -> str:
        return Renderer(stage.world).param(await holidays.ahead(tx, answers, viewer), "zh")

    shown = await stage.store.read(partial(unit, viewer=stage.seats[OFFICE].person))
    assert "1 件事项的日期不变，由推算转为确定。\n10 件事项的期限会变" in shown
    assert "1. " in shown
    assert "8. " in shown
    assert "9. " not in shown
    assert "还有 2 件" in shown
    assert "1月7日（周四）（暂按推算） → 1月11日（周一）" in shown
    elsewhere = await stage.store.read(partial(unit, viewer=stage.seats[LIAISON].person))  # whose office it is not: counted only
    assert "1. " not in elsewhere
    assert "还有 10 件" in elsewhere


async def test_a_changed_regime_plans_open_rows_again_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pings of another day; 5 rows in units of 2, the process dying after the first unit."""
    stage.clock.move_to("2026-03-02", "09:00")
    owed = [await stage.owe(due=date(2026, 3, 20), subject=n) for n in range(5)]
    before = [(await stage.get(each)).next_at for each in owed]
    regime = stage.world.regime(REGIME)
    raw = regime.model_dump(by_alias=True)
    task = next(duty for duty in raw["duties"] if duty["id"] == "task")
    task["pings"] = [replace(parse_limit(ping), amount=parse_limit(ping).amount - 1) for ping in task["pings"]]
    changed = World({**stage.world.regimes, REGIME: Regime.model_validate(raw)}, stage.world.calendar)
    assert changed.regime(REGIME).fingerprint != regime.fingerprint
    monkeypatch.setattr(replanning, "BATCH", 2)
    stage.store.world = changed
    await stage.store.unit(replanning.adopt)
    assert await stage.store.unit(replanning.plan_some) == 2
    again = await open_store(stage.url, master_key=MASTER_KEY, now=stage.clock, world=changed)  # the next process
    planned: list[int] = []
    real = rows.live_of_regime

    async def counted(tx: Tx, name: str, after: int, limit: int) -> list[Owed]:
        found = await real(tx, name, after, limit)
        planned.extend(each.id for each in found)
        return found

    monkeypatch.setattr(rows, "live_of_regime", counted)
    try:
        await again.unit(replanning.adopt)
        await tick(again)
        await tick(again)
    finally:
        await again.close()
    assert planned == owed[2:]
    after = [(await stage.get(each)).next_at for each in owed]
    assert all(new is not None and old is not None and new < old for new, old in zip(after, before, strict=True))


async def test_a_changed_regime_is_compared_without_changing_anything(stage: Stage) -> None:
    stage.clock.move_to("2026-03-02", "09:00")
    owed = [await stage.owe(due=date(2026, 3, 20), subject=n) for n in range(3)]
    regime = stage.world.regime(REGIME)
    raw = regime.model_dump(by_alias=True)
    next(duty for duty in raw["duties"] if duty["id"] == "task")["pings"] = ["-9wd"]
    new = Regime.model_validate(raw)
    before = [(await stage.get(each)).next_at for each in owed]
    assert await stage.store.read(lambda tx: replanning.compared(tx, regime, regime)) == (3, [])
    total, found = await stage.store.read(lambda tx: replanning.compared(tx, regime, new))
    assert total == 3
    assert [each.owed.id for each in found] == owed
    assert [each.old for each in found] == before
    assert found[0].new == at(date(2026, 3, 9), "08:30")
    assert [(await stage.get(each)).next_at for each in owed] == before


async def test_an_older_replica_does_not_plan_back(stage: Stage) -> None:
    async def unit(tx: Tx) -> None:
        held = await meta.get(tx, f"planned:{REGIME}")
        await meta.put(tx, f"planned:{REGIME}", {**held, "regime": "a newer file", "after": 0})

    await stage.store.unit(unit)
    assert await replanning.keep_up(stage.store) == 0
    assert (await stage.store.read(lambda tx: meta.get(tx, f"planned:{REGIME}")))["regime"] == "a newer file"


async def test_a_row_that_cannot_be_counted_holds_up_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await stage.owe(span="5wd"), await stage.owe(span="5wd", subject=2)
    real = obligations.count_again

    async def broken(tx: Tx, owed: Owed) -> Owed:
        if owed.id == first:
            raise RuntimeError("no")
        return await real(tx, owed)

    monkeypatch.setattr(replanning, "count_again", broken)
    await stage.take()
    await tick(stage.store)
    assert (await stage.get(first)).provisional
    assert not (await stage.get(second)).provisional


async def test_a_stopped_climb_stays_stopped_where_the_date_stands(stage: Stage) -> None:
    owed = await stage.owe(due=date(2027, 1, 20))
    assert await stage.store.unit(lambda tx: rows.stop(tx, owed))
    await stage.take()
    await tick(stage.store)
    after = await stage.get(owed)
    assert after.stopped_at is not None
    assert after.next_at is None
    assert at(date(2027, 1, 21), "00:00") == after.due_at
