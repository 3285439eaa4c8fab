"""Rosters that were shown and wait for the second press, and the seats they are compared with."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from domain import roster
from domain.deadlines import due_day
from domain.roster import Held, Row
from storage import enterprises, people
from storage.tx import Row as Found
from storage.tx import Tx

HELD = f"SELECT a.* FROM appointment a WHERE a.regime = :regime AND {people.IN_FORCE} ORDER BY a.id"  # noqa: S608  both parts are constants
AMEND = """
UPDATE appointment SET unit = :unit, workplace = :workplace, until_at = :until_at, term_at = :term_at
WHERE id = :id AND ended_at IS NULL
"""
# One roster at a time waits for each seat of an office.
FORGET_MINE = "DELETE FROM roster WHERE appointment = :appointment"
ADD = """
INSERT INTO roster (appointment, regime, sealed, shown, created_at) VALUES (:appointment, :regime, :sealed, :shown, :now) RETURNING id
"""
GET = "SELECT * FROM roster WHERE id = :id"
TAKE = "DELETE FROM roster WHERE id = :id"
EXPIRE = "DELETE FROM roster WHERE created_at < :before"


@dataclass(frozen=True)
class Shown:
    """What was shown: `fingerprint` tells whether the same would still be done."""

    id: int
    regime: str
    file: str
    rows: list[Row]
    fingerprint: str


async def held(tx: Tx, regime: str) -> list[Held]:
    """All seats in force, taken or vacant, as rosters speak of them."""
    rows = await tx.all(HELD, regime=regime, now=tx.now)
    plants = await enterprises.of_ids(tx, {int(row["scope"]) for row in rows if row["scope_kind"] == "enterprise"})
    return [_held(row, plants) for row in rows]


def _held(row: Found, plants: dict[int, Found]) -> Held:
    place = row["scope"]
    if row["scope_kind"] == "enterprise":
        plant = plants[int(row["scope"])]
        place = roster.spot(plant["region"], plant["name"])
    until = None if row["until_at"] is None else due_day(row["until_at"])
    return Held(row["id"], row["holder"], row["role"], place, row["unit"], row["workplace"] or "", until)


async def amend(tx: Tx, seat: int, *, unit: str | None, workplace: str, until_at: int | None, term_at: int | None) -> None:
    await tx.run(AMEND, id=seat, unit=unit, workplace=workplace or None, until_at=until_at, term_at=term_at)


async def add(tx: Tx, *, appointment: int, regime: str, file: str, rows: Iterable[Row], fingerprint: str) -> int:
    """Sealed, since it is a list of people; it goes with the second press."""
    await tx.run(FORGET_MINE, appointment=appointment)
    body = json.dumps({"file": file, "rows": roster.dump(rows)}, ensure_ascii=False, separators=(",", ":"))
    sealed = tx.vault.seal(body.encode(), "roster")
    return int(await tx.value(ADD, appointment=appointment, regime=regime, sealed=sealed, shown=fingerprint, now=tx.now))


async def get(tx: Tx, roster_id: int) -> Shown | None:
    row = await tx.find(GET, id=roster_id)
    if row is None:
        return None
    body = json.loads(tx.vault.unseal(row["sealed"], "roster"))
    return Shown(row["id"], row["regime"], body["file"], roster.load(body["rows"]), row["shown"])


async def drop(tx: Tx, roster_id: int) -> bool:
    """Compare-and-set: of two presses one takes it."""
    return await tx.run(TAKE, id=roster_id) == 1


async def expire(tx: Tx, before: int) -> int:
    return await tx.run(EXPIRE, before=before)
