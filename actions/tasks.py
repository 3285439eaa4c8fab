"""Tasks: assign, report progress, hand in, accept, send back, withdraw. The countdown is the obligation's (`actions/obligations.py`).

A press that comes too late is no refusal: nothing of the task changes, but the card is brought up to date, which a refusal would take
back. Such an outcome is `Done(result=code)` and its sentence is `refusal.CODE`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from actions import converse, obligations
from actions.assignees import work_region
from actions.inputs_tasks import Assign, Listing, Step
from actions.perform import action
from actions.subjects import Subject, subject
from actions.task_cards import history, seen_target, target
from domain import tasks as rules
from domain.deadlines import local_date
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target
from domain.speech import Button, Keyboard, Param, To
from domain.tasks import State, Verb, why_not
from storage import cards, counters, entries, outbox, people, tasks
from storage.tasks import Task
from storage.tx import Tx

MOST_FILES = 10  # sent with a history: more would be a burst


async def _assignee(tx: Tx, given: Assign) -> Target | None:
    seat = await people.in_force(tx, given.assignee)
    return None if seat is None else Target(seat.regime, await work_region(tx, seat))


async def _task(tx: Tx, given: Step) -> Target | None:
    task = await tasks.find(tx, given.task)
    return target(task) if task is not None and task.regime in tx.world.regimes else None


async def _seen(tx: Tx, given: Step) -> Target | None:
    task = await tasks.find(tx, given.task)
    return seen_target(task) if task is not None and task.regime in tx.world.regimes else None


@action("task.assign", of=_assignee)
async def assign(tx: Tx, actor: Actor, given: Assign) -> Outcome:
    """Put it on record and push it at once: the owner gets the card with its buttons, the asker the card that follows it."""
    today = local_date(tx.now)
    if given.due < today:
        return Refusal("task_due_past")
    owner = await people.seat(tx, given.assignee)
    if owner.person is not None and owner.person == actor.person:
        return Refusal("task_to_oneself")
    region = await work_region(tx, owner)
    task = await tasks.add(
        tx,
        regime=owner.regime,
        number=rules.number(region, today.year, await counters.draw(tx, f"task:{owner.regime}:{region}:{today.year}")),
        title=given.what,
        detail=given.detail or "",
        asker=actor.seat.id,
        owner=owner.id,
        region=region,
    )
    await entries.add(tx, "task", task, author=actor.seat.id, kind="assign", to_state="open", files=given.files or ())
    await obligations.owe(
        tx, regime=owner.regime, duty="task", subject=("task", task), owner=owner, creditor=actor.seat, region=region, due=given.due
    )
    await _push(tx, task, owner.to())
    await _push(tx, task, actor.to())
    return Done(("task", task), {"owner": owner.id, "region": region, "due": given.due.isoformat()})


@action("task.progress", of=_task)
async def progress(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """Words and files join the history; the state stays."""
    task = await tasks.get(tx, given.task)
    late = why_not("progress", task.state)
    if late is not None:
        return await _too_late(tx, actor, task, late, given)
    files = given.files or []
    await entries.add(
        tx,
        "task",
        task.id,
        author=actor.seat.id,
        kind="progress",
        body=given.body or "",
        from_state=task.state,
        to_state=task.state,
        files=files,
    )
    await cards.refresh_all(tx, f"task:{task.id}")
    await _push(tx, task.id, actor.to())
    return Done(("task", task.id), {"files": len(files)})


@action("task.hand_in", of=_task)
async def hand_in(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """The clock stands until the asker accepts or sends back; where the regime accepts by itself it is done."""
    task = await tasks.get(tx, given.task)
    automatic = tx.world.regime(task.regime).tasks.accept == "automatic"
    state: State = "done" if automatic else "handed_in"
    late = await _move(tx, actor, task, "hand_in", given, state)
    if late is not None:
        return await _too_late(tx, actor, task, late, given)
    await _each_owed(tx, task, obligations.finish if automatic else obligations.hand_in)
    await cards.refresh_all(tx, f"task:{task.id}")
    await _push(tx, task.id, await _reach(tx, task.asker))
    if given.pressed is None:
        await _push(tx, task.id, actor.to())
    return Done(("task", task.id), {"state": state})


@action("task.accept", of=_task)
async def accept(tx: Tx, actor: Actor, given: Step) -> Outcome:
    task = await tasks.get(tx, given.task)
    late = await _move(tx, actor, task, "accept", given, "done")
    if late is not None:
        return await _too_late(tx, actor, task, late, given)
    await _each_owed(tx, task, obligations.accept)
    await cards.refresh_all(tx, f"task:{task.id}")
    await _tell(tx, task, task.owner, "task.told.accepted")
    return Done(("task", task.id), {"state": "done"})


@action("task.return", of=_task)
async def send_back(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """Open again with the old due date; the owner gets the card anew, with the reason and the buttons."""
    task = await tasks.get(tx, given.task)
    late = await _move(tx, actor, task, "return", given, "open")
    if late is not None:
        return await _too_late(tx, actor, task, late, given)
    await _each_owed(tx, task, obligations.send_back)
    await cards.refresh_all(tx, f"task:{task.id}")
    await _push(tx, task.id, await _reach(tx, task.owner))
    await _push(tx, task.id, actor.to())
    return Done(("task", task.id), {"state": "open"})


@action("task.withdraw", of=_task)
async def withdraw(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """Nothing is owed any more. Owner and asker are told once, whoever of them did not do it."""
    task = await tasks.get(tx, given.task)
    late = await _move(tx, actor, task, "withdraw", given, "withdrawn")
    if late is not None:
        return await _too_late(tx, actor, task, late, given)
    await _each_owed(tx, task, obligations.withdraw)
    await cards.refresh_all(tx, f"task:{task.id}")
    for seat in {task.owner, task.asker} - {actor.seat.id}:
        await _tell(tx, task, seat, "task.told.withdrawn", reason=given.body or "")
    await _push(tx, task.id, actor.to())
    return Done(("task", task.id), {"state": "withdrawn"})


async def _move(tx: Tx, actor: Actor, task: Task, verb: Verb, given: Step, to: State) -> str | None:
    """None where the task has moved (its history says so); else why it may not, and nothing is written.

    A button that showed an earlier state does not count for this one: the second hand-in is not accepted by the first one's button.
    """
    late = why_not(verb, task.state)
    if late is not None:
        return late
    if given.version not in {0, task.version} or not await tasks.move(tx, task, to):
        return "task_stale"
    await entries.add(
        tx,
        "task",
        task.id,
        author=actor.seat.id,
        kind=verb,
        body=given.body or "",
        from_state=task.state,
        to_state=to,
        files=given.files or (),
    )
    return None


async def _each_owed(tx: Tx, task: Task, step: Callable[[Tx, int], Awaitable[None]]) -> None:
    """The task's clock; there is none where somebody with the right stopped it."""
    for owed in await obligations.live_of(tx, "task", task.id, "task"):
        await step(tx, owed.id)


