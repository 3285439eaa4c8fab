"""Links and seats: the office invites, the newcomer joins, and everything that must not work does not."""

import asyncio
import json
from functools import partial
from typing import Any

import pytest

from actions import invites, joining, menu
from actions.inputs_people import Invite
from actions.menu import Entry
from actions.people import BadSeatError, Link, NewSeat, add_seat, first_office, seat_directly
from actions.perform import Caller, perform
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from domain.speech import Message
from storage import journal, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock

OFFICE, JILIN_OFFICE, LIAISON, STRANGER, OTHER = 10, 11, 20, 30, 31
ENTRIES = (
    Entry("invite", "people.invite"),
    Entry("tasks", "task.view"),
    Entry("complain", "complaint.file"),
    Entry("language", members=True),
)
LIAISON_FORM = {"regime": "shandong-2022", "name": "张三", "role": "region:local_liaison", "region": "city:3714", "county": "3714/3714"}


async def do(store: Store, account: int, verb: Any, given: Any) -> Outcome:
    return await perform(store, Caller(account, account), verb, given)


async def said(store: Store, account: int) -> list[dict[str, Any]]:
    """What waits to be sent to this account, in order."""

    async def unit(tx: Tx) -> list[dict[str, Any]]:
        rows = await tx.all("SELECT payload FROM outbox WHERE lane = :lane ORDER BY id", lane=tx.vault.lane(account))
        return [json.loads(tx.vault.unseal(row["payload"], "outbox")) for row in rows]

    return await store.read(unit)


def keys(bodies: list[dict[str, Any]]) -> list[str]:
    return [body["key"] for body in bodies if body["op"] == "send"]


async def seats_of(store: Store, account: int) -> tuple[Seat, ...]:
    return await store.read(lambda tx: _seats(tx, account))


async def _seats(tx: Tx, account: int) -> tuple[Seat, ...]:
    return (await people.actor(tx, account, "zh")).seats


async def office(store: Store, account: int = OFFICE, regime: str = "shandong-2022") -> Seat:
    return await store.unit(lambda tx: seat_directly(tx, account=account, name="王处长", regime=regime, role="office"))


async def invited(store: Store, **answers: Any) -> tuple[int, str]:
    """An invitation by the office; its id and token."""
    outcome = await do(store, OFFICE, invites.invite, Invite.model_validate(LIAISON_FORM | answers))
    assert isinstance(outcome, Done)
    assert outcome.subject is not None
    return outcome.subject[1], await last_token(store)


async def last_token(store: Store) -> str:
    letter = [body for body in await said(store, OFFICE) if body.get("key") == "people.invite.letter"][-1]
    token: str = letter["params"]["link"]["token"]
    assert letter["file"] == {"make": "qr", "text": {"$": "join_link", "token": token}}
    return token


async def test_the_first_office_joins_by_its_link(store: Store) -> None:
    link: Link = await store.unit(lambda tx: first_office(tx, regime="shandong-2022", role="office", name="张三"))

    assert isinstance(await do(store, OFFICE, joining.look, link.token), Done)
    assert await seats_of(store, OFFICE) == ()
    assert isinstance(await do(store, OFFICE, joining.join, joining.Pressed(link.token, 7)), Done)

    (seat,) = await seats_of(store, OFFICE)
    assert (seat.role, seat.rights, seat.scope_kind, seat.scope, seat.holder, seat.unit) == (
        "office",
        "office",
        "province",
        "37",
        "张三",
        "fgw",
    )
    assert keys(await said(store, OFFICE)) == ["people.join.ask", "people.joined"]
    assert {"op": "strip", "message_id": 7}.items() <= (await said(store, OFFICE))[1].items()
    assert await store.read(journal.first_break) is None


async def test_the_office_invites_and_hears_who_has_joined(store: Store) -> None:
    await office(store)
    _, token = await invited(store)

    assert len(token) == 32
    await do(store, LIAISON, joining.join, joining.Pressed(token))

    (seat,) = await seats_of(store, LIAISON)
    assert (seat.role, seat.scope, seat.account) == ("local_liaison", "3714", LIAISON)
    assert keys(await said(store, OFFICE))[-1] == "people.joined.issuer"


