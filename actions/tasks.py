"""Tasks: assign, report progress, hand in, accept, send back, withdraw. The countdown is the obligation's (`actions/obligations.py`)."""

from collections.abc import Collection
from typing import Any

from actions import converse, obligations, receipts, task_batches
from actions.assignees import work_region
from actions.inputs_tasks import Assign, HandInProof, OnTask, Step
from actions.perform import action
from actions.stranded import standing_in
from actions.subjects import Subject, subject
from actions.task_cards import history
from actions.task_giving import Order, give_out
from actions.task_steps import answer, asking, each_owed, enter, looked_at, move, owed_by, push, reach, refresh, tell, too_late, worked_on
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target
from domain.proof import PROVES, proves
from domain.speech import Button, Keyboard, Param
from domain.tasks import State, why_not
from domain.undoing import lapses
from storage import cards, entries, outbox, people, tasks
from storage.tasks import Task
from storage.tx import Tx

MOST_FILES = 10  # sent with a history: more would be a burst


async def _assignee(tx: Tx, given: Assign) -> Target | None:
    if not isinstance(given.assignee, int):
        return Target((given.places or "").partition("|")[0])  # each seat is asked about when it is sent
    seat = await people.in_force(tx, given.assignee)
    return None if seat is None else Target(seat.regime, await work_region(tx, seat), owed_by=seat.role)


@action("task.assign", of=_assignee)
async def assign(tx: Tx, actor: Actor, given: Assign) -> Outcome:
    """Put it on record and push it at once: the owner gets the card with its buttons, the asker the card that follows it."""
    if given.due.at <= tx.now:
        return Refusal("task_due_past")
    if not isinstance(given.assignee, int):
        return await task_batches.write(tx, actor, given)
    owner = await people.seat(tx, given.assignee)
    if owner.person is not None and owner.person == actor.person:
        return Refusal("task_to_oneself")
    order = Order(given.what, given.detail or "", given.due, given.files or (), proof=given.proof is not None)
    task = await give_out(tx, actor.seat, owner, order)
    await push(tx, task, owner.to())
    await push(tx, task, actor.to())
    return Done(("task", task), {"owner": owner.id, "due": given.due.when})


