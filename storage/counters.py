"""Visible numbers: counted per name (regime, kind, region, year), without gaps in a committed history."""

from storage.tx import Tx

NEXT = """
INSERT INTO counter (name, value) VALUES (:name, :n) ON CONFLICT (name) DO UPDATE SET value = counter.value + :n RETURNING value
"""


async def draw(tx: Tx, name: str) -> int:
    return (await draw_many(tx, name, 1))[0]


async def draw_many(tx: Tx, name: str, n: int) -> range:
    """The next so many, in order."""
    last = int(await tx.value(NEXT, name=name, n=n))
    return range(last - n + 1, last + 1)
