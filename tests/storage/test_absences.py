"""Away: rights and reminders go to the deputy and come back, by themselves or early; the record says who really acted."""

import json
from datetime import date
from functools import partial

import pytest

from actions import absences, handover, ledger, menu, task_cards, tasks
from actions.inputs_absences import Absent, able_for
from actions.inputs_handover import HandOver
from actions.inputs_ledger import VerifyItem
from actions.inputs_tasks import Step
from actions.people import seat_directly
from actions.waking import wake_at
from bot.jobs.tick import tick
from domain.outcome import Refusal
from storage import complaints, entries, journal, people
from storage import ledger as items
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.people_stage import (
    COLLEAGUE,
    ELSEWHERE,
    FILE,
    INSPECTOR,
    LIAISON,
    NEWCOMER,
    OFFICE,
    SUCCESSOR,
    SUPERVISOR,
    Stage,
    staged,
)


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await staged(store)


def away(stage: Stage, who: int = LIAISON, deputy: int = SUCCESSOR, since: str = "2026-03-02", until: str = "2026-03-06") -> Absent:
    return Absent(
        seat=stage.seats[who].id, since=date.fromisoformat(since), until=date.fromisoformat(until), deputy=stage.seats[deputy].person
    )


async def leave(stage: Stage, who: int = LIAISON, deputy: int = SUCCESSOR, **dates: str) -> int:
    """Arranged and, where it is to begin today, begun."""
    outcome = await stage.done(who, absences.set_absence, away(stage, who, deputy, **dates))
    await tick(stage.store)
    found = outcome.data["absence"]
    assert isinstance(found, int)
    return found


async def test_rights_move_and_come_back_by_themselves(stage: Stage, clock: Clock) -> None:
    task = await stage.assign()
    seat = stage.seats[LIAISON].id
    await leave(stage)

    assert await stage.actor_seats(LIAISON) == []
    assert await stage.actor_seats(SUCCESSOR) == [stage.seats[SUCCESSOR].id, seat]
    assert await stage.do(LIAISON, tasks.progress, Step(task=task, body="我")) == Refusal("no_seat")
    await stage.done(SUCCESSOR, tasks.progress, Step(task=task, body="代办"))
    clock.move_to("2026-03-06", "23:59")
    await tick(stage.store)
    assert await stage.actor_seats(LIAISON) == []
    clock.move_to("2026-03-07", "00:00")
    await tick(stage.store)
    assert await stage.actor_seats(LIAISON) == [seat]
    assert await stage.actor_seats(SUCCESSOR) == [stage.seats[SUCCESSOR].id]
    assert await stage.do(SUCCESSOR, tasks.progress, Step(task=task, body="还代办")) == Refusal("elsewhere")


async def test_it_begins_on_its_day_and_the_clock_wakes_for_it(stage: Stage, clock: Clock) -> None:
    await leave(stage, since="2026-03-04")
    assert await stage.actor_seats(LIAISON) == [stage.seats[LIAISON].id]
    assert await stage.store.read(wake_at) is not None
    clock.move_to("2026-03-04", "00:00")
    assert await stage.store.read(wake_at) == clock.now
    await tick(stage.store)

    assert await stage.actor_seats(LIAISON) == []


async def test_each_side_is_told_once_at_each_turn(stage: Stage, clock: Clock) -> None:
    await stage.assign()
    await stage.heard()
    await leave(stage)
    assert await stage.told() == {SUCCESSOR: ["absence.asked", "absence.begins"], LIAISON: ["absence.set"]}
    clock.move_to("2026-03-07", "08:00")
    await tick(stage.store)
    await tick(stage.store)
    told = await stage.told()
    assert [key for key in told[LIAISON] if key.startswith("absence")] == ["absence.back"]
    assert [key for key in told[SUCCESSOR] if key.startswith("absence")] == ["absence.ended_deputy"]


