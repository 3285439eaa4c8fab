"""What a unit of work may do with the database, the same on SQLite and PostgreSQL.

SQL is written once, in the subset both share, with `:name` parameters; rows come back as dicts. `/*skip_locked*/` at the end of a
claiming SELECT becomes `FOR UPDATE SKIP LOCKED` where the database has it.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from domain.world import World
    from storage.vault import Vault

Row = dict[str, Any]
Params = Mapping[str, Any]


MOST_FILLED = 4096  # SQLite takes 32,766 parameters: what is long already must not be doubled


# A card names the same few seats and duties in several of its lines: a read asks for them once. Long reads do not fill the memory.
# So rows are for reading: nobody changes them.
SEEN = 256
SEEN_ROWS = 16


class RowMissingError(Exception):
    """A row that must exist does not: a bug, or a database somebody edited."""


class Port(Protocol):
    """The few calls in which the databases differ. On SQLite's writer none of them really suspends."""

    async def query(self, sql: str, params: Params) -> list[Row]: ...
    async def execute(self, sql: str, params: Params) -> int: ...
    async def execute_many(self, sql: str, rows: Sequence[Params]) -> None: ...
    async def reserve(self, table: str, count: int) -> Sequence[int]: ...
    async def savepoint(self, name: str) -> None: ...
    async def release(self, name: str) -> None: ...
    async def rollback_to(self, name: str) -> None: ...
    async def database_now(self) -> int: ...


class Sender(Protocol):
    """Who sends in this process (`bot/delivery.py`). Asked in the writer's thread, told in the loop's."""

    fence: int

    def has_room(self, lane: str) -> bool: ...
    def receive(self, parcels: Sequence[Any]) -> None: ...


class Savepoint:
    """`undo()` inside `async with tx.savepoint()` takes back what was written since it was opened."""

    def __init__(self) -> None:
        self.undone = False

    def undo(self) -> None:
        self.undone = True


class Tx:
    """One unit of work (or one consistent read). `now` is business time in ms UTC and stands still for the unit."""

    def __init__(self, port: Port, *, now: int, world: "World", vault: "Vault", chain: str, origin: str = "") -> None:
        self._port = port
        self.now = now
        self.world = world
        self.vault = vault
        self.chain = chain
        self.origin = origin  # what set this unit off (an update, a step): outbox keys are made from it, so a repeat adds nothing
        self.answering = ""  # the lane of the chat whose update this unit answers
        self.said = 0
        self.seen: dict[Any, list[Row]] | None = None  # in a read: what it has found already, and will find the same
        self.touched: set[str] = set()
        self.sender: Sender | None = None  # takes what this unit answers as soon as it is committed
        self.handed: list[Any] = []  # to the sender; what is taken back goes from here, too
        self._depth = 0

    async def all(self, sql: str, **params: Any) -> list[Row]:
        if self.seen is None:
            return await self._port.query(sql, params)
        asked = (sql, *params, *params.values())  # a caller may name them in any order
        rows = self.seen.get(asked)
        if rows is None:
            rows = await self._port.query(sql, params)
            if len(rows) <= SEEN_ROWS and len(self.seen) < SEEN:
                self.seen[asked] = rows
        return rows

    async def find(self, sql: str, **params: Any) -> Row | None:
        rows = await self.all(sql, **params)
        return rows[0] if rows else None

    async def one(self, sql: str, **params: Any) -> Row:
        row = await self.find(sql, **params)
        if row is None:
            raise RowMissingError(sql)
        return row

    async def value(self, sql: str, **params: Any) -> Any:
        row = await self.find(sql, **params)
        return None if row is None else next(iter(row.values()))

    async def run(self, sql: str, **params: Any) -> int:
        """Number of rows changed."""
        return await self._port.execute(sql, params)

    async def many(self, sql: str, rows: Sequence[Params]) -> None:
        if rows:
            await self._port.execute_many(sql, rows)

    async def reserve(self, table: str, count: int) -> Sequence[int]:
        """Ids for so many new rows of `table`, rising: what belongs to them can be written with them, all rows in one statement."""
        return await self._port.reserve(table, count) if count else ()

    async def database_now(self) -> int:
        """The database's own clock, ms UTC: what leases count on, since replicas need not agree on theirs."""
        return await self._port.database_now()

    def touch(self, topic: str) -> None:
        """Wake those who listen to `topic` once this unit is committed."""
        self.touched.add(topic)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[Savepoint]:
        self._depth += 1
        name, point, touched, said, handed = f"p{self._depth}", Savepoint(), set(self.touched), self.said, len(self.handed)
        await self._port.savepoint(name)
        try:
            yield point
        except BaseException:
            await self._port.rollback_to(name)
            del self.handed[handed:]
            raise
        else:
            if point.undone:
                await self._port.rollback_to(name)
                self.touched, self.said = touched, said
                del self.handed[handed:]
            await self._port.release(name)
        finally:
            self._depth -= 1


def one_of(name: str, values: Iterable[Any]) -> tuple[str, dict[str, Any]]:
    """`(":name_0, :name_1", {...})` for an IN list; an empty list matches nothing.

    Filled up to the next power of two by the last value again: a statement of a new length is compiled anew, and that costs more than
    running it.
    """
    given = list(values)
    if not given:
        return "NULL", {}
    filled = len(given) if len(given) > MOST_FILLED else 1 << (len(given) - 1).bit_length()
    text, keys = _names(name, filled)
    return text, dict(zip_longest(keys, given, fillvalue=given[-1]))


@lru_cache(maxsize=512)
def _names(name: str, count: int) -> tuple[str, tuple[str, ...]]:
    keys = tuple(f"{name}_{n}" for n in range(count))
    return ", ".join(f":{key}" for key in keys), keys
