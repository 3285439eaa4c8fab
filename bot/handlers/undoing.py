"""↩ 撤销 under what was just pressed."""

from actions import undoing
from actions.inputs_ledger import OnItem
from actions.inputs_tasks import Step
from bot.context import Context
from bot.routes import press
from domain.outcome import Done


@press("tz")
async def task_undone(context: Context) -> None:
    assert context.press is not None
    if isinstance(await context.do(undoing.undo_hand_in, Step(task=context.press.id, version=context.press.version)), Done):
        await context.answer("undo.done")


@press("ty")
async def acceptance_undone(context: Context) -> None:
    assert context.press is not None
    if isinstance(await context.do(undoing.undo_accept, Step(task=context.press.id, version=context.press.version)), Done):
        await context.answer("undo.done")


@press("iu")
async def item_undone(context: Context) -> None:
    assert context.press is not None
    if isinstance(await context.do(undoing.undo_closing, OnItem(context.press.id, context.press.version)), Done):
        await context.answer("undo.done")
