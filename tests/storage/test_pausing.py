"""Sending held back and let go, on both databases: answers go, everything else waits in order; offices hear of it."""

import json
from datetime import date
from typing import Any

import pytest

from actions import obligations, pausing
from actions.catching_up import TOGETHER, catch_up
from actions.people import seat_directly
from actions.perform import Caller, Words, perform, reply
from bot.jobs.tick import next_due, tick
from bot.render import Renderer
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from domain.speech import DIGEST, PING, URGENT, Button, To
from domain.world import World
from storage import cards, journal, outbox, pauses, people
from storage.db import Store, open_store
from storage.tx import Tx
from tests.conftest import MASTER_KEY, Clock

OFFICE, SECOND, OTHER_PROVINCE, LIAISON = 10, 11, 12, 13
REGIME, ELSEWHERE = "shandong-2022", "jilin-2019"
WHY = pausing.Pause(regime=REGIME, reason="名单有误")


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


async def do(store: Store, account: int, verb: object, given: object = None) -> Outcome:
    return await perform(store, Caller(account, account), verb, given)


async def seat_of(store: Store, account: int) -> Seat:
    return (await store.read(lambda tx: people.actor(tx, account, "zh"))).seats[0]


async def say(store: Store, account: int, key: str = "pause.none", **more: Any) -> None:
    """As any action says something to a seat."""
    to = (await seat_of(store, account)).to()
    assert to is not None
    await store.unit(lambda tx: outbox.say(tx, to, key, **more))


async def resumed(store: Store, by: int = SECOND) -> list[tuple[int, str]]:
    assert isinstance(await do(store, by, pausing.resume, pausing.Resume(REGIME)), Done)
    await tick(store)
    return await sent(store)


async def test_only_answers_go_while_it_is_paused(store: Store) -> None:
    assert isinstance(await do(store, OFFICE, pausing.pause, WHY), Done)
    await say(store, LIAISON, priority=DIGEST)
    told = await sent(store)
    assert sorted(told) == [(OFFICE, "pause.done"), (SECOND, "pause.told")], "the other province need not know"
    assert await store.read(outbox.due_count) == 0  # it rests
    assert not await store.read(outbox.due_waiting)
    assert await store.read(lambda tx: outbox.held_count(tx, REGIME)) == 1
    await do(store, LIAISON, reply, Words("pause.none", {}))
    assert await sent(store) == [(LIAISON, "pause.none")]
    gone = await resumed(store)
    assert set(gone) == {(OFFICE, "pause.resumed_by"), (SECOND, "pause.resumed"), (LIAISON, "pause.none")}
    assert len(gone) == 3


async def test_one_provinces_pause_is_nobody_elses(store: Store) -> None:
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    await say(store, OTHER_PROVINCE, priority=DIGEST)
    await say(store, LIAISON, priority=DIGEST)
    assert await sent(store) == [(OTHER_PROVINCE, "pause.none")]
    assert await do(store, OTHER_PROVINCE, pausing.resume, pausing.Resume(REGIME)) == Refusal("forbidden")
    assert await do(store, OTHER_PROVINCE, pausing.pause, WHY) == Refusal("forbidden")
    assert await do(store, OTHER_PROVINCE, pausing.resume, pausing.Resume(ELSEWHERE)) == Refusal("not_paused")


async def test_major_problems_and_what_is_no_offices_go_nevertheless(store: Store) -> None:
    """A complainant, and whoever handles a complaint, are addressed in no province: the complaint may be about the office."""
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    await say(store, LIAISON, priority=URGENT)
    await store.unit(lambda tx: outbox.say(tx, To(77), "complaint.news", protect=True))
    assert await sent(store) == [(LIAISON, "pause.none"), (77, "complaint.news")]


async def test_everything_is_paused_at_the_servers_desk_only(store: Store) -> None:
    await store.unit(lambda tx: pausing.set_pause(tx, pausing.ALL, pausing.Paused(tx.now, None, "维护")))
    await say(store, LIAISON, priority=URGENT)
    await say(store, OTHER_PROVINCE, priority=PING)
    await do(store, LIAISON, reply, Words("pause.done", {}))
    assert await sent(store) == [(LIAISON, "pause.done")]
    assert await do(store, OFFICE, pausing.resume, pausing.Resume(pausing.ALL)) == Refusal("gone")
    assert await store.read(lambda tx: pausing.paused(tx, pausing.ALL)) is not None
    assert await store.unit(lambda tx: pausing.end_pause(tx, pausing.ALL))
    await tick(store)
    assert sorted(await sent(store)) == [(OFFICE, "refusal.gone"), (OTHER_PROVINCE, "pause.none"), (LIAISON, "pause.none")]


