"""What comes while no conversation is open."""

from actions import loose
from bot.context import Context
from bot.handlers.ledger_import import took_for_ledger
from bot.handlers.roster import took_for_roster
from bot.menus import entries
from domain.forms import Said, Sent, Spot, Strange


async def received(context: Context) -> None:
    content = context.content
    if isinstance(content, Said) and content.text:
        await context.do(loose.ask, loose.Found(text=content.text, offer=entries()))
    elif isinstance(content, Sent):
        if await took_for_roster(context, content) or await took_for_ledger(context, content):
            return
        file = {"kind": content.kind, "blob": content.blob, "name": content.name}
        await context.do(loose.ask, loose.Found(content.caption, (file,), entries()))
    elif isinstance(content, Spot):
        place = {"kind": "location", "latitude": content.latitude, "longitude": content.longitude}
        await context.do(loose.ask, loose.Found("", (place,), entries()))
    elif isinstance(content, Strange) and content.what == "unasked":
        await context.do(loose.ask, loose.Found(offer=entries()))
    elif isinstance(content, Strange) and content.reason:
        await context.reply(content.reason)
    else:
        await context.do(loose.puzzled, loose.Found(offer=entries()))
