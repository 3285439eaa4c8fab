"""Deadlines as a calendar file on both databases: named for good, in Chinese, what is over goes, complaints never in it."""

from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from actions import deadline_file, task_changes, tasks
from actions.inputs_tasks import ChangeDue
from actions.people import seat_directly
from bot import ics
from bot.render import Renderer
from domain.people import Seat
from domain.world import World
from storage import deadlines, people
from storage.db import Store
from storage.tx import Tx
from tests.storage.test_tasks import LIAISON, OFFICE, REGIME, Stage, press


@pytest.fixture
async def stage(store: Store) -> Stage:
    async def seat(tx: Tx) -> dict[int, Seat]:
        cast = [(OFFICE, "周办", "office", ""), (LIAISON, "王五", "local_liaison", "3714")]
        return {a: await seat_directly(tx, account=a, name=name, regime=REGIME, role=role, scope=scope) for a, name, role, scope in cast}

    return Stage(store, await store.unit(seat))


async def file(stage: Stage, world: World) -> Any:
    async def read(tx: Tx) -> bytes:
        found = await deadline_file.mine(tx, await people.actor(tx, LIAISON, "zh"))
        return ics.drawn(found, Renderer(world), "duban_bot")

    content = await stage.store.read(read)
    assert content.decode().startswith("BEGIN:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75  # folded at characters, never inside one
    return Calendar.from_ical(content)


async def test_an_all_day_event_that_keeps_its_name(stage: Stage, world: World) -> None:
    await stage.assign(what="报送本季度重点企业清单及整改情况，逐户核实，附佐证材料，盖章后上报")

    [event] = (await file(stage, world)).walk("VEVENT")

    assert (event["uid"], event["sequence"], event["status"]) == ("obligation-1@duban_bot", 1, "CONFIRMED")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 3, 9), date(2026, 3, 10))
    assert event["summary"] == "督办到期：报送本季度重点企业清单及整改情况，逐户核实，附佐证材料，盖章后上报"
    assert event["description"].startswith("T-3714-2026-0001\n任务 · 德州市\n期限：3月9日")


async def test_imported_again_it_moves_and_what_is_handed_in_goes(stage: Stage, world: World) -> None:
    await stage.assign()
    await stage.do(OFFICE, task_changes.change_due, ChangeDue(task=1, due=date(2026, 3, 16), body="推迟"))
    [event] = (await file(stage, world)).walk("VEVENT")
    assert (event["uid"], event["sequence"], event.decoded("dtstart")) == ("obligation-1@duban_bot", 2, date(2026, 3, 16))

    await stage.do(LIAISON, tasks.hand_in, press(1))
    [event] = (await file(stage, world)).walk("VEVENT")
    assert (event["sequence"], event["status"]) == (3, "CANCELLED")


async def test_private_matters_stay_out(stage: Stage) -> None:
    await stage.assign()

    async def read(tx: Tx) -> int:
        return len(await deadlines.of_seats(tx, [stage.seats[LIAISON].id], ["task"], since=0, limit=10))

    assert await stage.store.read(read) == 0
