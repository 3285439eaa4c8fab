"""Sending held back and let go, on both databases: answers go, everything else waits in order; offices hear of it."""

from datetime import date
from typing import Any

import pytest

from actions import obligations, pausing
from actions.people import seat_directly
from actions.perform import Caller, Words, perform, reply
from bot.jobs.tick import next_due, tick
from domain.outcome import Done, Refusal
from domain.speech import DIGEST, PING, To
from storage import journal, outbox, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock

OFFICE, SECOND, OTHER_PROVINCE, LIAISON = 10, 11, 12, 13
WHY = pausing.Pause(reason="名单有误")


@pytest.fixture(autouse=True)
async def _seated(store: Store) -> None:
    async def unit(tx: Tx) -> None:
        for account, regime, role, scope in (
            (OFFICE, "shandong-2022", "office", ""),
            (SECOND, "shandong-2022", "office", ""),
            (OTHER_PROVINCE, "jilin-2019", "office", ""),
            (LIAISON, "shandong-2022", "local_liaison", "3714"),
        ):
            await seat_directly(tx, account=account, name=f"人{account}", regime=regime, role=role, scope=scope)

    await store.unit(unit)


async def sent(store: Store) -> list[tuple[int, str]]:
    async def unit(tx: Tx) -> list[tuple[int, str]]:
        parcels = await outbox.claim(tx, 1, 100)
        for parcel in parcels:
            await outbox.sent(tx, parcel.id)
        return [(parcel.body["chat"], parcel.body.get("key", parcel.body["op"])) for parcel in parcels if parcel.body["op"] == "send"]

    return await store.unit(unit)


async def do(store: Store, account: int, verb: object, given: object = None) -> object:
    return await perform(store, Caller(account, account), verb, given)


async def test_only_answers_go_while_it_is_paused(store: Store) -> None:
    async def said(tx: Tx) -> None:
        await outbox.say(tx, To(LIAISON), "pause.none", priority=DIGEST)
        await outbox.say(tx, To(LIAISON), "pause.done", priority=PING)

    assert isinstance(await do(store, OFFICE, pausing.pause, WHY), Done)
    await store.unit(said)
    told = await sent(store)
    assert sorted(told) == [(OFFICE, "pause.done"), (SECOND, "pause.told"), (OTHER_PROVINCE, "pause.told")]
    assert await store.read(outbox.due_count) == 0  # it rests
    assert not await store.read(outbox.due_waiting)
    assert await store.read(outbox.held_count) == 2
    await do(store, LIAISON, reply, Words("pause.none", {}))
    assert await sent(store) == [(LIAISON, "pause.none")]
    assert isinstance(await do(store, SECOND, pausing.resume), Done)
    gone = await sent(store)
    assert sorted(gone[:2]) == [(OFFICE, "pause.resumed_by"), (OTHER_PROVINCE, "pause.resumed_by")]
    assert gone[2:] == [(SECOND, "pause.resumed"), (LIAISON, "pause.done"), (LIAISON, "pause.none")]


async def test_what_a_press_tells_others_is_no_answer(store: Store) -> None:
    async def verb(tx: Tx) -> None:
        tx.answering = tx.vault.lane(OFFICE)
        await outbox.say(tx, To(LIAISON), "pause.none")
        await outbox.say(tx, To(OFFICE), "pause.done")

    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    await store.unit(verb)
    assert await sent(store) == [(OFFICE, "pause.done")]
    await do(store, OFFICE, pausing.resume)
    assert (LIAISON, "pause.none") in await sent(store)


async def test_a_second_pause_and_a_second_resume_change_nothing(store: Store) -> None:
    assert await do(store, OFFICE, pausing.resume) == Refusal("not_paused")
    await do(store, OFFICE, pausing.pause, WHY)
    assert await do(store, SECOND, pausing.pause, pausing.Pause(reason="另一个")) == Refusal("paused_already")
    held = await store.read(pausing.paused)
    assert held is not None
    assert held.reason == "名单有误"
    await do(store, OFFICE, pausing.resume)
    assert await do(store, OFFICE, pausing.resume) == Refusal("not_paused")
    written = await store.read(lambda tx: journal.of_subject(tx, "sending", 0))
    assert [row["data"] for row in written] == ['{"paused": 1}', '{"paused": 0}']


async def test_nobody_else_may(store: Store) -> None:
    assert await do(store, LIAISON, pausing.pause, WHY) == Refusal("forbidden")
    assert await do(store, 99, pausing.resume) == Refusal("stranger")
    assert not await store.read(pausing.is_paused)


async def test_the_state_says_who_since_when_and_why(store: Store) -> None:
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    await do(store, SECOND, pausing.show)
    assert await sent(store) == [(SECOND, "pause.state")]


async def test_what_gathered_meanwhile_is_one_message(store: Store, clock: Clock) -> None:
    """Three mornings of a pause are not three digests."""

    async def owe(tx: Tx) -> None:
        found = {seat.rights: seat for seat in await people.seats_in(tx, "shandong-2022")}
        about: dict[str, Any] = {
            "regime": "shandong-2022",
            "duty": "task",
            "region": "3714",
            "creditor": found["office"],
            "owner": found["liaison"],
        }
        await obligations.owe(tx, subject=("matter", 1), due=date(2026, 3, 4), **about)

    clock.move_to("2026-03-02", "10:00")
    await store.unit(owe)
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    for day in ("2026-03-04", "2026-03-05", "2026-03-06"):
        clock.move_to(day, "08:30")
        await tick(store)
        due = await next_due(store)
        assert due is None or due > clock.now  # it rests
        assert await sent(store) == []
    await do(store, OFFICE, pausing.resume)
    await tick(store)
    assert len([key for chat, key in await sent(store) if chat == LIAISON]) == 1
