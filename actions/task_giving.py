"""Putting one task on record: who asks, who owes it, until when. Used by assigning and by handing on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions import obligations
from actions.assignees import work_region
from domain import tasks as rules
from domain.dates import Until
from domain.deadlines import local_date
from domain.people import Seat
from storage import counters, entries, tasks
from storage.tasks import Task
from storage.tx import Tx


@dataclass(frozen=True)
class Order:
    """What is to be done. `parent`: the task that is handed on with it."""

    title: str
    detail: str
    due: Until
    files: Sequence[Mapping[str, Any]] = ()
    proof: bool = False
    parent: Task | None = None
    batch: int | None = None


async def give_out(tx: Tx, asker: Seat, owner: Seat, order: Order) -> int:
    """The task with its number, the first entry of its history, and its obligation; returns the task's id."""
    region, year = await work_region(tx, owner), local_date(tx.now).year
    parent = order.parent
    task = await tasks.add(
        tx,
        regime=owner.regime,
        number=rules.number(region, year, await counters.draw(tx, f"task:{owner.regime}:{region}:{year}")),
        title=order.title,
        detail=order.detail,
        asker=asker.id,
        owner=owner.id,
        region=region,
        proof=order.proof,
        parent=None if parent is None else parent.id,
        batch=order.batch,
    )
    await entries.add(tx, "task", task, author=asker.id, kind="assign", to_state="open", files=order.files)
    above = [] if parent is None else await obligations.live_of(tx, "task", parent.id, "task")
    await obligations.owe(
        tx,
        regime=owner.regime,
        duty="task",
        subject=("task", task),
        owner=owner,
        creditor=asker,
        region=region,
        due=order.due,
        parent=above[0].id if above else None,
    )
    return task
