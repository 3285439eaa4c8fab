"""/calendar: the own deadlines as a file for the phone's calendar."""

import asyncio

from actions import deadline_file
from bot import ics
from bot.context import Context
from bot.routes import command


@command("calendar", needs="obligation.mine")
async def asked(context: Context) -> None:
    """Drawn and stored before the one action, which records and sends it."""
    mine = await context.read(deadline_file.mine)
    services, blob = context.services, None
    if mine.found:
        content = await asyncio.to_thread(ics.drawn, mine, services.renderer, services.username or "duban")
        blob = await services.files.put(content, ics.KIND, services.renderer.plain("ics.file_name", {}, mine.language))
    await context.do(deadline_file.send, deadline_file.Drawn(sum(not each.over for each in mine.found), blob))
