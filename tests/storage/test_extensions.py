"""More time on both databases: who may ask, who decides, what lapses, and that reminders follow the new date in the same unit."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import bot.forms.extensions  # registers the forms
from actions import converse, extensions, ledger, obligations, tasks
from actions.inputs_extensions import About, AskMore, Press, RefuseMore
from actions.inputs_ledger import OpenItem
from actions.inputs_tasks import Step
from actions.people import seat_directly
from domain.dates import Until
from domain.deadlines import at, due_day
from domain.extensions import Room, proposals, room
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.world import World
from storage import extensions as rows
from storage import journal, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.test_tasks import LEADER, LIAISON, OFFICE, OTHER_LIAISON, REGIME, STRANGER, Stage, press

BOSS, OTHER_BOSS = 20, 21
assert bot.forms.extensions  # imported for what it registers


@pytest.fixture
async def stage(store: Store) -> Stage:
    async def seat(tx: Tx) -> Any:
        cast = [
            (OFFICE, "周办", "office", ""),
            (LEADER, "郑组长", "leader", "3714"),
            (LIAISON, "王五", "local_liaison", "3714"),
            (OTHER_LIAISON, "赵六", "local_liaison", "3701"),
            (BOSS, "吴分管", "local_supervisor", "3714"),
            (OTHER_BOSS, "卫分管", "local_supervisor", "3701"),
        ]
        return {
            account: await seat_directly(tx, account=account, name=name, regime=REGIME, role=role, scope=scope)
            for account, name, role, scope in cast
        }

    return Stage(store, await store.unit(seat))


async def owed(stage: Stage, kind: str = "task", of: int = 1) -> Owed:
    [found] = await stage.store.read(lambda tx: obligations.live_of(tx, kind, of))
    return found


async def ask(stage: Stage, wanted: str = "2026-03-12", by: int = LIAISON) -> Outcome:
    given = AskMore(obligation=1, due=date(2026, 3, 1), latest=date(2030, 1, 1), wanted=date.fromisoformat(wanted), reason="企业停产检修")
    return await stage.do(by, extensions.ask, given)


async def test_granted_in_one_press_and_planned_anew(stage: Stage, clock: Clock) -> None:
    await stage.assign()
    await stage.deliver()

    assert await ask(stage) == Done(("extension", 1), {"obligation": 1, "wanted": "2026-03-12", "decider": stage.seats[BOSS].id})

    decision = await owed(stage, "extension", 1)
    assert (decision.owner, decision.creditor, decision.parent) == (stage.seats[BOSS].id, stage.seats[LIAISON].id, 1)
    assert (await stage.deliver())[BOSS].live.keys() == {"extension:1"}
    before = await owed(stage)
    clock.move_to("2026-03-03")
    assert await stage.do(BOSS, extensions.grant, Press(1, 5)) == Done(("extension", 1), {"obligation": 1, "due": "2026-03-12"})
    after = await owed(stage)
    assert due_day(after.due_at) == date(2026, 3, 12)
    assert (after.next_at or 0) > (before.next_at or 0)
    assert await stage.store.read(lambda tx: obligations.live_of(tx, "extension", 1)) == []
    told = await stage.deliver()
    assert told[LIAISON].sent == told[OFFICE].sent == ["extension.told.granted"]
    assert told[BOSS].sent == []
    assert await stage.story() == ["assign", "extension_asked", "extension_granted"]


async def test_refused_with_the_reason(stage: Stage) -> None:
    await stage.assign()
    await ask(stage)
    await stage.deliver()

    assert isinstance(await stage.do(BOSS, extensions.begin_refuse, Press(1, 5)), Done)
    assert isinstance(await stage.do(BOSS, extensions.refuse, RefuseMore(extension=1, reason="抓紧办")), Done)

    assert due_day((await owed(stage)).due_at) == date(2026, 3, 9)
    told = await stage.deliver()
    assert told[LIAISON].sent == ["extension.told.refused"]
    assert OFFICE not in told or told[OFFICE].sent == []
    assert "抓紧办" in str((await stage.card(LIAISON, "extension", 1)).params)
    assert await stage.do(BOSS, extensions.grant, Press(1, 5)) == Done(result="extension_decided")
    assert isinstance(await ask(stage), Done)  # refused is not the end of it


async def test_only_who_owes_it_asks_and_only_the_entitled_decide(stage: Stage) -> None:
    await stage.assign()
    for account in (OFFICE, LEADER, OTHER_LIAISON, BOSS):
        assert await ask(stage, by=account) == Refusal("forbidden")
    assert await ask(stage, by=STRANGER) == Refusal("stranger")
    await ask(stage)

    for verb in (extensions.grant, extensions.begin_refuse):
        for account in (LIAISON, LEADER, OTHER_LIAISON, OTHER_BOSS):
            assert await stage.do(account, verb, Press(1)) == Refusal("forbidden")
    assert await stage.do(OTHER_LIAISON, extensions.show, Press(1)) == Refusal("forbidden")
    assert await stage.do(BOSS, extensions.grant, Press(99)) == Refusal("gone")
    assert isinstance(await stage.do(OFFICE, extensions.grant, Press(1)), Done)  # the regime's second choice


async def test_nobody_decides_about_the_own_request(stage: Stage) -> None:
    """Whoever owes it also holds the seat that would decide: then the next of the regime's list."""

    async def unit(tx: Tx) -> None:
        await people.end_seat(tx, stage.seats[BOSS].id)
        await seat_directly(tx, account=LIAISON, name="王五", regime=REGIME, role="local_supervisor", scope="3714")

    await stage.store.unit(unit)
    await stage.assign()
    asked = await ask(stage)

    assert isinstance(asked, Done)
    assert asked.data["decider"] == stage.seats[OFFICE].id
    assert await stage.do(LIAISON, extensions.grant, Press(1)) == Refusal("forbidden")


