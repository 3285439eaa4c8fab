"""Group chats on both databases: who binds them, what they hear once a week, who posts, and following a group that moves."""

from functools import partial
from typing import Any

import pytest

from actions import group_news, groups
from actions.group_news import Post
from actions.groups import Bind, Moved, Renamed
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.jobs.tick import tick
from domain.forms import Draft
from domain.outcome import Done, Outcome, Refusal
from storage import group_chats, handover, outbox, people
from storage.db import Store
from storage.tx import Tx
from tests.access import stage as stage_module
from tests.access.stage import OTHER, REGIME, Stage, set_stage
from tests.conftest import Clock

GROUP, MOVED = -500_001, -1_000_500_001


@pytest.fixture
async def stage(store: Store) -> Stage:
    staged = await set_stage(store)
    await act(staged, "leader_a", groups.unbind, stage_module.GROUP)
    await store.unit(_take)
    return staged


async def _take(tx: Tx) -> list[dict[str, Any]]:
    parcels = await outbox.claim(tx, 1, 500)
    for parcel in parcels:
        await outbox.sent(tx, parcel.id)
    return [parcel.body for parcel in parcels]


async def act(stage: Stage, who: str, verb: Any, given: Any) -> Outcome:
    return await perform(stage.store, Caller(stage.accounts[who], GROUP), verb, given)


async def heard(stage: Stage, chat: int = GROUP) -> list[str]:
    return [body["key"] for body in await stage.store.unit(_take) if body["chat"] == chat]


async def bound(stage: Stage, who: str = "leader_a", words: str = "") -> str:
    outcome = await act(stage, who, groups.bind, Bind(GROUP, "德州督办群", words))
    assert isinstance(outcome, Done), outcome
    await stage.store.unit(_take)
    return f"{outcome.data['kind']} {outcome.data['region']}"


async def test_the_office_names_a_place_a_leader_has_one(stage: Stage) -> None:
    assert isinstance(await act(stage, "office", groups.bind, Bind(GROUP, "群")), Refusal)
    assert await bound(stage, "office", "山东省") == "region 37"
    assert await bound(stage, "office", "德州市") == "region 3714"
    assert await bound(stage, "leader_a") == "group 3714"
    assert isinstance(await act(stage, "leader_a", groups.bind, Bind(GROUP, "群", "济南市")), Refusal)
    assert isinstance(await act(stage, "office", groups.bind, Bind(GROUP, "群", "某地")), Refusal)
    assert await heard(stage) == ["refusal.in_group", "refusal.group_no_region"]


@pytest.mark.parametrize("who", ["liaison_a", "inspector_a", "supervisor_a", "audit", "stranger", "former"])
async def test_nobody_else_binds_or_ends_it(stage: Stage, who: str) -> None:
    await bound(stage)
    assert isinstance(await act(stage, who, groups.bind, Bind(GROUP, "群")), Refusal)
    assert isinstance(await act(stage, who, groups.unbind, GROUP), Refusal)


async def test_what_others_have_bound_is_not_taken_away(stage: Stage) -> None:
    await bound(stage)
    for who in ("leader_b", "other_office", "other_leader"):
        outcome = await act(stage, who, groups.bind, Bind(GROUP, "群", "" if "leader" in who else "长春市"))
        assert isinstance(outcome, Refusal)
        assert outcome.code == "group_bound"
        assert isinstance(await act(stage, who, groups.unbind, GROUP), Refusal)
    assert isinstance(await act(stage, "office", groups.unbind, GROUP), Done)
    assert await stage.store.read(lambda tx: group_chats.of_chat(tx, GROUP)) is None
    outcome = await act(stage, "office", groups.unbind, GROUP)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "group_not_bound"


async def test_a_places_chat_its_leader_may_take_over_and_another_groups_not(stage: Stage) -> None:
    """A special inspection prepares itself in a chat of its own: the leaders who go to that city anyway must not learn of it (S 二(四))."""
    special = await stage.store.unit(
        lambda tx: seat_directly(tx, account=5_000, name="special", regime=REGIME, role="special_leader", scope="3714")
    )
    stage.accounts["special"], stage.seats["special"] = 5_000, special
    await bound(stage, "office", "德州市")
    assert await bound(stage, "leader_a", "德州市") == "region 3714"
    await bound(stage, "special")
    assert isinstance(await act(stage, "leader_a", groups.bind, Bind(GROUP, "群", "德州市")), Refusal)
    assert isinstance(await act(stage, "leader_a", groups.unbind, GROUP), Refusal)
    assert await stage.store.read(lambda tx: _choices(tx, stage, "leader_a")) == 0
    assert await stage.store.read(lambda tx: _choices(tx, stage, "special")) == 1


async def _choices(tx: Tx, stage: Stage, who: str) -> int:
    return len(await group_news.bound_groups(tx, await stage.actor(tx, who), Draft("post", 1, "to"), ""))


async def test_the_binding_ends_with_the_right_of_whoever_bound_it(stage: Stage, clock: Clock) -> None:
    await bound(stage)
    await stage.store.unit(lambda tx: people.end_seat(tx, stage.seats["leader_a"].id))
    clock.move_to("2026-03-09", "08:30")
    await tick(stage.store)
    assert await heard(stage) == ["group.lapsed"]
    assert await stage.store.read(lambda tx: group_chats.of_chat(tx, GROUP)) is None
    clock.move_to("2026-03-16", "08:30")
    await tick(stage.store)
    assert await heard(stage) == []


