"""谁能看到, on both databases: the table says it, and the locality's view is the same for every source."""

from typing import Any

import pytest

from actions import seeing
from actions.inputs_ledger import OnItem
from actions.inputs_tasks import Step
from storage import outbox
from storage.db import Store
from storage.tx import Tx
from tests.access.stage import CAST, Stage, set_stage


@pytest.fixture
async def stage(store: Store) -> Stage:
    staged = await set_stage(store)
    await store.unit(_take)
    return staged


async def _take(tx: Tx) -> list[dict[str, Any]]:
    parcels = await outbox.claim(tx, 1, 500)
    for parcel in parcels:
        await outbox.sent(tx, parcel.id)
    return [parcel.body for parcel in parcels]


async def shown(stage: Stage, who: str, thing: str) -> str:
    ids = stage.things
    if thing in {"task", "handed", "visit"}:
        await stage.do(who, seeing.who_sees_task, Step(task=ids[thing]))
    else:
        await stage.do(who, seeing.who_sees_item, OnItem(ids[thing]))
    [body] = await stage.store.unit(_take)
    return str(body["params"]["rows"])


async def named(stage: Stage, who: str, thing: str) -> set[str]:
    rows = await shown(stage, who, thing)
    return {key for key in CAST if f"'{key}'" in rows}


async def test_the_office_reads_all_of_them(stage: Stage) -> None:
    leaders = {"leader_a", "special_leader_a", "stay_leader_a"}  # of every group whose region it is
    assert await named(stage, "office", "task") == {"office", "office_lead", "provincial", "audit", *leaders, "supervisor_a", "liaison_a"}
    assert await named(stage, "office", "visit") == {"office", "office_lead", "provincial", "audit", "leader_a", "inspector_a"}


async def test_a_locality_reads_of_itself_and_of_the_office(stage: Stage) -> None:
    rows = await shown(stage, "liaison_a", "task")
    assert {key for key in CAST if f"'{key}'" in rows} == {"office", "office_lead", "supervisor_a", "liaison_a"}
    assert "seen.above" in rows
    assert "seen.above" not in await shown(stage, "inspector_a", "item")


async def test_a_hidden_source_does_not_show_in_who_sees_it(stage: Stage) -> None:
    """Word for word the same as for an item whose source is no secret."""
    for who in ("liaison_a", "second_liaison_a", "supervisor_a", "taskforce_a", "county_lead_a"):
        assert await shown(stage, who, "hidden") == await shown(stage, who, "item")
        assert await shown(stage, who, "hidden") == await shown(stage, who, "closing")
    assert "provincial" in await named(stage, "inspector_a", "hidden")
