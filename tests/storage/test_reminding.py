"""“Remind me tomorrow” on both databases: at the next working day's slot, once however often pressed, and not for what is done."""

from datetime import date

import pytest

from actions import reminding, tasks
from actions.inputs_tasks import Step
from actions.perform import Caller, perform
from bot.jobs.tick import tick
from domain.deadlines import at
from domain.outcome import Done, Outcome, Refusal
from storage import outbox
from storage.db import Store
from storage.tx import Tx
from tests.access.stage import Stage, set_stage
from tests.conftest import Clock


@pytest.fixture
async def stage(store: Store) -> Stage:
    staged = await set_stage(store)
    await store.unit(_clear)
    return staged


async def _clear(tx: Tx) -> None:
    for parcel in await outbox.claim(tx, 1, 500):
        await outbox.sent(tx, parcel.id)


async def press(stage: Stage, who: str = "liaison_a") -> Outcome:
    account = stage.accounts[who]
    return await perform(stage.store, Caller(account, account, quiet=True), reminding.remind, stage.things["obligation"])


async def told(stage: Stage) -> list[str]:
    """What the clock's turn says to the liaison."""
    await tick(stage.store)
    parcels = await stage.store.unit(lambda tx: outbox.claim(tx, 1, 500))
    mine = [each.body for each in parcels if each.body["chat"] == stage.accounts["liaison_a"]]
    return [body["key"] for body in mine if body["op"] == "send"]


async def reminders(stage: Stage) -> list[int]:
    rows = await stage.store.read(lambda tx: tx.all("SELECT slot_at FROM notice WHERE kind = 'remind'"))
    return [row["slot_at"] for row in rows]


async def test_once_at_the_next_working_days_slot(stage: Stage, clock: Clock) -> None:
    clock.move_to("2026-03-06", "15:00")  # a Friday
    monday = at(date(2026, 3, 9), "08:30")

    assert await press(stage) == Done(result=monday)
    assert await press(stage) == Done(result=monday)

    assert await reminders(stage) == [monday]
    clock.now = monday - 1
    assert await told(stage) == []
    clock.now = monday
    assert len(await told(stage)) == 1
    assert await reminders(stage) == []


async def test_not_for_what_has_been_handed_in_meanwhile(stage: Stage, clock: Clock) -> None:
    await press(stage)
    await stage.do("liaison_a", tasks.hand_in, Step(task=stage.things["task"]))
    assert isinstance(found := await press(stage), Refusal)
    assert found.code == "remind_over"
    await stage.store.unit(_clear)
    clock.move_to("2026-03-03", "08:30")
    assert await told(stage) == []
