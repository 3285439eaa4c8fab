"""Updates: those of one person in order, those of different people at the same time, each once; one that fails blocks nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot import dispatch
from bot.dispatch import Dispatch
from bot.intake import Intake
from storage import inbox
from storage.db import Store
from storage.inbox import Stored
from storage.tx import Tx
from tests.conftest import Clock
from tests.faults.edge import Edge, until

Handle = Callable[[Stored], Awaitable[None]]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "PAUSES", (0.0, 0.0))


def update(number: int, account: int, text: str = "话") -> dict[str, Any]:
    sender = {"id": account, "is_bot": False, "first_name": "甲", "language_code": "zh-hans"}
    chat = {"id": account, "type": "private", "first_name": "甲"}
    return {"update_id": number, "message": {"message_id": number, "date": 1, "chat": chat, "from": sender, "text": text}}


class Desk:
    """Handles by marking done, and writes down what it did; `also` says what happens before."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.also: Handle | None = None
        self.began: list[int] = []
        self.ended: list[int] = []
        self.broken: list[BaseException] = []
        self.dispatch = Dispatch(store, self._handle, self.broken.append)
        self.intake = Intake(store, self.dispatch.take)

    async def _handle(self, stored: Stored) -> None:
        self.began.append(stored.update_id)
        if self.also is not None:
            await self.also(stored)
        await self.store.unit(lambda tx: inbox.done(tx, stored.update_id))
        self.ended.append(stored.update_id)

    async def rest(self) -> None:
        async def idle() -> bool:
            return self.dispatch.busy == 0

        await until(idle, "the desk to be empty")


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    made = Desk(store)
    yield made
    await made.dispatch.close()


async def test_one_persons_updates_keep_their_order_while_others_go_on(desk: Desk) -> None:
    others_done = asyncio.Event()

    async def slow_first(stored: Stored) -> None:
        if stored.update_id == 1:
            await others_done.wait()  # would wait for ever if people waited for each other

    desk.also = slow_first
    await desk.intake.store([update(1, 70), update(2, 70), update(3, 80), update(4, 70), update(5, 90)])

    async def both() -> bool:
        return {3, 5} <= set(desk.ended)

    await until(both, "the others")
    assert desk.began == [1, 3, 5]
    others_done.set()
    await desk.rest()
    assert desk.ended == [3, 5, 1, 2, 4]


async def test_a_repeated_update_is_handled_once(desk: Desk) -> None:
    await desk.intake.store([update(1, 70)])
    await desk.intake.store([update(1, 70), update(2, 70)])
    await desk.rest()
    await desk.intake.store([update(1, 70), update(2, 70)])
    await desk.rest()
    assert desk.ended == [1, 2]


async def test_the_next_poll_waits_for_a_durable_commit(desk: Desk, database_url: str) -> None:
    """Telegram forgets what is below the next offset: until then it must have reached the disk, also where it is a repeat."""
    asks, hard = ("PRAGMA synchronous", 2) if database_url.startswith("sqlite") else ("SHOW synchronous_commit", "on")
    kept: list[object] = []
    unit = desk.store.unit

    async def watched(fn: Any, **how: Any) -> Any:
        async def looked(tx: Tx) -> Any:
            done = await fn(tx)
            kept.append(await tx.value(asks))
            return done

        return await unit(looked, **how)

    desk.also = _never
    desk.store.unit = watched  # type: ignore[method-assign]
    for _ in range(2):
        kept.clear()
        await desk.intake.store([update(1, 70), update(2, 80)])
        assert kept[-1] == hard


async def _never(_stored: Stored) -> None:
    await asyncio.Event().wait()


async def test_what_an_earlier_life_left_is_done_at_the_start(desk: Desk) -> None:
    rows = [("lane", update(2, 70)), ("lane", update(1, 70))]
    await desk.store.unit(lambda tx: inbox.add(tx, rows))
    await desk.intake.leftovers()
    await desk.rest()
    assert desk.ended == [1, 2]


