"""`duban pause` and `duban resume`: hold back everything the bot says by itself, from the server's own desk."""

import asyncio
from collections.abc import Awaitable, Callable

import click

from actions import pausing
from bot.clock import real_now
from config.settings import load_settings
from domain.speech import text
from storage import journal
from storage.tx import Tx

SERVER = text("pause.server")
Work = Callable[[Tx], Awaitable[str]]


@click.command("pause")
@click.option("--reason", required=True, help="Why; the offices are told.")
@click.option("--yes", is_flag=True, help="Without asking again.")
def pause(reason: str, yes: bool) -> None:
    """Hold back what the bot says by itself; deadlines run on, and whoever writes is still answered."""
    if not yes:
        click.confirm("Hold back every message to everybody?", abort=True, err=True)

    async def unit(tx: Tx) -> str:
        if await pausing.is_paused(tx):
            return "It is paused already."
        await pausing.set_pause(tx, pausing.Paused(tx.now, None, reason))
        await pausing.tell(tx, "pause.told", {"who": SERVER, "reason": reason})
        await journal.append(tx, None, "sending.pause", ("sending", 0), {"paused": 1})
        return "Paused. `duban resume` goes on."

    click.echo(asyncio.run(_run(unit)))


@click.command("resume")
def resume() -> None:
    """Let everything go that has waited."""

    async def unit(tx: Tx) -> str:
        waiting = await pausing.waiting(tx)
        if not await pausing.end_pause(tx):
            return "It is not paused."
        await pausing.tell(tx, "pause.resumed_by", {"who": SERVER})
        await journal.append(tx, None, "sending.pause", ("sending", 0), {"paused": 0})
        return f"Sending goes on; {waiting} messages have waited."

    click.echo(asyncio.run(_run(unit)))


async def _run(work: Work) -> str:
    from bot.app import store_of

    store = await store_of(load_settings(), real_now, migrate=False)
    try:
        return await store.unit(work)
    finally:
        await store.close()
