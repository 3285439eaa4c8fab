"""Handing over on both databases: everything open moves in one unit, nothing is lost or doubled, nobody gets what must not reach them."""

import random
import re
from pathlib import Path

import pytest

from actions import complaint_handling, handover, invites, joining, tasks
from actions.converse import Answer, step
from actions.inputs_complaints import OnComplaint
from actions.inputs_handover import HandOver
from actions.inputs_tasks import Step
from domain.forms import Pressed, Said
from domain.outcome import Refusal
from storage import complaints, journal, people
from storage.db import Store
from storage.handover import APART, KEPT, MOVED
from storage.tx import Tx
from tests.storage.people_stage import (
    COLLEAGUE,
    ELSEWHERE,
    INSPECTOR,
    LIAISON,
    NEWCOMER,
    OFFICE,
    SECOND,
    SUCCESSOR,
    SUPERVISOR,
    Stage,
    staged,
)  # fmt: skip

SCHEMA = Path(__file__).parents[2] / "storage" / "migrations" / "versions" / "0001_spine.py"
OPEN = {table: live for table, _, live in MOVED}


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await staged(store)


def given(stage: Stage, old: int, new: int) -> HandOver:
    return HandOver(seat=stage.seats[old].id, successor=str(stage.seats[new].id))


async def still_open(stage: Stage, account: int) -> list[str]:
    """The columns in which something open names this seat."""
    seat = stage.seats[account].id
    named = [
        f"{table}.{column}"
        for table, column, live in MOVED
        if await stage.value(f"SELECT count(*) FROM {table} WHERE {column} = :s AND {live}", s=seat)
    ]
    handled = await stage.value("SELECT count(*) FROM complaint WHERE handler = :s AND closed_at IS NULL", s=seat)
    owed = await stage.value("SELECT count(*) FROM obligation WHERE owner = :s AND state IN ('open', 'handed_in')", s=seat)
    return named + (["complaint"] if handled else []) + (["owed"] if owed else [])


async def test_the_office_hands_over_and_both_sides_are_told_once(stage: Stage) -> None:
    task, other = await stage.assign(), await stage.assign(to=ELSEWHERE)
    item = await stage.open_item()
    await stage.heard()

    await stage.done(OFFICE, handover.hand_over, given(stage, LIAISON, SUCCESSOR))

    told = await stage.told()
    assert told == {SUCCESSOR: ["handover.received"], LIAISON: ["handover.given"], OFFICE: ["handover.done"]}
    assert await still_open(stage, LIAISON) == []
    new = stage.seats[SUCCESSOR].id
    assert await stage.value("SELECT owner FROM task WHERE id = :id", id=task) == new
    assert await stage.value("SELECT owner FROM item WHERE id = :id", id=item) == new
    assert await stage.value("SELECT owner FROM task WHERE id = :id", id=other) == stage.seats[ELSEWHERE].id
    assert await stage.actor_seats(LIAISON) == []
    assert await stage.value("SELECT successor FROM appointment WHERE id = :id", id=stage.seats[LIAISON].id) == new
    rows = await stage.store.read(lambda tx: journal.of_subject(tx, "seat", stage.seats[LIAISON].id))
    assert [row["action"] for row in rows] == ["people.handover"]
    assert await stage.store.read(journal.first_break) is None


async def test_the_successor_goes_on_where_the_other_stopped(stage: Stage) -> None:
    task = await stage.assign()
    await stage.done(OFFICE, handover.hand_over, given(stage, LIAISON, SUCCESSOR))
    await stage.done(SUCCESSOR, tasks.hand_in, Step(task=task))

    assert await stage.do(LIAISON, tasks.progress, Step(task=task, body="还是我")) == Refusal("no_seat")


async def test_a_second_press_moves_nothing_more(stage: Stage) -> None:
    await stage.assign()
    await stage.done(OFFICE, handover.hand_over, given(stage, LIAISON, SUCCESSOR))
    before = await stage.rows("SELECT id, owner, version FROM obligation ORDER BY id")
    await stage.heard()

    assert await stage.do(OFFICE, handover.hand_over, given(stage, LIAISON, ELSEWHERE)) == Refusal("gone")
    assert await stage.rows("SELECT id, owner, version FROM obligation ORDER BY id") == before
    assert await stage.told() == {}


async def test_a_person_hands_over_the_own_seat_and_the_office_hears(stage: Stage) -> None:
    await stage.assign()
    await stage.heard()
    await stage.done(LIAISON, handover.begin, None)
    await stage.done(LIAISON, step, Answer(Said("王五")))
    await stage.done(LIAISON, step, Answer(Pressed("submit")))

    told = await stage.told()
    assert told[LIAISON][-1] == "handover.given"
    assert told[SUCCESSOR] == ["handover.received"]
    assert told[OFFICE] == told[COLLEAGUE] == ["handover.office"]


