"""The inbox: every update is a row before anything is done about it. Payloads are sealed and deleted when done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.compact import pack, unpack
from domain.deadlines import HOUR_MS
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO inbox (update_id, lane, payload, state, tries, received_at) VALUES (:update_id, :lane, :payload, 'waiting', 0, :now)
ON CONFLICT (update_id) DO NOTHING RETURNING update_id
"""
WAITING = "SELECT * FROM inbox WHERE state = 'waiting' ORDER BY update_id LIMIT :limit"
STRANDED = "SELECT * FROM inbox WHERE state = 'waiting' AND received_at < :before ORDER BY update_id LIMIT :limit"
# Whose it was and the exact instant go: beside a complaint filed in the same unit they would name its account.
DONE = """
UPDATE inbox SET state = 'done', payload = NULL, lane = '', received_at = 0, done_at = :hour, error = NULL
WHERE update_id = :update_id AND state = 'waiting'
"""
# Writes in any case where one still waits: a commit without a write is not made durable.
KEEP = "UPDATE inbox SET tries = tries WHERE update_id IN ({ids}) AND state = 'waiting'"
TRIED = "UPDATE inbox SET tries = tries + 1, error = :error WHERE update_id = :update_id AND state = 'waiting' RETURNING tries"
ASIDE = "UPDATE inbox SET state = 'aside', error = :error, reference = :reference WHERE update_id = :update_id AND state = 'waiting'"
FORGET = "DELETE FROM inbox WHERE state = 'done' AND done_at < :before"
COUNT = "SELECT count(*) AS n FROM inbox WHERE state = 'waiting'"


@dataclass(frozen=True)
class Stored:
    update_id: int
    lane: str
    raw: dict[str, Any]


async def add(tx: Tx, updates: Sequence[tuple[str, Mapping[str, Any]]]) -> list[int]:
    """Store `(lane, raw update)` pairs. Returns the ids that are new: only those may be dispatched, a repeat is not."""
    new = []
    for lane, raw in updates:
        payload = tx.vault.seal(pack(raw), "inbox")
        row = await tx.find(ADD, update_id=raw["update_id"], lane=lane, payload=payload, now=tx.now)
        if row is not None:
            new.append(int(row["update_id"]))
    return new


async def keep(tx: Tx, update_ids: Sequence[int]) -> int:
    """What was stored up to here outlives a power cut, too. How many still wait: of the others the commits were durable."""
    names, params = one_of("id", update_ids)
    return await tx.run(KEEP.format(ids=names), **params)


async def waiting(tx: Tx, limit: int = 1_000_000) -> list[Stored]:
    """What a start finds undone, in Telegram's order."""
    return [_open(tx, row) for row in await tx.all(WAITING, limit=limit)]


async def stranded(tx: Tx, before: int, limit: int) -> list[Stored]:
    """What has waited since `before`: its process may be dead."""
    return [_open(tx, row) for row in await tx.all(STRANDED, before=before, limit=limit)]


def _open(tx: Tx, row: Row) -> Stored:
    return Stored(row["update_id"], row["lane"], unpack(tx.vault.unseal(row["payload"], "inbox")))


async def done(tx: Tx, update_id: int) -> bool:
    """Mark it done in the unit that did it. False: it was done before, so this unit must not stand."""
    return await tx.run(DONE, update_id=update_id, hour=tx.now - tx.now % HOUR_MS) == 1


async def tried(tx: Tx, update_id: int, error: str) -> int:
    row = await tx.find(TRIED, update_id=update_id, error=error)
    return 0 if row is None else int(row["tries"])


async def set_aside(tx: Tx, update_id: int, error: str, reference: str) -> None:
    await tx.run(ASIDE, update_id=update_id, error=error, reference=reference)


async def forget(tx: Tx, before: int) -> int:
    return await tx.run(FORGET, before=before)


async def count(tx: Tx) -> int:
    return int(await tx.value(COUNT))