async def _too_late(tx: Tx, actor: Actor, task: Task, code: str, given: Step) -> Outcome:
    """Bring the card up to date: in place where its own button was pressed, else (an older message, a form) anew at the bottom."""
    live = await _live_message(tx, task.id, actor.to())
    if given.pressed is None:
        await outbox.say(tx, actor.to(), f"refusal.{code}")
    if given.pressed is not None and live == given.pressed:
        await cards.show(tx, f"task:{task.id}", actor.to())
    else:
        await _push(tx, task.id, actor.to())
    return Done(result=code)


async def _live_message(tx: Tx, task: int, to: To) -> int | None:
    shown = await cards.of_subject(tx, f"task:{task}")
    return next((each.message_id for each in shown if each.to.chat == to.chat), None)


async def _push(tx: Tx, task: int, to: To | None) -> None:
    """Send the card anew at the bottom of the chat; the message it stood in so far loses its buttons. A vacant seat gets none."""
    if to is None:
        return
    before = await _live_message(tx, task, to)
    if before is not None:
        await outbox.strip(tx, to, before)
    await cards.show(tx, f"task:{task}", to, fresh=True)


async def _reach(tx: Tx, seat_id: int) -> To | None:
    """Where a seat's holder is reached; nobody where the term has ended: a former holder hears no more of it."""
    seat = await people.seat(tx, seat_id)
    held = await people.seats_of(tx, seat.person) if seat.person is not None else ()
    return next((each.to() for each in held if each.id == seat_id), None)


