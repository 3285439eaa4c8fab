"""/overview and its pages."""

from actions import overview
from bot.context import Context
from bot.routes import command, press


@command("overview", needs="overview.view")
async def overviewed(context: Context) -> None:
    await context.do(overview.show, overview.Look())


@press("vo")
async def turned(context: Context) -> None:
    """From a digest (no view: a message of its own) or from the overview itself (its message becomes the page)."""
    assert context.press is not None
    view = context.press.id
    await context.do(overview.show, overview.Look(view, context.message_id if view else None))