async def test_what_a_press_tells_others_is_no_answer(store: Store) -> None:
    liaison, office = (await seat_of(store, LIAISON)).to(), (await seat_of(store, OFFICE)).to()

    async def verb(tx: Tx) -> None:
        assert liaison is not None
        assert office is not None
        tx.answering = tx.vault.lane(OFFICE)
        await outbox.say(tx, liaison, "pause.none")
        await outbox.say(tx, office, "pause.done")

    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    await store.unit(verb)
    assert await sent(store) == [(OFFICE, "pause.done")]
    assert (LIAISON, "pause.none") in await resumed(store, OFFICE)


async def test_after_it_each_person_hears_once(store: Store, database_url: str, clock: Clock, world: World) -> None:
    """Five messages were held back for one person: they come as one, numbered, each with its buttons; also across restarts."""
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    for n in range(5):
        await say(store, LIAISON, "pause.resumed", params={"waiting": n}, buttons=((Button("button.mine", "om", n),),))
    await say(store, SECOND, "pause.resumed", params={"waiting": 9})
    store = await reopened(store, database_url, clock, world)
    assert await store.read(outbox.due_count) == 0, "paused still"
    await do(store, SECOND, pausing.resume, pausing.Resume(REGIME))
    assert await store.read(lambda tx: outbox.held_count(tx, REGIME)) == 6, "until it is in order nothing of it goes"
    await store.unit(lambda tx: catch_up(tx, 1))
    store = await reopened(store, database_url, clock, world)
    await tick(store)
    parcels = await store.unit(lambda tx: outbox.claim(tx, 1, 100))
    heard = [parcel for parcel in parcels if parcel.body["chat"] == LIAISON]
    assert [parcel.body["key"] for parcel in heard] == ["pause.news"]
    words = Renderer(world).text("pause.news", heard[0].body["params"], "zh")
    assert all(f"{n}. ▶️ 已恢复发送，等着的 {n - 1} 条合并" in words.replace("<b>", "").replace("</b>", "") for n in range(1, 6))
    rows = Renderer(world).keyboard(heard[0].body["buttons"], "zh")
    assert [row[0]["text"] for row in rows] == [f"{n} · 我的应办" for n in range(1, 6)]
    assert [parcel.body["key"] for parcel in parcels if parcel.body["chat"] == SECOND] == ["pause.resumed", "pause.resumed"]
    assert await store.read(pauses.paused) == frozenset()
    await store.close()


async def test_many_come_in_few_and_one_sound(store: Store) -> None:
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    for _ in range(TOGETHER * 2 + 1):
        await say(store, LIAISON)
    liaison = (await seat_of(store, LIAISON)).to()
    assert liaison is not None
    await store.unit(lambda tx: cards.show(tx, "settings:1", liaison))
    await do(store, SECOND, pausing.resume, pausing.Resume(REGIME))
    await tick(store)
    parcels = await store.unit(lambda tx: outbox.claim(tx, 1, 100))
    heard = [parcel for parcel in parcels if parcel.body["chat"] == LIAISON]
    assert sorted(parcel.body.get("key", "card") for parcel in heard) == ["card", "pause.news", "pause.news", "pause.news"]
    assert [parcel.hushed for parcel in heard].count(False) == 1


async def reopened(store: Store, url: str, clock: Clock, world: World) -> Store:
    await store.close()
    return await open_store(url, master_key=MASTER_KEY, now=clock, world=world)


