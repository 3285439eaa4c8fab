"""A changed regime or calendar plans what is live again: once, in units of bounded size, going on after a restart where it stopped.

`planned:REGIME` says by which regime file and calendar the live rows are planned, and after which row the work goes on while it lasts.
A process adopts what it holds when it starts and when it takes over imported holidays; so in a rolling change of release the last to start
decides, and replicas do not plan against each other.
"""

from dataclasses import dataclass

import structlog

from actions.obligations import count_again, duty_of
from actions.subjects import card_of
from domain.dates import Until
from domain.obligations import Owed, plan
from domain.regime import Regime
from domain.slots import next_slot, widened
from domain.speech import DIGEST
from domain.world import World
from storage import cards, holidays, meta, notices, obligations, task_batches
from storage.db import Store
from storage.notices import Notice
from storage.tx import Tx

log = structlog.get_logger(__name__)
BATCH = 200  # rows a unit, so that nobody who presses a button waits long for the writer


@dataclass(frozen=True)
class Planned:
    """`after`: the row after which the work goes on; None once everything is planned."""

    regime: str
    calendar: str
    after: int | None


def _key(regime: str) -> str:
    return f"planned:{regime}"


async def _planned(tx: Tx, regime: str) -> Planned | None:
    found = await meta.get(tx, _key(regime))
    return None if found is None else Planned(**found)


async def adopt(tx: Tx) -> None:
    """Begin to plan anew each regime whose rows are planned by another file or calendar than this process holds."""
    for regime in tx.world.regimes.values():
        held = await _planned(tx, regime.id)
        if held is None or (held.regime, held.calendar) != (regime.fingerprint, tx.world.calendar.fingerprint):
            await meta.put(tx, _key(regime.id), vars(Planned(regime.fingerprint, tx.world.calendar.fingerprint, 0)))
            tx.touch("obligations")


async def _unfinished(tx: Tx) -> tuple[str, int] | None:
    """A regime whose rows this process has to plan, and after which row."""
    for regime in tx.world.regimes.values():
        held = await _planned(tx, regime.id)
        mine = held is not None and (held.regime, held.calendar) == (regime.fingerprint, tx.world.calendar.fingerprint)
        if mine and held is not None and held.after is not None:
            return regime.id, held.after
    return None


async def behind(tx: Tx) -> bool:
    """Whether rows have to be planned, or holidays were imported that this process does not know yet."""
    return await holidays.imports(tx) != tx.world.imports or await _unfinished(tx) is not None


async def imported_world(tx: Tx) -> World:
    return tx.world.with_imports(await holidays.imported(tx), await holidays.imports(tx))


async def take_over(store: Store) -> None:
    """Let this process count with the holidays that stand in the database."""
    store.world = await store.read(imported_world)


async def keep_up(store: Store) -> int:
    """Take over new holidays and plan what that concerns. Returns how many rows were planned; asked at every tick, so it begins cheaply."""
    if not await store.read(behind):
        return 0
    if await store.read(holidays.imports) != store.world.imports:
        await take_over(store)
        await store.unit(adopt)
    total = 0
    while (done := await store.unit(plan_some)) is not None:
        total += done
    return total


async def plan_some(tx: Tx) -> int | None:
    """The next rows, and how far it came, in one unit. None: everything is planned."""
    found = await _unfinished(tx)
    if found is None:
        return None
    regime, after = found
    rows = await obligations.live_of_regime(tx, regime, after, BATCH)
    planned = [(owed, await _again(tx, owed)) for owed in rows]
    moved = [(before, now) for before, now in planned if before.due_at != now.due_at]
    await _show(tx, [now for before, now in planned if (before.due_at, before.provisional) != (now.due_at, now.provisional)])
    await _tell(tx, moved)
    held = await _planned(tx, regime)
    assert held is not None  # `_unfinished` has just read it
    await meta.put(tx, _key(regime), {**vars(held), "after": rows[-1].id if rows else None})
    return len(rows)


async def _again(tx: Tx, owed: Owed) -> Owed:
    """One row that cannot be worked out must not hold up the others."""
    try:
        async with tx.savepoint():
            return await count_again(tx, owed)
    except Exception:
        log.exception("replanning.failed", obligation=owed.id, duty=owed.duty)
        return owed


async def _show(tx: Tx, other: list[Owed]) -> None:
    """Every card that says the date, or that it is a guess; the overview of an order to many, too."""
    subjects = {card_of(owed) for owed in other}
    orders = await task_batches.of_tasks(tx, sorted({owed.subject for owed in other if owed.subject_kind == "task"}))
    for subject in sorted(subjects | {f"batch:{order}" for order in orders}):
        await cards.refresh_all(tx, subject, priority=DIGEST)


async def _tell(tx: Tx, moved: list[tuple[Owed, Owed]]) -> None:
    """Who owes it and who is owed it hear of the new date with the next digest, whatever else that says."""
    seats = await obligations.seats(tx, {seat for _, owed in moved for seat in (owed.owner, owed.creditor) if seat is not None})
    people: set[int] = {seat.person for seat in seats.values() if seat.person is not None and seat.to() is not None}
    own, quiets = await notices.own_times(tx, sorted(people)), await notices.own_quiets(tx, sorted(people))
    told = []
    for before, owed in moved:
        ruled, kind = tx.world.regime(owed.regime).quiet, f"moved:{Until.ending(before.due_at).when}"
        concerned = people & {seats[seat].person for seat in (owed.owner, owed.creditor) if seat is not None}
        for person in sorted(concerned):
            slot_at = next_slot(tx.now, widened(ruled, quiets.get(person)), own.get(person))
            told.append(Notice(person, owed.id, kind, slot_at))
    await notices.add(tx, told)


@dataclass(frozen=True)
class Replanned:
    """An open obligation whose next instant would be another under a new regime file; None: nothing counts down."""

    owed: Owed
    old: int | None
    new: int | None


async def compared(tx: Tx, old: Regime, new: Regime) -> tuple[int, list[Replanned]]:
    """How many obligations are open under the old file, and which the new one would plan otherwise, the next to come first."""
    total, found, after = 0, list[Replanned](), 0
    while rows := await obligations.live_of_regime(tx, old.id, after, BATCH):
        after = rows[-1].id
        fired = await obligations.fired(tx, [owed.id for owed in rows])
        for owed in (each for each in rows if each.state == "open"):
            total += 1
            was, now = (
                plan(
                    owed, duty_of(regime, owed.duty), fired.get(owed.id, {}), now=tx.now, regime=regime, calendar=tx.world.calendar
                ).next_at
                for regime in (old, new)
            )
            if was != now:
                found.append(Replanned(owed, was, now))
    return total, sorted(found, key=lambda each: (each.old or each.new or 0, each.owed.id))
