"""Where somebody is missing, or the process was: nothing goes unheard, and nobody hears more than once. Through the real clock's work."""

import json
from datetime import date

import pytest

from actions import absences, obligations, reach, reaching
from actions.inputs_absences import Absent
from actions.reach import Reach
from actions.waking import wake_at
from bot.jobs.tick import next_due, tick
from domain.deadlines import at
from storage import outbox, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.people_stage import COLLEAGUE, LIAISON, OFFICE, REGIME, SUCCESSOR, SUPERVISOR, Stage, staged


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await staged(store)


async def lost(stage: Stage, account: int) -> None:
    """What delivery does when Telegram answers 403."""
    person = stage.seats[account].person
    assert person is not None
    await stage.store.unit(lambda tx: reaching.lost(tx, person, account))


async def away(stage: Stage, who: int = LIAISON, deputy: int = SUCCESSOR, until: str = "2026-03-31") -> None:
    person = stage.seats[deputy].person
    assert person is not None
    given = Absent(seat=stage.seats[who].id, since=date(2026, 3, 2), until=date.fromisoformat(until), deputy=person)
    await stage.done(who, absences.set_absence, given)
    await tick(stage.store)
    await stage.heard()


async def owe(stage: Stage, due: str, *, duty: str = "task", subject: int = 1) -> None:
    async def unit(tx: Tx) -> None:
        await obligations.owe(
            tx, regime=REGIME, duty=duty, subject=("matter", subject), owner=stage.seats[LIAISON], creditor=stage.seats[OFFICE],
            region="3714", due=date.fromisoformat(due),
        )  # fmt: skip

    await stage.store.unit(unit)


async def told_at(stage: Stage, clock: Clock, day: str, hour: str = "08:30") -> dict[int, list[str]]:
    clock.move_to(day, hour)
    await tick(stage.store)
    return await stage.told()


async def test_a_deputy_who_blocks_gives_the_seat_back_to_its_absent_holder_who_hears_it(stage: Stage, clock: Clock) -> None:
    await owe(stage, "2026-03-06")
    await away(stage)
    await lost(stage, SUCCESSOR)
    heard = await stage.told()
    assert heard[LIAISON] == ["people.reach.lost"]
    assert SUPERVISOR in heard, "of the deputy's own seat"
    assert (await told_at(stage, clock, "2026-03-05"))[LIAISON] == ["obligation.ping"]


async def test_blocked_while_absent_with_a_deputy_who_is_blocked_too(stage: Stage, clock: Clock) -> None:
    """Whoever answers for the seat hears at once, in one message; the next mark tells them and the office of the gap, once."""
    await owe(stage, "2026-03-06")
    await away(stage)
    await stage.done(LIAISON, reach.changed, Reach(reachable=False))
    assert await stage.told() == {SUCCESSOR: ["people.reach.lost"]}, "the deputy goes on"
    await lost(stage, SUCCESSOR)
    heard = await stage.heard()
    assert set(heard) == {SUPERVISOR}
    [message] = heard[SUPERVISOR]
    assert len(message["params"]["rows"]["parts"]) == 2, "the deputy's own seat and the one acted for"
    gap = await told_at(stage, clock, "2026-03-05")
    assert gap == {SUPERVISOR: ["obligation.gap"], OFFICE: ["obligation.gap"], COLLEAGUE: ["obligation.gap"]}
    assert await told_at(stage, clock, "2026-03-06") == {}, "once"
    late = await told_at(stage, clock, "2026-03-09")
    assert SUPERVISOR in late, "what is overdue is heard of nevertheless"
    assert not {LIAISON, SUCCESSOR} & set(late)


