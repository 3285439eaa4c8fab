"""The store: one way to write (units of work, committed in groups) and one way to read.

`await store.unit(fn)` runs `fn(tx)` as one unit and returns its result after the commit, so everyone reads their own writes. A unit is
handed over as a coroutine function, not as `async with`, because on SQLite its body runs in the writer's thread (docs/decisions/0001).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from domain.world import World
from storage.tx import Sender, Tx
from storage.vault import Vault

T = TypeVar("T")
Unit = Callable[[Tx], Awaitable[T]]
Now = Callable[[], int]


class StoreClosedError(Exception):
    """The store was closed while a unit waited; it was not run."""


class StrangerAwaitError(Exception):
    """A unit awaited something other than its transaction (network, sleep, files): it must not."""


class Backend(Protocol):
    async def start(self, make_tx: Callable[..., Tx]) -> None: ...
    async def unit(self, fn: Unit[T], *, lane: str, origin: str, durable: bool) -> T: ...
    async def read(self, fn: Unit[T]) -> T: ...
    async def rehearse(self, fn: Unit[T]) -> T: ...
    def checkpoint_soon(self) -> None: ...
    async def close(self) -> None: ...


class Store:
    """What the rest of the program holds. Make one with `open_store`."""

    def __init__(self, backend: Backend, vault: Vault, now: Now, world: World) -> None:
        self._backend = backend
        self._listeners: dict[str, list[asyncio.Event]] = {}
        self._loop = asyncio.get_running_loop()
        self.vault = vault
        self.now = now
        self.world = world
        self.sender: Sender | None = None  # set while this process sends

    async def unit(self, fn: Unit[T], *, lane: str = "", origin: str = "", durable: bool = True) -> T:
        """Run `fn` as one unit of work. Units of one non-empty `lane` never share a commit group.

        Not `durable`: it is done, and outlives this process, but a power cut within the next second may take it back.
        """
        return await self._backend.unit(fn, lane=lane, origin=origin, durable=durable)

    async def read(self, fn: Unit[T]) -> T:
        """Run `fn` on a consistent snapshot; it must not write."""
        return await self._backend.read(fn)

    async def rehearse(self, fn: Unit[T]) -> T:
        """Run `fn` on copies of what the clock changes; it may write, move `tx.now`, and leaves nothing behind."""
        return await self._backend.rehearse(fn)

    def checkpoint_soon(self) -> None:
        """After the next commit SQLite's log is emptied: deleted bytes stand in it until then."""
        self._backend.checkpoint_soon()

    def listen(self, topic: str) -> asyncio.Event:
        """An event that is set after each commit that touched `topic`; the listener clears it."""
        event = asyncio.Event()
        self._listeners.setdefault(topic, []).append(event)
        return event

    def wake(self, topics: set[str]) -> None:
        for topic in topics:
            for event in self._listeners.get(topic, ()):
                event.set()

    def committed(self, touched: set[str], handed: Sequence[Any] = ()) -> None:
        """A group of units is in the database. `handed`: what they answer, in order, for the sender whose it is already."""
        self.wake(touched)
        if handed and self.sender is not None:
            self.sender.receive(handed)

    async def close(self) -> None:
        await self._backend.close()


class SettingError(Exception):
    """A setting is wrong; the message names it and the mend."""


async def open_store(url: str, *, master_key: bytes, now: Now, world: World, migrate: bool = True) -> Store:
    """Open (and by default migrate) the database at `sqlite:///path` or `postgresql://…`."""
    backend = _backend(url)
    await backend.prepare(migrate=migrate)
    vault = await backend.open_vault(master_key)
    store = Store(backend, vault, now, world)

    def make_tx(port: object, *, origin: str = "", seen: dict[Any, Any] | None = None, hands_over: bool = False) -> Tx:
        tx = Tx(port, now=now(), world=store.world, vault=vault, chain=backend.chain, origin=origin)  # type: ignore[arg-type]  # both ports fit
        tx.seen = seen
        tx.sender = store.sender if hands_over else None
        return tx

    await backend.start(make_tx, store.committed)
    return store


def _backend(url: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  the two backends share a shape, not a base
    if url.startswith("sqlite:///"):
        from storage.sqlite import SqliteBackend

        return SqliteBackend(Path(url.removeprefix("sqlite:///")))
    if url.startswith(("postgresql://", "postgres://")):
        try:
            from storage.postgres import PostgresBackend
        except ImportError as error:
            raise SettingError("DUBAN_DATABASE_URL names PostgreSQL, but its driver is missing: install duban[postgres]") from error
        return PostgresBackend(url)
    raise SettingError("DUBAN_DATABASE_URL must be sqlite:///path or postgresql://user@host/name")


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|::|:([a-z_][a-z0-9_]*)", re.DOTALL)


@lru_cache(maxsize=2048)
def to_pyformat(sql: str) -> str:
    """`:name` → `%(name)s` outside quotes and comments; `%` doubled; the skip-locked marker made real."""
    sql = sql.replace("/*skip_locked*/", "FOR UPDATE SKIP LOCKED")

    def swap(match: re.Match[str]) -> str:
        return f"%({match[1]})s" if match[1] else match[0].replace("%", "%%")

    parts, end = [], 0
    for match in _TOKEN.finditer(sql):
        parts += [sql[end : match.start()].replace("%", "%%"), swap(match)]
        end = match.end()
    return "".join([*parts, sql[end:].replace("%", "%%")])