async def test_nobody_reached_nothing_asked(stage: Stage) -> None:
    async def unit(tx: Tx) -> None:
        for account in (BOSS, OFFICE):
            person = stage.seats[account].person
            assert person is not None
            await people.set_unreachable(tx, person, tx.now)

    await stage.assign()
    await stage.store.unit(unit)

    assert await ask(stage) == Refusal("extension_nobody")
    assert await stage.story() == ["assign"]


async def test_one_at_a_time_and_only_so_often(stage: Stage) -> None:
    await stage.assign()
    await ask(stage)
    assert await ask(stage) == Refusal("extension_waits")
    await stage.do(BOSS, extensions.grant, Press(1))
    await ask(stage, "2026-03-16")
    await stage.do(BOSS, extensions.grant, Press(2))

    assert await ask(stage, "2026-03-20") == Refusal("extension_most")
    assert await stage.do(LIAISON, extensions.begin, About(1)) == Refusal("extension_most")
    assert "oe" not in await stage.buttons(LIAISON)


@pytest.mark.parametrize("wanted", ["2026-03-09", "2026-03-02", "2026-05-01"])
async def test_not_earlier_and_not_beyond_the_longest(stage: Stage, wanted: str) -> None:
    await stage.assign()

    refused = await ask(stage, wanted)

    assert isinstance(refused, Refusal)
    assert refused.code == "extension_too_far"


async def test_handed_in_the_request_lapses(stage: Stage) -> None:
    await stage.assign()
    await ask(stage)
    await stage.deliver()

    await stage.do(LIAISON, tasks.hand_in, press(1))

    assert (await stage.store.read(lambda tx: rows.get(tx, 1))).state == "lapsed"
    assert await stage.store.read(lambda tx: obligations.live_of(tx, "extension", 1)) == []
    assert await stage.do(BOSS, extensions.grant, Press(1, 5)) == Done(result="extension_decided")
    assert await stage.do(LIAISON, extensions.begin, About(1)) == Refusal("extension_not_open")
    assert await stage.clocks() == ["handed_in"]


async def states(stage: Stage) -> list[str]:
    async def read(tx: Tx) -> list[str]:
        return [(await rows.get(tx, n)).state for n in (1, 2)]

    return await stage.store.read(read)


async def test_withdrawn_or_rescheduled_it_lapses_too(stage: Stage) -> None:
    for n in (1, 2):
        await stage.assign()
        task = (await owed(stage, "task", n)).id
        await stage.do(
            LIAISON,
            extensions.ask,
            AskMore(obligation=task, due=date(2026, 3, 9), latest=date(2026, 4, 9), wanted=date(2026, 3, 12), reason="停产"),
        )
    assert [(await stage.store.read(_of(rows.get, n))).state for n in (1, 2)] == ["asked", "asked"]

    await stage.do(OFFICE, tasks.withdraw, Step(task=1, body="不用办了"))
    second = await owed(stage, "task", 2)
    await stage.store.unit(lambda tx: obligations.reschedule(tx, second.id, date(2026, 3, 20)))

    assert [(await stage.store.read(_of(rows.get, n))).state for n in (1, 2)] == ["lapsed", "lapsed"]