async def test_only_who_fits_takes_over(stage: Stage) -> None:
    for account in (ELSEWHERE, SUPERVISOR, OFFICE, LIAISON):
        assert await stage.do(OFFICE, handover.hand_over, given(stage, LIAISON, account)) == Refusal("handover_misfit")
    assert await stage.do(ELSEWHERE, handover.begin, None) == Refusal("handover_nobody")
    for account in (SUCCESSOR, SUPERVISOR):
        assert await stage.do(account, handover.hand_over, given(stage, LIAISON, SUCCESSOR)) == Refusal("forbidden")
    new = HandOver(seat=stage.seats[LIAISON].id, successor="new", name="新人")
    assert await stage.do(LIAISON, handover.hand_over, new) == Refusal("forbidden")


async def test_a_new_successor_finds_it_all_on_joining(stage: Stage) -> None:
    task = await stage.assign()
    await stage.heard()
    new = HandOver(seat=stage.seats[LIAISON].id, successor="new", name="新人")
    outcome = await stage.done(OFFICE, handover.hand_over, new)

    heard = await stage.heard()
    assert [each["key"] for each in heard[OFFICE] if each["op"] == "send"] == [
        "people.invite.letter", "people.invite.made", "handover.done_vacant"
    ]  # fmt: skip
    token = next(each for each in heard[OFFICE] if each.get("key") == "people.invite.letter")["params"]["link"]["token"]
    assert await stage.value("SELECT owner FROM task WHERE id = :id", id=task) == outcome.result
    await stage.done(NEWCOMER, joining.join, joining.Pressed(token))
    assert (await stage.told())[NEWCOMER] == ["people.joined", "people.joined.waiting"]
    await stage.done(NEWCOMER, tasks.hand_in, Step(task=task))


async def test_a_withdrawn_link_leaves_nothing_without_a_seat(stage: Stage) -> None:
    await stage.assign()
    outcome = await stage.done(OFFICE, handover.hand_over, HandOver(seat=stage.seats[LIAISON].id, successor="new", name="新人"))
    await stage.heard()
    await stage.done(OFFICE, invites.withdraw, invites.OnLink(1))

    assert await stage.told() == {OFFICE: ["people.invite.withdrawn_held"]}
    given = HandOver(seat=outcome.result, successor=str(stage.seats[SUCCESSOR].id))
    await stage.done(OFFICE, handover.hand_over, given)
    assert (await stage.told())[SUCCESSOR] == ["handover.received"]


async def test_what_others_owe_moves_with_the_asker(stage: Stage) -> None:
    task = await stage.assign()
    await stage.hand_in(task)
    await stage.done(COLLEAGUE, handover.hand_over, given(stage, OFFICE, COLLEAGUE))

    await stage.done(COLLEAGUE, tasks.accept, Step(task=task))
    assert await stage.value("SELECT count(*) FROM obligation WHERE state IN ('open', 'handed_in')") == 0


async def test_nobody_verifies_the_own_work_after_a_hand_over(stage: Stage) -> None:
    item = await stage.open_item(by=INSPECTOR)
    await stage.ask_closing(item)
    verifier = await stage.value("SELECT owner FROM obligation WHERE duty = 'item.verify'")
    assert verifier == stage.seats[INSPECTOR].id
    # SECOND worked on the item on a seat of the locality as well: as an inspector that person must not verify it.
    await stage.store.unit(lambda tx: tx.run(
        "UPDATE appointment SET person = :p WHERE id = :id", p=stage.seats[SECOND].person, id=stage.seats[LIAISON].id))  # fmt: skip
    await stage.done(OFFICE, handover.hand_over, given(stage, INSPECTOR, SECOND))

    after = await stage.value("SELECT owner FROM obligation WHERE duty = 'item.verify'")
    assert after not in {stage.seats[INSPECTOR].id, stage.seats[SECOND].id}


async def handler_of(stage: Stage, case: int) -> complaints.Complaint:
    found = await stage.store.read(lambda tx: complaints.get(tx, case))
    assert found is not None
    return found


async def test_a_complaint_moves_with_its_key(stage: Stage) -> None:
    case = await stage.complain()
    before = (await handler_of(stage, case)).handler
    old, new = (OFFICE, COLLEAGUE) if before == stage.seats[OFFICE].id else (COLLEAGUE, OFFICE)
    due = await stage.value("SELECT due_at FROM obligation WHERE subject = :case", case=case)

    await stage.done(new, handover.hand_over, given(stage, old, new))

    complaint = await handler_of(stage, case)
    assert complaint.handler == stage.seats[new].id
    wraps = await stage.rows("SELECT appointment FROM complaint_key WHERE complaint = :case", case=case)
    assert [row["appointment"] for row in wraps] == [complaint.handler]
    assert await stage.value("SELECT due_at FROM obligation WHERE subject = :case AND state = 'open'", case=case) == due
    await stage.done(new, complaint_handling.view, OnComplaint(complaint=case, version=complaint.version))


