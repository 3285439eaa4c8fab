"""Single values of the whole installation, by key."""

import json
from typing import Any

from storage.tx import Tx

GET = "SELECT value FROM meta WHERE key = :key"
PUT = "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
DROP = "DELETE FROM meta WHERE key = :key"


async def get(tx: Tx, key: str) -> Any:
    """None where nothing is there."""
    found = await tx.value(GET, key=key)
    return None if found is None else json.loads(found)


async def put(tx: Tx, key: str, value: Any) -> None:
    await tx.run(PUT, key=key, value=json.dumps(value, ensure_ascii=False))


async def drop(tx: Tx, key: str) -> bool:
    """False: it was not there."""
    return await tx.run(DROP, key=key) == 1
