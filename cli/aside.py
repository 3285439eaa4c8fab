"""`duban aside`: the updates and messages that were set aside, without their content; try them again, or drop them."""

import asyncio
from datetime import UTC, datetime

import click

from bot.clock import real_now
from config.settings import load_settings
from storage import aside as rows
from storage.tx import Row, Tx

SHOWN = 50


@click.command("aside")
@click.option("--retry", is_flag=True, help="Try all of them again: messages now, updates at the next start of the bot.")
@click.option("--drop", is_flag=True, help="Delete all of them.")
def aside(*, retry: bool, drop: bool) -> None:
    """List what was set aside, and why. The reference is what the person was given; the log has it, too."""
    if retry and drop:
        raise click.UsageError("choose one of --retry and --drop")
    asyncio.run(_aside(retry=retry, drop=drop))


async def _aside(*, retry: bool, drop: bool) -> None:
    from bot.app import store_of

    store = await store_of(load_settings(), real_now, migrate=False)
    try:
        if retry or drop:
            updates, messages = await store.unit(rows.retry if retry else rows.drop)
            click.echo(f"{'Waiting again' if retry else 'Dropped'}: {updates} updates, {messages} messages.")
            if retry and updates:
                click.echo("The updates are handled when `duban run` starts next.")
            return

        async def unit(tx: Tx) -> tuple[tuple[int, int], list[Row], list[Row]]:
            return await rows.counts(tx), await rows.inbox(tx, SHOWN), await rows.outbox(tx, SHOWN)

        (updates, messages), inbox, outbox = await store.read(unit)
    finally:
        await store.close()
    click.echo(f"{updates} updates, {messages} messages.")
    for row in inbox:
        click.echo(f"update {row['id']}  {_time(row)}  {row['error']}  reference {row['reference']}")
    for row in outbox:
        click.echo(f"message {row['id']}  {_time(row)}  {row['error']}")


def _time(row: Row) -> str:
    return f"{datetime.fromtimestamp(row['at'] / 1000, UTC):%Y-%m-%dT%H:%MZ}"
