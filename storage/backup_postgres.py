"""Backup of a PostgreSQL database: each table through COPY, in one REPEATABLE READ transaction. No program of PostgreSQL's is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from storage import schema
from storage.backup import BackupError, Manifest
from storage.vault import Vault

Connection = psycopg.Connection[TupleRow]

TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1"
COLUMNS = """
SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position
"""
REFERENCES = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""
# Sequences stand outside transactions. An id is never given twice, so the next one counts, not the highest that is left.
SEQUENCES = """
SELECT sequencename, COALESCE(last_value, 0) FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1
"""
VERSION = "alembic_version"


class PostgresRows:
    def __init__(self, url: str) -> None:
        self._url = url

    def dump(self, folder: Path, release: str, made_at: str) -> tuple[Manifest, list[str]]:
        with self._connected() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            tables = _tables(connection)
            if VERSION not in tables:
                raise BackupError("DUBAN_DATABASE_URL: this is no database of duban.")
            rows = {name: _copy_out(connection, name, columns, folder / name) for name, columns in tables.items()}
            [(revision,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            sequences, blobs = dict(connection.execute(SEQUENCES).fetchall()), _blobs(connection)
        return Manifest("postgresql", release, revision, made_at, rows, tables, sequences), blobs

    def require_empty(self) -> None:
        with self._connected() as connection:
            for name in _tables(connection):
                held = connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name))).fetchone()
                if name != VERSION and held is not None:
                    raise BackupError(f"DUBAN_DATABASE_URL: its table {name} holds rows already; restore into an empty database.")

    def load(self, folder: Path, manifest: Manifest, master_key: bytes) -> list[str]:
        """Tables are made as they were at that release; the next `duban run` brings them up to date."""
        if manifest.kind != "postgresql":
            raise BackupError("this is a backup of a SQLite database; let DUBAN_DATABASE_URL name a SQLite file that is not there yet.")
        if manifest.schema not in schema.known_revisions():
            raise BackupError(
                f"the backup has schema {manifest.schema}, which this release ({schema.HEAD}) does not know; use a newer one."
            )
        schema.upgrade(schema.sqlalchemy_url(self._url), manifest.schema)
        with self._connected() as connection:
            for name, columns in manifest.tables.items():
                if name != VERSION:
                    _copy_in(connection, name, columns, folder / name)
            for name, last in manifest.sequences.items():
                connection.execute("SELECT setval(%s::regclass, %s, %s)", (f'"{name}"', max(last, 1), last > 0))
            Vault.unlock(master_key, {name: bytes(sealed) for name, sealed in connection.execute("SELECT name, sealed FROM secret")})
            return _blobs(connection)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """One transaction: kept where the block ends well."""
        try:
            with psycopg.connect(self._url) as connection:
                yield connection
        except psycopg.Error as error:
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            raise BackupError(f"DUBAN_DATABASE_URL: PostgreSQL says: {reason}") from error


def _tables(connection: Connection) -> dict[str, list[str]]:
    """Columns by table; a table after those that it refers to."""
    order: TopologicalSorter[str] = TopologicalSorter({name: () for (name,) in connection.execute(TABLES)})
    for table, other in connection.execute(REFERENCES).fetchall():
        if table != other:
            order.add(table.strip('"'), other.strip('"'))
    return {name: [column for (column,) in connection.execute(COLUMNS, (name,))] for name in order.static_order()}


def _blobs(connection: Connection) -> list[str]:
    return [digest for (digest,) in connection.execute("SELECT hash FROM blob ORDER BY hash")]


def _copy_out(connection: Connection, name: str, columns: list[str], part: Path) -> int:
    part.touch(mode=0o600)
    with part.open("wb") as file, connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(*_names(name, columns))) as copy:
            for chunk in copy:
                file.write(chunk)
        return cursor.rowcount


def _copy_in(connection: Connection, name: str, columns: list[str], part: Path) -> None:
    with (
        part.open("rb") as file,
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(*_names(name, columns))) as copy,
    ):
        while chunk := file.read(1 << 20):
            copy.write(chunk)


def _names(name: str, columns: list[str]) -> tuple[sql.Composable, sql.Composable]:
    return sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
