"""The clock's turn: fire what is due, gather the morning's digests, say what has gathered; until nothing is due."""

from collections.abc import Awaitable, Callable
from datetime import date

from actions import catching_up, digest, replanning, waking
from actions.absences import turn_due
from actions.forecast import Forecast, foresee
from actions.terms import tell_due
from actions.tick import fire_due
from storage import pauses
from storage.db import Store
from storage.tx import Tx

# Everything the clock does, in this order. What is said is said last, so that what belongs together comes in one message.
FIRES = (turn_due, tell_due, fire_due)


async def tick(store: Store) -> int:
    """Returns how many obligations fired and people were told. Units are small: whoever presses a button comes in between."""
    await replanning.keep_up(store)
    wake = await store.read(waking.wake_at)
    if wake is None or wake > store.now():
        return 0
    fired = sum([await until_none(store, unit) for unit in FIRES])
    fired += await until_none(store, catching_up.catch_up)
    if pauses.ALL in await store.read(pauses.paused):
        return fired  # what gathers meanwhile is said in one message afterwards
    await store.unit(digest.gather)
    return fired + await until_none(store, digest.tell_due)


async def turn(tx: Tx) -> None:
    """The same in one unit: for rehearsals."""
    for unit in FIRES:
        while await unit(tx):
            pass
    await digest.gather(tx)
    while await digest.tell_due(tx):
        pass


async def forecast(store: Store, day: date) -> Forecast:
    """Who will hear what on that day if nobody does anything until then."""
    return await store.rehearse(lambda tx: foresee(tx, day, turn))


async def next_due(store: Store) -> int | None:
    """Business time, ms UTC, at which something fires or is said next; None while nothing is owed."""
    return await store.read(waking.next_due)


async def until_none(store: Store, unit: Callable[[Tx], Awaitable[int]]) -> int:
    """Repeat a bounded unit until it finds nothing more to do."""
    total = 0
    while done := await store.unit(unit):
        total += done
    return total
