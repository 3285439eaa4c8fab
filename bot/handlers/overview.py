"""/overview, its pages and its picture; a word passed on."""

from actions import overview, relay
from actions.inputs_relay import About
from bot.context import Context
from bot.routes import command, press
from domain.outcome import Done


@command("overview", needs="overview.view")
async def overviewed(context: Context) -> None:
    await context.do(overview.show, overview.Look())


@press("vo")
async def turned(context: Context) -> None:
    """From a digest (no view: a message of its own) or from the overview itself (its message becomes the page)."""
    assert context.press is not None
    view = context.press.id
    await context.do(overview.show, overview.Look(view, context.message_id if view else None))


@press("vc")
async def drawn(context: Context) -> None:
    assert context.press is not None
    if isinstance(await context.do(overview.picture, overview.Look(context.press.id)), Done):
        await context.answer("overview.drawing")


@press("vr")
async def relaying(context: Context) -> None:
    """What to pass on is asked: a conversation about this matter."""
    assert context.press is not None
    await context.do(relay.begin, About(context.press.arg, context.press.id))