@pytest.mark.parametrize(
    ("answers", "scope_kind", "scope"),
    [
        ({"role": "province:audit", "region": "", "county": ""}, "province", "37"),
        ({"county": "3714/371402"}, "region", "371402"),
        ({"role": "group:leader", "region": "place:37", "county": ""}, "group", "37"),
        ({"role": "unit:unit_liaison", "region": "", "county": "", "unit": "gxt"}, "unit", "gxt"),
        ({"role": "enterprise:resident", "enterprise": "示例钢铁有限公司", "county": "3714/371402"}, "enterprise", "1"),
    ],
)
async def test_each_kind_of_scope_becomes_a_seat(store: Store, answers: dict[str, str], scope_kind: str, scope: str) -> None:
    await office(store)
    _, token = await invited(store, **answers)
    assert isinstance(await do(store, LIAISON, joining.look, token), Done)
    await do(store, LIAISON, joining.join, joining.Pressed(token))

    (seat,) = await seats_of(store, LIAISON)
    assert (seat.scope_kind, seat.scope) == (scope_kind, scope)


async def test_a_link_works_once_however_many_press_at_once(store: Store) -> None:
    await office(store)
    _, token = await invited(store)
    accounts = [STRANGER, OTHER, LIAISON, LIAISON]

    outcomes = await asyncio.gather(*(do(store, account, joining.join, joining.Pressed(token)) for account in accounts))

    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)} <= {"link_used", "link_yours"}
    assert sum([len(await seats_of(store, account)) for account in set(accounts)]) == 1


async def test_pressing_twice_says_that_one_has_joined(store: Store) -> None:
    await office(store)
    _, token = await invited(store)
    await do(store, LIAISON, joining.join, joining.Pressed(token))

    assert await do(store, LIAISON, joining.join, joining.Pressed(token)) == Refusal("link_yours")
    assert await do(store, STRANGER, joining.look, token) == Refusal("link_used")


async def test_a_link_expires(store: Store, clock: Clock) -> None:
    await office(store)
    _, token = await invited(store)
    clock.move_to("2026-03-09", "09:00")  # seven days later to the minute

    assert await do(store, LIAISON, joining.look, token) == Refusal("link_expired")
    assert await do(store, LIAISON, joining.join, joining.Pressed(token)) == Refusal("link_expired")
    assert await seats_of(store, LIAISON) == ()


async def test_a_withdrawn_link_seats_nobody_and_its_seat_is_closed(store: Store) -> None:
    await office(store)
    number, token = await invited(store)

    assert isinstance(await do(store, OFFICE, invites.withdraw, invites.OnLink(number, message_id=5)), Done)
    assert await do(store, LIAISON, joining.join, joining.Pressed(token)) == Refusal("link_withdrawn")
    assert await do(store, OFFICE, invites.withdraw, invites.OnLink(number)) == Refusal("link_settled")
    assert len(await store.read(lambda tx: people.seats_in(tx, "shandong-2022"))) == 1


async def test_a_new_link_replaces_the_old_one_on_the_same_seat(store: Store) -> None:
    await office(store)
    number, before = await invited(store)
    await do(store, OFFICE, invites.renew, invites.OnLink(number))
    after = await last_token(store)

    assert await do(store, LIAISON, joining.look, before) == Refusal("link_withdrawn")
    assert isinstance(await do(store, LIAISON, joining.join, joining.Pressed(after)), Done)
    assert await do(store, OFFICE, invites.renew, invites.OnLink(number)) == Refusal("link_settled")


async def test_not_me_leaves_the_link_to_the_one_it_is_for(store: Store) -> None:
    await office(store)
    _, token = await invited(store)

    assert isinstance(await do(store, STRANGER, joining.decline, joining.Pressed(token)), Done)
    assert isinstance(await do(store, LIAISON, joining.join, joining.Pressed(token)), Done)


async def test_a_guessed_token_is_unknown(store: Store) -> None:
    assert await do(store, STRANGER, joining.look, "A" * 32) == Refusal("link_unknown")


async def test_a_person_may_take_a_further_seat(store: Store) -> None:
    await office(store)
    _, first = await invited(store)
    _, second = await invited(store, role="unit:unit_liaison", region="", county="", unit="gxt")
    await do(store, LIAISON, joining.join, joining.Pressed(first))
    await do(store, LIAISON, joining.join, joining.Pressed(second))

    assert [seat.role for seat in await seats_of(store, LIAISON)] == ["local_liaison", "unit_liaison"]
    assert keys(await said(store, LIAISON)) == ["people.joined", "people.joined.further"]


async def test_regimes_do_not_cross(store: Store) -> None:
    await office(store)
    await office(store, JILIN_OFFICE, "jilin-2019")
    number, _ = await invited(store)

    assert await do(store, JILIN_OFFICE, invites.invite, Invite.model_validate(LIAISON_FORM)) == Refusal("forbidden")
    assert await do(store, JILIN_OFFICE, invites.withdraw, invites.OnLink(number)) == Refusal("forbidden")
    assert await do(store, OFFICE, invites.invite, Invite.model_validate(LIAISON_FORM | {"regime": "elsewhere"})) == Refusal("gone")


