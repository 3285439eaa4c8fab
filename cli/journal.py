"""`duban verify-journal`: whether every row of the journal follows from the one before."""

import asyncio

import click

from config.settings import load_settings
from storage.tx import Row


@click.command("verify-journal")
def verify_journal() -> None:
    """Exit 1 and name the first row that was changed, removed or reordered."""
    broken = asyncio.run(_check())
    if broken is not None:
        raise click.ClickException(f"chain {broken['chain']}: row {broken['seq']} does not follow from the one before it.")
    click.echo("The journal holds.")


async def _check() -> Row | None:
    from bot.app import store_of
    from bot.clock import real_now
    from storage import journal

    store = await store_of(load_settings(), real_now, migrate=False)
    try:
        return await store.read(journal.first_break)
    finally:
        await store.close()
