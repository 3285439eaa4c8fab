"""`duban diff-regime OLD NEW`: what a changed regime says otherwise, and what it would plan anew."""

import asyncio
import os

import click

from actions.replanning import Replanned, compared
from bot.clock import FollowedClock, real_now
from config.load import load_regime
from config.settings import load_settings
from domain.deadlines import local_time
from domain.regime import Regime
from domain.regime_diff import differences

SHOWN = 8


@click.command("diff-regime")
@click.argument("old")
@click.argument("new")
def diff_regime(old: str, new: str) -> None:
    """Compare the regime files OLD and NEW (paths, or names of shipped ones).

    With DUBAN_DATABASE_URL set it also counts which open obligations NEW would plan otherwise. Changes nothing.
    """
    was, now = load_regime(old), load_regime(new)
    found = differences(was, now)
    for each in found:
        click.echo(each)
    click.echo(f"{len(found)} differences." if found else "The two say the same.")
    if os.environ.get("DUBAN_DATABASE_URL"):
        _show(*asyncio.run(_compare(was, now)))


async def _compare(old: Regime, new: Regime) -> tuple[int, list[Replanned]]:
    from bot.app import store_of

    settings = load_settings()
    clock = FollowedClock(settings.clock_url) if settings.clock_url else None
    if clock is not None:
        await clock.read()
    store = await store_of(settings, clock or real_now, migrate=False)
    try:
        return await store.read(lambda tx: compared(tx, old, new))
    finally:
        await store.close()


def _show(total: int, found: list[Replanned]) -> None:
    click.echo(f"{len(found)} of {total} open obligations would be planned anew.")
    for each in found[:SHOWN]:
        owed = each.owed
        click.echo(f"  {owed.duty} of {owed.subject_kind} {owed.subject}: {_instant(each.old)} → {_instant(each.new)}")
    if len(found) > SHOWN:
        click.echo(f"  and {len(found) - SHOWN} more")


def _instant(at: int | None) -> str:
    return "nothing" if at is None else f"{local_time(at):%Y-%m-%d %H:%M}"