async def test_whoever_comes_back_hears_what_waits_once(stage: Stage, clock: Clock) -> None:
    await owe(stage, "2026-03-06")
    await away(stage, until="2026-03-05")
    await stage.done(LIAISON, reach.changed, Reach(reachable=False))
    await lost(stage, SUCCESSOR)
    await stage.heard()
    clock.move_to("2026-03-06", "09:00")
    await tick(stage.store)
    await stage.heard()
    await stage.done(LIAISON, reach.changed, Reach(reachable=True))
    assert (await stage.told())[LIAISON] == ["people.reach.back"]


async def test_three_days_down_over_a_night_with_forty_matters_is_one_message(stage: Stage, clock: Clock) -> None:
    """Back at 23:10: nobody is woken; in the morning each person hears once, of pings, steps up and the morning's digest together."""
    for n in range(40):
        await owe(stage, "2026-03-05" if n % 2 else "2026-03-06", subject=n + 1, duty="task" if n % 4 else "item.rectify")
    clock.move_to("2026-03-13", "23:10")
    await tick(stage.store)
    rested = await next_due(stage.store)
    assert await stage.told() == {}
    assert rested == at(date(2026, 3, 14), "08:30")
    heard = await told_at(stage, clock, "2026-03-14")
    assert {len(each) for each in heard.values()} == {1}
    assert {LIAISON, SUPERVISOR, OFFICE} <= set(heard)
    assert await told_at(stage, clock, "2026-03-14", "08:31") == {}


async def test_on_record_long_after_its_due_date_its_passed_steps_are_one_message(stage: Stage, clock: Clock) -> None:
    """An item of last year is taken in: the owner has until the next slot; then everybody whom passed steps name hears once."""
    clock.move_to("2026-03-11", "10:00")
    await owe(stage, "2026-01-30", duty="item.rectify")
    await tick(stage.store)
    assert await stage.told() == {}
    wake = await stage.store.read(wake_at)
    assert wake is not None
    heard = await told_at(stage, clock, "2026-03-12")
    assert all(len(each) == 1 for each in heard.values())
    assert {LIAISON, SUPERVISOR, OFFICE} <= set(heard)
    steps = await stage.rows("SELECT name, count(*) AS n FROM step WHERE name LIKE 'chain%' GROUP BY name ORDER BY name")
    assert {step["n"] for step in steps} == {1}
    assert len(steps) == 3


async def test_a_vacant_step_is_passed_over_at_once_and_the_office_sees_the_gap_once(stage: Stage, clock: Clock) -> None:
    await stage.store.unit(lambda tx: people.end_seat(tx, stage.seats[SUPERVISOR].id))
    for subject in (1, 2):
        await owe(stage, "2026-03-06", duty="item.rectify", subject=subject)
    await told_at(stage, clock, "2026-03-06")
    clock.move_to("2026-03-09", "08:30")
    await tick(stage.store)
    heard = await stage.heard()
    words = json.dumps(heard[OFFICE], ensure_ascii=False)
    assert "obligation.row_gap.step" in words
    assert len(heard[OFFICE]) == 1
    clock.move_to("2026-03-10", "08:30")
    await tick(stage.store)
    assert "obligation.row_gap.step" not in json.dumps((await stage.heard()).get(OFFICE, []), ensure_ascii=False)


async def test_back_at_night_only_what_is_urgent_is_said(stage: Stage, clock: Clock) -> None:
    await owe(stage, "2026-03-10")

    async def problem(tx: Tx) -> None:
        await obligations.owe(
            tx, regime=REGIME, duty="problem.inform", subject=("matter", 99), owner=stage.seats[COLLEAGUE], creditor=None, region="3714",
            due_at=at(date(2026, 3, 11), "12:00"),
        )  # fmt: skip

    await stage.store.unit(problem)
    clock.move_to("2026-03-12", "02:00")
    await tick(stage.store)
    rows = await stage.store.unit(lambda tx: outbox.claim(tx, 1, 50))
    said = {parcel.body["chat"]: json.dumps(parcel.body, ensure_ascii=False) for parcel in rows if parcel.body["op"] == "send"}
    assert COLLEAGUE in said or OFFICE in said
    assert LIAISON not in said
