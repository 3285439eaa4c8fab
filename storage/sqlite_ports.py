"""SQLite's connections, and what a unit or a read may do with one (`storage/tx.py`)."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aiosqlite

from storage.tx import Params, Row

STATEMENTS = 512  # compiled ones that a connection keeps; the usual 128 are fewer than the program has
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA wal_autocheckpoint=2000",  # pages: 8 MB of log, so that a page that changes often is written to the database rarely
)


def _dict_row(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


class Connection(sqlite3.Connection):
    """Knows the columns of the statements it has run: asking for them anew took a tenth of a statement's time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names: dict[str, tuple[str, ...]] = {}

    def name(self, sql: str, cursor: sqlite3.Cursor) -> tuple[str, ...]:
        if len(self.names) >= STATEMENTS:
            self.names.clear()
        found = self.names[sql] = tuple(column[0] for column in cursor.description)
        return found


class ConnectionPort:
    """Straight calls on a connection; `async` only so that units read the same on both databases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def query(self, sql: str, params: Params) -> list[Row]:
        cursor = self._connection.cursor()
        cursor.row_factory = None  # names are put to all rows at once: a call for each row cost as much as reading it
        rows = cursor.execute(sql, params).fetchall()
        if not rows:
            return rows
        names = self._connection.names.get(sql) or self._connection.name(sql, cursor)
        return [dict(zip(names, row, strict=True)) for row in rows]


class WriterPort(ConnectionPort):
    async def execute(self, sql: str, params: Params) -> int:
        return self._connection.execute(sql, params).rowcount

    async def execute_many(self, sql: str, rows: Sequence[Params]) -> None:
        self._connection.executemany(sql, rows)

    async def reserve(self, table: str, count: int) -> Sequence[int]:
        """Nobody else writes before this transaction ends, so the ids that come next are this unit's as soon as its rows are there."""
        found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        first = 1 if found is None else found["seq"] + 1
        return range(first, first + count)

    async def savepoint(self, name: str) -> None:
        self._connection.execute(f"SAVEPOINT {name}")

    async def release(self, name: str) -> None:
        self._connection.execute(f"RELEASE {name}")

    async def rollback_to(self, name: str) -> None:
        # A full disk makes SQLite roll the whole transaction back by itself; then there is no savepoint left to return to.
        if self._connection.in_transaction:
            self._connection.execute(f"ROLLBACK TO {name}")

    async def database_now(self) -> int:
        # julianday, since `unixepoch('subsec')` came after 3.37
        row = self._connection.execute("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now").fetchone()
        return int(row["now"])


class ReaderPort(ConnectionPort):
    async def execute(self, _sql: str, _params: Params) -> int:
        raise PermissionError("a read must not write")

    async def execute_many(self, _sql: str, _rows: Sequence[Params]) -> None:
        raise PermissionError("a read must not write")

    async def reserve(self, _table: str, _count: int) -> Sequence[int]:
        raise PermissionError("a read must not write")

    async def savepoint(self, _name: str) -> None:
        raise PermissionError("a read must not write")

    async def database_now(self) -> int:
        raise PermissionError("leases are taken in units of work")

    release = rollback_to = savepoint


class Reader(aiosqlite.Connection):
    """A connection in a thread of its own, where a whole read runs; aiosqlite's own calls go to the thread and back for each statement."""

    async def run(self, work: Callable[[Connection], None]) -> None:
        await self._execute(work, self._conn)  # type: ignore[no-untyped-call]  # aiosqlite has no types for it


def connect(path: Path) -> Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS, factory=Connection)
    connection.row_factory = _dict_row
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection
