"""At the desk of the office: /pause and /resume, /forecast."""

from datetime import date, timedelta

from actions import pausing
from actions.forecast import Shown, past, show
from bot.context import Context
from bot.jobs.tick import forecast
from bot.routes import command, press
from domain.deadlines import local_date
from domain.people import Actor
from domain.permissions import may_start
from storage.tx import Tx

MOST_PAGES = 999


@command("pause", needs="sending.pause")
async def paused(context: Context) -> None:
    await context.do(pausing.begin, context.words)


@command("resume", needs="sending.pause", menu=False)
async def asked(context: Context) -> None:
    await context.do(pausing.show, None)


@press("zr")
async def resumed(context: Context) -> None:
    assert context.press is not None
    await context.do(pausing.resume, pausing.Resume(context.press.arg))


@command("forecast", needs="sending.forecast")
async def foreseen(context: Context) -> None:
    tomorrow = local_date(context.services.store.now()) + timedelta(days=1)
    await _foresee(context, tomorrow, 0)


@press("zf")
async def page_turned(context: Context) -> None:
    """The pages of tomorrow, as their button says it; once that day has come, or where somebody made it up, the forecast is over."""
    assert context.press is not None
    tomorrow = local_date(context.services.store.now()) + timedelta(days=1)
    if context.press.arg == tomorrow.isoformat():
        await _foresee(context, tomorrow, min(context.press.id, MOST_PAGES))
    else:
        await context.do(past, None)


async def _foresee(context: Context, day: date, page: int) -> None:
    """The rehearsal takes its time, so it is run only for somebody who may see it; the action asks again."""
    if not await context.read(_may_foresee):
        await context.do(show, None)
        return
    await context.do(show, Shown(await forecast(context.services.store, day), page))


async def _may_foresee(_tx: Tx, actor: Actor) -> bool:
    return may_start(actor.seats, "sending.forecast")
