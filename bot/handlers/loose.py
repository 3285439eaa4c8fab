"""What comes while no conversation is open."""

from actions import loose
from bot.context import Context
from bot.handlers.people import entries
from domain.forms import Said, Sent, Spot, Strange

# What a phone can send that we cannot take, each with its own sentence.
EXPLAINED = {"too_big", "not_allowed"}


async def received(context: Context) -> None:
    content = context.content
    if isinstance(content, Said) and content.text:
        await context.do(loose.ask, loose.Found(text=content.text, offer=entries()))
    elif isinstance(content, Sent):
        file = {"kind": content.kind, "blob": content.blob, "name": content.name}
        await context.do(loose.ask, loose.Found(content.caption, (file,), entries()))
    elif isinstance(content, Spot):
        place = {"kind": "location", "latitude": content.latitude, "longitude": content.longitude}
        await context.do(loose.ask, loose.Found("", (place,), entries()))
    else:
        what = content.what if isinstance(content, Strange) else ""
        await context.reply(f"loose.{what}" if what in EXPLAINED else "loose.strange")
