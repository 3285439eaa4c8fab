"""The one handler that steps all forms, and /cancel. If adding a form touches this file, the engine has leaked."""

from actions import converse
from actions.sheets import wants_sheet, wants_words
from bot.context import Context
from bot.notes import is_note, opened_note
from bot.routes import command, press
from bot.sheets import opened_sheet
from domain.forms import Pressed, Reply, Sent, Strange
from domain.outcome import Done


@press("f")
async def stepped(context: Context) -> None:
    given = context.press
    assert given is not None
    answer = converse.Answer(Pressed(given.arg), pressed=context.message_id, draft=given.id, version=given.version)
    outcome = await context.do(converse.step, answer)
    if isinstance(outcome, Done) and outcome.result == converse.LEFT_CLEAN:
        await context.answer("form.left_clean")


@press("fo")
async def opened(context: Context) -> None:
    """A button that opens a form by name, about nothing (`arg` = form) — menus."""
    assert context.press is not None
    await context.do(converse.open_form, converse.Open(context.press.arg))


@command("cancel", menu=False)
async def cancelled(context: Context) -> None:
    await context.do(converse.cancel, context.message_id if context.press is None else None)


async def answered(context: Context) -> None:
    """Words, a file or a place while a conversation is open."""
    assert context.content is not None
    ids = () if context.message_id is None else (context.message_id,)
    await context.do(converse.step, converse.Answer(await _read(context, context.content), message_ids=ids))


async def _read(context: Context, content: Reply) -> Reply:
    """Where the question wants what stands in a file (a spreadsheet, a page of words), it is read here, outside of the unit."""
    if not isinstance(content, Sent):
        return content
    if await context.read(wants_sheet):
        return await opened_sheet(context.services.files, content) or Strange("sheet")
    if is_note(content) and await context.read(wants_words):
        return await opened_note(context.services.files, content)
    return content
