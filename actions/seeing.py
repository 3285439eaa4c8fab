"""谁能看到: whoever may open a task or an item, by the table of permissions and the seats in force now.

Somebody of the locality is told of the locality, the office and the departments, and that those who supervise see it, too: the same for
every matter, so that neither a name nor a missing one betrays where it came from (mission, "One item, one ledger").
"""

from actions import ledger_start, task_cards, task_steps
from actions.inputs_ledger import OnItem
from actions.inputs_tasks import Step
from actions.ledger_view import target_to_view
from actions.people import title_of
from actions.perform import action
from domain.deadlines import local_date
from domain.finding import from_outside, may_know_of
from domain.outcome import Done, Outcome
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.speech import Button, Param, lines, text
from storage import ledger as items
from storage import outbox, people, tasks
from storage.tx import Tx

MOST = 30  # rows; beyond it the number says enough


@action("task.view", of=task_steps.looked_at)
async def who_sees_task(tx: Tx, actor: Actor, given: Step) -> Outcome:
    task = await tasks.get(tx, given.task)
    target = await task_cards.line_target(tx, task)
    return await _say(tx, actor, "task.view", target, task.number, Button("button.task_show", "to", task.id))


@action("item.view", of=ledger_start.to_view)
async def who_sees_item(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    item = await items.get(tx, given.item)
    assert item is not None  # the target finder has found it in this unit
    target = await target_to_view(tx, item)
    return await _say(tx, actor, "item.view", target, item.number, Button("button.item.open", "io", item.id))


async def _say(tx: Tx, actor: Actor, action_name: str, target: Target, number: str, back: Button) -> Outcome:
    rows = await _rows(tx, actor, action_name, target)
    more = [text("seen.more", n=len(rows) - MOST)] if len(rows) > MOST else []
    above = [] if from_outside(actor.seats, target.regime) else [text("seen.above")]
    await outbox.say(tx, actor.to(), "seen.by", {"number": number, "rows": lines([*rows[:MOST], *more, *above])}, ((back,),))
    return Done()


async def _rows(tx: Tx, actor: Actor, action_name: str, target: Target) -> list[Param]:
    """A line a title, those who owe it or asked for it first."""
    close = target.owners | target.askers
    seeing = [seat for seat in await people.seats_in(tx, target.regime) if _sees(tx, seat, action_name, target)]
    known = sorted((seat for seat in seeing if may_know_of(actor.seats, seat, tx.world)), key=lambda seat: (seat.id not in close, seat.id))
    titles: dict[tuple[str, str], list[Seat]] = {}
    for seat in known:
        titles.setdefault((seat.role, seat.scope), []).append(seat)
    return [
        text("seen.row", title=await title_of(tx, seats[0]), names=lines([each.holder for each in seats], "、"))
        for seats in titles.values()
    ]


def _sees(tx: Tx, seat: Seat, action_name: str, target: Target) -> bool:
    """Nobody sits on a vacant seat, so nobody sees from it."""
    alone = Actor(account=0, language="", lane="", seats=(seat,))
    return bool(seat.people) and permit(alone, action_name, target, tx.world, local_date(tx.now)) is not None
