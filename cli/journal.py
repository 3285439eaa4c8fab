"""`duban verify-journal`: whether every row of the journal follows from the one before, and none is missing at the end."""

import asyncio

import click

from config.settings import load_settings
from storage.journal import Break

WHY = {
    "row": "row {seq} does not follow from the one before it: one of the two was changed, moved, or something between them was removed",
    "end": "it ends at row {seq}, which is not where it ended last: rows were removed from its end, or put there",
    "tail": "the sealed note of its end (row {seq}) was changed",
    "chains": "it is not among the chains on record, or has lost its rows or its end: a whole chain was removed or slipped in",
}


@click.command("verify-journal")
def verify_journal() -> None:
    """Exit 1 and name the first place where rows were changed, removed or reordered."""
    broken = asyncio.run(_check())
    if broken is not None:
        raise click.ClickException(f"journal, chain {broken.chain or '(all)'}: {WHY[broken.why].format(seq=broken.seq)}.")
    click.echo("The journal holds.")


async def _check() -> Break | None:
    from bot.app import store_of
    from bot.clock import real_now
    from storage import journal

    store = await store_of(load_settings(), real_now, migrate=False)
    try:
        return await store.read(journal.first_break)
    finally:
        await store.close()
