"""/handover: a seat with everything open goes to a successor."""

from actions import handover
from bot.context import Context
from bot.routes import command


@command("handover", needs="people.handover", menu=False)
async def begun(context: Context) -> None:
    await context.do(handover.begin, None)