async def test_a_second_pause_and_a_second_resume_change_nothing(store: Store) -> None:
    assert await do(store, OFFICE, pausing.resume, pausing.Resume(REGIME)) == Refusal("not_paused")
    await do(store, OFFICE, pausing.pause, WHY)
    assert await do(store, SECOND, pausing.pause, pausing.Pause(regime=REGIME, reason="另一个")) == Refusal("paused_already")
    held = await store.read(lambda tx: pausing.paused(tx, REGIME))
    assert held is not None
    assert held.reason == "名单有误"
    await do(store, OFFICE, pausing.resume, pausing.Resume(REGIME))
    assert await do(store, OFFICE, pausing.resume, pausing.Resume(REGIME)) == Refusal("not_paused")
    await tick(store)
    assert await do(store, OFFICE, pausing.resume, pausing.Resume(REGIME)) == Refusal("not_paused")
    written = await store.read(lambda tx: journal.of_subject(tx, "sending", 0))
    assert [json.loads(row["data"]) for row in written] == [{"paused": 1, "regime": REGIME}, {"paused": 0, "regime": REGIME}]


async def test_nobody_else_may(store: Store) -> None:
    assert await do(store, LIAISON, pausing.pause, WHY) == Refusal("forbidden")
    assert await do(store, 99, pausing.resume, pausing.Resume(REGIME)) == Refusal("stranger")
    assert not await store.read(pauses.paused)


async def test_the_state_says_who_since_when_and_why(store: Store) -> None:
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    await do(store, SECOND, pausing.show)
    assert await sent(store) == [(SECOND, "pause.states")]


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
    await do(store, OFFICE, pausing.resume, pausing.Resume(REGIME))
    await tick(store)
    assert len([key for chat, key in await sent(store) if chat == LIAISON]) == 1


async def test_what_gathers_of_the_other_province_is_said(store: Store, clock: Clock) -> None:
    """Somebody with a seat in both: the paused province's matters wait, the other's come; afterwards the rest, once."""

    async def stage(tx: Tx) -> None:
        await seat_directly(tx, account=LIAISON, name="两省", regime=ELSEWHERE, role="local_liaison", scope="2201")
        mine = {seat.regime: seat for seat in (await people.actor(tx, LIAISON, "zh")).seats}
        for n, (regime, region) in enumerate(((REGIME, "3714"), (ELSEWHERE, "2201")), 1):
            about: dict[str, Any] = {"regime": regime, "duty": "task", "region": region, "creditor": None, "owner": mine[regime]}
            await obligations.owe(tx, subject=("matter", n), due=date(2026, 3, 4), **about)

    clock.move_to("2026-03-02", "10:00")
    await store.unit(stage)
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    heard = []
    for day in ("2026-03-03", "2026-03-04", "2026-03-05"):
        clock.move_to(day, "08:30")
        await tick(store)
        due = await next_due(store)
        assert due is None or due > clock.now
        parcels = await store.unit(lambda tx: outbox.claim(tx, 1, 100))
        for parcel in parcels:
            await store.unit(lambda tx, row=parcel.id: outbox.sent(tx, row))  # type: ignore[misc]  # mypy knows no default of a lambda
        heard += [parcel.body for parcel in parcels if parcel.body["chat"] == LIAISON and parcel.body["op"] == "send"]
    assert len(heard) == 3
    assert all('"number": "2"' in json.dumps(body["params"]) and '"number": "1"' not in json.dumps(body["params"]) for body in heard)
    clock.move_to("2026-03-05", "10:00")
    after = await resumed(store)
    assert len([key for chat, key in after if chat == LIAISON]) == 1


async def test_complaints_and_major_problems_are_not_held_back_from_those_who_handle_them(store: Store, clock: Clock) -> None:
    async def stage(tx: Tx) -> None:
        seats = {seat.rights: seat for seat in (await people.actor(tx, LIAISON, "zh")).seats}
        office = (await people.actor(tx, SECOND, "zh")).seats[0]
        about: dict[str, Any] = {"regime": REGIME, "region": "3714", "creditor": None, "due": date(2026, 3, 3)}
        await obligations.owe(tx, subject=("complaint", 1), duty="complaint.accept", owner=office, **about)
        await obligations.owe(tx, subject=("matter", 1), duty="task", owner=seats["liaison"], **about)

    clock.move_to("2026-03-02", "10:00")
    await store.unit(stage)
    await do(store, OFFICE, pausing.pause, WHY)
    await sent(store)
    clock.move_to("2026-03-03", "08:30")
    await tick(store)
    told = await sent(store)
    assert SECOND in {chat for chat, _ in told}
    assert LIAISON not in {chat for chat, _ in told}
