"""/absence: who acts while somebody is away, and the way back."""

from actions import absences
from bot.context import Context
from bot.routes import command, press


@command("absence", members=True, menu=False)
async def begun(context: Context) -> None:
    await context.do(absences.begin, None)


@press("pbn")
async def another(context: Context) -> None:
    await context.do(absences.open_form, None)


@press("pbe")
async def ended(context: Context) -> None:
    assert context.press is not None
    await context.do(absences.end, context.press.id)


@press("pbd")
async def declined(context: Context) -> None:
    assert context.press is not None
    await context.do(absences.decline if context.press.arg else absences.ask_decline, context.press.id)
