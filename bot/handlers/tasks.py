"""Tasks in the chat: /assign, /tasks, /waiting, and the buttons of a task's card."""

from typing import Any, cast

from actions import converse, task_changes, task_lists, tasks
from actions.inputs_tasks import Listing, Step
from bot.context import Context
from bot.routes import command, press
from domain.outcome import Done


@command("assign", needs="task.assign")
async def assigned(context: Context) -> None:
    await context.do(converse.open_form, converse.Open("assign", words=context.words))


@command("tasks", needs="task.view")
async def listed(context: Context) -> None:
    await context.do(task_lists.show_list, Listing("tasks"))


@command("waiting", needs="task.assign")
async def waited_for(context: Context) -> None:
    await context.do(task_lists.show_list, Listing("waiting"))


@press("tl")
async def page_turned(context: Context) -> None:
    given = context.press
    assert given is not None
    await context.do(task_lists.show_list, Listing("waiting" if given.arg == "waiting" else "tasks", given.id, _own_message(context)))


@press("to")
async def opened(context: Context) -> None:
    await _step(context, tasks.show)


@press("th")
async def looked_back(context: Context) -> None:
    await _step(context, tasks.show_history)


@press("tp")
async def progress_begun(context: Context) -> None:
    await _step(context, tasks.begin_progress)


@press("td")
async def handed_in(context: Context) -> None:
    await _step(context, tasks.hand_in, "task.toast.handed_in")


@press("tn")
async def hand_in_begun(context: Context) -> None:
    await _step(context, tasks.begin_hand_in)


@press("ta")
async def accepted(context: Context) -> None:
    await _step(context, tasks.accept, "task.toast.accepted")


@press("tr")
async def send_back_begun(context: Context) -> None:
    await _step(context, tasks.begin_send_back)


@press("tw")
async def withdraw_begun(context: Context) -> None:
    await _step(context, tasks.begin_withdraw)


@press("tc")
async def due_begun(context: Context) -> None:
    await _step(context, task_changes.begin_change_due)


@press("tg")
async def reassign_begun(context: Context) -> None:
    await _step(context, task_changes.begin_reassign)


@press("tm")
async def hand_on_begun(context: Context) -> None:
    await _step(context, task_changes.begin_hand_on)


async def _step(context: Context, verb: Any, toast: str = "") -> None:
    """One step of a task. A press that came too late is answered with its sentence; a refusal has been by `do`."""
    given = context.press
    assert given is not None
    outcome = await context.do(verb, Step(task=given.id, version=given.version, pressed=_own_message(context)))
    if not isinstance(outcome, Done):
        return
    if outcome.result is not None:
        await context.answer(f"refusal.{cast(str, outcome.result)}", alert=True)
    elif toast:
        await context.answer(toast)


def _own_message(context: Context) -> int | None:
    """What was pressed, where it stands in the person's own chat; in a group it is none of theirs to change."""
    return context.message_id if context.private else None
