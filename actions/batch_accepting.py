"""全部同意: several of an order to many are handed in. The first press names them, the second accepts exactly those, in one unit.

The button carries the instant of the latest one shown: what is handed in between the two presses was not looked at and waits.
"""

from collections.abc import Sequence

from actions import obligations
from actions.cards import card
from actions.inputs_batches import OnBatch
from actions.perform import action
from actions.task_batches import SHOWN, asked, may_settle
from actions.task_steps import enter, refresh, tell
from domain.outcome import Done, Outcome
from domain.people import Actor
from domain.speech import Button, Message, Param, lines, term, text
from domain.undoing import lapses
from storage import cards, journal, people, tasks
from storage import obligations as owing
from storage import task_batches as store
from storage.task_batches import Batch, Standing
from storage.tasks import Task
from storage.tx import Tx


async def _handed_in(tx: Tx, batch: int, until: int | None = None) -> list[Standing]:
    """What waits to be accepted; with `until` only what had been handed in by then."""
    found = [each for each in await store.standing(tx, batch) if each.state == "handed_in" and each.handed_at is not None]
    return found if until is None else [each for each in found if each.handed_at is not None and each.handed_at <= until]


@action("task.batch", of=asked)
async def ask(tx: Tx, actor: Actor, given: OnBatch) -> Outcome:
    """The first press: nothing is accepted yet."""
    if not await _handed_in(tx, given.batch):
        return await _nothing(tx, actor, given)
    await cards.show(tx, f"batchaccept:{given.batch}", actor.to(), fresh=True)
    return Done()


@action("task.batch", of=asked)
async def accept_all(tx: Tx, actor: Actor, given: OnBatch) -> Outcome:
    """The second press. Each owner hears it once; each acceptance can be taken back by itself."""
    found = await _handed_in(tx, given.batch, given.until)
    if not found:
        return await _nothing(tx, actor, given)
    done = 0
    for task in [await tasks.get(tx, each.id) for each in found]:
        done += await _accepted(tx, actor, task)
    await cards.show(tx, f"batch:{given.batch}", actor.to(), message_id=given.pressed)
    return Done(("batch", given.batch), {"accepted": done})


async def _accepted(tx: Tx, actor: Actor, task: Task) -> bool:
    if not await tasks.move(tx, task, "done"):
        return False
    await enter(tx, actor, task, "accept", "", "done")
    for owed in await owing.live_of(tx, "task", task.id, "task"):
        await obligations.accept(tx, owed.id)
    await journal.append(tx, actor.seat.id, "task.accept", ("task", task.id), {"state": "done"})
    await refresh(tx, task)
    await tell(tx, task, task.owner, "task.told.accepted")
    await cards.look_again(tx, f"task:{task.id}", actor.to(), lapses(tx.now))
    return True


async def _nothing(tx: Tx, actor: Actor, given: OnBatch) -> Outcome:
    await cards.show(tx, f"batch:{given.batch}", actor.to(), message_id=given.pressed)
    return Done(result="task_none_handed_in")


@card("batchaccept")
async def accept_card(tx: Tx, batch_id: int, viewer: int | None) -> Message | None:
    batch = await store.find(tx, batch_id)
    if batch is None or not await may_settle(tx, batch, viewer):
        return None
    found = await _handed_in(tx, batch.id)
    back = Button("button.batch_back", "tv", batch.id)
    if not found:
        return Message("task.batch.none_handed_in", {"title": batch.title}, ((back,),))
    latest = max(each.handed_at or 0 for each in found)
    params: dict[str, Param] = {"title": batch.title, "n": len(found), "rows": lines(await _rows(tx, batch, found))}
    sure = Button("button.batch_accept_sure", "tx", batch.id, latest, "yes", params={"n": len(found)})
    return Message("task.batch.accept", params, ((sure,), (back,)))


async def _rows(tx: Tx, batch: Batch, found: Sequence[Standing]) -> list[Param]:
    rows: list[Param] = []
    for each in found[:SHOWN]:
        place = term(batch.regime, "region", each.region)
        rows.append(text("task.batch.accept_row", number=each.number, place=place, who=(await people.seat(tx, each.owner)).holder))
    if len(found) > SHOWN:
        rows.append(text("task.batch.accept_more", n=len(found) - SHOWN))
    return rows
