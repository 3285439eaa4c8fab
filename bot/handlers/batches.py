"""Buttons of an order to many: send it or not, look at how it stands, go down to the single tasks."""

from typing import cast

from actions import batch_accepting, task_batches
from actions.inputs_batches import OnBatch
from bot.context import Context
from bot.routes import press
from domain.outcome import Done


def _pressed(context: Context) -> int | None:
    return context.message_id if context.private else None


@press("tb")
async def decided(context: Context) -> None:
    given = context.press
    assert given is not None
    verb = task_batches.drop if given.arg == "drop" else task_batches.send
    outcome = await context.do(verb, OnBatch(given.id, pressed=_pressed(context)))
    if isinstance(outcome, Done):
        late = outcome.result is not None
        await context.answer(f"refusal.{cast(str, outcome.result)}" if late else _toast(given.arg), alert=late)


def _toast(arg: str) -> str:
    return "task.toast.batch_dropped" if arg == "drop" else "task.toast.batch_sent"


@press("tx")
async def accepted(context: Context) -> None:
    """The order's own button asks; the one under the names says yes to those that had been handed in when it was shown."""
    given = context.press
    assert given is not None
    sure = given.arg == "yes"
    verb = batch_accepting.accept_all if sure else batch_accepting.ask
    outcome = await context.do(verb, OnBatch(given.id, pressed=_pressed(context), until=given.version))
    if isinstance(outcome, Done):
        late = outcome.result is not None
        await context.answer(f"refusal.{cast(str, outcome.result)}" if late else "task.toast.accepted" if sure else "", alert=late)


@press("tv")
async def looked(context: Context) -> None:
    """From a list the overview is a message of its own; its own button brings it up to date in place."""
    given = context.press
    assert given is not None
    await context.do(task_batches.show, OnBatch(given.id, pressed=None if given.arg else _pressed(context)))


@press("ts")
async def listed(context: Context) -> None:
    given = context.press
    assert given is not None
    batch, which = divmod(given.id, task_batches.KINDS)
    turning = given.arg.isascii() and given.arg.isdigit()
    page = min(int(given.arg), task_batches.PAGES - 1) if turning else 0
    await context.do(task_batches.show_list, OnBatch(batch, which, page, _pressed(context) if turning else None))
