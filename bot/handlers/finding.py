"""/find: with words it answers at once, without it asks for them."""

from actions import converse, finding
from bot.context import Context
from bot.routes import command, press


@command("find", needs="obligation.mine")
async def wanted(context: Context) -> None:
    if context.words:
        await context.do(finding.find, finding.Find(words=context.words[:60].strip()))
    else:
        await context.do(converse.open_form, converse.Open("find"))


@press("wf")
async def turned(context: Context) -> None:
    assert context.press is not None
    await context.do(finding.turn, finding.Turn(min(context.press.id, 99), context.message_id))


@press("ws")
async def looked(context: Context) -> None:
    assert context.press is not None
    await context.do(finding.show_seat, context.press.id)
