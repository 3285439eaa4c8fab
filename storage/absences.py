"""Absences: planned, on, over. While one is on, the deputy acts for the seat (`storage/people.py` resolves it)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from storage.tx import Row, Tx, one_of

State = Literal["planned", "on", "over"]

# One at a time for a seat: the index over what is not over refuses a second.
ADD = """
INSERT INTO absence (appointment, deputy, from_at, until_at, state, turn_at, created_at)
VALUES (:seat, :deputy, :from_at, :until_at, 'planned', :from_at, :now) ON CONFLICT DO NOTHING RETURNING id
"""
GET = "SELECT * FROM absence WHERE id = :id"
BEGIN = "UPDATE absence SET state = 'on', turn_at = until_at WHERE id = :id AND state = 'planned'"
END = "UPDATE absence SET state = 'over', turn_at = NULL, ended_at = :now WHERE id = :id AND state <> 'over'"
# The index on turn_at: the cost follows what is due.
DUE = "SELECT * FROM absence WHERE turn_at <= :now ORDER BY turn_at, id LIMIT :limit"
NEXT_AT = "SELECT turn_at FROM absence WHERE turn_at IS NOT NULL ORDER BY turn_at LIMIT 1"
OF_SEATS = "SELECT * FROM absence WHERE state <> 'over' AND (appointment IN ({seats}) OR deputy IN ({seats})) ORDER BY from_at, id"
ACTED_FOR = """
SELECT b.appointment FROM absence b JOIN appointment a ON a.id = b.deputy
WHERE b.state = 'on' AND a.person = :person AND a.ended_at IS NULL ORDER BY b.appointment
"""


@dataclass(frozen=True)
class Absence:
    """`seat` is the absent one's, `deputy` the seat of whoever acts for it; from `from_at` until right before `until_at`."""

    id: int
    seat: int
    deputy: int
    from_at: int
    until_at: int
    state: State


def _absence(row: Row) -> Absence:
    return Absence(row["id"], row["appointment"], row["deputy"], row["from_at"], row["until_at"], cast(State, row["state"]))


async def add(tx: Tx, seat: int, deputy: int, from_at: int, until_at: int) -> int | None:
    """None: this seat has an absence already that is not over."""
    found = await tx.value(ADD, seat=seat, deputy=deputy, from_at=from_at, until_at=until_at, now=tx.now)
    return None if found is None else int(found)


async def find(tx: Tx, absence: int) -> Absence | None:
    row = await tx.find(GET, id=absence)
    return None if row is None else _absence(row)


async def begin(tx: Tx, absence: int) -> bool:
    return await tx.run(BEGIN, id=absence) == 1


async def end(tx: Tx, absence: int) -> bool:
    return await tx.run(END, id=absence, now=tx.now) == 1


async def due(tx: Tx, limit: int) -> list[Absence]:
    return [_absence(row) for row in await tx.all(DUE, now=tx.now, limit=limit)]


async def next_at(tx: Tx) -> int | None:
    found = await tx.value(NEXT_AT)
    return None if found is None else int(found)


async def acted_for(tx: Tx, person: int) -> list[int]:
    """The seats for whose absent holders this person is to act now."""
    return [row["appointment"] for row in await tx.all(ACTED_FOR, person=person)]


async def of_seats(tx: Tx, seats: Sequence[int]) -> list[Absence]:
    """What is planned or on, of these seats or deputised from them."""
    names, params = one_of("seat", seats)
    return [_absence(row) for row in await tx.all(OF_SEATS.format(seats=names), **params)]
