"""SQLite: one writer thread that commits waiting units together, and a few aiosqlite readers.

Group commit is what makes a durable commit (`synchronous=FULL`) cheap: the units that wait share one fsync, each in its own savepoint
(measured 3.6 times a commit per unit, `docs/decisions/0001-group-commit.md`). The writer drives each unit's coroutine itself; a unit awaits
only its transaction, whose calls never suspend here, so a `send(None)` runs it to the end. A read is driven the same way in the
thread of a reader: one hop for all its statements, where a hop each cost more than the statements.
"""

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from storage import rehearsal, schema
from storage.groups import GROUP, Job, answer, one_a_lane
from storage.sqlite_ports import Connection, Reader, ReaderPort, WriterPort, connect
from storage.tx import Tx
from storage.vault import Vault

T = TypeVar("T")
READERS = 2
TELL_SECONDS = 0.002
SOFT_SECONDS = 0.25  # what need not be durable at once is on the disk so soon after the last write


class SqliteBackend:
    chain = "main"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._readers: list[Reader] = []
        self._idle: list[Reader] = []
        self._reads: deque[tuple[int, Job]] = deque()
        self._asked = 0  # reads so far: the number of the newest
        self._reading: set[asyncio.Task[None]] = set()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._soft = False  # something is committed that a power cut may take back
        self._checkpoint = False  # set by the loop, taken by the writer; a flag needs no lock

    async def prepare(self, *, migrate: bool) -> None:
        await asyncio.to_thread(self._prepare, migrate)

    def _prepare(self, migrate: bool) -> None:
        from storage.db import SettingError

        if not migrate and not self._path.exists():
            # An empty file left behind by a tool would stand in the way of `duban restore`.
            raise SettingError(f"DUBAN_DATABASE_URL: there is no file {self._path}; name the one that `duban run` serves")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(connect(self._path)) as connection:
                self._path.chmod(0o600)
                revision = _revision(connection)
        except (OSError, sqlite3.DatabaseError) as error:
            raise SettingError(f"DUBAN_DATABASE_URL: {self._path} cannot be used ({error}); name another file") from error
        if not schema.needs_upgrade(revision, migrate=migrate):
            return
        schema.upgrade(f"sqlite:///{self._path}")

    async def open_vault(self, master_key: bytes) -> Vault:
        return await asyncio.to_thread(self._open_vault, master_key)

    def _open_vault(self, master_key: bytes) -> Vault:
        with contextlib.closing(connect(self._path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            stored = {row["name"]: row["sealed"] for row in connection.execute("SELECT name, sealed FROM secret")}
            vault, fresh = Vault.unlock(master_key, stored)
            connection.executemany("INSERT INTO secret (name, sealed) VALUES (?, ?)", list(fresh.items()))
            connection.commit()
        return vault

    async def start(self, make_tx: Callable[..., Tx], committed: Callable[[set[str], list[Any]], None]) -> None:
        self._make_tx, self._committed, self._loop = make_tx, committed, asyncio.get_running_loop()
        for _ in range(READERS):
            reader = Reader(self._connect_reader, iter_chunk_size=64)
            await reader
            self._readers.append(reader)
        self._idle = list(self._readers)
        self._thread = threading.Thread(target=self._write_forever, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def unit(self, fn: Callable[[Tx], Any], *, lane: str, origin: str, durable: bool) -> Any:
        from storage.db import StoreClosedError

        if self._closed:
            raise StoreClosedError
        job = Job(fn, lane, origin, self._loop.create_future(), durable)
        self._queue.put(job)
        return await job.future

    async def read(self, fn: Callable[[Tx], Any]) -> Any:
        from storage.db import StoreClosedError

        if self._closed:
            raise StoreClosedError
        job = Job(fn, "", "", self._loop.create_future())
        self._asked += 1
        self._reads.append((self._asked, job))
        if self._idle:
            reading = asyncio.create_task(self._keep_reading(self._idle.pop()))
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)
        return await job.future

    async def _keep_reading(self, reader: Reader) -> None:
        """All reads that wait, in one stay in the reader's thread; a reader that is free takes from the same row."""
        try:
            while self._reads:
                await reader.run(self._read_all)
        finally:
            self._idle.append(reader)

    def _read_all(self, connection: Connection) -> None:
        """In the reader's thread. Answers go back together, but none waits long for the others.

        What was asked for before a snapshot was taken shares it: so each read sees all that was committed before it asked.
        """
        read: list[Job] = []
        told = time.monotonic()
        until, seen = 0, dict[Any, Any]()
        while True:
            try:
                number, job = self._reads.popleft()
            except IndexError:
                break
            if number > until:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                until, seen = self._asked, {}
            self._read(connection, job, seen)
            read.append(job)
            if time.monotonic() - told > TELL_SECONDS:
                self._tell(read)
                read, told = [], time.monotonic()
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        self._tell(read)

    def _read(self, connection: Connection, job: Job, seen: dict[Any, Any]) -> None:
        try:
            if not connection.in_transaction:
                connection.execute("BEGIN")
            job.result = _drive(job.fn(self._make_tx(ReaderPort(connection), seen=seen)))
        except BaseException as error:  # noqa: BLE001  whoever waits must hear of it; the reader must live on
            job.error = error

    def _tell(self, jobs: list[Job]) -> None:
        # A loop that was closed meanwhile has nobody left who waits.
        if jobs:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(answer, jobs)

    async def rehearse(self, fn: Callable[[Tx], Any]) -> Any:
        return await asyncio.to_thread(self._rehearse, fn)

    def _rehearse(self, fn: Callable[[Tx], Any]) -> Any:
        with contextlib.closing(connect(self._path)) as connection:
            connection.execute("PRAGMA foreign_keys=OFF")  # a copy's references would look among the copies
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute("BEGIN")
            made = "SELECT tbl_name, sql FROM main.sqlite_master WHERE type = ? AND sql IS NOT NULL"
            for row in connection.execute(made, ["table"]).fetchall():
                if row["tbl_name"] in rehearsal.COPIED:
                    connection.execute(rehearsal.temporary(row["sql"]))
                    connection.execute(f"INSERT INTO temp.{row['tbl_name']} {rehearsal.copied(row['tbl_name'], 'main')}")
            for row in connection.execute(made, ["index"]).fetchall():
                if row["tbl_name"] in rehearsal.COPIED:
                    connection.execute(rehearsal.temporary(row["sql"]))
            try:
                return _drive(fn(self._make_tx(WriterPort(connection))))
            finally:
                connection.execute("ROLLBACK")

    def checkpoint_soon(self) -> None:
        self._checkpoint = True

    async def close(self) -> None:
        self._closed = True
        self._queue.put(None)
        if self._thread:
            await asyncio.to_thread(self._thread.join)
        await asyncio.gather(*self._reading, return_exceptions=True)  # a read under way ends first
        for reader in self._readers:
            await reader.close()
        self._opened = 0

    def _connect_reader(self) -> Connection:
        connection = connect(self._path)
        connection.execute("PRAGMA query_only=ON")
        return connection

    def _write_forever(self) -> None:
        with contextlib.closing(connect(self._path)) as connection:
            held: list[Job] = []
            while True:
                group, held, last = self._next_group(held)
                if group:
                    written = connection.total_changes
                    durable = _commit_group(connection, group, self._make_tx)
                    # A durable commit after it may have written nothing in the end, so only the log's own fsync settles it.
                    self._soft = self._soft or (not durable and connection.total_changes > written)
                    # One hop for the whole group; a loop that was closed meanwhile has nobody left who waits.
                    with contextlib.suppress(RuntimeError):
                        self._loop.call_soon_threadsafe(self._answer, group)
                    if self._checkpoint:
                        self._checkpoint = False
                        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if last:
                    for job in held:
                        _commit_group(connection, [job], self._make_tx)
                        self._loop.call_soon_threadsafe(self._answer, [job])
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    return

    def _next_group(self, held: list[Job]) -> tuple[list[Job], list[Job], bool]:
        """All units that wait, at most GROUP and one a lane; the rest is held for the next group, in order."""
        waiting: list[Job | None] = list(held)
        if not waiting:
            waiting.append(self._next())
        while len(waiting) < GROUP:
            try:
                waiting.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return one_a_lane(waiting)

    def _next(self) -> Job | None:
        """What comes next. Nothing for a while: what was written without an fsync gets one."""
        if self._soft:
            with contextlib.suppress(queue.Empty):
                return self._queue.get(timeout=SOFT_SECONDS)
            to_disk(Path(f"{self._path}-wal"))
            self._soft = False
        return self._queue.get()

    def _answer(self, group: list[Job]) -> None:
        self._committed(answer(group), [each for job in group for each in job.handed])


def _revision(connection: Connection) -> str | None:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row["version_num"])


def to_disk(path: Path) -> None:
    """The log's own fsync. It holds no locks of SQLite's, which closing a file would drop; one that is gone was written to the database."""
    with contextlib.suppress(FileNotFoundError):
        log = os.open(path, os.O_RDWR)
        try:
            os.fsync(log)
        finally:
            os.close(log)


def _commit_group(connection: Connection, group: list[Job], make_tx: Callable[..., Tx]) -> bool:
    """Whether it outlives a power cut."""
    durable = any(job.durable for job in group)
    try:
        if not durable:
            connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        for job in group:
            _run_in_savepoint(connection, job, make_tx)
        connection.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001  every member must hear of it; the writer must live on
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for job in group:
            job.result, job.error, job.touched, job.handed = None, error, set(), []
    finally:
        if not durable:
            connection.execute("PRAGMA synchronous=FULL")
    return durable


def _run_in_savepoint(connection: Connection, job: Job, make_tx: Callable[..., Tx]) -> None:
    connection.execute("SAVEPOINT unit")
    # No other process sends from this file, so the sender's lease need not be looked at for each answer.
    tx = make_tx(WriterPort(connection), origin=job.origin, hands_over=True)
    try:
        job.result = _drive(job.fn(tx))
        job.touched, job.handed = tx.touched, tx.handed
    except Exception as error:
        job.error = error
        if not connection.in_transaction:
            raise  # the whole group is gone (disk full, corrupt page): fail every member
        connection.execute("ROLLBACK TO unit")
    connection.execute("RELEASE unit")


def _drive(coroutine: Coroutine[Any, Any, T]) -> T:
    from storage.db import StrangerAwaitError

    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # what the coroutine returned
    coroutine.close()
    raise StrangerAwaitError("a unit of work may await its transaction only: no network, no sleep, no file")
