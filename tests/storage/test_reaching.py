"""Whoever cannot be reached is known at once and told once, to the nearest who can do something about it."""

import json

import pytest

from actions import menu, reach, reaching
from storage import people
from storage.db import Store
from tests.conftest import Clock
from tests.storage.people_stage import COLLEAGUE, LIAISON, NEWCOMER, OFFICE, SUPERVISOR, Stage, staged

GONE, HERE = reach.Reach(reachable=False), reach.Reach(reachable=True)


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await staged(store)


async def refused(stage: Stage, account: int, chat: int | None = None) -> None:
    """What delivery does when Telegram answers 403."""
    person = stage.seats[account].person
    assert person is not None
    await stage.store.unit(lambda tx: reaching.lost(tx, person, account if chat is None else chat))


async def test_the_supervisor_hears_once_with_counts(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-03")
    await stage.assign()
    await stage.complain()
    clock.move_to("2026-03-05")
    await stage.heard()
    await stage.done(LIAISON, reach.changed, GONE)
    await refused(stage, LIAISON)

    heard = await stage.heard()
    [message] = heard.pop(SUPERVISOR)
    assert message["key"] == "people.reach.lost"
    [row] = message["params"]["rows"]["parts"]
    assert (row["params"]["n"], row["params"]["red"]) == (2, 1)
    assert "报送" not in json.dumps(message, ensure_ascii=False)
    assert heard == {}


async def test_without_a_supervisor_the_office_hears(stage: Stage) -> None:
    await stage.done(SUPERVISOR, reach.changed, GONE)
    await stage.heard()
    await refused(stage, LIAISON)

    assert await stage.told() == {OFFICE: ["people.reach.lost"], COLLEAGUE: ["people.reach.lost"]}


async def test_one_of_the_office_is_told_to_the_other(stage: Stage) -> None:
    await stage.done(OFFICE, reach.changed, GONE)

    assert await stage.told() == {COLLEAGUE: ["people.reach.lost"]}


async def test_back_again_in_one_message_however_they_come(stage: Stage) -> None:
    await stage.assign()
    for way in ("let in", "writes"):
        await refused(stage, LIAISON)
        await stage.heard()
        if way == "let in":
            await stage.done(LIAISON, reach.changed, HERE)
            await stage.done(LIAISON, reach.changed, HERE)
            assert await stage.told() == {LIAISON: ["people.reach.back"]}
        else:
            await stage.done(LIAISON, menu.whoami, None)
            assert await stage.told() == {LIAISON: ["people.whoami", "people.reach.back"]}
        assert await stage.value("SELECT count(*) FROM person WHERE unreachable_at IS NOT NULL") == 0


async def test_nothing_open_is_no_message(stage: Stage) -> None:
    await refused(stage, LIAISON)
    await stage.heard()
    await stage.done(LIAISON, reach.changed, HERE)

    assert await stage.told() == {}


async def test_a_message_to_an_account_of_before_says_nothing_about_the_person(stage: Stage) -> None:
    await refused(stage, LIAISON, chat=NEWCOMER)

    assert await stage.told() == {}
    assert await stage.value("SELECT count(*) FROM person WHERE unreachable_at IS NOT NULL") == 0


async def test_what_cannot_be_told_does_not_hold_up_the_sender(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(people, "held_by", broken)
    await refused(stage, LIAISON)

    assert await stage.value("SELECT count(*) FROM person WHERE unreachable_at IS NOT NULL") == 1


async def test_a_stranger_who_blocks_is_nobody(stage: Stage) -> None:
    await stage.done(NEWCOMER, reach.changed, GONE)
    await stage.done(NEWCOMER, reach.changed, HERE)

    assert await stage.told() == {}
