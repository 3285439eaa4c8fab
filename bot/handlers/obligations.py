"""Presses on what is owed: 收到, stop the climbing, my own list."""

from actions import obligations, own_list, reminding, stopping
from bot.context import Context
from bot.routes import command, press
from domain.outcome import Done
from domain.speech import moment


@press("oa")
async def acknowledged(context: Context) -> None:
    assert context.press is not None
    outcome = await context.do(obligations.ack, context.press.id)
    if isinstance(outcome, Done):
        await context.answer("obligation.acked")


@press("ot")
async def tomorrow(context: Context) -> None:
    assert context.press is not None
    outcome = await context.do(reminding.remind, context.press.id)
    if isinstance(outcome, Done):
        await context.answer("obligation.remind_set", {"at": moment(outcome.result)})


@press("os")
async def stop_begun(context: Context) -> None:
    """Stopping takes a reason: a conversation about this obligation."""
    assert context.press is not None
    await context.do(stopping.begin_stop, context.press.id)


@command("mine", needs="obligation.mine")
async def mine(context: Context) -> None:
    await context.do(own_list.show, own_list.Turn())


@press("om")
async def turned(context: Context) -> None:
    """`arg` is set by the list's own buttons: their message becomes the page. From a digest the list is a message of its own."""
    assert context.press is not None
    await context.do(own_list.show, own_list.Turn(min(context.press.id, 999), context.message_id if context.press.arg else None))
