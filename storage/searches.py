"""What people look for: the words each looked for last (so that turning a page needs none in a button), and tasks that have them."""

from collections.abc import Sequence

from storage.tasks import Task, task_of
from storage.tx import Tx, one_of

KEEP = """
INSERT INTO search (person, words) VALUES (:person, :words) ON CONFLICT (person) DO UPDATE SET words = :words
"""
LAST = "SELECT words FROM search WHERE person = :person"
# By number, by what it is about, by who owes it; what still runs first, then the newest.
TASKS = """
SELECT t.* FROM task t JOIN appointment a ON a.id = t.owner
WHERE t.regime IN ({regimes}) AND (
  lower(t.number) LIKE :like ESCAPE '!' OR lower(t.title) LIKE :like ESCAPE '!' OR lower(a.holder) LIKE :like ESCAPE '!')
ORDER BY CASE WHEN t.state IN ('open', 'handed_in') THEN 0 ELSE 1 END, t.id DESC LIMIT :limit
"""


async def keep(tx: Tx, person: int, words: str) -> None:
    await tx.run(KEEP, person=person, words=words)


async def last(tx: Tx, person: int) -> str:
    return str(await tx.value(LAST, person=person) or "")


async def tasks(tx: Tx, words: str, regimes: Sequence[str], limit: int) -> list[Task]:
    """Whatever part of a number, a title or the owner's name is given; who may see which is the caller's to ask."""
    names, params = one_of("regime", regimes)
    escaped = words.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return [task_of(row) for row in await tx.all(TASKS.format(regimes=names), like=f"%{escaped}%", limit=limit, **params)]
