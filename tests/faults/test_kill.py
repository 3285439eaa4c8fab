"""Killed with SIGKILL at any instant and started again: nothing lost, nothing twice, every conversation goes on where it stopped.

The real process under load is killed at random moments; the local Telegram's log and the database are asked afterwards.
"""

import asyncio
import itertools
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import LogEntry
from storage import entries, journal
from storage.tx import Tx
from tests.faults.conftest import REGIME, Staff, seat_staff, store_beside
from tests.faults.reporters import Reporter, Watch
from tours.stage import Stage, staged

PEOPLE = 20
SENDS = {"sendMessage", "sendPhoto", "sendDocument"}


@dataclass
class Killer:
    """Ends the process at random moments and starts it again at once."""

    stage: Stage
    seed: int
    seconds: float
    at_ms: list[int] = field(default_factory=list)

    async def run(self) -> None:
        """Mostly while it works, now and then while it starts. The moment is what is random: nothing is waited for by sleeping."""
        moments = random.Random(self.seed)
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            if moments.random() < 0.8:
                await self.stage.until_ready(60)
            await asyncio.sleep(moments.uniform(0.1, 1.6))
            await self.stage.kill_bot()
            self.at_ms.append(time.time_ns() // 1_000_000)
            await self.stage.start_bot(wait=False)


async def _set_up(stage: Stage) -> Staff:
    store = await store_beside(stage)
    try:
        office = await stage.sandbox.person("办公室")
        liaisons = [await stage.sandbox.person(f"联络员{n}") for n in range(PEOPLE)]
        for person in (office, *liaisons):
            await stage.sandbox.start(person)  # waits at Telegram until the bot is up
        return await seat_staff(store, office, liaisons)
    finally:
        await store.close()


async def _endure(stage: Stage, seconds: float) -> tuple[list[Reporter], Killer]:
    staff = await _set_up(stage)
    await stage.start_bot()
    await stage.settle(60)
    watch, stop = Watch(stage), asyncio.Event()
    reporters = [Reporter(stage, watch, person, task) for person, task in staff.people]
    killer = Killer(stage, random.SystemRandom().randrange(1_000_000), seconds)
    print(f"seed {killer.seed}")  # noqa: T201  pytest shows it where a test failed
    async with watch.watching():
        talking = [asyncio.create_task(reporter.run(stop)) for reporter in reporters]
        await killer.run()
        stop.set()
        _, unfinished = await asyncio.wait(talking, timeout=45)
        stuck = [await reporter.told() for reporter, task in zip(reporters, talking, strict=True) if task in unfinished]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=bool(stuck))
    assert not stuck, "conversations that did not reach their end:\n" + "\n".join(stuck) + f"\nseed {killer.seed}"
    await stage.settle(60)
    return reporters, killer


async def _check(stage: Stage, reporters: list[Reporter], killer: Killer) -> None:
    confirmed = sum(each["confirmed"] for each in await stage.sandbox.updates())
    log = [entry for entry in await stage.sandbox.log() if entry.ok and entry.method in SENDS]
    assert await stage.stop_bot() == 0
    store = await store_beside(stage)
    try:
        await store.read(lambda tx: _nothing_left(tx, confirmed))
        for reporter in reporters:
            said = await store.read(partial(_reported, task=reporter.task))
            assert said == reporter.written, f"of {reporter.person.name}; seed {killer.seed}"
    finally:
        await store.close()
    doubled = _at_most_once_more_per_kill(log, killer)
    counted = sum(len(reporter.written) for reporter in reporters)
    print(f"{counted} conversations, {len(killer.at_ms)} kills, {doubled} messages doubled")  # noqa: T201
    assert counted >= PEOPLE


async def _nothing_left(tx: Tx, confirmed: int) -> None:
    """Every update that Telegram considers delivered was done; nothing waits to be said; the journal holds."""
    states = {row["state"]: row["n"] for row in await tx.all("SELECT state, count(*) AS n FROM inbox GROUP BY state")}
    assert states == {"done": confirmed}
    assert await tx.all("SELECT state, error FROM outbox") == []
    assert await tx.all("SELECT * FROM draft") == []
    assert await journal.first_break(tx) is None


async def _reported(tx: Tx, task: int) -> list[str]:
    return [entry.body for entry in await entries.of_subject(tx, "task", task) if entry.kind == "progress"]


def _copies(log: list[LogEntry]) -> list[list[LogEntry]]:
    """The same words and buttons in one chat. Prompts with buttons are unlike each other; the first question has none, so it counts anew
    after each card that confirmed a report.
    """
    copies: dict[Any, list[LogEntry]] = defaultdict(list)
    cards: dict[int | None, set[str]] = defaultdict(set)
    for entry in log:
        words, buttons = str(entry.params.get("text")), str(entry.params.get("reply_markup"))
        if "号进展" in words:
            cards[entry.chat_id].add(words)
        copies[entry.chat_id, words, buttons, "" if ".f." in buttons else len(cards[entry.chat_id])].append(entry)
    return list(copies.values())


def _at_most_once_more_per_kill(log: list[LogEntry], killer: Killer) -> int:
    """Between two copies of a message the process died, or Telegram accepted the first and cut the line. Returns how many were doubled."""
    doubled = 0
    for each in _copies(log):
        for first, second in itertools.pairwise(each):
            # What the dead process had sent may be carried out a moment after its death.
            killed = any(first.at_ms - 500 <= at <= second.at_ms for at in killer.at_ms)
            assert killed or first.dropped, f"sent twice without a reason: {first.params}; seed {killer.seed}"
            doubled += 1
    return doubled


async def test_polling_on_sqlite(tmp_path: Path) -> None:
    """Telegram is as far away as in life, so that a kill finds messages on their way."""
    async with staged(tmp_path, regimes=(REGIME,), rates=False) as stage:
        await stage.sandbox.fault("delay", seconds=0.05, times=0)
        await _check(stage, *await _endure(stage, 16))


async def test_polling_on_postgres(tmp_path: Path, empty_postgres: str) -> None:
    async with staged(tmp_path, regimes=(REGIME,), rates=False, database_url=empty_postgres) as stage:
        await _check(stage, *await _endure(stage, 9))


@pytest.mark.parametrize("dropped", [0.02])
async def test_webhook_on_a_line_that_breaks(tmp_path: Path, dropped: float) -> None:
    """Telegram pushes; now and then it accepts a message and the answer is lost on the way."""
    async with staged(tmp_path, regimes=(REGIME,), rates=False, webhook=True) as stage:
        await stage.sandbox.fault("drop", method="sendMessage", probability=dropped, times=0)
        await _check(stage, *await _endure(stage, 9))
