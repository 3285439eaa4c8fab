"""`duban pause` and `duban resume`: hold back everything the bot says by itself, from the server's own desk."""

import asyncio
from collections.abc import Awaitable, Callable

import click

from actions import pausing
from bot.clock import real_now
from config.settings import load_settings
from storage import pauses
from storage.tx import Tx

Work = Callable[[Tx], Awaitable[str]]


@click.command("pause")
@click.option("--reason", required=True, help="Why; the offices are told.")
@click.option("--regime", default=pausing.ALL, help="Only this province, as its office could.")
@click.option("--yes", is_flag=True, help="Without asking again.")
def pause(reason: str, regime: str, yes: bool) -> None:
    """Hold back what the bot says by itself; deadlines run on, and whoever writes is still answered."""
    if not yes:
        click.confirm(f"Hold back every message to everybody{' of ' + regime if regime else ''}?", abort=True, err=True)

    async def unit(tx: Tx) -> str:
        _known(tx, regime)
        if await pausing.paused(tx, regime) is not None:
            return "It is paused already."
        await pausing.set_pause(tx, regime, pausing.Paused(tx.now, None, reason))
        await pausing.at_the_desk(tx, regime, begins=True, reason=reason)
        return f"Paused. `duban resume{' --regime ' + regime if regime else ''}` goes on."

    click.echo(asyncio.run(_run(unit)))


@click.command("resume")
@click.option("--regime", default=pausing.ALL, help="End the pause of this province; without it the pause of everything.")
def resume(regime: str) -> None:
    """Let everything go that has waited."""

    async def unit(tx: Tx) -> str:
        _known(tx, regime)
        waiting = await pausing.waiting(tx, regime)
        if not await pausing.end_pause(tx, regime):
            others = sorted(await pauses.paused(tx) - {regime})
            hint = "".join(f" Paused is {each or 'everything'}: `duban resume{' --regime ' + each if each else ''}`." for each in others)
            return f"It is not paused.{hint}"
        await pausing.at_the_desk(tx, regime, begins=False)
        return f"Sending goes on; {waiting} messages have waited."

    click.echo(asyncio.run(_run(unit)))


def _known(tx: Tx, regime: str) -> None:
    if regime and regime not in tx.world.regimes:
        raise click.ClickException(f"There is no province {regime} here; served are {', '.join(tx.world.regimes)}.")


async def _run(work: Work) -> str:
    from bot.app import store_of

    store = await store_of(load_settings(), real_now, migrate=False)
    try:
        return await store.unit(work)
    finally:
        await store.close()