@action("task.progress", of=owed_by)
async def progress(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """Words and files join the history; the state stays."""
    task = await tasks.get(tx, given.task)
    late = why_not("progress", task.state)
    if late is not None:
        return await too_late(tx, actor, task, late, given)
    files = given.files or []
    await receipts.implied(tx, task.id)
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
    await refresh(tx, task)
    await push(tx, task.id, actor.to())
    return Done(("task", task.id), {"files": len(files)})


@action("task.hand_in", of=owed_by)
async def hand_in(tx: Tx, actor: Actor, given: Step | HandInProof) -> Outcome:
    """The clock stands until the asker accepts or sends back; where the regime accepts by itself it is done."""
    task = await tasks.get(tx, given.task)
    if task.state == "open" and await _handed_on(tx, task):
        return await too_late(tx, actor, task, "task_children_open", given)
    if task.state == "open" and not proves(given.files) and await needs_proof(tx, task):
        return await _ask_proof(tx, actor, task, given)
    automatic = tx.world.regime(task.regime).tasks.accept == "automatic"
    state: State = "done" if automatic else "handed_in"
    late = await move(tx, actor, task, "hand_in", given, state)
    if late is not None:
        return await too_late(tx, actor, task, late, given)
    await receipts.implied(tx, task.id)
    await each_owed(tx, task, obligations.finish if automatic else obligations.hand_in)
    await refresh(tx, task)
    if task.batch is None:  # of an order to many one overview moves, and the digest names what waits
        for seat in await standing_in(tx, task) or (await people.seat(tx, task.asker),):
            await push(tx, task.id, await reach(tx, seat.id))
    await answer(tx, actor, task, given)
    await cards.look_again(tx, f"task:{task.id}", actor.to(), lapses(tx.now))
    return Done(("task", task.id), {"state": state})


async def _handed_on(tx: Tx, task: Task) -> bool:
    """Whether something that was handed on is still open: whoever is responsible has to accept it first."""
    return any(child.live for child in await tasks.children(tx, task.id))


async def needs_proof(tx: Tx, task: Task) -> bool:
    """A photo or file was asked for and none came with any report so far."""
    if not task.proof:
        return False
    reports = [each for each in await entries.of_subject(tx, "task", task.id) if each.kind in {"progress", "hand_in"}]
    return not any(piece.kind in PROVES for each in reports for piece in each.evidence)


async def _ask_proof(tx: Tx, actor: Actor, task: Task, given: OnTask) -> Outcome:
    """The press becomes the question for the file."""
    if given.pressed is None:
        return Refusal("task_needs_proof")
    opened = await converse.open_form(tx, actor, converse.Open("task_hand_in_proof", {"task": task.id, "version": task.version}))
    return Done(result="task_needs_proof") if isinstance(opened, Done) else opened


@action("task.accept", of=worked_on)
async def accept(tx: Tx, actor: Actor, given: Step) -> Outcome:
    task = await tasks.get(tx, given.task)
    late = await move(tx, actor, task, "accept", given, "done")
    if late is not None:
        return await too_late(tx, actor, task, late, given)
    await each_owed(tx, task, obligations.accept)
    await refresh(tx, task)
    await answer(tx, actor, task, given)
    await tell(tx, task, task.owner, "task.told.accepted")
    await cards.look_again(tx, f"task:{task.id}", actor.to(), lapses(tx.now))
    return Done(("task", task.id), {"state": "done"})


@action("task.return", of=worked_on)
async def send_back(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """Open again with the old due date; the owner gets the card anew, with the reason and the buttons."""
    task = await tasks.get(tx, given.task)
    late = await move(tx, actor, task, "return", given, "open")
    if late is not None:
        return await too_late(tx, actor, task, late, given)
    await each_owed(tx, task, obligations.send_back)
    await refresh(tx, task)
    await push(tx, task.id, await reach(tx, task.owner))
    await push(tx, task.id, actor.to())
    return Done(("task", task.id), {"state": "open"})


@action("task.withdraw", of=worked_on)
async def withdraw(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """Nothing is owed any more. Owner and asker are told once, whoever of them did not do it."""
    task = await tasks.get(tx, given.task)
    late = await move(tx, actor, task, "withdraw", given, "withdrawn")
    if late is not None:
        return await too_late(tx, actor, task, late, given)
    await _call_off(tx, actor, task, given.body or "")
    await push(tx, task.id, actor.to())
    return Done(("task", task.id), {"state": "withdrawn"})


async def _call_off(tx: Tx, actor: Actor, task: Task, reason: str) -> None:
    """With everything that was handed on from it."""
    await each_owed(tx, task, obligations.withdraw)
    await receipts.drop(tx, task.id)
    await refresh(tx, task)
    for seat in {task.owner, task.asker} - {actor.seat.id}:
        await tell(tx, task, seat, "task.told.withdrawn", reason=reason)
    for child in await tasks.children(tx, task.id):
        if child.live and await tasks.move(tx, child, "withdrawn"):
            await enter(tx, actor, child, "withdraw", reason, "withdrawn")
            await _call_off(tx, actor, child, reason)


async def _hand_in_form(tx: Tx, task: Task) -> str:
    return "task_hand_in_proof" if await needs_proof(tx, task) else "task_hand_in"


begin_progress = asking("task.progress", "progress", "task_progress")
begin_hand_in = asking("task.hand_in", "hand_in", "task_hand_in", _hand_in_form)
begin_send_back = asking("task.return", "return", "task_send_back")
begin_withdraw = asking("task.withdraw", "withdraw", "task_withdraw")


@action("task.view", of=looked_at)
async def show(tx: Tx, actor: Actor, given: Step) -> Outcome:
    """The card at the bottom of the chat."""
    await push(tx, given.task, actor.to())
    return Done()


@action("task.view", of=looked_at)
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


def _under_a_ping(owed: Owed, seat: Seat) -> Keyboard:
    if seat.id != owed.owner or owed.state != "open":
        return ()
    first = (Button("button.task_progress", "tp", owed.subject), Button("button.task_hand_in", "td", owed.subject))
    return first, (Button("button.extension_ask", "oe", owed.id), Button("button.task_hand_on", "tm", owed.subject))


def _attach(task: int, words: str, files: list[dict[str, Any]]) -> tuple[Any, Any]:
    return progress, Step(task=task, body=words, files=files)


@subject("task", buttons=_under_a_ping, attach=_attach, hours=True)
async def described(tx: Tx, ids: Collection[int]) -> dict[int, Subject]:
    named = await tasks.names(tx, ids)
    return {task: Subject(number, title, Button("button.task_show", "to", task)) for task, (number, title) in named.items()}
