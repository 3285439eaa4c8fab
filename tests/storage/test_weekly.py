"""The weekly summary, on both databases: what it counts, for whom, once a week and with that morning's message."""

import asyncio
from datetime import date

from actions import obligations
from bot.jobs.tick import next_due, tick
from domain.deadlines import at
from domain.world import World
from storage.db import Store
from tests.storage import test_obligations as base
from tests.storage.test_obligations import AUDIT, LEAD, LIAISON, OFFICE, OFFICE_LEAD, OTHER, REGIME, Said, Stage

stage, _nouns = base.stage, base._nouns
WEEK = "3月2日（周一）至3月8日（周日）"


async def monday(stage: Stage, clock: str = "08:30") -> dict[int, Said]:
    found = await stage.at("2026-03-09", clock)
    assert len({each.chat for each in found}) == len(found)  # never a second message
    return {each.chat: each for each in found}


async def test_what_last_week_brought_is_told_once_with_the_mornings_message(stage: Stage) -> None:
    await stage.at("2026-03-02", "09:00")
    stage.clock.move_to("2026-03-03")
    closed = await stage.owe("2026-03-20")
    await stage.owe("2026-03-05")
    await stage.owe("2026-03-27", owner=OTHER)
    stage.clock.move_to("2026-03-06", "10:00")
    await stage.unit(obligations.finish, closed)
    await stage.at("2026-03-06", "10:00")
    heard = await monday(stage)
    text = heard[OFFICE].text.replace("<b>", "").replace("</b>", "")
    assert f"📅 上周督办 · 山东省\n{WEEK}\n办结 1 · 新增 3 · 现在超期 1 · 正在逐级上报 1" in text
    assert "德州市：超期 1，上报 1，新增 2，办结 1\n济南市：超期 0，上报 0，新增 1，办结 0" in text
    assert text.startswith("今日督办")
    assert "📊 图" in heard[OFFICE].buttons
    own = heard[LEAD].text.replace("<b>", "").replace("</b>", "")
    assert "上周督办 · 德州市" in own
    assert "新增 2" in own
    assert "济南" not in own
    assert "上周督办" not in heard[LIAISON].text
    assert AUDIT not in heard
    for later in ("2026-03-09", "2026-03-10", "2026-03-13"):
        assert all("上周督办" not in each.text for each in await stage.at(later, "12:00"))
    assert any("上周督办" in each.text for each in await stage.at("2026-03-16"))


async def test_nothing_happened_nothing_is_said(stage: Stage) -> None:
    await stage.at("2026-03-02", "09:00")
    assert await monday(stage) == {}


async def test_only_the_summary_says_that_nothing_waits(stage: Stage) -> None:
    await stage.at("2026-03-02", "09:00")
    await stage.owe("2026-03-27", owner=OTHER)
    heard = await monday(stage)
    assert set(heard) == {OFFICE, OFFICE_LEAD}
    assert "今天没有等您处理的事项。" in heard[OFFICE].text
    assert heard[OFFICE].buttons == ("督办总览", "📊 图")


async def test_it_comes_at_ones_own_time_once_whatever_restarts(stage: Stage) -> None:
    await stage.at("2026-03-02", "09:00")
    await stage.owe("2026-03-05")
    await stage.at("2026-03-06", "10:00")
    person = stage.seats[OFFICE].person
    await stage.store.unit(lambda tx: tx.run("UPDATE person SET digest_at = '10:15' WHERE id = :id", id=person))
    heard = await monday(stage)
    assert OFFICE not in heard
    assert "上周督办" in heard[LEAD].text
    stage.clock.move_to("2026-03-09", "10:15")
    await asyncio.gather(*(tick(stage.store) for _ in range(3)))  # replicas
    late = await stage.said()
    assert [each.chat for each in late] == [OFFICE]
    assert "上周督办" in late[0].text


async def test_a_monday_off_or_slept_through_brings_it_on_the_next_morning(stage: Stage) -> None:
    await stage.at("2026-03-02", "09:00")
    await stage.owe("2026-03-05")
    await stage.at("2026-03-06", "10:00")
    tuesday = {each.chat: each.text for each in await stage.at("2026-03-10")}
    assert WEEK in tuesday[OFFICE]


async def test_private_and_provincial_matters_stay_out_of_a_localitys_week(stage: Stage) -> None:
    await stage.at("2026-03-02", "09:00")
    await stage.owe("2026-03-05", kind="secret", duty="complaint.accept", owner=OFFICE, creditor=None)
    await stage.owe("2026-03-27", owner=OFFICE)  # about Dezhou
    heard = await monday(stage)
    assert LEAD not in heard or "上周督办" not in heard[LEAD].text
    assert "新增 1 · 现在超期 0" in heard[OFFICE].text


async def test_what_was_closed_before_or_came_back_does_not_count(stage: Stage) -> None:
    early = await stage.owe("2026-03-20")
    again = await stage.owe("2026-03-20")
    await stage.at("2026-03-02", "09:00")
    await stage.unit(obligations.finish, early)
    stage.clock.move_to("2026-03-10")
    await stage.unit(obligations.finish, again)
    text = {each.chat: each.text for each in await stage.at("2026-03-16")}[OFFICE]
    assert "办结 1 · 新增 0" in text


async def test_the_program_knows_that_a_summary_is_due(stage: Stage, world: World, store: Store) -> None:
    await stage.at("2026-03-02", "09:00")
    done = await stage.owe("2026-03-20")
    await stage.unit(obligations.finish, done)
    await stage.at("2026-03-03")
    first = min(world.regime(REGIME).quiet.digests)

    assert await next_due(store) == at(date(2026, 3, 9), first)
