"""Requests for more time. One may wait for a decision at a time; decided ones stay on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from domain.dates import Until
from domain.extensions import State
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO extension (obligation, asker, reason, was_due_at, wanted, state, created_at)
VALUES (:obligation, :asker, :reason, :was_due_at, :wanted, 'asked', :now) RETURNING id
"""
GET = "SELECT * FROM extension WHERE id = :id"
ABOUT = "SELECT id, obligation FROM extension WHERE id IN ({ids})"
WAITING = "SELECT * FROM extension WHERE obligation = :obligation AND state = 'asked'"
GRANTED = "SELECT count(*) AS n FROM extension WHERE obligation = :obligation AND state = 'granted'"
# Compare-and-set: of two who press at once, one decides.
DECIDE = """
UPDATE extension SET state = :state, decider = :decider, note = :note, decided_at = :now WHERE id = :id AND state = 'asked'
"""
LAPSE = "UPDATE extension SET state = 'lapsed', decided_at = :now WHERE obligation = :obligation AND state = 'asked' RETURNING id"

REVIVE = """
UPDATE extension SET state = 'asked', decided_at = NULL
WHERE obligation = :obligation AND state = 'lapsed' AND decided_at = :at RETURNING id
"""


@dataclass(frozen=True)
class Extension:
    """`asker` and `decider` are seats; `was_due_at` is when it was due as this was asked."""

    id: int
    obligation: int
    asker: int
    reason: str
    was_due_at: int
    wanted: Until
    state: State
    decider: int | None
    note: str | None


def _extension(row: Row) -> Extension:
    return Extension(
        row["id"],
        row["obligation"],
        row["asker"],
        row["reason"],
        row["was_due_at"],
        Until.read(row["wanted"]),
        cast(State, row["state"]),
        row["decider"],
        row["note"],
    )


async def add(tx: Tx, *, obligation: int, asker: int, reason: str, was_due_at: int, wanted: Until) -> int:
    fields = {"obligation": obligation, "asker": asker, "reason": reason, "was_due_at": was_due_at, "wanted": str(wanted)}
    return int(await tx.value(ADD, **fields, now=tx.now))


async def find(tx: Tx, extension_id: int) -> Extension | None:
    row = await tx.find(GET, id=extension_id)
    return None if row is None else _extension(row)


async def get(tx: Tx, extension_id: int) -> Extension:
    return _extension(await tx.one(GET, id=extension_id))


async def about(tx: Tx, ids: Iterable[int]) -> dict[int, int]:
    """Of each the obligation for which more time is asked."""
    listed, params = one_of("id", ids)
    return {row["id"]: row["obligation"] for row in await tx.all(ABOUT.format(ids=listed), **params)}


async def waiting(tx: Tx, obligation: int) -> Extension | None:
    """The request that waits for a decision, if any."""
    row = await tx.find(WAITING, obligation=obligation)
    return None if row is None else _extension(row)


async def granted(tx: Tx, obligation: int) -> int:
    return int(await tx.value(GRANTED, obligation=obligation))


async def decide(tx: Tx, extension_id: int, state: State, decider: int, note: str | None = None) -> bool:
    return await tx.run(DECIDE, id=extension_id, state=state, decider=decider, note=note, now=tx.now) == 1


async def lapse(tx: Tx, obligation: int) -> list[int]:
    """What it was asked for is handed in, over or due at another time: nothing is left to decide."""
    return [row["id"] for row in await tx.all(LAPSE, obligation=obligation, now=tx.now)]


async def revive(tx: Tx, obligation: int, at: int | None) -> list[int]:
    """What lapsed at that instant is asked for again: the press that made it lapse is taken back."""
    return [row["id"] for row in await tx.all(REVIVE, obligation=obligation, at=at)]
