"""`duban doctor`: everything that is wrong with this installation, each with its mend."""

import asyncio
import sys

import click

from bot.clock import real_now


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Do not ask Telegram.")
def doctor(*, offline: bool) -> None:
    """Look at settings, key, database, disk, regimes and Telegram. Exit 1 where something is wrong. The bot may run meanwhile."""
    from cli.checks import examine

    wrong = asyncio.run(examine(real_now, offline=offline))
    for sentence in wrong:
        click.echo(f"✗ {sentence}")
    if wrong:
        sys.exit(1)
    click.echo("Nothing is wrong." if not offline else "Nothing is wrong; Telegram was not asked.")