async def _tell(tx: Tx, task: Task, seat: int, key: str, **params: Param) -> None:
    to = await _reach(tx, seat)
    if to is not None:
        opens = Button("button.task_show", "to", task.id)
        await outbox.say(tx, to, key, {"number": task.number, "title": task.title, **params}, ((opens,),))


def _asking(name: str, verb: Verb, form: str) -> Callable[[Tx, Actor, Step], Awaitable[Outcome]]:
    """The press that begins a form: authorised and checked before the first question, not only when it is sent."""

    @action(name, of=_task)
    async def begin(tx: Tx, actor: Actor, given: Step) -> Outcome:
        task = await tasks.get(tx, given.task)
        late = why_not(verb, task.state)
        if late is None and verb != "progress" and given.version not in {0, task.version}:
            late = "task_stale"
        if late is not None:
            return await _too_late(tx, actor, task, late, given)
        return await converse.open_form(tx, actor, converse.Open(form, {"task": task.id, "version": task.version}))

    return begin


begin_progress = _asking("task.progress", "progress", "task_progress")
begin_hand_in = _asking("task.hand_in", "hand_in", "task_hand_in")
begin_send_back = _asking("task.return", "return", "task_send_back")
begin_withdraw = _asking("task.withdraw", "withdraw", "task_withdraw")


@action("task.view", of=_seen)
async def show(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """The card at the bottom of the chat."""
    await _push(tx, given.task, actor.to())
    return Done()


@action("task.view", of=_seen)
async def show_history(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """What was reported and sent, then the files themselves, the newest ones."""
    task = await tasks.get(tx, given.task)
    rows, evidence = await history(tx, task)
    await outbox.say(tx, actor.to(), "task.history", {"number": task.number, "title": task.title, "rows": rows})
    for n, piece in enumerate(evidence[-MOST_FILES:], max(1, len(evidence) - MOST_FILES + 1)):
        params: dict[str, Param] = {"number": task.number, "n": n, "name": piece.name}
        if piece.blob is None:
            place: dict[str, Param] = {"latitude": f"{piece.latitude:.5f}", "longitude": f"{piece.longitude:.5f}"}
            await outbox.say(tx, actor.to(), "task.place", params | place)
        else:
            await outbox.say(tx, actor.to(), "task.file", params, file={"blob": piece.blob, "kind": piece.kind})
    return Done()


@action("obligation.mine")
async def show_list(tx: Tx, actor: Actor, given: Listing) -> Outcome:
    await cards.show(tx, f"{given.kind}:{given.page}", actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


def _under_a_ping(owed: Owed, seat: Seat) -> Keyboard:
    if seat.id != owed.owner or owed.state != "open":
        return ()
    first = (Button("button.task_progress", "tp", owed.subject), Button("button.task_hand_in", "td", owed.subject))
    return first, (Button("button.extension_ask", "oe", owed.id),)


def _attach(task: int, words: str, files: list[dict[str, Any]]) -> tuple[Any, Any]:
    return progress, Step(task=task, body=words, files=files)


@subject("task", buttons=_under_a_ping, attach=_attach)
async def described(tx: Tx, task_id: int, _viewer: Seat | None) -> Subject:
    task = await tasks.get(tx, task_id)
    return Subject(task.number, task.title, Button("button.task_show", "to", task.id))
