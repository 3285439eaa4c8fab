"""The one handler that steps all forms, and /cancel. If adding a form touches this file, the engine has leaked."""

from actions import converse
from bot.context import Context
from bot.routes import command, press
from domain.forms import Pressed


@press("f")
async def stepped(context: Context) -> None:
    given = context.press
    assert given is not None
    answer = converse.Answer(Pressed(given.arg), pressed=context.message_id, draft=given.id, version=given.version)
    await context.do(converse.step, answer)


@press("fg")
async def gone_on(context: Context) -> None:
    await context.do(converse.go_on, None)


@press("fo")
async def opened(context: Context) -> None:
    """A button that opens a form by name, about nothing (`arg` = form) — menus."""
    assert context.press is not None
    await context.do(converse.open_form, converse.Open(context.press.arg))


@command("cancel", menu=False)
async def cancelled(context: Context) -> None:
    await context.do(converse.cancel, None)


async def answered(context: Context) -> None:
    """Words, a file or a place while a conversation is open."""
    assert context.content is not None
    ids = () if context.message_id is None else (context.message_id,)
    await context.do(converse.step, converse.Answer(context.content, message_ids=ids))
