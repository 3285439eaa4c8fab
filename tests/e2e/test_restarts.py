"""Killed in the middle of a conversation: the real program in its own process, polling on SQLite and pushed to on PostgreSQL."""

from pathlib import Path

import pytest

from domain.deadlines import at
from tests.faults.conftest import REGIME, seat_staff, store_beside
from tours.player import Player
from tours.stage import Stage, staged
from tours.story import MORNING, START


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """Empty stands for a new SQLite file in the stage's folder."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("empty_postgres"))


async def test_a_conversation_goes_on_where_it_stopped(tmp_path: Path, database: str) -> None:
    """Killed after each turn of a form, the next start asks the next question, and nothing has to be said again."""
    webhook = bool(database)
    async with staged(tmp_path, regimes=(REGIME,), database_url=database, webhook=webhook, rates=False) as stage:
        await stage.sandbox.set_clock(at(START, MORNING), force=True)
        office, liaison = await _seated(stage, "周办"), await _seated(stage, "李联络")
        store = await store_beside(stage)
        await seat_staff(store, office.person, [liaison.person])
        await store.close()
        await stage.start_bot()
        await stage.settle()

        await office.say("/assign")
        await _killed(stage, office, "form.assign.what")
        await office.say("报送清单")
        await _killed(stage, office, "form.assign.assignee")
        await office.say(liaison.name)
        await _killed(stage, office, "form.assign.due")
        await office.say("5个工作日")
        await _killed(stage, office, "form.summary", "报送清单", liaison.name)
        await office.press("f", "submit")
        liaison.mark()
        await stage.kill_bot()
        await stage.start_bot()
        await stage.settle()
        shown = [each.words for each in await stage.sandbox.messages(liaison.person) if "报送清单" in each.words]
        assert len(shown) == 1


async def _seated(stage: Stage, name: str) -> Player:
    person = await stage.sandbox.person(name)
    await stage.sandbox.start(person)
    return Player(stage, name, name, person)


async def _killed(stage: Stage, player: Player, key: str, *words: str) -> None:
    await player.expect(key, *words)
    await stage.kill_bot()
    await stage.start_bot()
