"""/find on both databases: by part of a number in any case, by enterprise, by name; and only what the person could open."""

from typing import Any

import pytest

from actions import cards, finding
from actions.finding import Find
from domain.finding import may_know_of
from domain.people import Seat
from domain.speech import Message
from domain.world import World
from storage import people
from storage.db import Store
from storage.tx import Tx
from tests.access.stage import REGIME, Stage, set_stage


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await set_stage(store)


async def found(stage: Stage, who: str, words: str, page: int = 0) -> tuple[Message, list[str]]:
    """The list, and what its buttons open."""
    await stage.do(who, finding.find, Find(words=words))
    message = await _card(stage, who, f"found:{page}")
    names = {("to", stage.things[name]): name for name in ("task", "handed", "visit")}
    names |= {("io", stage.things[name]): name for name in ("item", "closing", "hidden")}
    names |= {("ws", seat.id): key for key, seat in stage.seats.items()}
    buttons = [button for row in message.buttons for button in row]
    return message, [names.get((button.verb, button.id), button.key) for button in buttons]


async def found_on_all_pages(stage: Stage, who: str, words: str) -> set[str]:
    opened: set[str] = set()
    page, more = 0, True
    while more:
        _, names = await found(stage, who, words, page)
        opened |= {name for name in names if not name.startswith("button.page")}
        page, more = page + 1, "button.page_on" in names
    return opened


async def _card(stage: Stage, who: str, subject: str) -> Message:
    kind, _, of = subject.partition(":")

    async def read(tx: Tx) -> Message | None:
        actor = await people.actor(tx, stage.accounts[who], "zh")
        return await cards.make(tx, kind, int(of), actor.person)

    message = await stage.store.read(read)
    assert message is not None
    return message


@pytest.mark.parametrize("words", ["T-3714-2026-0001", "t-3714-2026-0001", "报送清单"])
async def test_a_task_by_number_in_any_case_or_by_its_title(stage: Stage, words: str) -> None:
    for who in ("office", "liaison_a", "supervisor_a", "audit"):
        assert (await found(stage, who, words))[1] == ["task"]
    for who in ("liaison_b", "second_liaison_a", "inspector_b", "other_office"):
        assert (await found(stage, who, words))[0].key == "find.none"


async def test_part_of_a_number_finds_all_of_them(stage: Stage) -> None:
    assert await found_on_all_pages(stage, "office", "3714-2026") >= {"task", "handed", "visit"}
    assert (await found(stage, "office", "100%_!"))[0].key == "find.none"


async def test_items_by_enterprise_in_any_writing(stage: Stage) -> None:
    assert set((await found(stage, "inspector_a", "甲 钢铁"))[1]) == {"item", "closing", "hidden"}
    assert (await found(stage, "inspector_b", "甲钢铁"))[0].key == "find.none"


async def test_what_somebody_owes_is_found_by_the_name(stage: Stage) -> None:
    opened = await found_on_all_pages(stage, "office", "liaison_a")
    assert opened - {"button.open_nth"} == {
        "task",
        "handed",
        "item",
        "closing",
        "hidden",
        "liaison_a",
        "second_liaison_a",
        "group_liaison_a",
    }


async def test_many_come_page_by_page(stage: Stage) -> None:
    _, first = await found(stage, "office", "_a")
    assert first[-1] == "button.page_on"
    _, second = await found(stage, "office", "_a", 1)
    assert "button.page_back" in second
    assert not {*first[:-1]} & {*second}


async def test_a_city_finds_nothing_of_a_visit_or_of_who_comes(stage: Stage) -> None:
    for who in ("liaison_a", "supervisor_a", "taskforce_a", "county_lead_a", "resident_a"):
        for words in ("暗访", "inspector_a", "leader_a", "provincial", "audit"):
            assert (await found(stage, who, words))[0].key == "find.none", (who, words)
    assert (await found(stage, "inspector_a", "暗访"))[1] == ["visit"]
    assert (await found(stage, "liaison_a", "office"))[1] == ["office", "office_lead"]


async def test_a_person_is_shown_with_seats_and_without_an_account(stage: Stage) -> None:
    message = await _card(stage, "office", f"seat:{stage.seats['liaison_a'].id}")
    assert message.key == "find.card"
    assert str(stage.accounts["liaison_a"]) not in str(message.params)
    assert "find.reach.bot" in str(message.params)
    for who, of in (("liaison_a", "inspector_a"), ("other_office", "office"), ("office", "former")):
        assert (await _card(stage, who, f"seat:{stage.seats[of].id}")).key == "find.gone"


def seat(seat_id: int, rights: str, kind: str, **more: Any) -> Seat:
    return Seat(seat_id, more.get("regime", REGIME), rights, rights, kind, "3714", rights)


async def test_a_special_inspection_is_found_by_those_above_it_and_its_own_only(stage: Stage) -> None:
    """It works without notice: not even the groups of the inspection that runs besides learn who is on it."""
    hidden = {"special_a", "special_leader_a"}
    for who in ("leader_a", "inspector_a", "group_liaison_a", "stay_leader_a", "unit_liaison", "unit_lead", "liaison_a"):
        assert not await found_on_all_pages(stage, who, "special") & hidden, who
        assert (await _card(stage, who, f"seat:{stage.seats['special_a'].id}")).key == "find.gone"
    for who in ("office", "office_lead", "provincial", "audit", "special_a", "special_leader_a"):
        assert hidden <= await found_on_all_pages(stage, who, "special"), who


def test_one_local_seat_outweighs_a_seat_from_outside(world: World) -> None:
    inspector, local = seat(1, "inspector", "group"), seat(2, "liaison", "region")
    other = seat(3, "leader", "group")
    assert may_know_of([inspector], other, world)
    assert not may_know_of([inspector, local], other, world)
    assert may_know_of([inspector, local], inspector, world)
    assert not may_know_of([], other, world)
