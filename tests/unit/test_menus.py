"""The menu: few buttons, what one does every day first, everything else one press away, whatever seats somebody holds."""

import itertools
from typing import get_args

import pytest

import bot.handlers
from actions import menu
from bot.hearing import load_package
from bot.menus import DAILY, USUAL, entries
from bot.routes import COMMANDS
from domain.people import Actor, Seat
from domain.permissions import may_start
from domain.regime_parts import Rights

KINDS: tuple[str, ...] = get_args(Rights)


def holding(*rights: str) -> Actor:
    seats = tuple(Seat(n, "shandong-2022", each, each, "province", "37", "周办", person=1) for n, each in enumerate(rights, 1))
    return Actor(account=1, language="zh", lane="", person=1, seats=seats)


@pytest.fixture(autouse=True)
def _handlers() -> None:
    load_package(bot.handlers)


@pytest.mark.parametrize(
    "rights", [*((kind,) for kind in KINDS), (), *itertools.combinations(("office", "leader", "supervisor", "liaison"), 2)]
)
def test_a_menu_is_short_and_what_is_not_in_it_is_behind_more(rights: tuple[str, ...]) -> None:
    actor = holding(*rights)
    daily, later = menu.arranged(actor, entries())
    assert 0 < len(daily) + bool(later) <= menu.SHOWN
    assert {entry.command for entry in (*daily, *later)} == {entry.command for entry in menu.allowed(actor, entries())}
    assert menu.MORE in menu.keyboard(actor, entries())[-1] or not later


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_in_a_menu_stands_there_in_the_order_of_the_kind_and_is_permitted(kind: str) -> None:
    names = DAILY.get(kind, USUAL)
    assert all(not COMMANDS[name].needs or may_start(holding(kind).seats, COMMANDS[name].needs) for name in names), kind
    daily, _ = menu.arranged(holding(kind), entries())
    assert tuple(entry.command for entry in daily) == names


def test_who_holds_two_seats_has_the_first_of_each() -> None:
    daily, _ = menu.arranged(holding("supervisor", "inspector"), entries())
    assert {"overview", "mine", "item", "items"} <= {entry.command for entry in daily[:5]}
