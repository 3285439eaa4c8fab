"""Tasks: one row each; their deadline is the obligation's, their history stands in `entry`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from domain.tasks import LIVE as LIVE_STATES
from domain.tasks import State
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO task (regime, number, title, detail, asker, owner, region, state, version, created_at, proof, parent, batch)
VALUES (:regime, :number, :title, :detail, :asker, :owner, :region, 'open', 1, :now, :proof, :parent, :batch) RETURNING id
"""
GET = "SELECT * FROM task WHERE id = :id"
NAMES = "SELECT id, number, title FROM task WHERE id IN ({ids})"
MOVE = "UPDATE task SET state = :state, version = version + 1 WHERE id = :id AND version = :version"
GIVE = "UPDATE task SET owner = :owner, region = :region, version = version + 1 WHERE id = :id AND version = :version"
CHILDREN = "SELECT * FROM task WHERE parent = :parent ORDER BY id"
# Whoever takes a task over is asked by those it was handed on to.
ASKED_BY = "UPDATE task SET asker = :asker WHERE parent = :parent AND state IN ('open', 'handed_in')"

# By number, by what it is about, by who owes it; what still runs first, then the newest.
SEARCH = """
SELECT t.* FROM task t JOIN appointment a ON a.id = t.owner
WHERE t.regime IN ({regimes}) AND (
  lower(t.number) LIKE :like ESCAPE '!' OR lower(t.title) LIKE :like ESCAPE '!' OR lower(a.holder) LIKE :like ESCAPE '!')
ORDER BY CASE WHEN t.state IN ('open', 'handed_in') THEN 0 ELSE 1 END, t.id DESC LIMIT :limit
"""


@dataclass(frozen=True)
class Task:
    """`asker` and `owner` are seats. `version` counts the moves between states and owners.

    `proof`: it is not done without a file. `parent`: the task that was handed on (转办); its owner asked for this one.
    """

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
    proof: bool = False
    parent: int | None = None
    batch: int | None = None  # the order to many that it came of

    @property
    def live(self) -> bool:
        return self.state in LIVE_STATES


def task_of(row: Row) -> Task:
    names = ("id", "regime", "number", "title", "detail", "asker", "owner", "region", "version", "created_at", "parent", "batch")
    return Task(**{name: row[name] for name in names}, state=cast(State, row["state"]), proof=bool(row["proof"]))


async def add(tx: Tx, *, proof: bool = False, parent: int | None = None, batch: int | None = None, **fields: Any) -> int:
    """`regime, number, title, detail, asker, owner, region`."""
    return int(await tx.value(ADD, **fields, proof=int(proof), parent=parent, batch=batch, now=tx.now))


async def give(tx: Tx, task: Task, owner: int, region: str) -> bool:
    """To another seat, compare-and-set like every move."""
    return await tx.run(GIVE, id=task.id, version=task.version, owner=owner, region=region) == 1


async def children(tx: Tx, task_id: int) -> list[Task]:
    """What was handed on from it, oldest first."""
    return [task_of(row) for row in await tx.all(CHILDREN, parent=task_id)]


async def ancestors(tx: Tx, task: Task) -> list[Task]:
    """The line of responsibility, from the task it was handed on from up to the first."""
    found: list[Task] = []
    while task.parent is not None:
        task = await get(tx, task.parent)
        found.append(task)
    return found


async def ask_anew(tx: Tx, parent: int, asker: int) -> None:
    await tx.run(ASKED_BY, parent=parent, asker=asker)


async def find(tx: Tx, task_id: int) -> Task | None:
    row = await tx.find(GET, id=task_id)
    return None if row is None else task_of(row)


async def get(tx: Tx, task_id: int) -> Task:
    return task_of(await tx.one(GET, id=task_id))


async def names(tx: Tx, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Number and title."""
    listed, params = one_of("id", ids)
    return {row["id"]: (row["number"], row["title"]) for row in await tx.all(NAMES.format(ids=listed), **params)}


async def move(tx: Tx, task: Task, state: State) -> bool:
    """Compare-and-set on the version. False: somebody else moved it first."""
    return await tx.run(MOVE, id=task.id, version=task.version, state=state) == 1


async def search(tx: Tx, words: str, regimes: Sequence[str], limit: int) -> list[Task]:
    """Whatever part of a number, a title or the owner's name is given; who may see which is the caller's to ask."""
    names, params = one_of("regime", regimes)
    escaped = words.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return [task_of(row) for row in await tx.all(SEARCH.format(regimes=names), like=f"%{escaped}%", limit=limit, **params)]
