"""`duban import-roster`: a roster taken by whoever runs the server, with the same rules and words as in the chat."""

import asyncio
import sys
from pathlib import Path

import click

from actions import roster
from actions.people import BadSeatError
from actions.roster_view import Made, changed_lines, links_book, refused_lines
from bot.app import store_of
from bot.books import draw_book
from bot.clock import FollowedClock, real_now
from bot.render import Renderer
from bot.sheets import NotASheetError, read_sheets
from cli.invite import bot_name, regime_of
from config.settings import Settings, load_settings
from domain.evidence import Reason, judge
from domain.markup import unescape
from domain.regime import Regime
from domain.roster import Diff, NoHeaderError, Row, TooManyRowsError, read_rows, roster_sheet
from storage import journal
from storage.tx import Tx


class BadFileError(ValueError):
    """The file is no roster; the message says what is wrong and the mend."""


@click.command("import-roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--regime", default="", help="Without it the first that is served.")
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@click.option("--links", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Save the new people's links here (.xlsx).")
@click.option("--username", default="", help="The bot's name; asked of Telegram without it.")
def import_roster(file: Path, regime: str, links: Path | None, username: str, *, dry_run: bool) -> None:
    """Take a roster (xlsx or csv): name, unit, role, scope, term. Exit 1 where rows could not be taken."""
    try:
        rows = _rows(file)
        if not dry_run:
            _reserve(links)
        diff = asyncio.run(_import(load_settings(), rows, regime, links, username.lstrip("@"), dry_run=dry_run))
    except (BadFileError, BadSeatError) as error:
        click.echo(f"duban import-roster: {error}", err=True)
        sys.exit(2)
    sys.exit(1 if diff.refused else 0)


def _reserve(links: Path | None) -> None:
    """Links are known once only: a file that cannot be written must show before any is made. For its owner's eyes only."""
    if links is None:
        raise BadFileError("give --links FILE.xlsx for the links of new people, or --dry-run to look first")
    try:
        links.unlink(missing_ok=True)
        links.touch(mode=0o600)
    except OSError as error:
        raise BadFileError(f"{links} cannot be written ({error.strerror}); name another file") from error


def _rows(file: Path) -> list[Row]:
    content = file.read_bytes()
    found = judge(content, file.name)
    if isinstance(found, Reason):
        raise BadFileError(f"{file.name} is refused ({found.code}); save it as a plain xlsx or csv")
    try:
        return read_rows(roster_sheet(read_sheets(content)))
    except NotASheetError as error:
        raise BadFileError(f"{file.name} cannot be read ({error}); save it as xlsx or csv") from error
    except NoHeaderError as error:
        raise BadFileError(f"{file.name} has no header: one row must name both a name and a role (Name, Role)") from error
    except TooManyRowsError as error:
        raise BadFileError(f"{file.name} has {error} rows; split it into parts of 5000") from error


async def _import(settings: Settings, rows: list[Row], asked: str, links: Path | None, username: str, *, dry_run: bool) -> Diff:
    """Telegram is asked for the name first: where it cannot be reached nothing is taken whose links could not be written."""
    bot = "" if dry_run else username or await bot_name(settings)
    clock = FollowedClock(settings.clock_url) if settings.clock_url else None
    if clock is not None:
        await clock.read()
    store = await store_of(settings, clock or real_now)
    try:
        regime = regime_of(store, asked)

        async def unit(tx: Tx) -> tuple[Diff, list[Made]]:
            diff = await roster.difference(tx, regime, rows)
            if dry_run or not diff.moves:
                return diff, []
            made = await roster.enter(tx, regime.id, diff, None)
            await journal.append(tx, None, "people.import", ("roster", 0), roster.journalled(diff, made))
            return diff, made

        diff, made = await store.unit(unit)
        shown = Renderer(store.world, bot)
    finally:
        await store.close()
    _print(diff, regime, shown, dry_run=dry_run)
    if links is not None and not dry_run:
        _save(links, draw_book(links_book(regime.id, made), lambda cell: shown.param(cell, "zh")) if made else b"")
    return diff


def _print(diff: Diff, regime: Regime, shown: Renderer, *, dry_run: bool) -> None:
    verb = "would be " if dry_run else ""
    click.echo(
        f"{len(diff.new)} {verb}new, {len(diff.changed)} {verb}changed, {len(diff.unchanged)} unchanged, {len(diff.refused)} refused"
    )
    for line in (*changed_lines(regime.id, diff), *refused_lines(regime.id, diff)):
        click.echo(unescape(shown.param(line, "en")))


def _save(links: Path, content: bytes) -> None:
    if not content:
        links.unlink()
        return
    links.write_bytes(content)
    click.echo(f"Links: {links}. Each works once, within {roster.LINK_DAYS} days; delete the file when they are handed out.", err=True)