async def test_a_date_that_has_passed_cannot_be_granted(stage: Stage, clock: Clock) -> None:
    await stage.assign()
    await ask(stage)
    clock.move_to("2026-03-13")

    assert await stage.do(BOSS, extensions.grant, Press(1)) == Refusal("extension_date_past")
    assert isinstance(await stage.do(BOSS, extensions.refuse, RefuseMore(extension=1, reason="请重新申请")), Done)


async def test_an_item_of_the_ledger_is_extended_the_same_way(stage: Stage) -> None:
    regime = stage.store.world.regime(REGIME)
    given = OpenItem(
        place=f"{REGIME}:3714", enterprise="某钢厂", industry=regime.industries[0].id, source="inspection", problem="未批先建",
        kind=regime.ledger.classes[0].id, measures="补办手续", owner=stage.seats[LIAISON].id, due=date(2026, 3, 9),
    )  # fmt: skip
    assert isinstance(await stage.do(OFFICE, ledger.open_item, given), Done)
    item = await owed(stage, "item", 1)
    card = await stage.card(LIAISON, "item", 1)
    assert ("oe", item.id) in {(button.verb, button.id) for row in card.buttons for button in row}

    await stage.do(
        LIAISON,
        extensions.ask,
        AskMore(obligation=item.id, due=date(2026, 3, 9), latest=date(2026, 4, 9), wanted=date(2026, 3, 20), reason="设备未到"),
    )
    await stage.do(BOSS, extensions.grant, Press(1))

    assert due_day((await owed(stage, "item", 1)).due_at) == date(2026, 3, 20)


async def test_a_request_is_not_extended_itself(stage: Stage) -> None:
    await stage.assign()
    await ask(stage)
    decision = await owed(stage, "extension", 1)

    assert await stage.do(BOSS, extensions.begin, About(decision.id)) == Refusal("extension_not_open")


async def test_the_conversation_offers_days_after_the_due_date(stage: Stage) -> None:
    await stage.assign()
    assert await stage.do(LIAISON, extensions.begin, About(1)) == Done()

    async def offered(tx: Tx) -> list[str]:
        from storage import drafts

        held = await drafts.get(tx, tx.vault.lane(LIAISON))
        assert held is not None
        return [code for code, _ in held.draft.offered]

    assert await stage.store.read(offered) == [f"{span}@2026-03-09" for span in ("1wd", "3wd", "5wd", "15wd", "1m")]
    assert await stage.store.read(lambda tx: converse.has_open(tx, LIAISON))


async def test_the_journal_names_no_reason(stage: Stage) -> None:
    await stage.assign()
    await ask(stage)
    await stage.do(BOSS, extensions.grant, Press(1))

    kept = await stage.store.read(lambda tx: journal.of_subject(tx, "extension", 1))
    assert [row["action"] for row in kept] == ["extension.ask", "extension.decide"]
    assert all(row["data"].isascii() for row in kept)


def test_room_counts_from_today_once_it_is_overdue(world: World) -> None:
    rules = world.regime(REGIME).extensions
    due_at = at(date(2026, 3, 10), "00:00")

    assert room(due_at, date(2026, 3, 2), rules, world.calendar) == Room(Until(date(2026, 3, 9)), Until(date(2026, 4, 9)))
    assert room(due_at, date(2026, 4, 1), rules, world.calendar).latest == Until(date(2026, 5, 6))  # 1 May is a holiday
    bound = room(due_at, date(2026, 3, 2), rules, world.calendar, at(date(2026, 3, 13), "00:00"))
    assert bound == Room(Until(date(2026, 3, 9)), Until(date(2026, 3, 12)))
    assert [each.until.span for each in proposals(bound, date(2026, 3, 2), world.calendar)] == ["1wd", "3wd"]
    assert replace(bound, latest=Until(date(2026, 3, 9))).none


def _of(read: Any, *values: Any) -> Any:
    """A read of these values, whatever a loop's variable is by then."""
    return lambda tx: read(tx, *values)
