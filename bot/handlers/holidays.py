"""/holidays: which years are on file."""

from actions import holidays
from bot.context import Context
from bot.routes import command


@command("holidays", needs="calendar.import")
async def listed(context: Context) -> None:
    await context.do(holidays.show, None)
