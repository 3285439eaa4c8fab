"""↩ 撤销 under what was just pressed."""

from actions import undoing
from actions.inputs_ledger import OnItem
from actions.inputs_tasks import Step
from bot.context import Context
from bot.routes import press
from domain.outcome import Done, Outcome


@press("tz")
async def task_undone(context: Context) -> None:
    assert context.press is not None
    await _told(context, await context.do(undoing.undo_hand_in, Step(task=context.press.id, version=context.press.version)))


@press("ty")
async def acceptance_undone(context: Context) -> None:
    assert context.press is not None
    await _told(context, await context.do(undoing.undo_accept, Step(task=context.press.id, version=context.press.version)))


@press("iu")
async def item_undone(context: Context) -> None:
    assert context.press is not None
    await _told(context, await context.do(undoing.undo_closing, OnItem(context.press.id, context.press.version)))


@press("it")
async def verification_undone(context: Context) -> None:
    assert context.press is not None
    await _told(context, await context.do(undoing.undo_verification, OnItem(context.press.id, context.press.version)))


async def _told(context: Context, outcome: Outcome) -> None:
    if isinstance(outcome, Done):
        await context.answer("undo.done" if outcome.result is None else f"refusal.{outcome.result}", alert=outcome.result is not None)
