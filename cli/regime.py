"""Commands about regimes and dates that need no database: `duban check-regime FILE`, `duban due DATE LIMIT`."""

import sys
from datetime import date

import click

from config.load import check_file, load_calendar
from domain.calendar import CalendarError
from domain.deadlines import Due, LimitError, due_date, parse_limit
from domain.regime import Regime


@click.command("check-regime")
@click.argument("file")
def check_regime(file: str) -> None:
    """Check a regime FILE (a path, or the name of a shipped one): what is wrong, and what the office has to confirm."""
    checked = check_file(file)
    if checked.regime is None:
        for problem in checked.problems:
            click.echo(str(problem), err=True)
        sys.exit(1)
    click.echo(f"OK {_summary(checked.regime)}")
    if checked.proposed:
        click.echo(f"Proposed, for the office to confirm ({len(checked.proposed)}):")
        for path in checked.proposed:
            click.echo(f"  {path}")


# a limit that points back begins with a dash, and click would take it for an option
@click.command("due", context_settings={"ignore_unknown_options": True})
@click.argument("start", metavar="DATE")
@click.argument("limit")
def due(start: str, limit: str) -> None:
    """The due date of a LIMIT (5wd, 30d, 1w, 1m) that begins to run after DATE (2026-09-28)."""
    try:
        found = due_date(_date(start), parse_limit(limit), load_calendar())
    except (LimitError, CalendarError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(found.date.isoformat())
    if found.provisional:
        click.echo(_provisional(found), err=True)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LimitError(f"{text!r} is no date: write year, month and day, as in 2026-09-28.") from None


def _provisional(found: Due) -> str:
    return f"Provisional: the holidays up to {found.date} are not all announced yet, so only weekends and the statutory days count as off."


def _summary(regime: Regime) -> str:
    counties = sum(region.level == "county" for region in regime.regions)
    return (
        f"{regime.id} {regime.name.zh}: {len(regime.regions)} regions ({counties} counties, {len(regime.scored_regions())} judged), "
        f"{len(regime.units)} units, {len(regime.roles)} roles, {len(regime.duties)} duties, {len(regime.series)} series, "
        f"{len(regime.campaigns)} campaigns, {len(regime.ledger.classes)} ledger classes"
    )
