"""The database goes away for a moment, or is full: what was not committed runs again or is refused whole, and the program goes on."""

import asyncio
from pathlib import Path

import pytest

from storage import counters
from storage.db import Store
from storage.tx import Tx

only_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def draw(tx: Tx) -> int:
    return await counters.draw(tx, "n")


@only_postgres
async def test_a_server_that_drops_idle_connections_is_not_noticed(store: Store) -> None:
    assert await store.unit(draw) == 1
    await store.read(_end_everybody)
    assert await asyncio.gather(*(store.unit(draw) for _ in range(20))) == list(range(2, 22))
    assert await store.read(lambda tx: tx.value("SELECT value FROM counter WHERE name = 'n'")) == 21


@only_postgres
async def test_a_line_that_breaks_in_the_middle_of_a_group_leaves_nothing_done_twice(store: Store) -> None:
    broken: list[bool] = []

    async def breaks_once(tx: Tx) -> int:
        drawn = await draw(tx)
        if not broken:
            broken.append(True)
            await tx.all("SELECT pg_terminate_backend(pg_backend_pid())")
        return drawn

    outcomes = await asyncio.gather(store.unit(draw), store.unit(breaks_once), store.unit(draw))
    assert sorted(outcomes) == [1, 2, 3]
    assert await store.unit(draw) == 4


@only_postgres
async def test_a_read_that_was_cut_off_is_read_again(store: Store) -> None:
    await store.unit(draw)
    broken: list[bool] = []

    async def breaks_once(tx: Tx) -> int:
        if not broken:
            broken.append(True)
            await tx.all("SELECT pg_terminate_backend(pg_backend_pid())")
        return int(await tx.value("SELECT value FROM counter WHERE name = 'n'"))

    assert await store.read(breaks_once) == 1


@only_sqlite
async def test_a_full_disk_refuses_whole_units_and_the_writer_lives_on(store: Store) -> None:
    async def shrink(tx: Tx) -> None:
        pages = await tx.value("PRAGMA page_count")
        await tx.all(f"PRAGMA max_page_count = {pages + 4}")

    async def swell(tx: Tx) -> None:
        await draw(tx)
        await tx.run("INSERT INTO meta (key, value) VALUES ('big', :big)", big="x" * 10_000_000)

    await store.unit(draw)
    await store.unit(shrink)
    outcomes = await asyncio.gather(store.unit(draw), store.unit(swell), store.unit(draw), return_exceptions=True)
    assert isinstance(outcomes[1], Exception)
    drawn = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert await store.unit(draw) == len(drawn) + 2, "a unit was answered and is not there, or is there and was refused"
    assert await store.read(lambda tx: tx.all("SELECT key FROM meta WHERE key = 'big'")) == []


async def test_another_program_that_holds_the_file_is_waited_for(sqlite_template: Path, store: Store, database_url: str) -> None:
    """Command-line tools write beside the running program."""
    if not database_url.startswith("sqlite"):
        return
    import sqlite3

    with sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None) as beside:
        beside.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(store.unit(draw))
        await store.read(lambda tx: tx.all("SELECT * FROM counter"))
        assert not waiting.done()
        beside.execute("COMMIT")
        assert await waiting == 1
    beside.close()


async def _end_everybody(tx: Tx) -> None:
    await tx.all("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
