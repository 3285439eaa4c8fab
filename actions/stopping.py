"""Stopping a climb, as the cards of matters show it: the button while it climbs, afterwards who stopped it, when and why."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from actions.obligations import duty_of, to_stop
from actions.people import by_whom
from domain.deadlines import local_date
from domain.obligations import Owed, climbs
from domain.people import Actor, Seat
from domain.permissions import may_start, permit
from domain.speech import Button, Param, moment, text
from storage import entries
from storage.tx import Tx

Named = Callable[[int], Awaitable[Param]]


async def stop_button(tx: Tx, seats: Sequence[Seat], of: Iterable[Owed]) -> tuple[Button, ...]:
    """For whoever is entitled, wherever they look at a matter that climbs."""
    climbing = [owed for owed in of if climbs(owed, duty_of(tx.world.regime(owed.regime), owed.duty), tx.now)]
    if not climbing or not may_start(seats, "obligation.stop"):
        return ()
    actor, on = Actor(account=0, language="", lane="", seats=tuple(seats)), local_date(tx.now)
    targets = [(owed, await to_stop(tx, owed.id)) for owed in climbing]
    entitled = [owed for owed, of in targets if of is not None and permit(actor, "obligation.stop", of, tx.world, on) is not None]
    return tuple(Button("button.stop_climbing", "os", owed.id) for owed in entitled)


async def stopped_rows(tx: Tx, of: Iterable[Owed], named: Named) -> list[Param]:
    """`named` says a seat as the viewer of this card may read it."""
    rows: list[Param] = []
    for owed in of:
        if owed.state != "open" or owed.stopped_at is None:
            continue
        entry = await entries.of_kind_at(tx, owed.subject_kind, owed.subject, "stop", owed.stopped_at)
        if entry is not None and entry.author is not None:
            who = by_whom(await named(entry.author), entry.by)
            rows.append(text("obligation.stopped_row", who=who, at=moment(entry.at), reason=entry.body))
    return rows
