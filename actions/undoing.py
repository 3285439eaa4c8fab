"""↩ 撤销: the last press taken back while nothing depends on it. It stays in the history, as everything does; so does its taking back."""

from dataclasses import dataclass

from actions import ledger, ledger_view, obligations
from actions.inputs_ledger import OnItem
from actions.inputs_tasks import Step
from actions.perform import action
from actions.task_steps import each_owed, enter, owed_by, refresh, tell, worked_on
from domain.ledger import Item, State
from domain.obligations import Owed
from domain.outcome import Done, Outcome
from domain.people import Actor
from domain.permissions import Target
from domain.undoing import can_undo
from storage import cards, entries, tasks
from storage import ledger as items
from storage import obligations as owing
from storage.entries import Entry
from storage.tx import Tx

RECENT = 20  # entries
TOO_LATE = Done(result="undo_too_late")  # the card follows, and has no such button any more


def _last_is(tx: Tx, log: list[Entry], wanted: str, actor: Actor) -> bool:
    last = next(iter(log), None)
    return last is not None and can_undo(kind=last.kind, wanted=wanted, author=last.author, seats={actor.seat.id}, at=last.at, now=tx.now)


@action("task.undo", of=owed_by)
async def undo_hand_in(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """已完成 was pressed too early: open again with its old date, unless somebody has answered it or added to it."""
    task = await tasks.get(tx, given.task)
    log = await entries.latest(tx, "task", task.id)
    if task.state != "handed_in" or given.version != task.version or not _last_is(tx, log, "hand_in", actor):
        await refresh(tx, task)
        return TOO_LATE
    if not await tasks.move(tx, task, "open"):
        return TOO_LATE
    await enter(tx, actor, task, "undo", "", "open")
    await each_owed(tx, task, obligations.take_back)
    await refresh(tx, task)
    return Done(("task", task.id), {"state": "open"})


@action("task.undo_accept", of=worked_on)
async def undo_accept(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """同意 was pressed by mistake: it waits to be accepted again, unless the work it is a part of has gone on by it."""
    task = await tasks.get(tx, given.task)
    log = await entries.latest(tx, "task", task.id)
    if task.state != "done" or given.version != task.version or not _last_is(tx, log, "accept", actor):
        await refresh(tx, task)
        return TOO_LATE
    if task.parent is not None and (await tasks.get(tx, task.parent)).state != "open":
        return TOO_LATE
    if not await tasks.move(tx, task, "handed_in"):
        return TOO_LATE
    await enter(tx, actor, task, "undo_accept", "", "handed_in")
    for owed in (await owing.latest_of(tx, "task", [task.id])).values():
        await obligations.unaccept(tx, owed.id)
    await refresh(tx, task)
    await tell(tx, task, task.owner, "task.told.unaccepted")
    return Done(("task", task.id), {"state": "handed_in"})


@dataclass(frozen=True)
class Undo:
    """Which step of an item is taken back: the state it led to, its entry, the entry of the undo, the state before."""

    state: State
    entry: str
    undo: str
    before: State


@dataclass(frozen=True)
class Undone:
    """The item as it is again, and the instant of the step that was taken back."""

    item: Item
    at: int


async def _step_back(tx: Tx, actor: Actor, given: OnItem, undo: Undo) -> Undone | None:
    """None where it is too late; what the chat shows is brought up to date in any case."""
    item = await items.get(tx, given.item)
    assert item is not None  # the target finder has found it in this unit
    log = await entries.latest(tx, "item", item.id)
    await cards.refresh_all(tx, f"item:{item.id}")
    if item.state != undo.state or given.version != item.version or not _last_is(tx, log, undo.entry, actor):
        return None
    back = await items.advance(tx, item, undo.before)
    if back is None:
        return None
    await entries.add(tx, "item", item.id, author=actor.seat.id, kind=undo.undo, from_state=undo.state, to_state=undo.before)
    return Undone(back, log[0].at)


@action("item.undo", of=ledger.to_work)
async def undo_closing(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    """申请销号 was sent too early: the work goes on, and nobody owes the verification any more, unless it has begun."""
    undone = await _step_back(tx, actor, given, Undo("closing", "closing", "undo", "rectifying"))
    if undone is None:
        return TOO_LATE
    for owed in (await ledger_view.parties(tx, undone.item)).owed:
        await (obligations.take_back if owed.duty == "item.rectify" else obligations.withdraw)(tx, owed.id)
    return Done(("item", undone.item.id), {"state": undone.item.state})


async def passed(tx: Tx, given: OnItem) -> Target | None:
    """Whoever passed the verification last: they hear why it cannot be taken back any more, others nothing."""
    item = await items.get(tx, given.item)
    if item is None:
        return None
    last = next((entry for entry in await entries.latest(tx, "item", item.id, RECENT) if entry.kind == "verified"), None)
    askers = frozenset() if last is None or last.author is None else frozenset({last.author})
    return Target(item.regime, item.region, askers=askers)


@action("item.undo_verify", of=passed)
async def undo_verification(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    """核查通过 was pressed by mistake: it is being verified again, unless the closing was published, or the item opened anew."""
    undone = await _step_back(tx, actor, given, Undo("closed", "verified", "undo_verify", "checking"))
    if undone is None:
        return TOO_LATE
    item = undone.item
    for owed in await _ended_by(tx, item.id, undone.at):
        await (obligations.unaccept if owed.duty == "item.rectify" else obligations.unfinish)(tx, owed.id)
    await ledger.tell_parties(tx, item, (await ledger_view.parties(tx, item)).owner, "item.told.unclosed", but=actor.person)
    return Done(("item", item.id), {"state": item.state})


async def _ended_by(tx: Tx, item: int, at: int) -> list[Owed]:
    """What the verification ended: of each duty the newest that ended at that instant."""
    newest: dict[str, Owed] = {}
    for owed in await owing.finished_at(tx, "item", item, at):
        newest.setdefault(owed.duty, owed)
    return list(newest.values())
