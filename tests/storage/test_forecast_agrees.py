"""The forecast against the day itself, on both databases: a whole institution with its habits, gaps and absences, made up anew from each seed."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from actions import absences, extensions, obligations, pausing, reaching, tasks
from actions.inputs_absences import Absent
from actions.inputs_extensions import AskMore
from actions.inputs_tasks import Step
from actions.people import seat_directly
from actions.waking import wake_at
from bot.jobs.tick import forecast, tick
from domain.dates import Until
from domain.deadlines import DAY_MS, at, end_of_day, local_time
from storage import outbox, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.people_stage import ELSEWHERE, INSPECTOR, LIAISON, OFFICE, REGIME, SECOND, SUCCESSOR, SUPERVISOR, Stage, staged

Heard = Counter[tuple[int, str, str]]  # person, what, when
TODAY = date(2026, 3, 9)


async def lived(stage: Stage, clock: Clock, dice: random.Random) -> None:
    """A week of what goes on: tasks, items, a complaint, habits, somebody away, somebody who blocked the bot, a term that ends."""
    clock.move_to("2026-03-02", "10:00")
    handed = [await stage.assign(to=dice.choice([LIAISON, ELSEWHERE]), due=_day(dice, -2, 12)) for _ in range(dice.randint(4, 9))]
    for task in dice.sample(handed, 2):
        await stage.do(LIAISON, tasks.hand_in, Step(task=task))
    for n in range(dice.randint(1, 3)):
        await stage.open_item(by=INSPECTOR, enterprise=f"第{n}水泥厂")
    await stage.complain()
    await _asks(stage, handed[0])
    await stage.store.unit(lambda tx: _habits(tx, stage, dice))
    deputy = stage.seats[SUCCESSOR].person
    assert deputy is not None
    since = TODAY + timedelta(days=dice.randint(-4, 1))
    absent = Absent(seat=stage.seats[LIAISON].id, since=since, until=since + timedelta(days=dice.randint(0, 5)), deputy=deputy)
    await stage.do(LIAISON, absences.set_absence, absent)
    if dice.random() < 0.4:
        person = stage.seats[dice.choice([SUPERVISOR, SUCCESSOR, ELSEWHERE])].person
        assert person is not None
        await stage.store.unit(lambda tx: reaching.lost(tx, person))


def _day(dice: random.Random, least: int, most: int) -> str:
    day = max(date(2026, 3, 2), TODAY + timedelta(days=dice.randint(least, most)))
    return day.isoformat() + dice.choice(["", "T11:30", "T18:00"])


async def _asks(stage: Stage, task: int) -> None:
    due, latest = Until(date(2026, 3, 9)), Until(date(2026, 5, 1))
    [owed] = await stage.rows("SELECT id FROM obligation WHERE subject_kind = 'task' AND subject = :task", task=task)
    wanted = AskMore.model_construct(obligation=owed["id"], due=due, latest=latest, wanted=Until(date(2026, 4, 1)), reason="停产检修")
    await stage.do(LIAISON, extensions.ask, wanted)


async def _habits(tx: Tx, stage: Stage, dice: random.Random) -> None:
    for account in (LIAISON, SUPERVISOR, OFFICE, SUCCESSOR):
        person = stage.seats[account].person
        assert person is not None
        await people.set_digest_at(tx, person, dice.choice([None, "07:30", "12:00", "18:00"]))
        await people.set_quiet(tx, person, dice.choice([None, "20:00-08:00", "19:00-09:00"]))
    until = end_of_day(TODAY + timedelta(days=dice.choice([7, 8, 30])))
    await seat_directly(tx, account=77, name="任期", regime=REGIME, role="inspector", scope="3701", until_at=until)
    about: dict[str, Any] = {"regime": REGIME, "duty": "daily.report", "region": "3714", "creditor": stage.seats[OFFICE]}
    due_at = at(TODAY, "20:30")
    await obligations.owe(tx, subject=("matter", 900), owner=stage.seats[SECOND], due_at=due_at, **about)


async def heard(stage: Stage) -> Heard:
    """Take what is said, as delivery would when its time has come."""

    async def unit(tx: Tx) -> Heard:
        found: Heard = Counter()
        for parcel, not_before in await outbox.said_after(tx, 0):
            await outbox.sent(tx, parcel.id)
            if parcel.body["op"] == "send" and parcel.body["person"] is not None:
                found[parcel.body["person"], parcel.body["key"], f"{local_time(max(tx.now, not_before)):%m-%d %H:%M}"] += 1
        return found

    return await stage.store.unit(unit)


async def through(stage: Stage, clock: Clock, day: date) -> Heard:
    """The day as it really goes, from one thing that is due to the next."""
    found = await heard(stage)
    end = at(day, "00:00") + DAY_MS
    while (wake := await stage.store.read(wake_at)) is not None and wake < end:
        clock.now = max(clock.now, wake)
        await tick(stage.store)
        found += await heard(stage)
    return Counter({key: n for key, n in found.items() if key[2].startswith(f"{day:%m-%d}")})


@pytest.mark.parametrize("seed", range(4))
async def test_tomorrow_comes_as_it_was_foretold(store: Store, clock: Clock, seed: int) -> None:
    dice = random.Random(seed)
    stage = await staged(store)
    await lived(stage, clock, dice)
    clock.move_to(TODAY.isoformat(), dice.choice(["16:30", "22:10"]))
    await tick(store)
    if seed % 2:
        why = pausing.Paused(clock.now, None, "名单有误")
        await store.unit(lambda tx: pausing.set_pause(tx, REGIME, why))
        await stage.assign(to=LIAISON, due="2026-03-20")
    tomorrow = TODAY + timedelta(days=1)
    foretold = await forecast(store, tomorrow)
    wanted = Counter((each.person, told.key, f"{local_time(told.at):%m-%d %H:%M}") for each in foretold.hearers for told in each.messages)
    if seed % 2:
        await store.unit(lambda tx: pausing.end_pause(tx, REGIME))
        await tick(store)
    really = await through(stage, clock, tomorrow)
    assert wanted == really
    assert len(really) > 3, "a day on which something goes on"
