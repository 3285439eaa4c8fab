"""`duban rotate-master-key --new FILE`: from now on FILE opens the database, and the old key does not."""

import asyncio
from pathlib import Path

import click

from cli.keygen import write_master_key
from config.settings import Settings, load_settings, read_master_key


@click.command("rotate-master-key")
@click.option("--new", "path", required=True, type=click.Path(path_type=Path), help="The new key's file; made where it is not there yet.")
def rotate_master_key(path: Path) -> None:
    """Wrap the database's keys with a new master key. The bot may run meanwhile; its next start needs the new file.

    Backups that were made before still need the old key: keep it as long as you keep them.
    """
    settings = load_settings()
    settings.master_key()
    if not path.exists():
        write_master_key(path)
    new = read_master_key(path, "--new")
    if new == settings.master_key():
        raise click.ClickException(f"{path} holds the key that is in use already; name another file.")
    count = asyncio.run(_rotate(settings, new))
    click.echo(f"{count} keys are wrapped anew. Let DUBAN_MASTER_KEY_FILE name {path} (or move it there) before the next start;")
    click.echo("keep a copy of it elsewhere, and the old key for as long as backups made with it are kept.")


async def _rotate(settings: Settings, new: bytes) -> int:
    from bot.app import store_of
    from bot.clock import real_now
    from storage import journal
    from storage.rotate import rewrap
    from storage.tx import Tx

    async def unit(tx: Tx) -> int:
        count = await rewrap(tx, settings.master_key(), new)
        await journal.append(tx, None, "key.rotate", ("key", 0), {"keys": count})
        return count

    store = await store_of(settings, real_now, migrate=False)
    try:
        return await store.unit(unit)
    finally:
        await store.close()
