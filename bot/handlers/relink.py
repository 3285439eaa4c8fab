"""/relink: a person gets another Telegram account; the newcomer's presses are here, too."""

from actions import converse, relinking
from bot.context import Context
from bot.handlers.people import told
from bot.routes import command, press


@command("relink", needs="people.relink", menu=False)
async def begun(context: Context) -> None:
    await context.do(converse.open_form, converse.Open("relink", words=context.words))


@press("pk")
async def confirmed(context: Context) -> None:
    await told(context, await context.do(relinking.take, _given(context)))


@press("pu")
async def declined(context: Context) -> None:
    await told(context, await context.do(relinking.decline, _given(context)))


def _given(context: Context) -> relinking.Confirmed:
    assert context.press is not None
    return relinking.Confirmed(token=context.press.arg, message_id=context.message_id)
