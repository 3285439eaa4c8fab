"""PostgreSQL through psycopg 3: one connection writes groups of units, a small pool reads.

One writing lane with a savepoint per unit beat eight connections with a commit each (docs/decisions/0001-group-commit.md); replicas add
lanes.
`prepare_threshold=None` keeps it working behind PgBouncer.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from storage import rehearsal, schema
from storage.db import SettingError, StoreClosedError, to_pyformat
from storage.groups import GROUP, Job, answer, one_a_lane
from storage.tx import Params, Row, Tx
from storage.vault import Vault

log = structlog.get_logger()
AGAIN = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)  # seconds between tries while the server is away

Connection = psycopg.AsyncConnection[Row]


class UncommittedError(Exception):
    """The server went away before anything of this group was committed."""


class PostgresPort:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def query(self, sql: str, params: Params) -> list[Row]:
        cursor = await self._connection.execute(to_pyformat(sql).encode(), params)
        return await cursor.fetchall() if cursor.description else []

    async def execute(self, sql: str, params: Params) -> int:
        return (await self._connection.execute(to_pyformat(sql).encode(), params)).rowcount

    async def execute_many(self, sql: str, rows: Sequence[Params]) -> None:
        async with self._connection.cursor() as cursor:
            await cursor.executemany(to_pyformat(sql).encode(), rows)

    async def reserve(self, table: str, count: int) -> Sequence[int]:
        sql = "SELECT nextval(pg_get_serial_sequence(:table, 'id')) AS id FROM generate_series(1, :count)"
        return sorted(row["id"] for row in await self.query(sql, {"table": table, "count": count}))

    async def savepoint(self, name: str) -> None:
        await self._connection.execute(f"SAVEPOINT {name}".encode())

    async def release(self, name: str) -> None:
        await self._connection.execute(f"RELEASE SAVEPOINT {name}".encode())

    async def rollback_to(self, name: str) -> None:
        await self._connection.execute(f"ROLLBACK TO SAVEPOINT {name}".encode())

    async def database_now(self) -> int:
        rows = await self.query("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now", {})
        return int(rows[0]["now"])


class PostgresBackend:
    def __init__(self, url: str) -> None:
        self._url = url
        # A chain of the journal per replica: one for all would make every commit wait for every other.
        self.chain = f"pg-{secrets.token_hex(4)}"
        self._waiting: asyncio.Queue[Job | None] = asyncio.Queue()
        self._closed = False

    async def prepare(self, *, migrate: bool) -> None:
        revision = await self._revision()
        if not schema.needs_upgrade(revision, migrate=migrate):
            return
        await asyncio.to_thread(schema.upgrade, schema.sqlalchemy_url(self._url))

    async def _revision(self) -> str | None:
        try:
            return await self._read_revision()
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
            raise SettingError(
                f"DUBAN_DATABASE_URL: PostgreSQL cannot be reached ({reason}); check host, name, user and password"
            ) from error
        except psycopg.ProgrammingError as error:
            raise SettingError("DUBAN_DATABASE_URL cannot be read; write postgresql://user:password@host:5432/name") from error

    async def _read_revision(self) -> str | None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            found = await (await connection.execute("SELECT to_regclass('alembic_version')")).fetchone()
            if found is None or found[0] is None:
                return None
            row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
            return None if row is None else str(row[0])

    async def open_vault(self, master_key: bytes) -> Vault:
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            # Two replicas that start on an empty database must agree on the keys.
            await connection.execute("LOCK TABLE secret IN EXCLUSIVE MODE")
            rows = await (await connection.execute("SELECT name, sealed FROM secret")).fetchall()
            vault, fresh = Vault.unlock(master_key, {name: bytes(sealed) for name, sealed in rows})
            for name, sealed in fresh.items():
                await connection.execute("INSERT INTO secret (name, sealed) VALUES (%s, %s)", (name, sealed))
        return vault

    async def start(self, make_tx: Callable[..., Tx], wake: Callable[[set[str]], None]) -> None:
        self._make_tx, self._wake = make_tx, wake
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            self._url, min_size=1, max_size=4, open=False, kwargs={"row_factory": dict_row, "prepare_threshold": None}
        )
        await self._pool.open(wait=True)
        self._writer = asyncio.create_task(self._write_forever(), name="postgres-writer")

    async def unit(self, fn: Callable[[Tx], Any], *, lane: str, origin: str, durable: bool) -> Any:
        if self._closed:
            raise StoreClosedError
        job = Job(fn, lane, origin, asyncio.get_running_loop().create_future(), durable)
        self._waiting.put_nowait(job)
        return await job.future

    async def read(self, fn: Callable[[Tx], Any]) -> Any:
        for pause in AGAIN:
            try:
                return await self._read(fn)
            except psycopg.OperationalError as error:
                log.warning("database.away", error=type(error).__name__, again_in=pause)
                await asyncio.sleep(pause)
        return await self._read(fn)

    async def _read(self, fn: Callable[[Tx], Any]) -> Any:
        async with self._pool.connection() as connection:
            await connection.set_read_only(True)
            await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
            try:
                return await fn(self._make_tx(PostgresPort(connection), seen={}))
            finally:
                await connection.rollback()
                await connection.set_read_only(None)
                await connection.set_isolation_level(None)

    async def rehearse(self, fn: Callable[[Tx], Any]) -> Any:
        async with self._pool.connection() as connection:
            await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
            try:
                await _copy_for_rehearsal(connection)
                return await fn(self._make_tx(PostgresPort(connection)))
            finally:
                await connection.rollback()
                await connection.set_isolation_level(None)

    def checkpoint_soon(self) -> None:
        """PostgreSQL vacuums by itself."""

    async def close(self) -> None:
        self._closed = True
        self._waiting.put_nowait(None)
        await self._writer
        await self._pool.close()

    async def _write_forever(self) -> None:
        held: list[Job] = []
        while True:
            group, held, last = await self._next_group(held)
            if group:
                await self._commit(group)
            if last and not held:
                return
            if last:
                self._waiting.put_nowait(None)

    async def _next_group(self, held: list[Job]) -> tuple[list[Job], list[Job], bool]:
        waiting: list[Job | None] = list(held) or [await self._waiting.get()]
        while len(waiting) < GROUP and not self._waiting.empty():
            waiting.append(self._waiting.get_nowait())
        return one_a_lane(waiting)

    async def _commit(self, group: list[Job]) -> None:
        try:
            await self._commit_once_back(group)
        except Exception as error:  # noqa: BLE001  every member must hear of it; the writer must live on
            for job in group:
                job.result, job.error, job.touched = None, error, set()
        self._wake(answer(group))

    async def _commit_once_back(self, group: list[Job]) -> None:
        """A server that restarts is waited for: units change nothing but the database, so what was not committed can run again.

        A line that breaks during COMMIT is another matter: it may have been done, and only who asked can find out.
        """
        for pause in AGAIN:
            try:
                await self._run_group(group)
            except UncommittedError as error:
                log.warning("database.away", error=type(error.__cause__).__name__, again_in=pause)
                await asyncio.sleep(pause)
                for job in group:
                    job.result, job.error, job.touched = None, None, set()
            else:
                return
        await self._run_group(group)

    async def _run_group(self, group: list[Job]) -> None:
        committing = False
        try:
            async with self._pool.connection() as connection:
                if not any(job.durable for job in group):
                    await connection.execute("SET LOCAL synchronous_commit = off")
                for job in group:
                    await self._run_in_savepoint(connection, job)
                committing = True
                await connection.commit()
        except psycopg.OperationalError as error:
            if committing:
                raise
            raise UncommittedError from error

    async def _run_in_savepoint(self, connection: Connection, job: Job) -> None:
        await connection.execute("SAVEPOINT unit")
        tx = self._make_tx(PostgresPort(connection), origin=job.origin)
        try:
            job.result = await job.fn(tx)
            job.touched = tx.touched
        except Exception as error:
            job.error = error
            if connection.info.transaction_status is psycopg.pq.TransactionStatus.UNKNOWN:
                raise  # the connection is gone, and the group with it
            await connection.execute("ROLLBACK TO SAVEPOINT unit")
        await connection.execute("RELEASE SAVEPOINT unit")


async def _copy_for_rehearsal(connection: Connection) -> None:
    """Temporary tables, gone with the transaction; their sequences begin far behind the copied rows."""
    found = await (
        await connection.execute("SELECT relnamespace::regnamespace::text AS home FROM pg_class WHERE oid = 'meta'::regclass")
    ).fetchone()
    home = "public" if found is None else str(found["home"])
    for table in rehearsal.COPIED:
        await connection.execute(f"CREATE TEMP TABLE {table} (LIKE {home}.{table} INCLUDING ALL) ON COMMIT DROP".encode())
        await connection.execute(f"INSERT INTO pg_temp.{table} {rehearsal.copied(table, home)}".encode())
    identities = await connection.execute(
        "SELECT attrelid::regclass::text AS name, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
        "WHERE attidentity <> '' AND c.relnamespace = pg_my_temp_schema()"
    )
    for row in await identities.fetchall():
        await connection.execute(f"ALTER TABLE {row['name']} ALTER COLUMN {row['attname']} RESTART WITH {rehearsal.FIRST_ID}".encode())