async def test_a_complaint_never_reaches_a_barred_successor(stage: Stage) -> None:
    case = await stage.complain()
    before = (await handler_of(stage, case)).handler
    old, new = (OFFICE, COLLEAGUE) if before == stage.seats[OFFICE].id else (COLLEAGUE, OFFICE)

    async def also_local(tx: Tx) -> None:
        """The successor sits in the place complained of, too."""
        await people.add_seat(
            tx,
            person=stage.seats[new].person,
            regime="shandong-2022",
            role="local_liaison",
            scope_kind="region",
            scope="371425",
            holder="x",
        )

    await stage.store.unit(also_local)
    await stage.heard()
    outcome = await stage.do(new, handover.hand_over, given(stage, old, new))

    complaint = await handler_of(stage, case)
    assert complaint.handler != stage.seats[new].id
    if isinstance(outcome, Refusal):  # nobody else is eligible: nothing has moved at all
        assert outcome.code == "handover_stuck"
        assert complaint.handler == stage.seats[old].id
        assert await stage.actor_seats(old) == [stage.seats[old].id]
    assert str(case) not in str((await stage.heard()).get(new))


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_was_open_only_the_successor_owns_it(stage: Stage, seed: int) -> None:
    """Tasks, items and complaints in any state: as many as before, none with the old seat, each still moving on."""
    dice = random.Random(seed)
    for n in range(6):
        task = await stage.assign(to=dice.choice([LIAISON, ELSEWHERE, SUCCESSOR]), by=dice.choice([OFFICE, COLLEAGUE]))
        owner = await stage.value("SELECT owner FROM task WHERE id = :id", id=task)
        who = next(account for account, seat in stage.seats.items() if seat.id == owner)
        if dice.random() < 0.5:
            await stage.hand_in(task, by=who)
        item = await stage.open_item(
            by=dice.choice([INSPECTOR, OFFICE]), owner=dice.choice([LIAISON, SUCCESSOR]), enterprise=f"第{n}水泥厂"
        )
        if dice.random() < 0.5:
            owner = await stage.value("SELECT owner FROM item WHERE id = :id", id=item)
            await stage.ask_closing(item, by=LIAISON if owner == stage.seats[LIAISON].id else SUCCESSOR)
        await stage.complain(f"某某焦化{n}厂")
    totals = await _totals(stage)
    clocks = await stage.rows("SELECT id, due_at, state, next_at FROM obligation ORDER BY id")

    for old, new in dice.sample([(LIAISON, SUCCESSOR), (OFFICE, COLLEAGUE), (INSPECTOR, SECOND)], 3):
        by = COLLEAGUE if old == OFFICE else (OFFICE if await stage.actor_seats(OFFICE) else COLLEAGUE)
        await stage.done(by, handover.hand_over, given(stage, old, new))
        assert isinstance(await stage.do(by, handover.hand_over, given(stage, old, new)), Refusal)
        assert await still_open(stage, old) == []
    assert await _totals(stage) == totals
    assert await stage.rows("SELECT id, due_at, state, next_at FROM obligation ORDER BY id") == clocks
    keys = await stage.rows(
        "SELECT c.id FROM complaint c LEFT JOIN complaint_key k ON k.complaint = c.id AND k.appointment = c.handler WHERE k.sealed IS NULL"
    )
    assert keys == []
    assert await stage.store.read(journal.first_break) is None


async def _totals(stage: Stage) -> dict[str, int]:
    return {table: await stage.value(f"SELECT count(*) FROM {table} WHERE {live}") for table, live in OPEN.items()}


async def test_notices_that_wait_move_with_the_duty(stage: Stage) -> None:
    await stage.assign()
    old, new = stage.seats[LIAISON].person, stage.seats[SUCCESSOR].person

    async def note(tx: Tx) -> None:
        await tx.run(
            "INSERT INTO notice (person, obligation, kind, slot_at, created_at) VALUES (:p, 1, 'ping', :at, :at)", p=old, at=tx.now
        )

    await stage.store.unit(note)
    await stage.done(OFFICE, handover.hand_over, given(stage, LIAISON, SUCCESSOR))

    assert await stage.rows("SELECT person, kind FROM notice") == [{"person": new, "kind": "ping"}]


def test_every_column_that_names_a_seat_moves_or_is_kept_on_purpose() -> None:
    tables = re.findall(r"CREATE TABLE (\w+) \((.*?)\) \{strict\};", SCHEMA.read_text(), re.DOTALL)
    named = {(table, column) for table, body in tables for column in re.findall(r"(\w+) \{int\}[^,]*REFERENCES appointment \(id\)", body)}

    assert named - {(table, column) for table, column, _ in MOVED} - KEPT - APART == set(), "say in storage/handover.py what becomes of it"