async def test_pings_and_digests_reach_the_deputy_alone(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-04")
    await leave(stage)
    await stage.heard()
    heard = set()
    for day in ("2026-03-03", "2026-03-04", "2026-03-05"):
        clock.move_to(day, "08:30")
        await tick(stage.store)
        told = await stage.told()
        heard |= set(told)
        assert LIAISON not in told
    assert SUCCESSOR in heard
    clock.move_to("2026-03-09", "08:30")
    await tick(stage.store)
    told = await stage.told()
    assert any(key.startswith("obligation") for key in told[LIAISON])
    assert not any(key.startswith("obligation") for key in told.get(SUCCESSOR, []))


async def test_the_record_names_who_really_acted(stage: Stage) -> None:
    task = await stage.assign()
    await leave(stage)
    await stage.done(SUCCESSOR, tasks.hand_in, Step(task=task))

    rows = await stage.store.read(lambda tx: journal.of_subject(tx, "task", task))
    assert json.loads(rows[-1]["data"])["deputy"] == stage.seats[SUCCESSOR].person
    assert rows[-1]["actor"] == stage.seats[LIAISON].id
    story = await stage.store.read(lambda tx: entries.of_subject(tx, "task", task))
    assert [entry.by for entry in story] == [None, "王五"]
    assert await stage.store.read(journal.first_break) is None


async def test_who_is_away_still_sees_and_presses_nothing(stage: Stage) -> None:
    task = await stage.assign()
    await leave(stage)

    card = await stage.store.read(lambda tx: task_cards.task_card(tx, task, stage.seats[LIAISON].person))
    assert card is not None
    assert card.key == "task.card"
    assert not {"tp", "td", "tn"} & {button.verb for row in card.buttons for button in row}
    await stage.done(LIAISON, menu.show, ())
    assert "people.menu.away" in (await stage.told())[LIAISON]


async def test_ended_early_by_oneself_or_the_office(stage: Stage) -> None:
    for who in (LIAISON, OFFICE):
        absence = await leave(stage)
        assert await stage.do(SUCCESSOR, absences.end, absence) == Refusal("forbidden")
        assert await stage.do(ELSEWHERE, absences.end, absence) == Refusal("forbidden")
        await stage.done(who, absences.end, absence)
        assert await stage.actor_seats(LIAISON) == [stage.seats[LIAISON].id]
        assert await stage.do(who, absences.end, absence) == Refusal("absence_over")


async def test_a_deputy_may_decline(stage: Stage) -> None:
    absence = await leave(stage)
    await stage.heard()
    assert await stage.do(LIAISON, absences.decline, absence) == Refusal("forbidden")
    await stage.done(SUCCESSOR, absences.decline, absence)

    assert await stage.actor_seats(LIAISON) == [stage.seats[LIAISON].id]
    office = ["absence.declined_office"]
    assert await stage.told() == {
        SUCCESSOR: ["absence.declined_done"], LIAISON: ["absence.declined"], OFFICE: office, COLLEAGUE: office
    }  # fmt: skip
    await leave(stage)  # a new one can be arranged


async def test_who_may_not_be_deputy(stage: Stage) -> None:
    for deputy in (INSPECTOR, ELSEWHERE, OFFICE, LIAISON):
        assert await stage.do(LIAISON, absences.set_absence, away(stage, deputy=deputy)) == Refusal("absence_misfit")
    able = await stage.store.read(lambda tx: able_for(tx, stage.seats[LIAISON]))
    assert set(able) == {stage.seats[SUCCESSOR].person, stage.seats[SUPERVISOR].person}


async def test_who_may_not_arrange_it(stage: Stage) -> None:
    assert await stage.do(ELSEWHERE, absences.set_absence, away(stage)) == Refusal("forbidden")
    assert await stage.do(NEWCOMER, absences.set_absence, away(stage)) == Refusal("stranger")
    await stage.done(OFFICE, absences.set_absence, away(stage))
    assert "absence.set_for_you" in (await stage.told())[LIAISON]
    assert await stage.do(LIAISON, absences.set_absence, away(stage)) == Refusal("absence_already")
    past = away(stage, since="2026-03-01")
    assert await stage.do(LIAISON, absences.set_absence, past) == Refusal("absence_past")


async def test_a_deputy_does_not_give_the_seat_away(stage: Stage) -> None:
    await leave(stage)
    given = HandOver(seat=stage.seats[LIAISON].id, successor=str(stage.seats[SUCCESSOR].id))

    assert await stage.do(SUCCESSOR, handover.hand_over, given) == Refusal("forbidden")
    await stage.done(OFFICE, handover.hand_over, given)
    assert await stage.actor_seats(SUCCESSOR) == [stage.seats[SUCCESSOR].id]


async def test_a_deputy_who_cannot_be_reached_leaves_it_with_the_holder(stage: Stage) -> None:
    await leave(stage)
    person = stage.seats[SUCCESSOR].person
    assert person is not None
    await stage.store.unit(lambda tx: people.set_unreachable(tx, person, tx.now))

    assert await stage.actor_seats(LIAISON) == [stage.seats[LIAISON].id]


async def test_nobody_verifies_what_they_did_as_a_deputy(stage: Stage) -> None:
    item = await stage.open_item(by=INSPECTOR)
    also = await stage.store.unit(
        partial(seat_directly, account=SUCCESSOR, name="王五", regime="shandong-2022", role="inspector", scope="3714")
    )
    assert also.person == stage.seats[SUCCESSOR].person
    await leave(stage)
    await stage.ask_closing(item, by=SUCCESSOR)
    version = await stage.value("SELECT version FROM item WHERE id = :id", id=item)

    for over in (False, True):
        if over:
            await stage.done(LIAISON, absences.end, 1)
        given = VerifyItem(item=item, version=version, note="看过", files=[FILE])
        assert isinstance(await stage.do(SUCCESSOR, ledger.verify, given), Refusal)
    worked, persons = await stage.store.read(lambda tx: items.workers(tx, item))
    assert stage.seats[SUCCESSOR].person in persons
    assert stage.seats[LIAISON].id in worked


async def test_complaints_never_go_to_a_deputy(stage: Stage, clock: Clock) -> None:
    case = await stage.complain()
    complaint = await stage.store.read(lambda tx: complaints.get(tx, case))
    assert complaint is not None
    handler, other = (OFFICE, COLLEAGUE) if complaint.handler == stage.seats[OFFICE].id else (COLLEAGUE, OFFICE)
    await leave(stage, handler, other)

    moved = await stage.store.read(lambda tx: complaints.get(tx, case))
    assert moved is not None
    assert moved.handler == stage.seats[other].id
    for n in range(3):
        await stage.complain(f"某某焦化{n}厂")
    handlers = await stage.rows("SELECT DISTINCT handler FROM complaint")
    assert [row["handler"] for row in handlers] == [stage.seats[other].id]


async def test_a_complaint_that_nobody_else_may_have_keeps_its_handler_here(stage: Stage, clock: Clock) -> None:
    case = await stage.complain()
    complaint = await stage.store.read(lambda tx: complaints.get(tx, case))
    assert complaint is not None
    handler, other = (OFFICE, COLLEAGUE) if complaint.handler == stage.seats[OFFICE].id else (COLLEAGUE, OFFICE)
    local = stage.seats[other].person

    async def also_local(tx: Tx) -> None:
        await people.add_seat(
            tx, person=local, regime="shandong-2022", role="local_liaison", scope_kind="region", scope="371425", holder="x"
        )  # fmt: skip

    await stage.store.unit(also_local)
    await stage.heard()
    await leave(stage, handler, other)

    after = await stage.store.read(lambda tx: complaints.get(tx, case))
    told = await stage.told()
    if after is not None and after.handler == stage.seats[handler].id:
        assert told[handler][-1] == "absence.stuck"
        assert await stage.actor_seats(handler) == [stage.seats[handler].id]
    assert after is not None
    assert after.handler != stage.seats[other].id
