"""Asking for an appointment: one request at a time, decided once, and with the decision the account is forgotten; on both databases."""

import json
from typing import Any

from actions import applications
from actions.inputs_applications import Apply, Refuse
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.jobs import housekeeping
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from storage import applications as rows
from storage import journal, people
from storage.applications import Asked
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock

OFFICE, JILIN, STRANGER, OTHER = 10, 11, 30, 31
REGIME = "shandong-2022"
WISH = {
    "regime": REGIME, "name": "张三", "role": "region:local_liaison", "region": "city:3714", "county": "3714/3714",
    "workplace": "德州市发展改革委", "why": "市里安排我接手",
}  # fmt: skip


async def do(store: Store, account: int, verb: Any, given: Any) -> Outcome:
    return await perform(store, Caller(account, account), verb, given)


async def said(store: Store, account: int) -> list[str]:
    async def unit(tx: Tx) -> list[str]:
        found = await tx.all("SELECT payload FROM outbox WHERE lane = :lane ORDER BY id", lane=tx.vault.lane(account))
        bodies = [json.loads(tx.vault.unseal(row["payload"], "outbox")) for row in found]
        return [body["key"] for body in bodies if body["op"] == "send"]

    return await store.read(unit)


async def office(store: Store) -> None:
    await store.unit(lambda tx: seat_directly(tx, account=OFFICE, name="王处长", regime=REGIME, role="office"))
    await store.unit(lambda tx: seat_directly(tx, account=JILIN, name="周办", regime="jilin-2019", role="office"))


async def asked(store: Store, account: int = STRANGER, **more: Any) -> int:
    outcome = await do(store, account, applications.apply, Apply.model_validate(WISH | more))
    assert isinstance(outcome, Done), outcome
    assert outcome.subject is not None
    return outcome.subject[1]


async def held(store: Store, number: int) -> Asked:
    found = await store.read(lambda tx: rows.get(tx, number))
    assert found is not None
    return found


async def seats(store: Store, account: int) -> tuple[Seat, ...]:
    async def unit(tx: Tx) -> tuple[Seat, ...]:
        return (await people.actor(tx, account, "zh")).seats

    return await store.read(unit)


async def test_approved_means_seated_told_and_the_account_forgotten(store: Store) -> None:
    await office(store)
    number = await asked(store)
    assert (await held(store, number)).to.chat == STRANGER
    assert await seats(store, STRANGER) == ()

    assert isinstance(await do(store, OFFICE, applications.approve, number), Done)
    (seat,) = await seats(store, STRANGER)
    assert (seat.role, seat.scope, seat.holder) == ("local_liaison", "3714", "张三")
    assert await said(store, STRANGER) == ["application.sent", "application.approved"]
    row = await store.read(lambda tx: tx.one("SELECT * FROM application"))
    assert (row["state"], row["lane"], row["sealed"], row["seat"]) == ("approved", None, None, seat.id)
    assert await do(store, OFFICE, applications.approve, number) == Refusal("application_settled")
    assert await store.read(journal.first_break) is None


async def test_refused_with_a_reason_and_asked_anew(store: Store) -> None:
    await office(store)
    number = await asked(store)
    given = Refuse(application=number, reason="请由单位统一报名册")
    assert isinstance(await do(store, OFFICE, applications.refuse, given), Done)
    assert await do(store, OFFICE, applications.refuse, given) == Refusal("application_settled")
    assert await said(store, STRANGER) == ["application.sent", "application.refused"]
    assert (await held(store, number)).wish == {}
    assert await asked(store) != number


async def test_one_request_waits_at_a_time_and_three_a_day(store: Store) -> None:
    await office(store)
    for _ in range(3):
        number = await asked(store)
        assert await do(store, STRANGER, applications.apply, Apply.model_validate(WISH)) in (
            Refusal("application_waits"), Refusal("application_often"),
        )  # fmt: skip
        await do(store, STRANGER, applications.begin, None)
        assert (await said(store, STRANGER))[-1] == "application.waiting"
        assert await do(store, OTHER, applications.withdraw, applications.OnOwn(number)) == Refusal("application_settled")
        assert isinstance(await do(store, STRANGER, applications.withdraw, applications.OnOwn(number)), Done)
    assert await do(store, STRANGER, applications.apply, Apply.model_validate(WISH)) == Refusal("application_often")
    await asked(store, OTHER)


async def test_only_the_office_of_that_province_decides(store: Store) -> None:
    await office(store)
    number = await asked(store)
    for account, code in ((JILIN, "forbidden"), (STRANGER, "stranger")):
        assert await do(store, account, applications.approve, number) == Refusal(code)
        assert await do(store, account, applications.refuse, Refuse(application=number, reason="不行")) == Refusal(code)
    assert (await held(store, number)).state == "open"


async def test_nobody_becomes_the_office_by_asking_and_nobody_asks_where_nobody_listens(store: Store) -> None:
    given = Apply.model_validate(WISH)
    assert await do(store, STRANGER, applications.apply, given) == Refusal("application_nobody")
    await office(store)
    as_office = Apply.model_validate(WISH | {"role": "province:office"})
    assert await do(store, STRANGER, applications.apply, as_office) == Refusal("gone")


async def test_a_member_asks_for_a_further_seat_under_the_own_name(store: Store) -> None:
    await office(store)
    await do(store, OFFICE, applications.approve, await asked(store))
    assert await do(store, STRANGER, applications.apply, Apply.model_validate(WISH)) == Refusal("application_held")
    further: dict[str, Any] = {
        "name": "某某",
        "known": "张三",
        "role": "enterprise:resident",
        "enterprise": "示例钢铁有限公司",
        "county": "3714/371402",
    }
    await do(store, OFFICE, applications.approve, await asked(store, **further))
    assert [(seat.role, seat.holder) for seat in await seats(store, STRANGER)] == [("local_liaison", "张三"), ("resident", "张三")]


async def test_a_request_nobody_decides_is_put_away_after_a_month(store: Store, clock: Clock) -> None:
    await office(store)
    number = await asked(store)
    clock.move_to("2026-03-31")
    await housekeeping.clean(store)
    assert (await held(store, number)).state == "open"
    clock.move_to("2026-04-02")
    await housekeeping.clean(store)
    found = await held(store, number)
    assert (found.state, found.wish) == ("expired", {})
    assert (await said(store, STRANGER))[-1] == "application.expired"
