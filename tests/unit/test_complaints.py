"""Whom a complaint reaches: the table of bars and routes, and the promise that no barred person is ever chosen."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.complaints import (
    ABOUT,
    MOVES,
    OPEN,
    About,
    Bar,
    Plant,
    after,
    bare_digits,
    barred,
    bars_of,
    cover_code,
    in_fours,
    is_receipt,
    looks_like_receipt,
    receipt_of,
    route,
)
from domain.people import Seat
from domain.regime import Regime
from domain.world import World

ON = date(2026, 3, 2)
QIHE, DEZHOU, JINAN, PROVINCE = "371425", "3714", "3701", "37"
PLANT = Plant(QIHE, "mac-of-the-plant")


@pytest.fixture(scope="module")
def regime(world: World) -> Regime:
    return world.regime("shandong-2022")


def with_handlers(regime: Regime, *handlers: str) -> Regime:
    return regime.model_copy(update={"complaints": regime.complaints.model_copy(update={"handlers": handlers})})


def seat(regime: Regime, number: int, role: str, scope: str = PROVINCE, *, person: int | None = 0, unit: str | None = None) -> Seat:
    """A taken seat; `person` 0 gives it somebody of its own, None leaves it vacant."""
    found = regime.role(role)
    who = 1000 + number if person == 0 else person
    account = None if who is None else who
    return Seat(number, regime.id, role, found.rights, found.scope, scope, f"人{number}", who, unit or found.unit, account)


def cast(regime: Regime) -> list[Seat]:
    return [
        seat(regime, 1, "office"),
        seat(regime, 2, "office_lead"),
        seat(regime, 3, "audit"),
        seat(regime, 4, "local_liaison", DEZHOU),
        seat(regime, 5, "local_supervisor", DEZHOU),
        seat(regime, 6, "county_lead", QIHE),
        seat(regime, 7, "local_liaison", JINAN),
        seat(regime, 8, "leader", DEZHOU),
        seat(regime, 9, "unit_liaison", "sthjt", unit="sthjt"),
        seat(regime, 10, "resident", "77"),
        seat(regime, 11, "resident", "78"),
    ]


PLANTS = {10: PLANT, 11: Plant(JINAN, "another")}


def out(regime: Regime, about: About, region: str, *, unit: str | None = None, enterprise: str | None = None) -> frozenset[int]:
    return barred(cast(regime), bars_of(about, region, unit, enterprise), regime, ON, PLANTS)


def test_the_county_complained_of_is_out_with_the_leaders_above_it_in_its_city(regime: Regime) -> None:
    assert out(regime, "local", QIHE) == {5, 6, 10}


def test_the_city_complained_of_is_out_with_its_counties(regime: Regime) -> None:
    assert out(regime, "local", DEZHOU) == {4, 5, 6, 10}


def test_the_enterprise_bars_whoever_sits_in_it_wherever_it_is(regime: Regime) -> None:
    assert out(regime, "enterprise", JINAN, enterprise=PLANT.name_mac) == {7, 10, 11}


def test_a_seat_in_an_enterprise_nobody_knows_any_more_is_out(regime: Regime) -> None:
    assert 10 in barred(cast(regime), bars_of("enterprise", JINAN, None, "x"), regime, ON, {})


def test_inspectors_complained_of_are_out(regime: Regime) -> None:
    assert 8 in out(regime, "group", QIHE)
    assert 8 in out(regime, "unsure", QIHE)
    assert 8 not in out(regime, "local", QIHE)


def test_a_unit_complained_of_is_out_from_its_clerk_to_its_head(regime: Regime) -> None:
    assert {1, 2} <= out(regime, "unit", JINAN, unit="fgw")
    assert 9 in out(regime, "unit", JINAN, unit="sthjt")


def test_who_sits_on_a_barred_seat_is_out_on_every_other_seat(regime: Regime) -> None:
    seats = [seat(regime, 1, "office", person=50), seat(regime, 2, "local_liaison", DEZHOU, person=50), seat(regime, 3, "office")]
    assert barred(seats, bars_of("local", DEZHOU, None, None), regime, ON, {}) == {1, 2}


@pytest.mark.parametrize(
    ("handlers", "about", "region", "unit", "chosen"),
    [
        (("office",), "local", QIHE, None, 1),
        (("office",), "unit", QIHE, "fgw", 3),  # the office itself: the last resort
        (("local_liaison", "office"), "local", QIHE, None, 4),  # one level up from the county
        (("local_liaison", "office"), "local", DEZHOU, None, 1),  # nobody of the city itself
        (("local_supervisor", "office"), "local", QIHE, None, 1),  # the county's leader in the city is out
        (("local_liaison", "office"), "local", PROVINCE, None, 1),
    ],
)
def test_who_handles_it(regime: Regime, handlers: tuple[str, ...], about: About, region: str, unit: str | None, chosen: int) -> None:
    told = with_handlers(regime, *handlers)
    found = route(cast(told), out(told, about, region, unit=unit), region, told, ON, {})
    assert found is not None
    assert found.id == chosen


def test_whoever_has_least_to_do_and_can_be_reached_comes_first(regime: Regime) -> None:
    seats = [seat(regime, 1, "office"), seat(regime, 2, "office"), seat(regime, 3, "office", person=None)]
    found = route(seats, (), QIHE, regime, ON, {1: 4, 2: 2})
    assert found is not None
    assert found.id == 2


def test_nobody_is_better_than_somebody_barred(regime: Regime) -> None:
    everyone = cast(regime)
    assert route(everyone, {each.id for each in everyone}, QIHE, regime, ON, {}) is None


def regions_of(regime: Regime) -> list[str]:
    return [region.id for region in regime.regions]


@given(data=st.data())
def test_no_barred_person_is_ever_chosen(world: World, data: st.DataObject) -> None:
    """Any seats, any handlers, any complaint: who is chosen sits on no seat that belongs to whom it is about."""
    base = world.regime("shandong-2022")
    places, units, roles = regions_of(base), [unit.id for unit in base.units], [role.id for role in base.roles]
    told = with_handlers(base, *data.draw(st.lists(st.sampled_from(roles), min_size=1, max_size=4)))
    seats = []
    for number in range(1, data.draw(st.integers(1, 14)) + 1):
        role = told.role(data.draw(st.sampled_from(roles)))
        scope = data.draw(st.sampled_from({"unit": units, "province": [PROVINCE], "enterprise": ["77", "78"]}.get(role.scope, places)))
        seats.append(seat(told, number, role.id, scope, person=data.draw(st.one_of(st.none(), st.integers(1, 8)))))
    about, region = data.draw(st.sampled_from(ABOUT)), data.draw(st.sampled_from(places))
    bars = bars_of(about, region, data.draw(st.sampled_from(units)), data.draw(st.sampled_from([None, PLANT.name_mac])))
    plants = {each.id: PLANT if each.scope == "77" else Plant(JINAN, "another") for each in seats if each.scope_kind == "enterprise"}

    excluded = barred(seats, bars, told, ON, plants)
    chosen = route(seats, excluded, region, told, ON, {})

    if chosen is None:
        return
    mine = [each for each in seats if each.person == chosen.person]
    assert chosen.person is not None
    assert not {each.id for each in mine} & excluded
    for each in mine:
        assert not (each.scope_kind == "region" and told.covers(region, each.scope, ON))
        assert Bar("unit", each.unit or "") not in bars


def test_the_states_end_where_they_should() -> None:
    assert {state for state, moves in MOVES.items() if not moves} == set(MOVES) - set(OPEN)
    assert after("received", "accept") == "checking"
    assert after("checking", "decline") is None  # what was accepted is answered
    assert after("closed", "answer") is None
    assert {target for moves in MOVES.values() for target in moves.values()} | {"received"} == set(MOVES)


@given(number=st.integers(0, 10**27 - 1), place=st.integers(0, 27), slip=st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: int, place: int, slip: int) -> None:
    receipt = receipt_of(number)
    wrong = receipt[:place] + str((int(receipt[place]) + slip) % 10) + receipt[place + 1 :]
    assert is_receipt(receipt)
    assert not is_receipt(wrong)


@given(number=st.integers(0, 10**27 - 1))
def test_a_receipt_is_read_back_as_people_write_it(number: int) -> None:
    receipt = receipt_of(number)
    assert bare_digits(f"  {in_fours(receipt)}\n") == receipt
    assert bare_digits(in_fours(receipt).replace(" ", "-")) == receipt
    assert bare_digits("".join(chr(ord("０") + int(digit)) for digit in receipt)) == receipt


def test_a_receipt_has_the_bits_we_promise() -> None:
    assert 10**27 > 2**88


@pytest.mark.parametrize("typed", ["", "abc", "1" * 27, "1" * 29, "²" * 28])
def test_what_is_no_receipt(typed: str) -> None:
    assert not is_receipt(bare_digits(typed))


@given(complaint=st.integers(2**62, 2**63 - 1))
def test_a_cover_code_is_short_and_plain(complaint: int) -> None:
    code = cover_code(complaint)
    assert len(code) == 4
    assert code[0].isalpha()
    assert code[1:].isdigit()


RECEIPT = "1234 5678 9012 3456 7890 1234 5678"
SHOWN_ANYWHERE = {
    "as_given": RECEIPT,
    "behind_the_command": f"/check@duban_bot {RECEIPT}",
    "in_one": RECEIPT.replace(" ", ""),
    "with_dashes_on_two_lines": RECEIPT.replace(" ", "-").replace("-3456-", "-3456\n"),
    "with_a_digit_too_few": "1234 5678 902 3456 7890 1234 5678",
    "with_a_digit_too_many": "1234 5678 9012 34567 7890 1234 5678",
    "most_of_it": "我的回执 1234 5678 9012 3456 7890，后面忘了",
    "full_width": "１２３４ ５６７８ ９０１２ ３４５６ ７８９０ １２３４ ５６７８",
    "in_tens": "1234567890 1234567890 12345678",
}


@pytest.mark.parametrize("words", SHOWN_ANYWHERE.values(), ids=SHOWN_ANYWHERE.keys())
def test_what_a_group_should_not_see(words: str) -> None:
    assert looks_like_receipt(words)


EVERYDAY = {
    "two_phones": "联系人：13800138000 13900139000",
    "a_report": "3月2日产量 12345 吨，用电 234567 度，用水 34567 吨，煤 4567 吨，比上周少 123 吨",
    "dates": "2026-03-02、2026-03-09、2026-03-16 都要报",
    "two_landlines": "0531-88886666 0531-77776666",
    "identity_and_phone": "370102199001011234 13800138000",
    "an_empty_one": "",
}


@pytest.mark.parametrize("words", EVERYDAY.values(), ids=EVERYDAY.keys())
def test_what_is_said_in_a_group_every_day_stays(words: str) -> None:
    assert not looks_like_receipt(words)
