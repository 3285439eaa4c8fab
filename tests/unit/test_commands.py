"""The order of commands, and who is offered which."""

import bot.handlers
from bot.hearing import load_package
from bot.published import listed
from bot.routes import COMMANDS, ORDER, in_order
from domain.people import Seat

load_package(bot.handlers)


def seat(rights: str) -> Seat:
    return Seat(1, "shandong-2022", rights, rights, "province", "37", "周办")


def names(*rights: str, joined: bool = True) -> list[str]:
    return [each.name for each in listed([seat(each) for each in rights], joined=joined)]


def test_every_command_that_people_meet_has_its_place() -> None:
    """Missing here: give it a place in bot/routes.py, ORDER."""
    assert {each.name for each in COMMANDS.values() if each.listed or each.menu} - set(ORDER) == set()


def test_a_stranger_is_offered_what_anybody_may() -> None:
    found = names(joined=False)
    assert found[:3] == ["menu", "complain", "check"]
    assert {"whoami", "help", "privacy", "cancel"} <= set(found)
    assert not {"mine", "assign", "overview", "items", "language"} & set(found)


def test_the_own_work_comes_first_what_explains_last() -> None:
    office = names("office")
    assert office[:4] == ["menu", "mine", "overview", "assign"]
    assert office[-3:] == ["privacy", "leave", "cancel"]
    assert office.index("assign") < office.index("invite") < office.index("complain")
    assert "assign" not in names("liaison")


def test_one_without_a_place_stands_before_what_anybody_may() -> None:
    order = [each.name for each in in_order()]
    unplaced = [name for name in order if name not in ORDER and name != "start"]
    assert all(order.index(name) < order.index("complain") for name in unplaced)
