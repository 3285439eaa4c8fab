"""`duban import-holidays FILE`: the holidays of a year into the database; a running bot takes them over within a second."""

import asyncio
from pathlib import Path

import click

from actions.holidays import Effect, effect, import_year, with_year
from bot.clock import real_now
from config.settings import load_settings
from domain.announcement import AnnouncementError, read_announcement, spans
from domain.calendar import YearDays
from domain.deadlines import due_day
from storage import journal
from storage.tx import Tx

SHOWN = 8
SLIPS = {
    "nothing": "no days off were found in it",
    "year": "it does not say which year it is about",
    "file": "it is no calendar file; take config/calendars/cn-2026.toml as the pattern",
    "days": "its days cannot be meant",
    "missing": "statutory days are missing from it",
}


@click.command("import-holidays")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Take it without asking.")
def import_holidays(file: Path, yes: bool) -> None:
    """Take a year's holidays from FILE: like config/calendars/cn-2026.toml, or the announcement as a text."""
    try:
        year = read_announcement(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name}: save it as UTF-8 text.") from None
    except AnnouncementError as error:
        detail = "" if str(error) == error.slip else f" ({str(error).splitlines()[0].rstrip('.')})"
        raise click.ClickException(f"{file.name}: {SLIPS[error.slip]}{detail}.") from None
    asyncio.run(_import(year, yes=yes))


async def _import(year: YearDays, *, yes: bool) -> None:
    from bot.app import store_of

    store = await store_of(load_settings(), real_now, migrate=False)
    try:
        if store.world.calendar.years.get(year.year) == year:
            click.echo(f"{year.year} is on file like this already; nothing changes.")
            return

        async def look(tx: Tx) -> Effect:
            return await effect(tx, with_year(tx.world.calendar, year))

        _show(year, await store.read(look))
        if not yes:
            click.confirm("Take it?", abort=True, err=True)

        async def unit(tx: Tx) -> None:
            await import_year(tx, year)
            days = {"off": len(year.off_days), "working": len(year.working_weekends)}
            await journal.append(tx, None, "calendar.import", ("calendar", year.year), days)

        await store.unit(unit)
        click.echo(f"{year.year} is on file; deadlines are planned again.")
    finally:
        await store.close()


def _show(year: YearDays, found: Effect) -> None:
    off = ", ".join(f"{first}" if first == last else f"{first}..{last}" for first, last in spans(year.off_days))
    click.echo(f"{year.year}: off {off}; worked {', '.join(map(str, sorted(year.working_weekends))) or 'no weekend'}")
    click.echo(f"{len(found.moved)} deadlines move, {found.settled} stand and are provisional no more.")
    for move in found.moved[:SHOWN]:
        click.echo(f"  obligation {move.before.id}: {due_day(move.before.due_at)} → {due_day(move.after.due_at)}")
    if len(found.moved) > SHOWN:
        click.echo(f"  and {len(found.moved) - SHOWN} more")
