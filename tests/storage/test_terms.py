"""Terms that end by themselves, on both databases: who hears when, once, and where what is still open goes."""

import json
from datetime import date
from typing import Any

import pytest

from actions import obligations, roster
from actions.inputs_roster import RosterGiven
from actions.people import NewSeat, add_seat, seat_directly
from actions.perform import Caller, perform
from bot.jobs.tick import next_due, tick
from domain.deadlines import at, end_of_day
from domain.people import Seat
from storage import people, terms
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock

REGIME = "shandong-2022"
OFFICE, LIAISON = 10, 20


async def seat(store: Store, account: int, role: str, *, scope: str = "", until: str = "", name: str = "某人") -> Seat:
    until_at = end_of_day(date.fromisoformat(until)) if until else None
    return await store.unit(
        lambda tx: seat_directly(tx, account=account, name=name, regime=REGIME, role=role, scope=scope, until_at=until_at)
    )


async def said(store: Store, account: int) -> list[dict[str, Any]]:
    """What waits for this account; then it counts as sent."""

    async def unit(tx: Tx) -> list[dict[str, Any]]:
        lane = tx.vault.lane(account)
        rows = await tx.all("SELECT payload FROM outbox WHERE lane = :lane ORDER BY id", lane=lane)
        await tx.run("DELETE FROM outbox WHERE lane = :lane", lane=lane)
        return [body for row in rows if (body := json.loads(tx.vault.unseal(row["payload"], "outbox")))["op"] == "send"]

    return await store.unit(unit)


def keys(bodies: list[dict[str, Any]]) -> list[str]:
    return [body["key"] for body in bodies]


async def stage(store: Store, until: str = "2026-03-20") -> Seat:
    await seat(store, OFFICE, "office", name="王处长")
    return await seat(store, LIAISON, "local_liaison", scope="3714", until=until, name="张三")


async def owe(store: Store, owner: Seat, due: str) -> int:
    return await store.unit(
        lambda tx: obligations.owe(
            tx, regime=REGIME, duty="task", subject=("thing", 1), owner=owner, creditor=None, region="3714", due=date.fromisoformat(due)
        )
    )


async def test_the_holder_hears_a_week_before_and_on_the_last_day_and_the_office_a_week_before(store: Store, clock: Clock) -> None:
    await stage(store)
    assert await store.read(terms.next_at) == at(date(2026, 3, 13), "08:30")
    heard: dict[str, tuple[list[str], list[str]]] = {}
    for day in ("2026-03-12", "2026-03-13", "2026-03-16", "2026-03-20", "2026-03-21"):
        clock.move_to(day, "08:30")
        await tick(store)
        await tick(store)
        heard[day] = (keys(await said(store, LIAISON)), keys(await said(store, OFFICE)))
    assert heard == {
        "2026-03-12": ([], []),
        "2026-03-13": (["people.ending.soon"], ["people.ending.office"]),
        "2026-03-16": ([], []),
        "2026-03-20": (["people.ending.last"], []),
        "2026-03-21": ([], []),
    }
    assert await store.read(terms.next_at) is None


async def test_what_is_open_goes_up_as_soon_as_the_term_is_over(store: Store, clock: Clock) -> None:
    owner = await stage(store)
    await owe(store, owner, "2026-06-30")
    clock.move_to("2026-03-13", "08:30")
    await tick(store)
    (soon,) = await said(store, LIAISON)
    assert soon["params"]["left"]["params"] == {"n": 1}
    await said(store, OFFICE)

    clock.move_to("2026-03-21", "00:00")
    await tick(store)
    assert await said(store, OFFICE) == []  # quiet hours
    clock.move_to("2026-03-21", "08:30")
    await tick(store)
    assert keys(await said(store, OFFICE)) == ["obligation.gap"]
    assert await said(store, LIAISON) == []


async def test_after_a_sleep_only_the_latest_is_said(store: Store, clock: Clock) -> None:
    await stage(store)
    clock.move_to("2026-03-20", "10:00")
    await tick(store)
    assert keys(await said(store, LIAISON)) == ["people.ending.last"]
    assert await said(store, OFFICE) == []


async def test_a_new_term_is_planned_anew(store: Store, clock: Clock) -> None:
    await stage(store)
    rows = [["姓名", "职务", "范围", "任期至"], ["张三", "地方联络员", "德州", "2026-04-20"]]
    given = RosterGiven.model_validate({"regime": REGIME, "sheet": {"sheets": [rows]}})
    await perform(store, Caller(OFFICE, OFFICE), roster.show, given)
    await perform(store, Caller(OFFICE, OFFICE), roster.take, roster.OnRoster(1))
    for account in (OFFICE, LIAISON):
        await said(store, account)
    clock.move_to("2026-03-21", "08:30")
    await tick(store)
    assert await said(store, LIAISON) == []
    assert await next_due(store) == at(date(2026, 4, 13), "08:30")


async def test_a_seat_that_was_ended_by_hand_is_silent(store: Store, clock: Clock) -> None:
    owner = await stage(store)
    await store.unit(lambda tx: people.end_seat(tx, owner.id))
    clock.move_to("2026-03-21", "08:30")
    await tick(store)
    assert await said(store, LIAISON) == []
    assert await store.read(terms.next_at) is None


async def test_many_terms_of_one_day_are_one_message_to_the_office(store: Store, clock: Clock) -> None:
    await seat(store, OFFICE, "office")
    until = end_of_day(date(2026, 12, 31))

    async def unit(tx: Tx) -> None:
        for n in range(300):
            await add_seat(tx, NewSeat(REGIME, "local_liaison", f"人员{n}", "3714", until_at=until))

    await store.unit(unit)
    clock.move_to("2026-12-24", "08:30")
    await tick(store)
    (office,) = await said(store, OFFICE)
    assert office["params"]["n"] == 300


@pytest.mark.parametrize("until", ["2026-03-02", "2026-03-05"])
async def test_a_term_shorter_than_a_week_is_spoken_of_on_its_last_day(store: Store, clock: Clock, until: str) -> None:
    clock.move_to("2026-03-02", "08:00")
    await stage(store, until)
    clock.move_to(until, "08:30")
    await tick(store)
    assert keys(await said(store, LIAISON)) == ["people.ending.last"]
