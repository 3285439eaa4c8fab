"""`duban backup-evidence`: the sealed files alone, as often as one likes; with --verify every one on record is opened and compared."""

import asyncio
from pathlib import Path

import click

from bot.app import store_of
from bot.clock import real_now
from config.settings import Settings, load_settings
from storage import files
from storage.backup import mirror
from storage.files import Checked


@click.command("backup-evidence")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Open every file on record in TARGET and compare it with its name. Needs the master key.")
def backup_evidence(target: Path, *, verify: bool) -> None:
    """Copy sealed evidence that TARGET does not have yet into TARGET/files, where `duban backup` puts it, too.

    The files stay sealed; the bot may run meanwhile. Use the same folder each time.
    """
    settings = load_settings()
    copied = mirror(settings.data_dir / "files", target / "files")
    click.echo(f"{target}: {copied} new files.")
    if verify:
        checked = asyncio.run(_check(settings, target))
        click.echo(f"{checked.good} files on record can be opened and are what they were.")
        for word, found in (("missing", checked.missing), ("damaged", checked.damaged)):
            if found:
                raise click.ClickException(f"{len(found)} files on record are {word} in {target} (first: {found[0]}).")


async def _check(settings: Settings, target: Path) -> Checked:
    store = await store_of(settings, real_now, migrate=False)
    try:
        hashes = await store.read(files.all_hashes)
        return await asyncio.to_thread(files.check, target / "files", hashes, store.vault)
    finally:
        await store.close()