async def test_handed_over_it_goes_on(stage: Stage, clock: Clock) -> None:
    await bound(stage)
    successor = await stage.store.unit(lambda tx: seat_directly(tx, account=5_001, name="后任", regime=REGIME, role="leader", scope="3714"))
    await stage.store.unit(lambda tx: handover.move_all(tx, stage.seats["leader_a"], successor, None))
    await stage.store.unit(lambda tx: people.end_seat(tx, stage.seats["leader_a"].id))
    clock.move_to("2026-03-09", "08:30")
    await tick(stage.store)
    assert await heard(stage) == ["group.week"]


async def test_once_a_week_numbers_and_nothing_else(stage: Stage, clock: Clock) -> None:
    await bound(stage)
    clock.move_to("2026-03-09", "08:30")
    await tick(stage.store)
    said = [body for body in await stage.store.unit(_take) if body["chat"] == GROUP]
    assert [body["key"] for body in said] == ["group.week"]
    shown = str(said[0])
    for secret in ("报送", "暗访", "甲钢铁厂", "liaison_a", "T-3714", "inspector_a"):
        assert secret not in shown
    counted = {part["params"]["light"]["key"]: part["params"]["n"] for part in said[0]["params"]["lights"]["parts"]}
    # Its tasks, one of them with nobody on the seat yet, two items, its supervisor's decision: not what is handed in, no group's visit, not
    # the verification of an item, not the decision about a visit.
    assert sum(counted.values()) == 8
    clock.move_to("2026-03-10", "08:30")
    await tick(stage.store)
    assert await heard(stage) == []


async def test_a_post_reaches_the_groups_that_were_chosen(stage: Stage) -> None:
    await bound(stage)
    found = await stage.store.read(lambda tx: group_chats.of_chat(tx, GROUP))
    assert found is not None
    for who in ("office", "leader_a"):
        await stage.do(who, group_news.post, Post(to=str(found.id), words="请各单位周五前核对台账"))
        assert await heard(stage) == ["group.post"]
    await stage.do("office", group_news.post, Post(to=f"all:{REGIME}", words="请各单位周五前核对台账"))
    assert await heard(stage) == ["group.post"]
    for who, to in (
        ("leader_b", str(found.id)),
        ("leader_a", f"all:{REGIME}"),
        ("other_office", str(found.id)),
        ("liaison_a", str(found.id)),
    ):
        assert isinstance(await act(stage, who, group_news.post, Post(to=to, words="不该发出")), Refusal)
    assert "group.post" not in await heard(stage)
    assert isinstance(await act(stage, "other_office", group_news.post, Post(to=f"all:{OTHER}", words="本省没有群")), Done)


async def test_choices_are_the_groups_one_may_post_to(stage: Stage) -> None:
    await bound(stage)
    for who, n in (("office", 1), ("leader_a", 1), ("leader_b", 0), ("other_office", 0), ("liaison_a", 0)):
        assert await stage.store.read(partial(_choices, stage=stage, who=who)) == n, who


async def test_a_group_that_moved_is_followed(stage: Stage) -> None:
    await bound(stage)
    for _ in range(2):
        assert isinstance(await act(stage, "stranger", groups.moved, Moved(GROUP, MOVED)), Done)
    assert await stage.store.read(lambda tx: group_chats.of_chat(tx, GROUP)) is None
    assert isinstance(await act(stage, "stranger", groups.joined, MOVED), Done)
    assert await heard(stage, MOVED) == []  # Telegram tells that the bot came into the supergroup, which knows it already
    await act(stage, "stranger", groups.renamed, Renamed(MOVED, "新群名" * 40))
    found = await stage.store.read(lambda tx: group_chats.of_chat(tx, MOVED))
    assert found is not None
    assert found.title == ("新群名" * 40)[:80]


async def test_bound_under_both_numbers_one_remains(stage: Stage) -> None:
    """The message that tells of the move came late, and somebody had bound the supergroup meanwhile."""
    await bound(stage)
    assert isinstance(await act(stage, "office", groups.bind, Bind(MOVED, "德州督办群", "德州市")), Done)
    await act(stage, "stranger", groups.moved, Moved(GROUP, MOVED))
    assert [each.chat for each in await stage.store.read(lambda tx: group_chats.of_regimes(tx, [REGIME]))] == [MOVED]


async def test_a_group_without_the_bot_is_forgotten_and_whoever_bound_it_hears_so_once(stage: Stage) -> None:
    await bound(stage)
    for _ in range(2):
        assert isinstance(await act(stage, "stranger", groups.ended, GROUP), Done)
    assert await heard(stage, stage.accounts["leader_a"]) == ["group.lost"]
    await bound(stage)
    await stage.store.unit(lambda tx: people.end_seat(tx, stage.seats["leader_a"].id))
    await stage.store.unit(lambda tx: groups.lost(tx, GROUP))
    assert await heard(stage, stage.accounts["office"]) == ["group.lost"]


async def test_without_a_group_one_hears_how_to_bind_one(stage: Stage) -> None:
    await stage.do("office", group_news.begin, "")
    assert await heard(stage, stage.accounts["office"]) == ["group.none"]
