"""The unit of work: grouped, isolated in savepoints, durable, the same on both databases."""

import asyncio
import queue
import threading
from pathlib import Path

import pytest

from domain.speech import To
from storage import counters, inbox, journal, lease, meta, outbox, sqlite
from storage.db import Store, StrangerAwaitError, to_pyformat
from storage.sqlite import READERS
from storage.tx import Tx


async def test_units_that_wait_together_each_keep_their_own_fate(store: Store) -> None:
    async def good(tx: Tx) -> int:
        return await counters.draw(tx, "tasks")

    async def bad(tx: Tx) -> int:
        await counters.draw(tx, "tasks")
        raise RuntimeError("a bug in one unit")

    outcomes = await asyncio.gather(*(store.unit(bad if n % 5 == 0 else good) for n in range(50)), return_exceptions=True)

    assert sum(isinstance(outcome, RuntimeError) for outcome in outcomes) == 10
    assert sorted(outcome for outcome in outcomes if isinstance(outcome, int)) == list(range(1, 41))


async def test_a_unit_that_need_not_be_durable_waits_for_no_disk(store: Store, database_url: str) -> None:
    asks, soft, hard = ("PRAGMA synchronous", 1, 2) if database_url.startswith("sqlite") else ("SHOW synchronous_commit", "off", "on")

    async def unit(tx: Tx) -> object:
        await counters.draw(tx, "tasks")
        return await tx.value(asks)

    assert await store.unit(unit, durable=False) == soft
    assert await store.unit(unit) == hard
    assert set(await asyncio.gather(store.unit(unit, durable=False), store.unit(unit))) <= {soft, hard}
    assert await store.unit(unit) == hard
    with pytest.raises(RuntimeError):
        await store.unit(_fails, durable=False)
    assert await store.unit(unit) == hard
    assert await store.unit(lambda tx: counters.draw(tx, "tasks")) == 7


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_need_not_be_durable_reaches_the_disk_a_moment_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    to_disk, reached = sqlite.to_disk, queue.SimpleQueue[bool]()

    def told(path: Path) -> None:
        to_disk(path)
        reached.put(path.stat().st_size > 0)

    monkeypatch.setattr(sqlite, "to_disk", told)
    await store.unit(lambda tx: counters.draw(tx, "tasks"), durable=False)
    assert await asyncio.to_thread(reached.get, timeout=10)
    await store.unit(lambda tx: counters.draw(tx, "tasks"))  # durable by itself
    await store.unit(lambda tx: counters.draw(tx, "tasks"), durable=False)
    with pytest.raises(RuntimeError):
        await store.unit(_writes_and_fails)  # a durable unit of which nothing is left makes nothing durable
    assert await asyncio.to_thread(reached.get, timeout=10)
    assert reached.empty()


async def _writes_and_fails(tx: Tx) -> None:
    await counters.draw(tx, "tasks")
    raise RuntimeError("a bug in one unit")


async def _fails(_tx: Tx) -> None:
    raise RuntimeError("a bug in one unit")


async def test_a_read_asks_for_the_same_only_once_and_a_unit_anew(store: Store) -> None:
    async def twice(tx: Tx) -> bool:
        return await tx.all("SELECT * FROM meta WHERE key = :key", key="x") is await tx.all("SELECT * FROM meta WHERE key = :key", key="x")

    async def before_and_after(tx: Tx) -> list[int]:
        asked = "SELECT count(*) AS n FROM meta WHERE key = 'x'"
        first = int(await tx.value(asked))
        await tx.run("INSERT INTO meta (key, value) VALUES ('x', '1')")
        return [first, int(await tx.value(asked))]

    assert await store.unit(before_and_after) == [0, 1]
    assert await store.read(twice)


async def test_an_undone_savepoint_leaves_nothing(store: Store) -> None:
    async def unit(tx: Tx) -> int:
        async with tx.savepoint() as point:
            await counters.draw(tx, "tasks")
            point.undo()
        return await counters.draw(tx, "tasks")

    assert await store.unit(unit) == 1


