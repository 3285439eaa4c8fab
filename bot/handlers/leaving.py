"""/leave: what is personal is erased, in two presses."""

from actions import leaving
from bot.context import Context
from bot.routes import command, press


@command("leave", members=True, menu=False)
async def begun(context: Context) -> None:
    await context.do(leaving.begin, None)


@press("pxl")
async def sure(context: Context) -> None:
    await context.do(leaving.leave, context.message_id)
