"""The rules of tasks: every step from every state, numbers, regions."""

from typing import get_args

import pytest

from domain.people import Seat
from domain.task_filters import KINDS, By, Narrowed
from domain.tasks import MOVES, State, Verb, number, region_of, why_not
from domain.world import World

POSSIBLE = {
    "open": {"progress", "hand_in", "withdraw", "due", "reassign", "hand_on"},
    "handed_in": {"progress", "accept", "return", "withdraw"},
    "done": set[str](),
    "withdrawn": set[str](),
}


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("verb", get_args(Verb))
def test_each_step_is_possible_or_has_its_sentence(verb: Verb, state: State) -> None:
    late = why_not(verb, state)

    assert (late is None) == (verb in POSSIBLE[state])
    assert ((verb, state) in MOVES) == (late is None)
    assert late is None or late.startswith("task_")


def test_a_second_press_hears_that_the_first_one_counted() -> None:
    assert why_not("hand_in", "handed_in") == "task_handed_in"
    assert why_not("accept", "done") == "task_accepted"
    assert why_not("withdraw", "withdrawn") == "task_withdrawn_before"


@pytest.mark.parametrize("by", KINDS)
def test_a_filter_comes_back_from_its_button(by: By) -> None:
    asked = Narrowed(by, 217, 12)
    assert Narrowed.of(asked.code()) == asked
    assert Narrowed.of(15 * 1000) == Narrowed()  # made up


def test_a_number_names_region_and_year() -> None:
    assert number("3714", 2026, 1) == "T-3714-2026-0001"
    assert number("3714", 2026, 12345) == "T-3714-2026-12345"


@pytest.mark.parametrize(
    ("scope_kind", "scope", "plant", "region"),
    [
        ("region", "3714", None, "3714"),
        ("group", "3714", None, "3714"),
        ("group", "group-of-no-region", None, "37"),
        ("province", "37", None, "37"),
        ("unit", "fgw", None, "37"),
        ("enterprise", "8", "370102", "370102"),
        ("enterprise", "8", None, "37"),
    ],
)
def test_a_seat_works_in_one_region(world: World, scope_kind: str, scope: str, plant: str | None, region: str) -> None:
    seat = Seat(1, "shandong-2022", "office", "office", scope_kind, scope, "somebody")

    assert region_of(seat, world.regime("shandong-2022"), plant) == region