async def test_a_unit_of_sqlite_may_await_its_transaction_only(store: Store, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        return

    async def sleepy(_tx: Tx) -> None:
        await asyncio.sleep(0)

    with pytest.raises(StrangerAwaitError):
        await store.unit(sleepy)


async def test_a_read_cannot_write(store: Store) -> None:
    async def write(tx: Tx) -> int:
        return await counters.draw(tx, "tasks")

    with pytest.raises(Exception, match=r"write|read-only|readonly"):
        await store.read(write)


async def test_a_read_that_asks_the_same_of_others_gets_their_answer(store: Store) -> None:
    """What was found once is told again to the same question only, however its parameters are written down."""

    async def ask(tx: Tx) -> list[int]:
        sql = "SELECT CAST(:a AS INTEGER) * 10 + CAST(:b AS INTEGER) AS n"
        return [await tx.value(sql, a=1, b=2), await tx.value(sql, b=1, a=2), await tx.value(sql, b=2, a=1)]

    assert await store.read(ask) == [12, 21, 12]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_read_sees_what_was_committed_before_it_asked_though_others_are_under_way(store: Store) -> None:
    """Reads that wait share a snapshot: only those that waited when it was taken."""
    begun, go_on = queue.SimpleQueue[bool](), threading.Event()

    async def holds_a_reader(tx: Tx) -> None:
        await meta.get(tx, "x")
        begun.put(True)
        assert go_on.wait(10)

    async def read_x() -> object:
        return await store.read(lambda tx: meta.get(tx, "x"))

    held = [asyncio.create_task(store.read(holds_a_reader)) for _ in range(READERS)]
    for _ in held:
        await asyncio.to_thread(begun.get, timeout=10)
    await store.unit(lambda tx: meta.put(tx, "x", "new"))
    asked = [asyncio.create_task(read_x()) for _ in range(4)]
    failing = asyncio.create_task(store.read(_fails))
    await asyncio.sleep(0)
    go_on.set()
    assert await asyncio.gather(*asked) == ["new"] * 4
    with pytest.raises(RuntimeError):
        await failing
    await asyncio.gather(*held)


async def test_a_cancelled_member_does_not_hold_up_the_others(store: Store) -> None:
    async def draw(tx: Tx) -> int:
        return await counters.draw(tx, "tasks")

    first = asyncio.create_task(store.unit(draw))
    rest = [asyncio.create_task(store.unit(draw)) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    assert len(await asyncio.gather(*rest)) == 5


async def test_a_repeated_update_is_new_only_once(store: Store) -> None:
    raw = {"update_id": 7, "message": {"text": "举报的内容"}}

    async def add(tx: Tx) -> list[int]:
        return await inbox.add(tx, [("lane", raw)])

    assert await store.unit(add) == [7]
    assert await store.unit(add) == []
    [stored] = await store.read(inbox.waiting)
    assert stored.raw == raw
    assert await store.unit(lambda tx: inbox.done(tx, 7)) is True
    assert await store.unit(lambda tx: inbox.done(tx, 7)) is False
    assert await store.read(inbox.waiting) == []


async def test_what_still_waits_is_kept_though_the_last_of_its_batch_was_done_long_ago(store: Store) -> None:
    """Telegram may repeat what was done beside what is new: the new one's commit has to be made durable by a write all the same."""
    await store.unit(lambda tx: inbox.add(tx, [("lane", {"update_id": 7})]))
    await store.unit(lambda tx: inbox.done(tx, 7))
    assert await store.unit(lambda tx: inbox.add(tx, [("lane", {"update_id": 8}), ("lane", {"update_id": 7})]), durable=False) == [8]
    assert await store.unit(lambda tx: inbox.keep(tx, [8, 7])) == 1
    await store.unit(lambda tx: inbox.done(tx, 8))
    assert await store.unit(lambda tx: inbox.keep(tx, [8, 7])) == 0


async def test_the_outbox_gives_answers_before_digests_and_each_row_once(store: Store) -> None:
    async def fill(tx: Tx) -> None:
        await outbox.say(tx, To(1), "digest", priority=9)
        await outbox.say(tx, To(2), "answer")
        await outbox.say(tx, To(3), "later", not_before=tx.now + 1)
        await outbox.say(tx, To(2), "answer", once="same")
        await outbox.say(tx, To(2), "answer", once="same")

    await store.unit(fill)
    first = await store.unit(lambda tx: outbox.claim(tx, 1, 10))
    assert [parcel.body["key"] for parcel in first] == ["answer", "answer", "digest"]
    assert await store.unit(lambda tx: outbox.claim(tx, 1, 10)) == []
    assert await store.unit(lambda tx: outbox.reclaim(tx, 2)) == 3


async def test_the_journal_shows_a_changed_row(store: Store) -> None:
    async def write(tx: Tx) -> None:
        await journal.append(tx, None, "task.assign", ("task", 1), {"state": "open"})
        await journal.append(tx, None, "task.hand_in", ("task", 1), {"state": "handed_in"})

    await store.unit(write)
    assert await store.read(journal.first_break) is None

    async def forge(tx: Tx) -> None:
        await tx.run("UPDATE journal SET data = :data WHERE seq = 1", data="{}")

    await store.unit(forge)
    broken = await store.read(journal.first_break)
    assert broken is not None
    assert broken.seq == 1


async def test_a_lease_has_one_holder_and_a_rising_fence(store: Store) -> None:
    first = await store.unit(lambda tx: lease.take(tx, "sender", "a", 60_000))
    assert first is not None
    assert await store.unit(lambda tx: lease.take(tx, "sender", "b", 60_000)) is None
    assert await store.unit(lambda tx: lease.renew(tx, first, 60_000))
    await store.unit(lambda tx: lease.drop(tx, first))
    second = await store.unit(lambda tx: lease.take(tx, "sender", "b", 60_000))
    assert second is not None
    assert second.fence > first.fence
    assert not await store.unit(lambda tx: lease.renew(tx, first, 60_000))


def test_parameters_are_rewritten_outside_quotes_and_casts_only() -> None:
    assert to_pyformat("SELECT :a, ':b', x::text, '%' -- :c") == "SELECT %(a)s, ':b', x::text, '%%' -- :c"
    assert to_pyformat("SELECT 1 /*skip_locked*/").endswith("FOR UPDATE SKIP LOCKED")
