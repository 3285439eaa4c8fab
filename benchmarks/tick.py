"""The clock's turn over so many open obligations, with 0, 100 or 1,000 due: marks fired, digests gathered, messages on record.

Sizes in turn in the same run. The peer keeps one scheduler job per deadline. Besides: what comes due at one instant, and what fell due
while the process was down, is said once each; and how long the event loop is held meanwhile.
"""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import bot.forms
import bot.handlers
from actions import obligations
from actions.obligations import Wanted
from actions.people import seat_directly
from actions.task_giving import Order, give_out
from benchmarks.frame import FULL, WORK_CORES, child, figure, median, peer, say, scratch
from benchmarks.product import KEY, REGIME
from bot import collector
from bot.hearing import load_package
from bot.jobs.tick import tick
from config.load import load_calendar, load_regimes
from domain.dates import Until
from domain.deadlines import at
from domain.people import Seat
from domain.world import World
from storage.db import Store, open_store
from storage.tx import Tx

SIZES = (10_000, 100_000, 1_000_000) if FULL else (10_000, 100_000)
DUE = (0, 100, 1_000)
ROUNDS = 5 if FULL else 3
JOBS = 100_000 if FULL else 2_000  # of the peer: its SQLite store takes 2 ms for each
MOST = max(DUE)
AT_ONCE = 1_000  # put on record in one unit
IDLE_TICKS = 100
FIRST_DAY = date(2026, 3, 2)
FAR = timedelta(days=220)  # from the first day; then what is merely open is due
NOON, SLOT = "12:00", "08:30"


@dataclass
class Stage:
    """A province with so much open. Its clock stands wherever it is set."""

    path: Path
    size: int
    first_day: date = FIRST_DAY
    now: int = 0
    seats: list[Seat] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    seconds: float = 0.0  # putting everything on record
    day: date = field(init=False)
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.day = self.first_day
        self.now = self.now or at(self.day, NOON)

    async def open(self) -> None:
        world = World(load_regimes([REGIME]), load_calendar())
        self.store = await open_store(f"sqlite:///{self.path}", master_key=bytes.fromhex(KEY), now=lambda: self.now, world=world)

    async def fill(self) -> None:
        await self.store.unit(self._seat)
        await self.store.unit(self._give)
        await self.clear()
        begun = time.perf_counter()
        for start in range(0, self.size, AT_ONCE):
            await self.store.unit(partial(self._owe, range(start, start + AT_ONCE)))
        self.seconds = time.perf_counter() - begun

    async def _seat(self, tx: Tx) -> None:
        cities = [region.id for region in tx.world.regime(REGIME).regions if region.level == "city"]
        for n in range(MOST):
            role = "local_liaison" if n % 10 else "local_supervisor"
            seat = await seat_directly(tx, account=10_000 + n, name=f"联络员{n}", regime=REGIME, role=role, scope=cities[n % len(cities)])
            self.seats.append(seat)
        self.office = await seat_directly(tx, account=1, name="办公室", regime=REGIME, role="office")

    async def _give(self, tx: Tx) -> None:
        """A task each, to be spoken of; what each owes about it is made anew for every morning."""
        for n, seat in enumerate(self.seats):
            task = await give_out(tx, self.office, seat, Order(f"核查第 {n} 家企业", "", Until(self.first_day + FAR)))
            self.tasks.append(task)

    async def _owe(self, numbers: range, tx: Tx) -> None:
        wanted = []
        for n in numbers:
            seat, due = self.seats[n % MOST], self.first_day + FAR + timedelta(days=n % 60)
            wanted.append(Wanted(REGIME, "task", ("task", 10**6 + n), seat, self.office, seat.scope, due=due))
        await obligations.owe_many(tx, wanted)

    async def clear(self) -> None:
        """What was said is sent."""
        await self.store.unit(lambda tx: tx.run("DELETE FROM outbox"))

    async def evening(self, due: int) -> Sequence[int]:
        """So many come on record that are due on the next working day; nothing else happens on that day."""
        calendar, following = self.store.world.calendar, self.day + timedelta(days=1)
        while calendar.off(following):
            following += timedelta(days=1)
        self.day = following

        async def unit(tx: Tx) -> Sequence[int]:
            pairs = zip(self.seats[:due], self.tasks, strict=False)
            return await obligations.owe_many(
                tx, [Wanted(REGIME, "task", ("task", task), seat, None, seat.scope, due=following) for seat, task in pairs]
            )

        return await self.store.unit(unit)

    async def morning(self) -> float:
        """The tick of the first slot. Seconds."""
        self.now = at(self.day, SLOT)
        begun = time.perf_counter()
        await tick(self.store)
        return time.perf_counter() - begun

    async def over(self, owed: Sequence[int]) -> None:
        async def unit(tx: Tx) -> None:
            for each in owed:
                await obligations.finish(tx, each)

        await self.store.unit(unit)
        await self.clear()
        self.now = at(self.day, NOON)
        await tick(self.store)

    async def idle(self) -> float:
        begun = time.perf_counter()
        for _ in range(IDLE_TICKS):
            self.now += 1000
            await tick(self.store)
        return (time.perf_counter() - begun) / IDLE_TICKS

    async def amiss(self, people: int) -> int:
        """How many of them were told not once."""
        rows = await self.store.read(lambda tx: tx.all("SELECT lane FROM outbox"))
        told = Counter(row["lane"] for row in rows)
        return sum(told[self.store.vault.lane(10_000 + n)] != 1 for n in range(people))


