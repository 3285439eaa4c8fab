"""What an operator watches, read in one snapshot. No figure tells one person or matter from another."""

from collections.abc import Mapping
from dataclasses import dataclass

from actions import waking
from domain.obligations import LIGHTS, Light, yellow_until
from storage import figures
from storage.tx import Row, Tx

INBOX_STATES = ("waiting", "aside")
OUTBOX_STATES = ("waiting", "later", "held", "sending", "aside")  # later: not before an instant still to come; held: by a pause
Lights = Mapping[tuple[str, Light], int]


@dataclass(frozen=True)
class Queue:
    """`oldest_ms`: for how long the oldest row that could go on has waited; 0 where none does."""

    rows: Mapping[str, int]
    oldest_ms: int


@dataclass(frozen=True)
class Waiting:
    """`late_ms`: how overdue the most overdue work of the clock is: a step, a ping, a digest, the end of a term."""

    inbox: Queue
    outbox: Queue
    steps_due: int
    late_ms: int


async def waiting(tx: Tx) -> Waiting:
    wake = await waking.wake_at(tx)
    return Waiting(
        _queue(await figures.inbox(tx), INBOX_STATES, tx.now),
        _queue(await figures.outbox(tx), OUTBOX_STATES, tx.now),
        await figures.steps_due(tx),
        max(0, tx.now - wake) if wake is not None else 0,
    )


def _queue(rows: list[Row], states: tuple[str, ...], now: int) -> Queue:
    found = {row["state"]: row for row in rows}
    since = [found[state]["since"] for state in ("waiting", "sending") if state in found]
    return Queue({state: found[state]["n"] if state in found else 0 for state in states}, max(0, now - min(since, default=now)))


async def lights(tx: Tx) -> Lights:
    """Open obligations by regime and light. Looks at each of them: ask seldom."""
    found: dict[tuple[str, Light], int] = {}
    for regime in tx.world.regimes.values():
        counts = await figures.lights(tx, regime.id, yellow_until(tx.now, regime, tx.world.calendar))
        found |= {(regime.id, light): counts.get(n, 0) for n, light in enumerate(LIGHTS)}
    return found
