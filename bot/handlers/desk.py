"""At the desk of the office: /pause and /resume."""

from actions import pausing
from bot.context import Context
from bot.routes import command, press


@command("pause", needs="sending.pause")
async def paused(context: Context) -> None:
    await context.do(pausing.begin, None)


@command("resume", needs="sending.pause", menu=False)
async def asked(context: Context) -> None:
    await context.do(pausing.show, None)


@press("zr")
async def resumed(context: Context) -> None:
    await context.do(pausing.resume, None)
