"""What every verb on a task shares: what it is about, moving it, bringing cards up to date, telling people.

A press that comes too late is no refusal: nothing of the task changes, but the card is brought up to date, which a refusal would take
back. Such an outcome is `Done(result=code)` and its sentence is `refusal.CODE`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from actions import converse, obligations
from actions.inputs_tasks import HandInProof, OnTask, Step
from actions.perform import action
from actions.task_cards import line_target, target
from domain.dates import Until
from domain.outcome import Done, Outcome
from domain.people import Actor
from domain.permissions import TABLE, Target
from domain.speech import Button, Param, To
from domain.tasks import State, Verb, why_not
from storage import cards, entries, outbox, people, tasks
from storage.tasks import Task
from storage.tx import Tx

Choose = Callable[[Tx, Task], Awaitable[str]]  # which of several forms


class About(Protocol):
    @property
    def task(self) -> int: ...


async def worked_on(tx: Tx, given: About) -> Target | None:
    task = await tasks.find(tx, given.task)
    return await target(tx, task) if task is not None and task.regime in tx.world.regimes else None


async def owed_by(tx: Tx, given: About) -> Target | None:
    """The same for what only its owner does: nobody need be found who stands in for the asker."""
    task = await tasks.find(tx, given.task)
    if task is None or task.regime not in tx.world.regimes:
        return None
    return Target(task.regime, task.region, frozenset({task.owner}), frozenset({task.asker}), card=f"task:{task.id}")


async def looked_at(tx: Tx, given: About) -> Target | None:
    task = await tasks.find(tx, given.task)
    return await line_target(tx, task) if task is not None and task.regime in tx.world.regimes else None


async def move(tx: Tx, actor: Actor, task: Task, verb: Verb, given: Step | HandInProof, to: State) -> str | None:
    """None where the task has moved (its history says so); else why it may not, and nothing is written.

    A button that showed an earlier state does not count for this one: the second hand-in is not accepted by the first one's button.
    """
    late = why_not(verb, task.state)
    if late is not None:
        return late
    if given.version not in {0, task.version} or not await tasks.move(tx, task, to):
        return "task_stale"
    await enter(tx, actor, task, verb, given.body or "", to, given.files or ())
    return None


async def enter(
    tx: Tx,
    actor: Actor,
    task: Task,
    kind: str,
    body: str,
    to: State | None = None,
    files: Sequence[Mapping[str, Any]] = (),
    *,
    day: Until | None = None,
) -> None:
    """Into the task's history; without `to` the state stays."""
    await entries.add(
        tx,
        "task",
        task.id,
        author=actor.seat.id,
        kind=kind,
        body=body,
        day=day,
        from_state=task.state,
        to_state=to or task.state,
        files=files,
    )


async def each_owed(tx: Tx, task: Task, step: Callable[[Tx, int], Awaitable[None]]) -> None:
    """The task's clock; there is none where somebody with the right stopped it."""
    for owed in await obligations.live_of(tx, "task", task.id, "task"):
        await step(tx, owed.id)


async def too_late(tx: Tx, actor: Actor, task: Task, code: str, given: OnTask) -> Outcome:
    """Bring the card up to date: in place where its own button was pressed, else (an older message, a form) anew at the bottom."""
    live = await live_message(tx, task.id, actor.to())
    if given.pressed is None:
        await outbox.say(tx, actor.to(), f"refusal.{code}")
    if given.pressed is not None and live == given.pressed:
        await cards.show(tx, f"task:{task.id}", actor.to())
    else:
        await push(tx, task.id, actor.to())
    return Done(result=code)


async def answer(tx: Tx, actor: Actor, task: Task, given: OnTask) -> None:
    """Pressed on the card itself, that moves. After a form, a reminder or a digest the card comes below, or nothing in sight would move."""
    if given.pressed is None or given.pressed != await live_message(tx, task.id, actor.to()):
        await push(tx, task.id, actor.to())


async def refresh(tx: Tx, task: Task) -> None:
    """Every card that shows it: its own, the one of the task it was handed on from, the overview of the order it came of."""
    await cards.refresh_all(tx, f"task:{task.id}")
    if task.parent is not None:
        await cards.refresh_all(tx, f"task:{task.parent}")
    if task.batch is not None:
        await cards.refresh_all(tx, f"batch:{task.batch}")


async def live_message(tx: Tx, task: int, to: To) -> int | None:
    shown = await cards.of_subject(tx, f"task:{task}")
    return next((each.message_id for each in shown if each.to.chat == to.chat), None)


async def push(tx: Tx, task: int, to: To | None) -> None:
    """Send the card anew at the bottom of the chat; the message it stood in so far loses its buttons. A vacant seat gets none."""
    if to is None:
        return
    before = await live_message(tx, task, to)
    if before is not None:
        await outbox.strip(tx, to, before)
    await cards.show(tx, f"task:{task}", to, fresh=True)


async def reach(tx: Tx, seat_id: int) -> To | None:
    """Where a seat's holder is reached; nobody where the term has ended: a former holder hears no more of it."""
    seat = await people.seat(tx, seat_id)
    held = await people.seats_of(tx, seat.person) if seat.person is not None else ()
    return next((each.to() for each in held if each.id == seat_id), None)


async def tell(tx: Tx, task: Task, seat: int, key: str, *, opens: bool = True, **params: Param) -> None:
    to = await reach(tx, seat)
    if to is not None:
        buttons = ((Button("button.task_show", "to", task.id),),) if opens else ()
        await outbox.say(tx, to, key, {"number": task.number, "title": task.title, **params}, buttons)


def asking(name: str, verb: Verb, form: str, choose: Choose | None = None) -> Callable[[Tx, Actor, Step], Awaitable[Outcome]]:
    """The press that begins a form: authorised and checked before the first question, not only when it is sent."""

    @action(name, of=owed_by if TABLE[name] == {"*": "owner"} else worked_on)
    async def begin(tx: Tx, actor: Actor, given: Step) -> Outcome:
        task = await tasks.get(tx, given.task)
        late = why_not(verb, task.state)
        if late is None and verb != "progress" and given.version not in {0, task.version}:
            late = "task_stale"
        if late is not None:
            return await too_late(tx, actor, task, late, given)
        asked = form if choose is None else await choose(tx, task)
        return await converse.open_form(tx, actor, converse.Open(asked, {"task": task.id, "version": task.version}))

    return begin
