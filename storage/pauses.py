"""Pauses of sending: one of everything, and one of each province; their keys are what `storage/outbox.py` asks for."""

from typing import Any

from storage import meta
from storage.tx import Tx

ALL = ""  # of every province, made at the server's own desk
KEYS = "SELECT key FROM meta WHERE key = 'pause' OR substr(key, 1, 6) = 'pause:' ORDER BY key"


def _key(regime: str) -> str:
    return f"pause:{regime}" if regime else "pause"


async def of(tx: Tx, regime: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await meta.get(tx, _key(regime))
    return found


async def put(tx: Tx, regime: str, pause: dict[str, Any]) -> None:
    await meta.put(tx, _key(regime), pause)


async def drop(tx: Tx, regime: str) -> bool:
    """False: it was not paused."""
    return await meta.drop(tx, _key(regime))


async def paused(tx: Tx) -> frozenset[str]:
    """Which provinces are paused; `ALL` among them where everything is."""
    return frozenset(row["key"].partition(":")[2] for row in await tx.all(KEYS))
