"""Backup of a SQLite database: SQLite's own online copy through a connection of its own; writers go on meanwhile."""

import contextlib
import os
import sqlite3
from pathlib import Path

from storage.backup import BackupError, Manifest
from storage.vault import Vault

PART = "duban.db"


class SqliteRows:
    def __init__(self, path: Path) -> None:
        self._path = path

    def dump(self, folder: Path, release: str, made_at: str) -> tuple[Manifest, list[str]]:
        if not self._path.is_file():
            raise BackupError(f"DUBAN_DATABASE_URL: there is no database {self._path} to back up.")
        copy = folder / PART
        copy.touch(mode=0o600)
        try:
            with contextlib.closing(sqlite3.connect(self._path, timeout=60)) as source, contextlib.closing(sqlite3.connect(copy)) as target:
                # All pages in one step: one snapshot of the write-ahead log. In small steps each commit would make it begin again.
                source.backup(target, pages=-1)
            with contextlib.closing(sqlite3.connect(copy)) as target:
                target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
                return _manifest(target, release, made_at), _blobs(target)
        except sqlite3.DatabaseError as error:
            raise BackupError(f"DUBAN_DATABASE_URL: {self._path} cannot be backed up ({error}).") from error

    def require_empty(self) -> None:
        for name in (self._path, self._path.with_name(f"{self._path.name}-wal")):
            if name.exists():
                raise BackupError(f"DUBAN_DATABASE_URL: {name} exists already; restore into an empty place.")

    def load(self, folder: Path, manifest: Manifest, master_key: bytes) -> list[str]:
        if manifest.kind != "sqlite":
            raise BackupError("this is a backup of a PostgreSQL database; let DUBAN_DATABASE_URL name an empty one.")
        part = folder / PART
        with contextlib.closing(sqlite3.connect(part)) as connection:
            [(state,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
            if state != "ok":
                raise BackupError(f"the copy is damaged ({state}); take another backup.")
            Vault.unlock(master_key, dict(connection.execute("SELECT name, sealed FROM secret").fetchall()))
            blobs = _blobs(connection)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        _install(part, self._path)
        return blobs


def _manifest(connection: sqlite3.Connection, release: str, made_at: str) -> Manifest:
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(names)}  # noqa: S608  names of tables
    if "alembic_version" not in rows:
        raise BackupError("DUBAN_DATABASE_URL: this is no database of duban.")
    [(schema,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return Manifest("sqlite", release, schema, made_at, rows)


def _blobs(connection: sqlite3.Connection) -> list[str]:
    return [digest for (digest,) in connection.execute("SELECT hash FROM blob ORDER BY hash")]


def _install(part: Path, path: Path) -> None:
    """Complete under its name or not there, also across a power cut."""
    beside = path.with_name(f"{path.name}.restoring")
    beside.touch(mode=0o600)
    with part.open("rb") as source, beside.open("wb") as target:
        while chunk := source.read(1 << 20):
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    beside.replace(path)
