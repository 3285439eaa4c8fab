"""`duban run` among the other commands (`--help`, or with options before it); by itself `cli/main.py` starts it straight away."""

import click

from cli import serving


@click.command()
def run() -> None:
    """Serve the bot. Settings come from DUBAN_… in the environment."""
    serving.run()