async def test_only_the_office_invites(store: Store) -> None:
    await office(store)
    number, token = await invited(store)
    await do(store, LIAISON, joining.join, joining.Pressed(token))

    assert await do(store, LIAISON, invites.invite, Invite.model_validate(LIAISON_FORM)) == Refusal("forbidden")
    assert await do(store, STRANGER, invites.withdraw, invites.OnLink(number)) == Refusal("stranger")
    assert await do(store, STRANGER, invites.show_list, invites.Turn()) == Refusal("stranger")


async def test_the_list_shows_the_office_its_own_unused_links(store: Store, clock: Clock) -> None:
    seat = await office(store)
    jilin = await office(store, JILIN_OFFICE, "jilin-2019")
    number, _ = await invited(store)
    _, used = await invited(store, name="李四")
    await do(store, LIAISON, joining.join, joining.Pressed(used))
    clock.move_to("2026-04-01")

    shown = await store.read(lambda tx: invites.invites_card(tx, 0, seat.person))
    assert shown is not None
    assert (shown.key, shown.params["n"]) == ("people.invites", 1)
    assert [button.id for button in shown.buttons[0]] == [number, number]
    assert "people.invites.expired" in json.dumps(shown.params["rows"])
    for viewer in (jilin.person, None):
        other = await store.read(partial(_list_of, viewer=viewer))
        assert other is None or other.key == "people.invites.none"


async def _list_of(tx: Tx, viewer: int | None) -> Message | None:
    return await invites.invites_card(tx, 0, viewer)


async def test_a_term_ends_by_itself(store: Store, clock: Clock) -> None:
    await office(store)
    _, token = await invited(store, until="2026-03-04")
    await do(store, LIAISON, joining.join, joining.Pressed(token))
    clock.move_to("2026-03-04", "23:59")
    assert len(await seats_of(store, LIAISON)) == 1
    clock.move_to("2026-03-05", "00:00")
    assert await seats_of(store, LIAISON) == ()


async def test_the_menu_shows_what_is_permitted_in_the_order_of_the_entries(store: Store) -> None:
    await office(store)
    _, token = await invited(store)
    await do(store, LIAISON, joining.join, joining.Pressed(token))

    for account, expected in {
        OFFICE: ["invite", "tasks", "complain", "language"],
        LIAISON: ["tasks", "complain", "language"],
        STRANGER: ["complain"],
    }.items():
        await do(store, account, menu.show, ENTRIES)
        last = (await said(store, account))[-1]
        assert [button["a"] for row in last["buttons"] for button in row] == expected


async def test_language_is_each_persons_choice_and_the_menu_follows_the_first(store: Store) -> None:
    await office(store)
    _, token = await invited(store)
    await do(store, LIAISON, joining.join, joining.Pressed(token))

    assert isinstance(await do(store, LIAISON, joining.set_language, joining.Language("en", 9, ENTRIES)), Done)
    assert (await seats_of(store, LIAISON))[0].language == "en"
    assert keys(await said(store, LIAISON))[-2:] == ["people.language.set", "people.menu"]
    assert await do(store, LIAISON, joining.set_language, joining.Language("fr")) == Refusal("gone")
    assert await do(store, STRANGER, joining.set_language, joining.Language("en")) == Refusal("no_language")


async def test_looking_answers_everybody(store: Store) -> None:
    await office(store)
    for account in (OFFICE, STRANGER):
        for verb, given in ((menu.whoami, None), (menu.privacy, None), (menu.help_, ENTRIES)):
            assert isinstance(await do(store, account, verb, given), Done)
    assert keys(await said(store, STRANGER)) == ["people.whoami.stranger", "people.privacy", "people.help.stranger"]


@pytest.mark.parametrize(
    ("seat", "word"),
    [
        (NewSeat("nowhere", "office", "甲"), "not served"),
        (NewSeat("shandong-2022", "king", "甲"), "role"),
        (NewSeat("shandong-2022", "local_liaison", "甲", "9999"), "region"),
        (NewSeat("shandong-2022", "resident", "甲", "某厂"), "enterprise"),
    ],
)
async def test_a_seat_that_the_regime_does_not_have_is_refused_in_a_sentence(store: Store, seat: NewSeat, word: str) -> None:
    with pytest.raises(BadSeatError, match=word):
        await store.unit(lambda tx: add_seat(tx, seat))
