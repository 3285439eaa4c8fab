"""Leaving: nothing says any more who it was, everything still says which seat did what; refused while something is open."""

import json

import pytest

from actions import absences, handover, leaving, task_cards
from actions.inputs_handover import HandOver
from bot.render import Renderer
from domain.outcome import Refusal
from domain.speech import Param
from domain.world import World
from storage import entries, journal, tasks
from storage.db import Store
from storage.tx import Tx
from tests.storage.people_stage import (
    COLLEAGUE,
    ELSEWHERE,
    LIAISON,
    NEWCOMER,
    OFFICE,
    SUCCESSOR,
    Stage,
    staged,
)
from tests.storage.test_absences import leave as away

NAME = "李四"


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await staged(store)


def whom(stage: Stage, account: int) -> leaving.Leave:
    return leaving.Leave(person=stage.seats[account].person)


async def everything(stage: Stage) -> str:
    """Every clear value in the database, as one text."""
    tables = ("person", "appointment", "entry", "journal", "task", "obligation", "invite", "absence", "notice", "digest")
    return json.dumps([await stage.rows(f"SELECT * FROM {table}") for table in tables], ensure_ascii=False)


async def test_nothing_leads_to_the_person_any_more(stage: Stage, world: World) -> None:
    task = await stage.assign()
    await stage.hand_in(task)
    given = HandOver(seat=stage.seats[LIAISON].id, successor=str(stage.seats[SUCCESSOR].id))
    await stage.done(OFFICE, handover.hand_over, given)
    await stage.heard()

    await stage.done(LIAISON, leaving.leave, None)

    left = await everything(stage)
    assert NAME not in left
    assert await stage.value("SELECT count(*) FROM person WHERE account = :a", a=LIAISON) == 0
    assert await stage.value("SELECT count(*) FROM draft") == 0
    assert await stage.value("SELECT count(*) FROM card WHERE lane = :l", l=stage.store.vault.lane(LIAISON)) == 0
    story = await stage.store.read(lambda tx: entries.of_subject(tx, "task", task))
    assert [entry.kind for entry in story] == ["assign", "hand_in"]
    rows, _ = await stage.store.read(lambda tx: _history(tx, task))
    shown = Renderer(world, "bot").text("task.history", {"number": "", "title": "", "rows": rows}, "zh")
    assert "前任" in shown
    assert NAME not in shown
    assert (await stage.told())[LIAISON] == ["leave.done"]
    assert await stage.store.read(journal.first_break) is None


async def _history(tx: Tx, task: int) -> tuple[Param, list[entries.Evidence]]:
    return await task_cards.history(tx, await tasks.get(tx, task))


async def test_refused_while_something_is_open(stage: Stage) -> None:
    await stage.assign()
    for account, verb, given in (
        (LIAISON, leaving.leave, None),
        (LIAISON, leaving.begin, None),
        (OFFICE, leaving.dismiss, whom(stage, LIAISON)),
    ):
        outcome = await stage.do(account, verb, given)
        assert isinstance(outcome, Refusal)
        assert (outcome.code, outcome.data["n"]) == ("leave_open", 1)
    assert await stage.actor_seats(LIAISON) == [stage.seats[LIAISON].id]


async def test_two_presses_then_a_stranger(stage: Stage) -> None:
    await stage.done(LIAISON, leaving.begin, None)
    assert await stage.actor_seats(LIAISON) == [stage.seats[LIAISON].id]
    await stage.done(LIAISON, leaving.leave, 7)

    assert await stage.do(LIAISON, leaving.leave, 7) == Refusal("stranger")
    told = await stage.told()
    assert told[OFFICE] == told[COLLEAGUE] == ["leave.office"]


async def test_the_office_for_somebody_who_left(stage: Stage) -> None:
    await stage.done(OFFICE, leaving.dismiss, whom(stage, LIAISON))

    told = await stage.told()
    assert "leave.dismissed" in told[OFFICE]
    assert told[COLLEAGUE] == ["leave.office"]
    assert told[LIAISON] == ["leave.done"]
    assert await stage.do(OFFICE, leaving.dismiss, whom(stage, LIAISON)) == Refusal("gone")


async def test_who_may_not(stage: Stage) -> None:
    assert await stage.do(ELSEWHERE, leaving.dismiss, whom(stage, LIAISON)) == Refusal("forbidden")
    assert await stage.do(NEWCOMER, leaving.leave, None) == Refusal("stranger")


async def test_a_deputy_who_leaves_acts_for_nobody(stage: Stage) -> None:
    await away(stage)
    await stage.heard()
    await stage.done(SUCCESSOR, leaving.leave, None)

    assert await stage.actor_seats(LIAISON) == [stage.seats[LIAISON].id]
    assert (await stage.told())[LIAISON] == ["absence.declined"]
    assert await stage.do(LIAISON, absences.end, 1) == Refusal("absence_over")
