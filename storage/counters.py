"""Visible numbers: counted per name (regime, kind, region, year), without gaps in a committed history."""

from storage.tx import Tx

NEXT = "INSERT INTO counter (name, value) VALUES (:name, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"


async def draw(tx: Tx, name: str) -> int:
    return int(await tx.value(NEXT, name=name))
