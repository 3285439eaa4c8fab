"""`duban keygen --master FILE`: a new master key. Whoever has it and the database can read everything; without it nobody can."""

import os
from pathlib import Path

import click

from storage.vault import new_key


@click.command()
@click.option("--master", type=click.Path(path_type=Path), required=True, help="where to write the new master key")
def keygen(master: Path) -> None:
    """Make a master key (mode 0600). An existing file is never overwritten."""
    write_master_key(master)
    click.echo(f"{master}: keep a copy outside this machine; without it the database cannot be read.")


def write_master_key(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{path} exists already; a master key is never overwritten. Choose another place.") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(new_key().hex() + "\n")
