"""`duban backup`, `duban restore`: the rows at one instant and the sealed evidence, while the bot runs; never the master key."""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from bot.clock import real_now
from config.settings import load_settings
from storage import backup as backups
from storage.backup import BackupError, Report
from storage.db import SettingError
from storage.vault import WrongMasterKeyError


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Write a backup to TARGET, a folder or a new .tar file. The bot may run meanwhile; the master key is not needed.

    Evidence goes to the folder files/ beside it: only what is not there yet, so use the same folder each time.
    """
    settings, now = load_settings(), datetime.fromtimestamp(real_now() // 1000, UTC)
    name = target if target.suffix == ".tar" else target / f"duban-{now:%Y%m%dT%H%M%SZ}.tar"
    try:
        made = backups.back_up(settings.database_url, settings.data_dir, name, release=version("duban"), made_at=now.isoformat())
    except (BackupError, ImportError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(made.archive)
    click.echo(f"{_counted(made)}; {made.copied} new files of evidence.", err=True)
    click.echo(
        f"The master key ({settings.master_key_file}) is NOT in it: keep a copy elsewhere; without it nobody can read this.", err=True
    )
    _missing(made)


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
def restore(source: Path) -> None:
    """Fill an empty database and an empty data folder from SOURCE: a backup's .tar file, or the folder (its newest backup)."""
    settings = load_settings()
    try:
        archive = backups.newest(source) if source.is_dir() else source
        made = backups.restore(settings.database_url, settings.data_dir, archive, settings.master_key())
    except WrongMasterKeyError as error:
        raise SettingError("DUBAN_MASTER_KEY_FILE: this key does not open the backup; give the one it was made with.") from error
    except (BackupError, ImportError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{archive.name} of {made.manifest.made_at}: {_counted(made)}; {made.copied} files of evidence.")
    click.echo("Now run `duban verify-journal`, then start `duban run`. What came in after the backup is not there;")
    click.echo("messages that waited when it was made are sent when the bot starts, also if they were sent since.")
    _missing(made)


def _counted(made: Report) -> str:
    return f"{sum(made.manifest.rows.values())} rows in {len(made.manifest.rows)} tables"


def _missing(made: Report) -> None:
    """An unusable picture must show now, not when somebody needs it."""
    if made.missing:
        raise click.ClickException(
            f"{len(made.missing)} files of evidence are on record and not in DUBAN_DATA_DIR (first: {made.missing[0]})."
        )
