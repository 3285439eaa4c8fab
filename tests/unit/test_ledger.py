"""Ledger rules: which step is possible from where, who verifies, who reads where an item comes from, pages of a history."""

from dataclasses import replace
from datetime import date

import pytest

from actions.ledger_view import LOG_ENTRIES, LOG_FILES, split
from domain import ledger
from domain.ledger import Item, Source
from domain.ledger_desk import Desk, Row, RowError, place_of
from domain.people import Actor, Seat
from domain.world import World
from storage.entries import Entry, Evidence

ON = date(2026, 3, 2)
REGIME = "jilin-2019"
STATES = ("pending", "rectifying", "closing", "checking", "closed")


def seat(n: int, role: str, scope: str = "2203", kind: str = "region", *, person: int | None = None, joined: bool = True) -> Seat:
    rights = {"local_liaison": "liaison", "local_supervisor": "supervisor", "office_lead": "supervisor", "unit_lead": "supervisor"}
    person = n if person is None else person
    return Seat(n, REGIME, role, rights.get(role, role), kind, scope, f"人{n}", person if joined else None, account=n if joined else None)


OFFICE = seat(1, "office", "22", "province")
INSPECTOR = seat(2, "inspector", "2203", "group")
ELSEWHERE = seat(3, "inspector", "2204", "group")
LIAISON = seat(4, "local_liaison")
ITEM = Item(
    id=1, regime=REGIME, number="2203-2026-0001", enterprise="某厂", region="220382", industry=None, source="inspection", problem="问题",
    kind="rectify", measures="措施", goal="", owner=LIAISON.id, opener=INSPECTOR.id, leader=None, state="pending", version=1, created_at=0,
    closed_at=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "paths"),
    [
        ("report", {"pending": ("rectifying",), "rectifying": ()}),
        ("request_closing", {"pending": ("rectifying", "closing"), "rectifying": ("closing",)}),
        ("start_check", {"closing": ("checking",)}),
        ("verify", {"closing": ("checking", "closed"), "checking": ("closed",)}),
        ("send_back", {"closing": ("rectifying",), "checking": ("rectifying",)}),
    ],
)
def test_every_step_is_possible_from_these_states_only(verb: ledger.Verb, paths: dict[str, tuple[str, ...]]) -> None:
    assert {state: ledger.path(verb, state) for state in STATES} == {state: paths.get(state) for state in STATES}  # type: ignore[arg-type]  # all states


def test_the_opener_verifies_where_the_rule_lets_them(world: World) -> None:
    assert ledger.choose_verifier([OFFICE, INSPECTOR, LIAISON], ITEM, frozenset(), world, ON) == INSPECTOR


def test_else_the_nearest_who_may_and_nobody_whose_scope_lies_elsewhere(world: World) -> None:
    other = seat(9, "inspector", "2203", "group")
    seats = [OFFICE, ELSEWHERE, other, LIAISON]
    assert ledger.choose_verifier(seats, replace(ITEM, opener=ELSEWHERE.id), frozenset(), world, ON) == other
    assert ledger.choose_verifier(seats, ITEM, {other.id}, world, ON) == OFFICE
    assert ledger.choose_verifier([ELSEWHERE, LIAISON], ITEM, frozenset(), world, ON) is None


def test_a_vacant_seat_verifies_only_where_nobody_can_be_reached(world: World) -> None:
    vacant = seat(9, "inspector", "2203", "group", joined=False)
    assert ledger.choose_verifier([vacant, OFFICE], ITEM, frozenset(), world, ON) == OFFICE
    assert ledger.choose_verifier([vacant], ITEM, frozenset(), world, ON) == vacant


def test_who_worked_on_it_is_barred_on_every_seat_they_hold() -> None:
    second = seat(8, "inspector", "2203", "group", person=4)
    seats = [OFFICE, INSPECTOR, LIAISON, second]
    assert ledger.conflicted(seats, {LIAISON.id}, {4}) == {LIAISON.id, second.id}


def test_vacant_seats_are_nobody_s() -> None:
    vacant = seat(8, "inspector", joined=False)
    assert ledger.conflicted([vacant], set(), {4}) == frozenset()


@pytest.mark.parametrize("source", ["inspection", "complaint", "special"])
@pytest.mark.parametrize(
    ("viewers", "knows"),
    [
        ([OFFICE], True),
        ([INSPECTOR], True),
        ([seat(5, "audit", "22", "province")], True),
        ([seat(5, "office_lead", "22", "province")], True),
        ([seat(5, "unit_lead", "gxt", "unit")], True),
        ([LIAISON], False),
        ([seat(5, "local_supervisor")], False),
        ([seat(5, "receiver")], False),
        ([INSPECTOR, LIAISON], False),
        ([INSPECTOR, replace(LIAISON, scope="2204")], True),
        ([], False),
    ],
)
def test_a_local_reads_the_same_words_whatever_the_source(source: Source, viewers: list[Seat], knows: bool, world: World) -> None:
    item = replace(ITEM, source=source)
    assert ledger.shown_source(item, viewers, world, ON) == (source if knows else "routine")


def test_a_special_inspector_reads_as_the_office_to_a_local(world: World) -> None:
    special = replace(ITEM, source="special")
    assert ledger.is_covered(special, INSPECTOR, [LIAISON], world, ON)
    assert not ledger.is_covered(special, INSPECTOR, [OFFICE], world, ON)
    assert not ledger.is_covered(special, LIAISON, [LIAISON], world, ON)
    assert not ledger.is_covered(ITEM, INSPECTOR, [LIAISON], world, ON)


def entry(n: int, body: str = "", files: int = 0) -> Entry:
    return Entry(n, 0, 1, "report", body, None, None, tuple(Evidence(n * 100 + each, "photo", "x") for each in range(files)))


@pytest.mark.parametrize("body", ["", "改" * 600, "&" * 600])
@pytest.mark.parametrize("files", [0, 10])
def test_a_history_is_cut_into_pages_that_fit_and_nothing_is_lost(body: str, files: int) -> None:
    log = [entry(n, body, files) for n in range(1, 60)]
    pages = split(log)
    assert [each for page in pages for each in page] == log
    assert all(len(page) <= LOG_ENTRIES for page in pages)
    assert all(sum(len(each.evidence) for each in page) <= LOG_FILES for page in pages)
    assert split([]) == [[]]


def test_a_place_of_a_sheet_is_found_with_its_city_and_refused_where_two_have_the_name(world: World) -> None:
    office = Seat(1, "shandong-2022", "office", "office", "province", "37", "王处长")
    desk = Desk(Actor(0, "zh", "", seats=(office,)), world, ON, held={}, seats={})
    for city, county in (("济南市", "市中区"), ("", "济南市市中区"), ("", "济南 市中区")):
        assert place_of(Row(2, {"city": city, "county": county}), desk)[1] == "370103"
    for cells, code in (
        ({"county": "市中区"}, "place_several"),
        ({"county": "某县"}, "place"),
        ({"city": "济南市", "county": "德城区"}, "place"),
    ):
        with pytest.raises(RowError) as refused:
            place_of(Row(2, cells), desk)
        assert refused.value.code == code
