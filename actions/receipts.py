"""收到: owed where something was handed on (转办). A duty of its own: it counts down and climbs by the regime, and is not the work itself.

The matter `receipt` has its task's id. Whoever reports progress, hands in or hands on has evidently received the task.
"""

from collections.abc import Collection, Sequence

from actions import obligations
from actions.subjects import Subject, subject
from domain.obligations import Owed
from domain.people import Actor, Seat
from domain.regime import RECEIPT
from domain.speech import Button, Param, moment, text
from storage import cards, entries, tasks
from storage import obligations as owing
from storage.tasks import Task
from storage.tx import Tx

KIND = "receipt"


async def owe(tx: Tx, task: int, regime: str, region: str, to: Seat, from_: Seat) -> None:
    """The one it was handed on to confirms having got it; the one who handed it on is the first to hear where that does not come."""
    await obligations.owe(tx, regime=regime, duty=RECEIPT, subject=(KIND, task), owner=to, creditor=from_, region=region)


async def given_anew(tx: Tx, task: Task, to: Seat, region: str) -> None:
    """Somebody else does it now, and confirms it in turn, where it was handed on."""
    await drop(tx, task.id)
    if task.parent is not None:
        [above] = (await owing.seats(tx, [task.asker])).values()
        await owe(tx, task.id, task.regime, region, to, above)


async def implied(tx: Tx, task: int) -> None:
    """The owner works on it."""
    for owed in await owing.live_of(tx, KIND, task):
        await owing.acknowledge(tx, owed.id)
        await obligations.finish(tx, owed.id)


async def drop(tx: Tx, task: int) -> None:
    for owed in await owing.live_of(tx, KIND, task):
        await obligations.withdraw(tx, owed.id)


async def owe_to(tx: Tx, task: int, creditor: int) -> None:
    for owed in await owing.live_of(tx, KIND, task):
        await owing.owe_to(tx, owed.id, creditor)


# What is seen ----------------------------------------------------------------------------------------------------------------------


async def words(tx: Tx, tasks_: Sequence[int]) -> dict[int, Param]:
    """By task: when it was received, or that it was not yet; nothing where no receipt is owed."""
    return {task: _words(tx, owed) for task, owed in (await owing.latest_of(tx, KIND, tasks_)).items()}


def _words(tx: Tx, owed: Owed) -> Param:
    if owed.acked_at is not None:
        return text("task.receipt.got", at=moment(owed.acked_at))
    return text("task.receipt.late" if tx.now >= owed.due_at else "task.receipt.waits", due=obligations.due_words(owed))


async def button(tx: Tx, task: int, seats: Sequence[Seat]) -> tuple[Button, ...]:
    """On the card of the one it was handed on to, until it is pressed."""
    mine = {seat.id for seat in seats}
    return tuple(Button("button.receipt", "oa", owed.id) for owed in await owing.live_of(tx, KIND, task) if owed.owner in mine)


async def _acked(tx: Tx, actor: Actor, owed: Owed) -> None:
    await obligations.finish(tx, owed.id)
    task = await tasks.get(tx, owed.subject)
    await entries.add(tx, "task", task.id, author=actor.seat.id, kind="receipt", from_state=task.state, to_state=task.state)
    for shown in (task.id, task.parent):
        await cards.refresh_all(tx, f"task:{shown}")


@subject(KIND, acked=_acked, shown_on="task")
async def described(tx: Tx, ids: Collection[int]) -> dict[int, Subject]:
    named = await tasks.names(tx, ids)
    return {
        task: Subject(number, text("task.receipt.title", title=title), Button("button.task_show", "to", task))
        for task, (number, title) in named.items()
    }
