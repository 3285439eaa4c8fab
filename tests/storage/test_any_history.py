"""Whatever happens to obligations, in whatever order, however the clock jumps and the process dies: what must always hold. On SQLite; the
storage tests prove both databases equal.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bot.forms.absences
import bot.forms.handover  # noqa: F401  registers the forms, as the program does
from actions import absences, digest, handover, obligations
from actions.inputs_absences import Absent
from actions.inputs_handover import HandOver
from actions.perform import Caller, perform
from bot.jobs.tick import FIRES, tick, until_none
from domain.dates import Until
from domain.deadlines import DAY_MS, HOUR_MS, local_date
from domain.obligations import Owed
from domain.people import Seat
from domain.slots import in_quiet, widened
from domain.world import World
from storage import obligations as rows
from storage import outbox, people
from storage.db import Store, open_store
from storage.tx import Tx
from tests.conftest import MASTER_KEY, Clock
from tests.storage.people_stage import ELSEWHERE, LIAISON, OFFICE, REGIME, SUCCESSOR, SUPERVISOR, staged

DUTIES = ("task", "item.rectify")
OWNERS = (LIAISON, SUCCESSOR, ELSEWHERE)

number = st.integers(0, 9)
clocks = st.sampled_from(["", "", "07:45", "11:00", "18:00", "23:30"])  # no hour, or one in the day, or in the night
events = st.one_of(
    st.tuples(st.just("owe"), st.sampled_from(OWNERS), st.sampled_from(DUTIES), st.integers(-12, 12), clocks),
    st.tuples(st.sampled_from(["hand_in", "send_back", "stop", "give"]), number),
    st.tuples(st.just("extend"), number, st.integers(0, 15), clocks),
    st.tuples(st.just("away"), st.integers(0, 4)),
    st.tuples(st.sampled_from(["back", "hand_over", "restart"])),
    st.tuples(st.sampled_from(["block", "unblock"]), st.sampled_from([*OWNERS, SUPERVISOR])),
    st.tuples(st.just("pass"), st.sampled_from([1, 9, 24, 5 * 24, 16 * 24]), st.integers(0, 59)),
)


@dataclass
class History:
    url: str
    clock: Clock
    world: World
    store: Store
    seats: dict[int, Seat]
    ids: list[int] = field(default_factory=list)
    told: set[tuple[Any, ...]] = field(default_factory=set)
    absence: int | None = None

    async def does(self, event: tuple[Any, ...]) -> None:
        name, *given_ = event
        await getattr(self, f"_{name}")(*given_)

    async def _owe(self, owner: int, duty: str, days: int, hour: str) -> None:
        seat = await self.store.read(lambda tx: people.seat(tx, self.seats[owner].id))
        due = Until(local_date(self.clock.now) + timedelta(days=days), clock=hour)

        async def unit(tx: Tx) -> int:
            about: dict[str, Any] = {"regime": REGIME, "region": seat.scope, "creditor": self.seats[OFFICE]}
            return await obligations.owe(tx, duty=duty, subject=("matter", len(self.ids) + 1), owner=seat, due=due, **about)

        self.ids.append(await self.store.unit(unit))

    async def _change(self, n: int, verb: Callable[[Tx, int], Any], states: tuple[str, ...]) -> None:
        """What a noun would refuse is not tried."""
        if not self.ids:
            return
        chosen = self.ids[n % len(self.ids)]

        async def unit(tx: Tx) -> None:
            if (await rows.get(tx, chosen)).state in states:
                await verb(tx, chosen)

        await self.store.unit(unit)

    async def _hand_in(self, n: int) -> None:
        await self._change(n, obligations.hand_in, ("open",))

    async def _send_back(self, n: int) -> None:
        await self._change(n, obligations.send_back, ("handed_in",))

    async def _stop(self, n: int) -> None:
        await self._change(n, rows.stop, ("open",))

    async def _extend(self, n: int, days: int, hour: str) -> None:
        due = Until(local_date(self.clock.now) + timedelta(days=days), clock=hour)
        await self._change(n, lambda tx, chosen: obligations.reschedule(tx, chosen, due), ("open", "handed_in"))

    async def _give(self, n: int) -> None:
        seat = await self.store.read(lambda tx: people.seat(tx, self.seats[OWNERS[n % len(OWNERS)]].id))
        await self._change(n, lambda tx, chosen: obligations.give(tx, chosen, seat, seat.scope), ("open", "handed_in"))

    async def _away(self, days: int) -> None:
        """The liaison is away from today; a second absence is refused by itself."""
        today, deputy = local_date(self.clock.now), self.seats[SUCCESSOR].person
        assert deputy is not None
        absent = Absent(seat=self.seats[LIAISON].id, since=today, until=today + timedelta(days=days), deputy=deputy)
        outcome = await perform(self.store, Caller(LIAISON, LIAISON, quiet=True), absences.set_absence, absent)
        self.absence = getattr(outcome, "data", {}).get("absence", self.absence)

    async def _back(self) -> None:
        if self.absence is not None:
            await perform(self.store, Caller(LIAISON, LIAISON, quiet=True), absences.end, self.absence)

    async def _hand_over(self) -> None:
        """The liaison's seat and all it owes go to the colleague; the second time it is refused."""
        over = HandOver(seat=self.seats[LIAISON].id, successor=str(self.seats[SUCCESSOR].id))
        await perform(self.store, Caller(LIAISON, LIAISON, quiet=True), handover.hand_over, over)

    async def _block(self, who: int) -> None:
        person = self.seats[who].person
        assert person is not None
        await self.store.unit(lambda tx: people.set_unreachable(tx, person, tx.now))

    async def _unblock(self, who: int) -> None:
        person = self.seats[who].person
        assert person is not None
        await self.store.unit(lambda tx: people.set_unreachable(tx, person, None))

    async def _restart(self) -> None:
        await self.store.close()
        self.store = await open_store(self.url, master_key=MASTER_KEY, now=self.clock, world=self.world)

    async def _pass(self, hours: int, minutes: int) -> None:
        self.clock.now += hours * HOUR_MS + minutes * 60_000

    async def ticks(self) -> None:
        """What the clock does, in its two halves, so that what is planned is seen before it is said."""
        for unit in FIRES:
            await until_none(self.store, unit)
        await self.store.read(self._planned_once)
        await tick(self.store)
        await self.store.unit(self._said)
        await self.store.read(self._holds)

    async def _planned_once(self, tx: Tx) -> None:
        """No step of one due date is planned twice for one person."""
        planned = (
            "SELECT n.*, o.due_at, o.owner, o.version FROM notice n JOIN obligation o ON o.id = n.obligation WHERE n.created_at = :now"
        )
        for row in await tx.all(planned, now=tx.now):
            word, _, step = row["kind"].partition(":")
            regime = self.world.regime(REGIME)
            duty = regime.duty((await rows.get(tx, row["obligation"])).duty)
            if word != "climb" or duty.chain[int(step)].repeat is not None:
                continue
            key = (row["person"], row["obligation"], row["kind"], row["due_at"])
            assert key not in self.told, key
            self.told.add(key)

    async def _said(self, tx: Tx) -> None:
        """At most one message a person, and none to be heard in quiet hours."""
        heard: set[int] = set()
        found = await outbox.said_after(tx, 0)
        for parcel, not_before in found:
            await outbox.sent(tx, parcel.id)
            body = parcel.body
            if not str(body.get("key", "")).startswith("obligation."):
                continue
            assert body["person"] not in heard, "two at once"
            heard.add(body["person"])
            own = (await people.person(tx, body["person"]))["quiet"]
            assert not in_quiet(max(tx.now, not_before), widened(self.world.regime(REGIME).quiet, own))

    async def _holds(self, tx: Tx) -> None:
        for chosen in self.ids:
            owed = await rows.get(tx, chosen)
            if owed.state != "open" or owed.stopped_at is not None:
                assert owed.next_at is None
            elif owed.next_at is None:
                assert self._at_the_end(owed, await rows.fired(tx, [chosen]))
            else:
                assert owed.next_at > tx.now

    def _at_the_end(self, owed: Owed, fired: dict[int, Any]) -> bool:
        marks = fired.get(owed.id, {})
        chain = self.world.regime(REGIME).duty(owed.duty).chain
        return all(any(at >= owed.due_at for at in marks.get(f"chain:{step.after}:{step.to}", ())) for step in chain)

    async def to_the_end(self) -> None:
        """What is overdue reaches the end of its chain, however rarely the process is there to look."""
        for _ in range(10):
            self.clock.now += 5 * DAY_MS
            await self.ticks()

        async def unit(tx: Tx) -> None:
            for chosen in self.ids:
                owed = await rows.get(tx, chosen)
                if owed.state == "open" and owed.stopped_at is None:
                    assert self._at_the_end(owed, await rows.fired(tx, [chosen]))

        await self.store.read(unit)


@contextmanager
def database(template: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "duban.db"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"


async def lived(url: str, world: World, history: list[tuple[Any, ...]]) -> None:
    clock = Clock()
    store = await open_store(url, master_key=MASTER_KEY, now=clock, world=world)
    stage = await staged(store)
    person = stage.seats[ELSEWHERE].person
    assert person is not None
    await store.unit(lambda tx: people.set_quiet(tx, person, "19:00-09:00"))
    await until_none(store, digest.tell_due)
    it = History(url, clock, world, store, stage.seats)
    try:
        for event in history:
            await it.does(event)
            await it.ticks()
        await it.to_the_end()
    finally:
        await it.store.close()


@settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(events, min_size=4, max_size=14))
def test_whatever_happens(sqlite_template: Path, world: World, history: list[tuple[Any, ...]]) -> None:
    with database(sqlite_template) as url:
        asyncio.run(lived(url, world, history))
