"""The clock's turn: fire what is due, gather the morning's digests, say what has gathered; until nothing is due."""

from collections.abc import Awaitable, Callable

from actions import digest, pausing, replanning, waking
from actions.absences import turn_due
from actions.terms import tell_due
from actions.tick import fire_due
from storage.db import Store
from storage.tx import Tx


async def tick(store: Store) -> int:
    """Returns how many obligations fired and people were told. Units are small: whoever presses a button comes in between."""
    await replanning.keep_up(store)
    wake = await store.read(waking.wake_at)
    if wake is None or wake > store.now():
        return 0
    fired = await until_none(store, turn_due) + await until_none(store, tell_due) + await until_none(store, fire_due)
    if await store.read(pausing.is_paused):
        return fired  # what gathers meanwhile is said in one message afterwards
    await store.unit(digest.gather)
    return fired + await until_none(store, digest.tell_due)


async def next_due(store: Store) -> int | None:
    """Business time, ms UTC, at which something fires or is said next; None while nothing is owed."""
    return await store.read(waking.next_due)


async def until_none(store: Store, unit: Callable[[Tx], Awaitable[int]]) -> int:
    """Repeat a bounded unit until it finds nothing more to do."""
    total = 0
    while done := await store.unit(unit):
        total += done
    return total
