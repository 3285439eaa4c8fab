"""One order to many: who is to get it, and how the tasks that came of it stand."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from domain.dates import Until
from storage.tx import Row, Tx, one_of

State = Literal["draft", "sent", "dropped"]

ADD = """
INSERT INTO task_batch (regime, title, detail, due, proof, files, seats, asker, state, created_at)
VALUES (:regime, :title, :detail, :due, :proof, :files, :seats, :asker, 'draft', :now) RETURNING id
"""
GET = "SELECT * FROM task_batch WHERE id = :id"
# Compare-and-set: the second press counts once.
MOVE = "UPDATE task_batch SET state = :state WHERE id = :id AND state = 'draft'"
OF_TASKS = "SELECT DISTINCT batch FROM task WHERE id IN ({tasks}) AND batch IS NOT NULL ORDER BY batch"
STANDING = """
SELECT t.id, t.number, t.owner, t.region, t.state, o.due_at, o.handed_at FROM task t
LEFT JOIN obligation o ON o.subject_kind = 'task' AND o.subject = t.id AND o.duty = 'task' AND o.state IN ('open', 'handed_in')
WHERE t.batch = :batch ORDER BY t.region, t.id
"""


@dataclass(frozen=True)
class Batch:
    """`seats` are those chosen when it was written; `files` as a form's files field answers them. `asker` is a seat."""

    id: int
    regime: str
    title: str
    detail: str
    due: Until
    proof: bool
    files: tuple[Mapping[str, Any], ...]
    seats: tuple[int, ...]
    asker: int
    state: State
    created_at: int


@dataclass(frozen=True)
class Standing:
    """One task of a batch. `due_at` is None where it is over."""

    id: int
    number: str
    owner: int
    region: str
    state: str
    due_at: int | None
    handed_at: int | None = None


def _batch(row: Row) -> Batch:
    return Batch(
        row["id"],
        row["regime"],
        row["title"],
        row["detail"],
        Until.read(row["due"]),
        bool(row["proof"]),
        tuple(json.loads(row["files"])),
        tuple(json.loads(row["seats"])),
        row["asker"],
        cast(State, row["state"]),
        row["created_at"],
    )


async def add(
    tx: Tx,
    *,
    regime: str,
    title: str,
    detail: str,
    due: Until,
    proof: bool,
    files: Sequence[Mapping[str, Any]],
    seats: Sequence[int],
    asker: int,
) -> int:
    fields = {"regime": regime, "title": title, "detail": detail, "due": str(due), "proof": int(proof), "asker": asker}
    kept = {"files": json.dumps(list(files)), "seats": json.dumps(list(seats))}
    return int(await tx.value(ADD, **fields, **kept, now=tx.now))


async def find(tx: Tx, batch_id: int) -> Batch | None:
    row = await tx.find(GET, id=batch_id)
    return None if row is None else _batch(row)


async def get(tx: Tx, batch_id: int) -> Batch:
    return _batch(await tx.one(GET, id=batch_id))


async def move(tx: Tx, batch_id: int, state: State) -> bool:
    return await tx.run(MOVE, id=batch_id, state=state) == 1


async def standing(tx: Tx, batch_id: int) -> list[Standing]:
    rows = await tx.all(STANDING, batch=batch_id)
    return [Standing(row["id"], row["number"], row["owner"], row["region"], row["state"], row["due_at"], row["handed_at"]) for row in rows]


async def of_tasks(tx: Tx, tasks: Iterable[int]) -> list[int]:
    """The orders that these tasks came of."""
    names, params = one_of("task", tasks)
    return [row["batch"] for row in await tx.all(OF_TASKS.format(tasks=names), **params)]
