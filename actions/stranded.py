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


class Instead:
    """What waits in somebody else's stead, and for whom; each regime is looked through once, however many ask."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self._found: dict[str, list[tuple[Owed, tuple[Seat, ...]]]] = {}

    async def _of(self, regime: str) -> list[tuple[Owed, tuple[Seat, ...]]]:
        if regime not in self._found:
            stranded = await store.of_regime(self.tx, regime)
            self._found[regime] = [(owed, await standing_in(self.tx, await tasks.get(self.tx, owed.subject))) for owed in stranded]
        return self._found[regime]

    async def deciding(self, regime: str) -> set[int]:
        """People who have something to decide in somebody's stead."""
        return {seat.person for _, seats in await self._of(regime) for seat in seats if seat.person is not None}

    async def waiting_for(self, seats: Sequence[Seat]) -> list[tuple[Owed, Seat]]:
        """What waits for these seats in somebody else's stead, each with the seat that decides."""
        mine = {seat.id: seat for seat in seats}
        found = []
        for regime in dict.fromkeys(seat.regime for seat in seats):
            for owed, deciders in await self._of(regime):
                decider = next((seat for seat in deciders if seat.id in mine), None)
                if decider is not None:
                    found.append((owed, mine[decider.id]))
        return found
