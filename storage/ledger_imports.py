"""Ledgers that were shown and wait for the second press, and the items that their rows are compared with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.deadlines import due_day
from domain.ledger_desk import Held, Row
from domain.obligations import Owed
from domain.words import fold
from storage import obligations
from storage.ledger import SELECT, item_of
from storage.tx import Tx, one_of

# One ledger at a time waits for each seat.
FORGET_MINE = "DELETE FROM ledger_import WHERE appointment = :appointment"
ADD = "INSERT INTO ledger_import (appointment, file, sealed, created_at) VALUES (:appointment, :file, :sealed, :now) RETURNING id"
GET = "SELECT * FROM ledger_import WHERE id = :id"
TAKE = "DELETE FROM ledger_import WHERE id = :id"
EXPIRE = "DELETE FROM ledger_import WHERE created_at < :before"
NUMBERED = f"{SELECT} WHERE i.regime = :regime AND i.number IN ({{numbers}}) ORDER BY i.id"
OPEN = """
SELECT i.regime, i.region, e.folded, i.problem FROM item i JOIN enterprise e ON e.id = i.enterprise
WHERE i.regime = :regime AND i.state <> 'closed' ORDER BY i.id
"""
RECTIFY = "SELECT * FROM obligation WHERE subject_kind = 'item' AND duty = 'item.rectify' AND subject IN ({items}) ORDER BY id"
AT_ONCE = 500


@dataclass(frozen=True)
class Waiting:
    """`defaults`: what was asked once for all new rows. `fingerprint` tells whether what was shown would still be done."""

    id: int
    appointment: int
    file: str
    rows: list[Row]
    defaults: Mapping[str, str]
    fingerprint: str


async def add(tx: Tx, appointment: int, file: str, rows: Sequence[Row], defaults: Mapping[str, str], fingerprint: str) -> int:
    await tx.run(FORGET_MINE, appointment=appointment)
    body = {"rows": [[row.number, dict(row.cells)] for row in rows], "defaults": dict(defaults), "fingerprint": fingerprint}
    sealed = tx.vault.seal(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), "ledger_import")
    return int(await tx.value(ADD, appointment=appointment, file=file, sealed=sealed, now=tx.now))


async def get(tx: Tx, import_id: int) -> Waiting | None:
    found = await tx.find(GET, id=import_id)
    if found is None:
        return None
    body = json.loads(tx.vault.unseal(found["sealed"], "ledger_import"))
    rows = [Row(number, cells) for number, cells in body["rows"]]
    return Waiting(found["id"], found["appointment"], found["file"], rows, body["defaults"], body["fingerprint"])


async def drop(tx: Tx, import_id: int) -> bool:
    """Compare-and-set: of two presses one takes it."""
    return await tx.run(TAKE, id=import_id) == 1


async def expire(tx: Tx, before: int) -> int:
    return await tx.run(EXPIRE, before=before)


async def held(tx: Tx, regime: str, numbers: Sequence[str]) -> dict[tuple[str, str], Held]:
    """The items of these numbers as they are now."""
    found: dict[tuple[str, str], Held] = {}
    for start in range(0, len(numbers), AT_ONCE):
        names, params = one_of("number", numbers[start : start + AT_ONCE])
        items = [item_of(row) for row in await tx.all(NUMBERED.format(numbers=names), regime=regime, **params)]
        owed = await _rectify(tx, [item.id for item in items])
        seats = await obligations.seats(tx, {each.owner for each in owed.values()} | {item.leader for item in items if item.leader})
        for item in items:
            last = owed[item.id]
            leader = None if item.leader is None else seats[item.leader]
            found[regime, item.number] = Held(item, seats[last.owner], leader, due_day(last.due_at))
    return found


async def _rectify(tx: Tx, items: Sequence[int]) -> dict[int, Owed]:
    names, params = one_of("item", items)
    return {row["subject"]: obligations.owed_of(row) for row in await tx.all(RECTIFY.format(items=names), **params)}


async def known(tx: Tx, regime: str) -> frozenset[tuple[str, str, str, str]]:
    """Open items by what makes a row the same again: place, enterprise, problem."""
    rows = await tx.all(OPEN, regime=regime)
    return frozenset((row["regime"], row["region"], row["folded"], fold(row["problem"])) for row in rows)