async def test_what_comes_during_a_start_waits_behind_what_an_earlier_life_left(desk: Desk) -> None:
    earlier = Desk(desk.store)
    earlier.intake.hold()
    await earlier.intake.store([update(1, 70), update(2, 70)])  # it dies before it could do them

    desk.intake.hold()
    await desk.intake.store([update(3, 70), update(4, 80)])
    assert desk.dispatch.busy == 0
    await desk.intake.leftovers()
    await desk.intake.store([update(5, 70)])
    await desk.rest()
    assert [number for number in desk.ended if number != 4] == [1, 2, 3, 5]
    assert sorted(desk.began) == [1, 2, 3, 4, 5]


async def test_what_a_dead_replica_left_is_done_by_another_and_once(desk: Desk, clock: Clock) -> None:
    dead, hung = Desk(desk.store), asyncio.Event()

    async def hang(_stored: Stored) -> None:
        hung.set()
        await asyncio.Event().wait()

    dead.also = hang
    await dead.intake.store([update(1, 7), update(2, 7)])
    await hung.wait()

    await desk.intake.strays()
    assert desk.dispatch.busy == 0  # not yet: it may be at work

    clock.now += 3 * 60_000
    await dead.intake.strays()  # what is in its own hands it does not take again
    await desk.intake.strays()
    await desk.intake.strays()
    await desk.rest()
    await dead.dispatch.close()
    assert dead.began == [1]
    assert desk.ended == [1, 2]


async def test_one_that_always_fails_is_set_aside_and_its_lane_goes_on(desk: Desk) -> None:
    async def fail(stored: Stored) -> None:
        if stored.update_id == 1:
            raise RuntimeError("a bug")

    desk.also = fail
    await desk.intake.store([update(1, 70), update(2, 70)])
    await desk.rest()
    assert desk.began == [1, 1, 1, 2]
    rows = await desk.store.read(lambda tx: tx.all("SELECT update_id, state, tries, error FROM inbox ORDER BY update_id"))
    assert rows == [
        {"update_id": 1, "state": "aside", "tries": 2, "error": "RuntimeError"},
        {"update_id": 2, "state": "done", "tries": 0, "error": None},
    ]


async def test_one_that_fails_in_passing_is_done_at_the_next_try(desk: Desk) -> None:
    async def fail_once(_stored: Stored) -> None:
        if len(desk.began) == 1:
            raise RuntimeError("in passing")

    desk.also = fail_once
    await desk.intake.store([update(1, 70)])
    await desk.rest()
    assert desk.ended == [1]


async def test_a_database_that_stays_away_ends_the_program_instead_of_a_silent_lane(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.insist.PAUSES", (0.0, 0.0))
    await desk.store.unit(lambda tx: inbox.add(tx, [("lane", update(1, 70))]))

    async def away(*_given: Any, **_more: Any) -> None:
        raise ConnectionError("away")

    monkeypatch.setattr(desk.store, "unit", away)
    await desk.intake.leftovers()
    await desk.rest()
    assert [type(error) for error in desk.broken] == [ConnectionError]


async def test_a_bug_is_told_to_the_person_with_the_number_that_is_on_file(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await edge.person("甲")
    handle = edge.bot.dispatch._handle

    async def broken(stored: Stored) -> None:
        if stored.raw["message"]["text"] == "坏了":
            raise RuntimeError("a bug")
        await handle(stored)

    monkeypatch.setattr(edge.bot.dispatch, "_handle", broken)
    await edge.sandbox.write(person, "坏了")
    told = await edge.sandbox.wait_message(person, "编号")
    (row,) = await edge.rows("SELECT state, reference FROM inbox WHERE state <> 'done'")
    assert row["state"] == "aside"
    assert row["reference"] in told.words
    await edge.sandbox.write(person, "/help")
    await edge.sandbox.wait_message(person, after=told.message_id)


async def test_an_update_nobody_asked_for_does_not_stay_undone(edge: Edge) -> None:
    await edge.bot.intake.store([{"update_id": 7, "message_reaction": {"chat": {"id": 1, "type": "private"}, "message_id": 1, "date": 1,
                                                                      "old_reaction": [], "new_reaction": []}}])  # fmt: skip
    await edge.rest()
    assert await edge.rows("SELECT state FROM inbox WHERE update_id = 7") == [{"state": "done"}]
