"""Tasks: one row each; their deadline is the obligation's, their history stands in `entry`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from domain.tasks import State
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO task (regime, number, title, detail, asker, owner, region, state, version, created_at)
VALUES (:regime, :number, :title, :detail, :asker, :owner, :region, 'open', 1, :now) RETURNING id
"""
GET = "SELECT * FROM task WHERE id = :id"
MOVE = "UPDATE task SET state = :state, version = version + 1 WHERE id = :id AND version = :version"
# The clock of a task is its one live obligation; where it was stopped there is none, and such tasks come last.
LIVE = """
SELECT t.*, o.due_at FROM task t
LEFT JOIN obligation o ON o.subject_kind = 'task' AND o.subject = t.id AND o.duty = 'task' AND o.state IN ('open', 'handed_in')
WHERE t.{side} IN ({seats}) AND t.state IN ('open', 'handed_in')
ORDER BY CASE t.state WHEN :first THEN 0 ELSE 1 END, CASE WHEN o.due_at IS NULL THEN 1 ELSE 0 END, o.due_at, t.id
LIMIT :limit OFFSET :offset
"""
COUNT = "SELECT count(*) AS n FROM task t WHERE t.{side} IN ({seats}) AND t.state IN ('open', 'handed_in')"


@dataclass(frozen=True)
class Task:
    """`asker` and `owner` are seats. `version` counts the moves between states."""

    id: int
    regime: str
    number: str
    title: str
    detail: str
    asker: int
    owner: int
    region: str
    state: State
    version: int
    created_at: int


@dataclass(frozen=True)
class Page:
    """Some of a person's live tasks, and how many there are in all."""

    tasks: tuple[Task, ...]
    total: int


def _task(row: Row) -> Task:
    names = ("id", "regime", "number", "title", "detail", "asker", "owner", "region")
    return Task(
        **{name: row[name] for name in names}, state=cast(State, row["state"]), version=row["version"], created_at=row["created_at"]
    )


async def add(tx: Tx, *, regime: str, number: str, title: str, detail: str, asker: int, owner: int, region: str) -> int:
    return int(
        await tx.value(ADD, regime=regime, number=number, title=title, detail=detail, asker=asker, owner=owner, region=region, now=tx.now)
    )


async def find(tx: Tx, task_id: int) -> Task | None:
    row = await tx.find(GET, id=task_id)
    return None if row is None else _task(row)


async def get(tx: Tx, task_id: int) -> Task:
    return _task(await tx.one(GET, id=task_id))


async def move(tx: Tx, task: Task, state: State) -> bool:
    """Compare-and-set on the version. False: somebody else moved it first."""
    return await tx.run(MOVE, id=task.id, version=task.version, state=state) == 1


async def owed_by(tx: Tx, seats: Sequence[int], *, limit: int, offset: int = 0) -> Page:
    """What these seats owe: what is still to do first, the longest overdue on top; what waits for the asker after it."""
    return await _page(tx, "owner", seats, "open", limit, offset)


async def owed_to(tx: Tx, seats: Sequence[int], *, limit: int, offset: int = 0) -> Page:
    """What others owe these seats: what they have to accept first, then by due date."""
    return await _page(tx, "asker", seats, "handed_in", limit, offset)


async def _page(tx: Tx, side: str, seats: Sequence[int], first: State, limit: int, offset: int) -> Page:
    names, params = one_of("seat", seats)
    total = await tx.value(COUNT.format(side=side, seats=names), **params)
    rows = await tx.all(LIVE.format(side=side, seats=names), first=first, limit=limit, offset=offset, **params)
    return Page(tuple(_task(row) for row in rows), int(total))