class Pulse:
    """How long the event loop was held at most."""

    def __init__(self) -> None:
        self.longest = 0.0

    @contextlib.asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()

    async def _beat(self) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - begun - 0.001)


@dataclass
class Found:
    took: dict[tuple[int, int], list[float]] = field(default_factory=dict)  # size and due → seconds
    idle: dict[int, list[float]] = field(default_factory=dict)
    amiss: int = 0
    held: float = 0.0

    def middle(self, size: int, due: int) -> float:
        return median(self.took[size, due])


async def mornings(stages: Sequence[Stage]) -> Found:
    found = Found()
    for _ in range(ROUNDS):
        for due in DUE:
            for stage in stages:
                owed, pulse = await stage.evening(due), Pulse()
                async with pulse.taken():
                    found.took.setdefault((stage.size, due), []).append(await stage.morning())
                found.held = max(found.held, pulse.longest)
                found.amiss += await stage.amiss(due)
                await stage.over(owed)
        for stage in stages:
            found.idle.setdefault(stage.size, []).append(await stage.idle())
    return found


async def down(stage: Stage) -> tuple[int, float]:
    """What falls due while nobody runs: how many of a thousand were told not once, and how long the loop was held."""
    await stage.evening(MOST)
    await stage.store.close()
    stage.now = at(stage.day + timedelta(days=8), "10:00")
    await stage.open()
    pulse = Pulse()
    async with pulse.taken():
        await tick(stage.store)
    return await stage.amiss(MOST), pulse.longest


def jobs(folder: Path) -> dict[str, dict[str, float]]:
    """The peer, in memory and in its SQLite store."""
    found = {}
    for name, where in (("memory", "memory"), ("stored", folder / "jobs.db")):
        with child(peer("schedule", where, JOBS), cores=WORK_CORES) as running:
            found[name] = json.loads(running.hear())
    return found


async def measure(folder: Path) -> None:
    stages = [Stage(folder / f"tick-{size}.db", size) for size in SIZES]
    for stage in stages:
        await stage.open()
        await stage.fill()
        say(f"  {stage.size} on record in {stage.seconds:.1f} s")
    found = await mornings(stages)
    amiss, held = await down(stages[-1])
    for stage in stages:
        await stage.store.close()
    report(stages, found, amiss, held, jobs(folder))


def report(stages: Sequence[Stage], found: Found, amiss: int, held: float, peers: dict[str, dict[str, float]]) -> None:
    small, large = SIZES[0], SIZES[-1]
    figure(f"tick: 100 due of {large} open, with all that follows", found.middle(large, 100) * 1000, None, "ms", "ours <= 10")
    figure(f"tick: 1,000 due of {large} open, with all that follows", found.middle(large, 1_000) * 1000, None, "ms")
    for due, goal in ((0, 1.5), (100, 1.5), (1_000, 4)):
        name = f"tick: {due} due, {large} open against {small}"
        figure(name, found.middle(large, due) * 1000, found.middle(small, due) * 1000, "ms", f"ratio <= {goal}")
    figure(f"tick: idle, {large} open", median(found.idle[large]) * 1000, None, "ms", "ours <= 1")
    lost = peers["stored"]["lost"]
    figure("tick: 1,000 due at one instant, lost or doubled", found.amiss, lost, "of 1,000", "ours <= 0", "peer: APScheduler, SQLite store")
    figure("tick: 1,000 fell due while down, lost or doubled", amiss, None, "of 1,000", "ours <= 0")
    figure("tick: loop held at most", max(found.held, held) * 1000, None, "ms", "ours <= 50")
    each = stages[-1].seconds / large * JOBS
    figure(f"tick: {JOBS} deadlines on record, against jobs in memory", each, peers["memory"]["added"], "s")
    figure(f"tick: {JOBS} deadlines on record, against jobs in SQLite", each, peers["stored"]["added"], "s")
    figure(
        f"tick: memory of {JOBS} deadlines",
        0,
        peers["memory"]["memory"],
        "MB",
        note="tick: an open obligation is a row and takes no memory",
    )
    all_of_it = 100_000 / large * stages[-1].seconds
    figure("import: 100,000 obligations on record, each with its countdown planned", all_of_it, None, "s", "ours <= 5")


def main() -> None:
    load_package(bot.forms)
    load_package(bot.handlers)
    collector.spare()  # as the bot does at the end of its start: else the loop is held by Python's look at all that is loaded
    with scratch() as folder:
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
