"""`duban forecast`: who will get how many messages on a day, and why."""

import asyncio
import json
from datetime import date, datetime, timedelta
from typing import Any

import click

from actions.forecast import Forecast, why
from bot.clock import FollowedClock, real_now
from bot.render import Renderer
from config.settings import load_settings
from domain.deadlines import local_date, local_time


@click.command("forecast")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Without it tomorrow.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a text.")
def forecast(day: datetime | None, as_json: bool) -> None:
    """Play the clock forward on copies: what goes out on DAY if nobody does anything until then."""
    found, renderer = asyncio.run(_foresee(None if day is None else day.date()))
    if as_json:
        click.echo(json.dumps(_report(found, renderer), ensure_ascii=False, indent=1))
        return
    click.echo(f"{found.day}: {len(found.hearers)} people, {found.messages} messages, if nobody does anything before.")
    if found.paused:
        click.echo("Sending is paused; this is as if it went on.")
    for hearer in found.hearers:
        click.echo(f"{hearer.name}: {len(hearer.messages)}")
        for told in hearer.messages:
            click.echo(f"  {renderer.param(why(told), 'en').strip()}")


async def _foresee(day: date | None) -> tuple[Forecast, Renderer]:
    from bot.app import store_of
    from bot.jobs.tick import forecast as foresee

    settings = load_settings()
    clock = FollowedClock(settings.clock_url) if settings.clock_url else None
    if clock is not None:
        await clock.read()
    store = await store_of(settings, clock or real_now, migrate=False)
    try:
        wanted = day or local_date(store.now()) + timedelta(days=1)
        if wanted < local_date(store.now()):
            raise click.ClickException(f"{wanted} has passed; name today or a day to come.")
        return await foresee(store, wanted), Renderer(store.world, today=lambda: local_date(store.now()))
    finally:
        await store.close()


def _report(found: Forecast, renderer: Renderer) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(),
        "paused": bool(found.paused),
        "messages": found.messages,
        "people": [
            {
                "person": hearer.person,
                "name": hearer.name,
                "seats": [f"{seat.regime}/{seat.role}/{seat.scope}" for seat in hearer.seats],
                "messages": [
                    {
                        "at": f"{local_time(told.at):%Y-%m-%dT%H:%M}",
                        "key": told.key,
                        "counts": renderer.param(told.counts, "en"),
                        "matters": list(told.matters),
                    }
                    for told in hearer.messages
                ],
            }
            for hearer in found.hearers
        ],
    }
