"""The clock's turn: it comes by itself, in the loop, and never twice at a time."""

import asyncio
import threading
from dataclasses import dataclass, field

import pytest

from bot import app
from bot.jobs import tick
from storage.db import Store
from tests.faults.edge import Edge, until


@dataclass
class Turns:
    """Stands where the tick stands; `slow` turns wait until they are let go."""

    taken: int = 0
    under_way: int = 0
    most: int = 0
    threads: set[threading.Thread] = field(default_factory=set)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def turn(self, _store: Store) -> int:
        self.threads.add(threading.current_thread())
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.go_on.wait()
        self.under_way -= 1
        self.taken += 1
        return 0


@pytest.fixture(autouse=True)  # before the bot starts
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    made = Turns()
    monkeypatch.setattr(tick, "tick", made.turn)
    monkeypatch.setattr(app, "TICK_SECONDS", 0.02)
    return made


async def test_it_comes_by_itself(edge: Edge, turns: Turns) -> None:
    turns.go_on.set()
    before = turns.taken

    async def more() -> bool:
        return turns.taken >= before + 3

    await until(more, "the clock's turns")
    assert turns.threads == {threading.main_thread()}
    assert not edge.bot.failed.done()


async def test_one_at_a_time_whatever_wakes_it(edge: Edge, turns: Turns) -> None:
    """While one is under way seconds pass, and actions make more due: that waits for the next one."""
    looks = iter(range(20))  # at least ten seconds of this bot's

    async def seconds_passed() -> bool:
        edge.bot.store.wake({"obligations"})
        return next(looks, None) is None

    await until(seconds_passed, "seconds to pass")
    assert (turns.under_way, turns.most, turns.taken) == (1, 1, 0)
    turns.go_on.set()

    async def gone_on() -> bool:
        return turns.taken >= 2

    await until(gone_on, "the turn that waited")
    assert turns.most == 1
