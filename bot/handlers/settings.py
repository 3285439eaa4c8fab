"""/settings: language, daily message, quiet hours; from here to absence and hand-over."""

from actions import settings
from bot.context import Context
from bot.routes import command, press


@command("settings", members=True)
async def shown(context: Context) -> None:
    await context.do(settings.show, None)


@press("ps")
async def chosen(context: Context) -> None:
    assert context.press is not None
    what, _, to = context.press.arg.partition(".")
    await context.do(settings.choose, settings.Choice(what, to, context.message_id))
