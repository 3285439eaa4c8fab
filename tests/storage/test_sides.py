"""What a group or the province is about to do in a place: nobody of the place, and no group of another kind, sees it or is told of it."""

from functools import partial
from typing import Any

import pytest

from actions import reaching
from actions.subjects import private_kinds
from bot.jobs.tick import tick
from domain.deadlines import local_date
from domain.overview import Heap, regions_within, sight_of
from storage import outbox, overview
from storage.db import Store
from storage.tx import Tx
from tests.access.stage import CITY_A, Stage, set_stage
from tests.conftest import Clock

VISITS = {"visit", "special_visit", "stay_visit"}
# Who of those that look over city A may know of which visit.
KNOWN = {
    "office": VISITS,
    "provincial": VISITS,
    "leader_a": {"visit"},
    "special_leader_a": {"special_visit"},
    "stay_leader_a": {"stay_visit"},
    "supervisor_a": set(),
    "leader_b": set(),
}
LOCAL = ("supervisor_a", "liaison_a", "second_liaison_a", "county_lead_a", "taskforce_a", "resident_a")


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await set_stage(store)


async def _listed(tx: Tx, stage: Stage, who: str) -> set[str]:
    seat = stage.seats[who]
    regime = tx.world.regime(seat.regime)
    sight = sight_of(seat, regime)
    if sight is None:
        return set()
    within = Heap(regions_within(sight.scope, regime, local_date(tx.now)))
    found, _ = await overview.listed(tx, sight, within, private_kinds(), limit=200, offset=0)
    return {name for name in VISITS for owed in found if (owed.subject_kind, owed.subject) == ("task", stage.things[name])}


async def _said(tx: Tx) -> list[dict[str, Any]]:
    parcels = await outbox.claim(tx, 1, 500)
    for parcel in parcels:
        await outbox.sent(tx, parcel.id)
    return [parcel.body for parcel in parcels]


async def test_an_overview_names_only_the_own_kind_of_group(stage: Stage) -> None:
    for who, known in KNOWN.items():
        assert await stage.store.read(partial(_listed, stage=stage, who=who)) == known, who


async def test_what_is_overdue_does_not_climb_to_the_place_it_is_about(stage: Stage, clock: Clock) -> None:
    """The supervisor of the city stands nearest to a group that was given the city, and must hear nothing of it (S 二(四))."""
    await stage.store.unit(_said)
    told: dict[int, str] = {}
    for day in ("2026-03-20", "2026-03-23", "2026-03-25", "2026-03-27", "2026-03-30", "2026-04-01", "2026-04-03", "2026-04-10"):
        clock.move_to(day, "09:00")
        await tick(stage.store)
        for body in await stage.store.unit(_said):
            told[body["chat"]] = told.get(body["chat"], "") + str(body.get("params", ""))
    assert "暗访" in told[stage.accounts["office_lead"]]
    for who in (*LOCAL, "supervisor_b", "leader_b"):
        assert "暗访" not in told.get(stage.accounts[who], ""), who
    assert "报送清单" in told[stage.accounts["supervisor_a"]]


async def test_who_cannot_be_reached_is_not_named_to_the_place(stage: Stage) -> None:
    for who in ("inspector_a", "special_a", "stay_a"):
        await stage.store.unit(_said)
        person = stage.seats[who].person
        assert person is not None
        await stage.store.unit(partial(reaching.lost, person=person))
        hears = {body["chat"] for body in await stage.store.unit(_said)}
        assert hears == {stage.accounts["office_lead"]}, who


async def test_more_time_for_a_visit_is_not_asked_of_the_place(stage: Stage) -> None:
    asked = await stage.store.read(
        lambda tx: tx.all(
            "SELECT DISTINCT a.role, a.scope FROM obligation o JOIN appointment a ON a.id = o.owner "
            "WHERE o.duty = 'extension.decide' AND o.subject = :id ORDER BY a.role",
            id=stage.things["visit_extension"],
        )
    )
    assert asked
    assert CITY_A not in {row["scope"] for row in asked}
