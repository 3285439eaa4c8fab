"""What changes while a task is being done: its due date, who does it, and whom it is handed on to (转办)."""

from actions import obligations, receipts
from actions.assignees import label, may_get, options_for, work_region
from actions.converse import Open, open_form
from actions.days import shown
from actions.inputs_tasks import ChangeDue, HandOn, OnTask, Reassign, Step
from actions.options import source
from actions.perform import action
from actions.task_giving import Order, give_out
from actions.task_steps import asking, enter, owed_by, push, refresh, tell, too_late, worked_on
from domain.dates import Until
from domain.deadlines import end_of_day, local_date
from domain.extensions import SPANS
from domain.forms import Draft, Option
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.speech import by, text
from domain.tasks import may_hand_on, why_not
from storage import people, tasks
from storage.tasks import Task
from storage.tx import Tx


async def _clock(tx: Tx, task: Task) -> Owed | None:
    return next(iter(await obligations.live_of(tx, "task", task.id, "task")), None)


async def latest_within(tx: Tx, task: Task) -> Until:
    """What is handed on is due no later than the task itself; once that has passed, today."""
    owed = await _clock(tx, task)
    return Until.ending(owed.due_at if owed is not None and owed.due_at > tx.now else end_of_day(local_date(tx.now)))


async def _late(tx: Tx, actor: Actor, task: Task, given: OnTask, code: str | None) -> Outcome | None:
    if code is None and given.version not in {0, task.version}:
        code = "task_stale"
    return None if code is None else await too_late(tx, actor, task, code, given)


# Another due date ------------------------------------------------------------------------------------------------------------------


@action("task.due", of=worked_on)
async def change_due(tx: Tx, actor: Actor, given: ChangeDue) -> Outcome:
    """Every reminder is planned again; the owner is told once. What was handed on and would be due later is moved along."""
    task = await tasks.get(tx, given.task)
    late = await _late(tx, actor, task, given, why_not("due", task.state))
    if late is not None:
        return late
    if given.due.at <= tx.now:
        return Refusal("task_new_due_past")
    if task.parent is not None:
        parent = await tasks.get(tx, task.parent)
        bound = await latest_within(tx, parent)
        if parent.live and given.due.at > bound.at:
            return Refusal("task_due_after_parent", {"day": by(bound)})
    await _move_due(tx, actor, task, given.due, given.body)
    await push(tx, task.id, actor.to())
    return Done(("task", task.id), {"due": given.due.when})


async def _move_due(tx: Tx, actor: Actor, task: Task, due: Until, reason: str) -> None:
    owed = await _clock(tx, task)
    if owed is None or not task.live:
        return
    await obligations.reschedule(tx, owed.id, due)
    await enter(tx, actor, task, "due", reason, day=due)
    await refresh(tx, task)
    for seat in {task.owner, task.asker} - {actor.seat.id}:
        await tell(tx, task, seat, "task.told.due", day=by(due), reason=reason)
    for child in await tasks.children(tx, task.id):
        clock = await _clock(tx, child)
        if child.state == "open" and clock is not None and clock.due_at > due.at:
            await _move_due(tx, actor, child, due, reason)


# Another owner ---------------------------------------------------------------------------------------------------------------------


@source("reassignees")
async def reassignees(tx: Tx, actor: Actor, draft: Draft, query: str) -> list[Option]:
    task = await tasks.get(tx, int(draft.answers["task"]))
    return await options_for(tx, actor, task.regime, lambda seat, region: seat.id != task.owner and may_get(tx, actor, seat, region), query)


@action("task.reassign", of=worked_on)
async def reassign(tx: Tx, actor: Actor, given: Reassign) -> Outcome:
    """The new owner gets the card, the old one's card closes; both hear it once. The due date and the history stay."""
    task = await tasks.get(tx, given.task)
    late = await _late(tx, actor, task, given, why_not("reassign", task.state))
    if late is not None:
        return late
    owner = await people.in_force(tx, given.assignee)
    if owner is None or owner.regime != task.regime or owner.id == task.owner:
        return Refusal("task_new_owner")
    region = await work_region(tx, owner)
    if not may_get(tx, actor, owner, region):
        return Refusal("forbidden")
    if not await tasks.give(tx, task, owner.id, region):
        return await too_late(tx, actor, task, "task_stale", given)
    owed = await _clock(tx, task)
    if owed is not None:
        await obligations.give(tx, owed.id, owner, region)
    await receipts.given_anew(tx, task, owner, region)
    await _follow(tx, task, owner.id)
    await enter(tx, actor, task, "reassign", given.body)
    await refresh(tx, task)
    who = await label(tx, owner)
    await tell(tx, task, task.owner, "task.told.taken", opens=False, who=who, reason=given.body)
    if task.asker != actor.seat.id:
        await tell(tx, task, task.asker, "task.told.reassigned", who=who, reason=given.body)
    await push(tx, task.id, owner.to())
    await push(tx, task.id, actor.to())
    return Done(("task", task.id), {"from": task.owner, "owner": owner.id})


