"""Who decides on what was handed in where nobody sits any more on the seat that asked for it: its term is over, it is vacant, or its
holder cannot be reached and nobody acts for them. It must never wait for nobody.

The right passes on by itself and comes back by itself; nothing on record changes. Up the line of responsibility first (whoever asked the
one who handed it on), then the office, in the end who stands above it; never whoever owes it.
"""

from collections.abc import Iterable, Sequence

from domain.deadlines import local_date
from domain.escalation import Around, nearest, reachable
from domain.obligations import Owed
from domain.people import Seat
from domain.sides import is_local
from storage import obligations, people, tasks
from storage import stranded as store
from storage.tasks import Task
from storage.tx import Tx

AFTER = ("office", "supervisor")


async def standing_in(tx: Tx, task: Task) -> tuple[Seat, ...]:
    """Those who accept or return it instead of its asker; none while the asker can be reached."""
    line = [task, *await tasks.ancestors(tx, task)]
    seats = await obligations.seats(tx, {task.owner, *(each.asker for each in line)})
    if seats[task.asker].to() is not None:
        return ()
    owner = seats[task.owner]
    for each in line[1:]:
        if found := _others([seats[each.asker]], owner):
            return found
    around = Around(owner, None, task.region, tx.world.regime(task.regime), local_date(tx.now))
    everyone = [seat for seat in await people.seats_in(tx, task.regime) if not is_local(seat)]
    tiers = (tier for word in AFTER for tier in nearest(word, around, everyone) or ())
    return next((found for tier in tiers if (found := _others(tier, owner))), ())


def _others(seats: Iterable[Seat], owner: Seat) -> tuple[Seat, ...]:
    return tuple(seat for seat in reachable(seats) if seat.id != owner.id and not seat.people & owner.people)


async def deciding(tx: Tx, regime: str) -> set[int]:
    """People who have something to decide in somebody's stead."""
    found = [seat for owed in await store.of_regime(tx, regime) for seat in await standing_in(tx, await tasks.get(tx, owed.subject))]
    return {seat.person for seat in found if seat.person is not None}


async def waiting_for(tx: Tx, seats: Sequence[Seat]) -> list[tuple[Owed, Seat]]:
    """What waits for these seats in somebody else's stead, each with the seat that decides."""
    mine = {seat.id: seat for seat in seats}
    found = []
    for regime in dict.fromkeys(seat.regime for seat in seats):
        for owed in await store.of_regime(tx, regime):
            decider = next((seat for seat in await standing_in(tx, await tasks.get(tx, owed.subject)) if seat.id in mine), None)
            if decider is not None:
                found.append((owed, mine[decider.id]))
    return found
