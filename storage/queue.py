"""What waits or was set aside, in and out, for whoever runs the server: never what it says or to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from domain.compact import unpack
from storage.tx import Row, Tx, one_of

OUT = "SELECT id, payload, state, attempts, not_before, created_at, error FROM outbox WHERE state IN ({states}) ORDER BY id LIMIT :limit"
IN = "SELECT update_id, state, tries, received_at, error, reference FROM inbox WHERE state = 'aside' ORDER BY update_id LIMIT :limit"
RETRY_OUT = "UPDATE outbox SET state = 'waiting', attempts = 0, error = NULL WHERE state = 'aside' AND id IN ({ids})"
RETRY_IN = "UPDATE inbox SET state = 'waiting', tries = 0, error = NULL WHERE state = 'aside' AND update_id IN ({ids})"
DROP_OUT = "DELETE FROM outbox WHERE state = 'aside' AND id IN ({ids})"
DROP_IN = "DELETE FROM inbox WHERE state = 'aside' AND update_id IN ({ids})"
ASIDE_OUT = "SELECT id FROM outbox WHERE state = 'aside'"
ASIDE_IN = "SELECT update_id AS id FROM inbox WHERE state = 'aside'"


@dataclass(frozen=True)
class Entry:
    """`what` is a catalogue key or the kind of request; `id` is `o12` for a message, `i345` for an update."""

    id: str
    side: Literal["out", "in"]
    state: str
    what: str
    since: int
    tries: int
    error: str


async def entries(tx: Tx, *, waiting: bool, limit: int) -> list[Entry]:
    """What was set aside; with `waiting` also what is still to go out."""
    names, params = one_of("state", ["aside", "waiting", "sending"] if waiting else ["aside"])
    out = [_message(tx, row) for row in await tx.all(OUT.format(states=names), limit=limit, **params)]
    return out + [_update(row) for row in await tx.all(IN, limit=limit)]


def _message(tx: Tx, row: Row) -> Entry:
    body = unpack(tx.vault.unseal(row["payload"], "outbox"))
    what = body["key"] if body["op"] == "send" else body["op"]
    return Entry(f"o{row['id']}", "out", row["state"], what, row["created_at"], row["attempts"], row["error"] or "")


def _update(row: Row) -> Entry:
    what = f"update {row['reference']}" if row["reference"] else "update"
    return Entry(f"i{row['update_id']}", "in", row["state"], what, row["received_at"], row["tries"], row["error"] or "")


async def all_aside(tx: Tx) -> list[str]:
    return [f"o{row['id']}" for row in await tx.all(ASIDE_OUT)] + [f"i{row['id']}" for row in await tx.all(ASIDE_IN)]


async def retry(tx: Tx, ids: Sequence[str]) -> tuple[int, int]:
    """Put back what was set aside. Returns how many messages and how many updates."""
    tx.touch("outbox")
    return await _each(tx, RETRY_OUT, ids, "o"), await _each(tx, RETRY_IN, ids, "i")


async def drop(tx: Tx, ids: Sequence[str]) -> tuple[int, int]:
    """Delete what was set aside: it can never be sent, or was told to the person otherwise."""
    return await _each(tx, DROP_OUT, ids, "o"), await _each(tx, DROP_IN, ids, "i")


async def _each(tx: Tx, sql: str, ids: Sequence[str], side: str) -> int:
    names, params = one_of("id", [int(each[1:]) for each in ids if each[0] == side])
    return await tx.run(sql.format(ids=names), **params) if params else 0
