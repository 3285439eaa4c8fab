"""Many people are told in one unit, on both databases: each what is theirs, and one whose message cannot be made does not keep the others from it."""

from typing import Any

import pytest

from actions import telling
from actions.digest import AGAIN
from actions.telling import Matter
from bot.jobs.tick import next_due, tick
from storage import notices
from storage.db import Store
from tests.storage import test_obligations as base
from tests.storage.test_obligations import LIAISON, OTHER, Stage

stage, _nouns = base.stage, base._nouns


def breaking(monkeypatch: pytest.MonkeyPatch, viewer: int) -> None:
    """The message to this seat cannot be made."""
    real = telling._single

    async def single(known: Any, matter: Matter) -> Any:
        if matter.viewer.id == viewer:
            raise ArithmeticError
        return await real(known, matter)

    monkeypatch.setattr(telling, "_single", single)


async def test_each_hears_what_is_theirs(stage: Stage) -> None:
    await stage.owe("2026-03-13")
    await stage.owe("2026-03-13", owner=OTHER)
    found = {each.chat: each for each in await stage.at("2026-03-13") if each.chat in {LIAISON, OTHER}}
    assert "事项1" in found[LIAISON].text
    assert "事项2" not in found[LIAISON].text
    assert "事项2" in found[OTHER].text


async def test_a_message_that_cannot_be_made_waits_and_the_others_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.owe("2026-03-13")
    await stage.owe("2026-03-13", owner=OTHER)
    with monkeypatch.context() as broken:
        breaking(broken, stage.seats[LIAISON].id)
        said = await stage.at("2026-03-13")
        assert OTHER in {each.chat for each in said}
        assert LIAISON not in {each.chat for each in said}
        assert await next_due(stage.store) == stage.clock.now + AGAIN
        await tick(stage.store)
        assert await stage.said() == []  # not tried at every tick
    stage.clock.now += AGAIN
    await tick(stage.store)
    (late,) = await stage.said()
    assert (late.chat, "事项1" in late.text) == (LIAISON, True)
    await tick(stage.store)
    assert await stage.said() == []


async def test_what_is_put_off_meets_what_waits_already(stage: Stage, store: Store) -> None:
    """The same notice may stand at the later instant, too; it is said once."""
    owed = await stage.owe("2026-03-13")
    person, now = stage.seats[LIAISON].person, stage.clock.now
    assert person is not None
    for slot in (now, now + AGAIN):
        await stage.unit(notices.add, [notices.Notice(person, owed, "ping", slot)])
    await stage.unit(notices.put_off, person, now + AGAIN)
    assert await store.read(lambda tx: notices.people_due(tx, 10)) == []
    rows = await store.read(lambda tx: tx.all("SELECT slot_at FROM notice"))
    assert [row["slot_at"] for row in rows] == [now + AGAIN]
