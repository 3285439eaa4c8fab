"""Asking for an appointment (/apply), and the office's two answers."""

from actions import applications
from bot.context import Context
from bot.routes import command, press


@command("apply", needs="people.apply")
async def asked(context: Context) -> None:
    await context.do(applications.begin, None)


@press("py")
async def approved(context: Context) -> None:
    assert context.press is not None
    await context.do(applications.approve, context.press.id)


@press("pf")
async def refused(context: Context) -> None:
    assert context.press is not None
    await context.do(applications.ask_reason, context.press.id)


@press("pz")
async def withdrawn(context: Context) -> None:
    assert context.press is not None
    await context.do(applications.withdraw, applications.OnOwn(context.press.id, context.message_id))