async def _follow(tx: Tx, task: Task, owner: int) -> None:
    """Those it was handed on to now answer to the new owner."""
    await tasks.ask_anew(tx, task.id, owner)
    for child in await tasks.children(tx, task.id):
        clock = await _clock(tx, child)
        if clock is not None:
            await obligations.owe_to(tx, clock.id, owner)
        await receipts.owe_to(tx, child.id, owner)
        await refresh(tx, child)


# Handing on ------------------------------------------------------------------------------------------------------------------------


@source("hand_on_to")
async def hand_on_to(tx: Tx, actor: Actor, draft: Draft, query: str) -> list[Option]:
    return await _below(tx, actor, await tasks.get(tx, int(draft.answers["task"])), query)


async def _below(tx: Tx, actor: Actor, task: Task, query: str = "") -> list[Option]:
    owner, regime, on = await people.seat(tx, task.owner), tx.world.regime(task.regime), local_date(tx.now)
    return await options_for(tx, actor, task.regime, lambda seat, region: may_hand_on(owner, seat, region, regime, on), query)


@source("hand_on_days")
async def hand_on_days(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    """Usual spans that end with the task or before, and its own due date."""
    task = await tasks.get(tx, int(draft.answers["task"]))
    latest, today = await latest_within(tx, task), local_date(tx.now)
    counted = [Until(today, span, today).by(tx.world.calendar) for span in SPANS]
    offered = [
        Option(each.until.code, text("form.day", span=text(f"span.{each.until.span}"), day=shown(each)))
        for each in counted
        if each.until.at < latest.at
    ]
    owed = await _clock(tx, task)
    own = (latest if owed is None else obligations.until_of(owed)).by(tx.world.calendar)
    if own.until.at != latest.at:  # it has passed, or what it was handed on from ends before its own span would
        own = latest.by(tx.world.calendar)
    return [*offered, Option(own.until.code, text("task.latest", day=shown(own)))]


@action("task.hand_on", of=owed_by)
async def begin_hand_on(tx: Tx, actor: Actor, given: Step) -> Outcome:
    task = await tasks.get(tx, given.task)
    late = await _late(tx, actor, task, given, why_not("hand_on", task.state))
    if late is not None:
        return late
    if not await _below(tx, actor, task):
        return Refusal("task_nobody_below")
    return await open_form(tx, actor, Open("task_hand_on", {"task": task.id, "version": task.version}))


@action("task.hand_on", of=owed_by)
async def hand_on(tx: Tx, actor: Actor, given: HandOn) -> Outcome:
    """A task of its own below this one: its owner answers to this one's, who stays responsible upwards."""
    task = await tasks.get(tx, given.task)
    late = await _late(tx, actor, task, given, why_not("hand_on", task.state))
    if late is not None:
        return late
    to = await people.in_force(tx, given.assignee)
    if to is None or not may_hand_on(actor.seat, to, await work_region(tx, to), tx.world.regime(task.regime), local_date(tx.now)):
        return Refusal("forbidden")
    if given.due.at <= tx.now:
        return Refusal("task_due_past")
    bound = await latest_within(tx, task)
    if given.due.at > bound.at:
        return Refusal("task_due_after_parent", {"day": by(bound)})
    order = Order(task.title, given.body or task.detail, given.due, given.files or (), proof=task.proof, parent=task)
    child = await give_out(tx, actor.seat, to, order)
    await receipts.owe(tx, child, to.regime, await work_region(tx, to), to, actor.seat)
    await receipts.implied(tx, task.id)
    await enter(tx, actor, task, "hand_on", to.holder)
    await push(tx, child, to.to())
    await refresh(tx, task)
    await push(tx, task.id, actor.to())
    return Done(("task", child), {"parent": task.id, "owner": to.id, "due": given.due.when})


begin_change_due = asking("task.due", "due", "task_due")
begin_reassign = asking("task.reassign", "reassign", "task_reassign")
