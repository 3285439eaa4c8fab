"""Counts for the operator: what waits, how long, how many. Numbers only; nothing that tells one person or matter from another."""

from storage.outbox import ALLOWED
from storage.overview import RANK
from storage.tx import Row, Tx, one_of

INBOX = (
    "SELECT state, count(*) AS n, min(received_at) AS since FROM inbox WHERE state IN ('waiting', 'aside') GROUP BY state ORDER BY state"
)
# A row that must not go before some instant is late only from then on, one that a pause holds back not at all.
OUTBOX = f"""
SELECT state, count(*) AS n, min(since) AS since FROM (
  SELECT CASE WHEN state <> 'waiting' THEN state WHEN NOT {ALLOWED} THEN 'held' WHEN not_before > :now THEN 'later' ELSE state END AS state,
    CASE WHEN not_before > created_at THEN not_before ELSE created_at END AS since
  FROM outbox) AS sorted
GROUP BY state ORDER BY state
"""  # noqa: S608  a constant of storage/outbox.py
STEPS_DUE = "SELECT count(*) AS n FROM obligation WHERE next_at <= :now AND regime IN ({regimes})"
LIGHTS = f"""
SELECT light, count(*) AS n FROM (
  SELECT {RANK} AS light FROM obligation o WHERE o.regime = :regime AND o.state IN ('open', 'handed_in')) AS ranked
GROUP BY light ORDER BY light
"""  # noqa: S608  a constant of storage/overview.py


async def inbox(tx: Tx) -> list[Row]:
    """`state` (waiting, aside), `n`, `since`."""
    return await tx.all(INBOX)


async def outbox(tx: Tx) -> list[Row]:
    """`state` (waiting, later, held, sending, aside), `n`, `since`."""
    return await tx.all(OUTBOX, now=tx.now)


async def steps_due(tx: Tx) -> int:
    names, params = one_of("regime", tx.world.regimes)
    return int(await tx.value(STEPS_DUE.format(regimes=names), now=tx.now, **params))


async def lights(tx: Tx, regime: str, yellow: int) -> dict[int, int]:
    """How many open obligations, by their light's place in `domain.obligations.LIGHTS`."""
    return {row["light"]: row["n"] for row in await tx.all(LIGHTS, regime=regime, now=tx.now, yellow=yellow)}
