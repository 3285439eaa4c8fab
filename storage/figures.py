"""Counts for the operator: what waits, how long, how many. Numbers only; nothing that tells one person or matter from another."""

from storage.overview import RANK
from storage.tx import Row, Tx, one_of

INBOX = (
    "SELECT state, count(*) AS n, min(received_at) AS since FROM inbox WHERE state IN ('waiting', 'aside') GROUP BY state ORDER BY state"
)
# A row that must not go before some instant is late only from then on.
OUTBOX = """
SELECT CASE WHEN state = 'waiting' AND not_before > :now THEN 'later' ELSE state END AS state, count(*) AS n,
  min(CASE WHEN not_before > created_at THEN not_before ELSE created_at END) AS since
FROM outbox GROUP BY CASE WHEN state = 'waiting' AND not_before > :now THEN 'later' ELSE state END
"""
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
    """`state` (waiting, later, sending, aside), `n`, `since`."""
    return await tx.all(OUTBOX, now=tx.now)


async def steps_due(tx: Tx) -> int:
    names, params = one_of("regime", tx.world.regimes)
    return int(await tx.value(STEPS_DUE.format(regimes=names), now=tx.now, **params))


async def lights(tx: Tx, regime: str, yellow: int) -> dict[int, int]:
    """How many open obligations, by their light's place in `domain.obligations.LIGHTS`."""
    return {row["light"]: row["n"] for row in await tx.all(LIGHTS, regime=regime, now=tx.now, yellow=yellow)}
