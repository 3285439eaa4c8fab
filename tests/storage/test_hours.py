"""An order that ends at an hour, from the answer to the calendar file: due then, told then, counted again to the same hour. Both databases."""

from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from icalendar import Calendar

import bot.forms.extensions  # noqa: F401  registers the form, as the program does
from actions import converse, deadline_file, extensions, holidays, obligations, task_batches, task_changes, tasks
from actions.converse import Answer, Open
from actions.inputs_batches import OnBatch
from actions.inputs_extensions import About, AskMore, Press
from actions.inputs_holidays import HolidayNotice
from actions.inputs_tasks import Assign, ChangeDue, HandOn, Step
from bot import ics
from bot.jobs.tick import tick
from bot.render import Renderer
from domain.dates import Until
from domain.deadlines import at
from domain.forms import Said
from domain.outcome import Done, Refusal
from domain.speech import by
from domain.world import World
from storage import drafts, entries, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.people_stage import LIAISON, OFFICE, REGIME, SUPERVISOR, Stage, staged
from tests.unit.test_announcement import ONE_DAY_EACH

SIX = at(date(2026, 3, 2), "18:00")
LONGER = ONE_DAY_EACH.replace("01-01..01-03", "01-01..01-05")  # 4 and 5 January 2027 are off, too


@pytest.fixture
async def stage(store: Store, clock: Clock) -> Stage:
    clock.move_to("2026-03-02", "10:00")
    made = await staged(store)
    await tick(store)
    await made.told()
    return made


async def owed(stage: Stage, subject: int = 1, kind: str = "task") -> Any:
    return (await stage.store.read(lambda tx: obligations.live_of(tx, kind, subject, kind if kind == "task" else None)))[0]


async def test_it_is_told_once_at_its_hour(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-02T18:00")
    before = await owed(stage)
    assert (before.due_at, before.next_at, before.span) == (SIX, SIX, "")
    await stage.told()

    clock.move_to("2026-03-02", "17:59")
    await tick(stage.store)
    assert await stage.told() == {}
    clock.move_to("2026-03-02", "18:00")
    await tick(stage.store)
    await tick(stage.store)
    assert await stage.told() == {LIAISON: ["obligation.late"]}
    clock.move_to("2026-03-03", "08:30")
    await tick(stage.store)
    assert (await stage.told())[LIAISON] == ["obligation.late"]


async def test_what_is_handed_in_before_is_not_told(stage: Stage, clock: Clock) -> None:
    await stage.hand_in(await stage.assign(due="2026-03-02T18:00"))
    await stage.told()
    clock.move_to("2026-03-02", "18:00")
    await tick(stage.store)
    assert await stage.told() == {}


async def test_an_hour_that_passed_while_down_is_one_message(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-02T18:00")
    await stage.told()
    clock.move_to("2026-03-03", "09:00")
    await tick(stage.store)
    assert (await stage.told())[LIAISON] == ["obligation.late"]


async def test_an_hour_at_night_is_told_in_the_morning(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-02T23:00")
    await stage.told()
    clock.move_to("2026-03-02", "23:00")
    await tick(stage.store)
    assert (await owed(stage)).next_at == at(date(2026, 3, 3), "08:30")
    assert LIAISON not in await stage.told()
    clock.move_to("2026-03-03", "08:30")
    await tick(stage.store)
    assert (await stage.told())[LIAISON] == ["obligation.late"]


async def test_the_hour_passed_over_the_summary(stage: Stage, clock: Clock) -> None:
    clock.move_to("2026-03-02", "18:00")
    given = Assign(what="报送整改方案", assignee=stage.seats[LIAISON].id, due="2026-03-02T18:00")
    assert await stage.do(OFFICE, tasks.assign, given) == Refusal("task_due_past")
    await stage.assign(due="2026-03-02")
    changed = ChangeDue(task=1, due="2026-03-02T17:00", body="提前")
    assert await stage.do(OFFICE, task_changes.change_due, changed) == Refusal("task_new_due_past")


async def test_an_order_to_many_whose_hour_has_passed_is_not_sent(stage: Stage, clock: Clock) -> None:
    many = Assign(what="报送整改方案", assignee="liaisons", places=f"{REGIME}|*", due="2026-03-02T11:00")
    await stage.done(OFFICE, tasks.assign, many)
    await stage.done(OFFICE, tasks.assign, many)
    await stage.done(OFFICE, task_batches.send, OnBatch(1))
    assert (await owed(stage)).due_at == at(date(2026, 3, 2), "11:00")
    clock.move_to("2026-03-02", "11:00")
    assert await stage.do(OFFICE, task_batches.send, OnBatch(2)) == Refusal("task_batch_old")


async def test_a_changed_hour_takes_along_what_was_handed_on_later(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-03T18:00")
    county = await _county(stage)
    late = HandOn(task=1, assignee=county, due="2026-03-03")
    bound = by(Until(date(2026, 3, 3), clock="18:00"))
    assert await stage.do(LIAISON, task_changes.hand_on, late) == Refusal("task_due_after_parent", {"day": bound})
    for due in ("2026-03-03T09:00", "2026-03-03T18:00"):
        await stage.done(LIAISON, task_changes.hand_on, HandOn(task=1, assignee=county, due=due))
    await stage.done(OFFICE, task_changes.change_due, ChangeDue(task=1, due="2026-03-03T12:00", body="提前"))
    assert [Until.ending((await owed(stage, n)).due_at).when for n in (1, 2, 3)] == [
        "2026-03-03T12:00",
        "2026-03-03T09:00",
        "2026-03-03T12:00",
    ]
    history = await stage.store.read(lambda tx: entries.of_subject(tx, "task", 1))
    assert history[-1].day == Until(date(2026, 3, 3), clock="12:00")


async def _county(stage: Stage) -> int:
    from actions.people import seat_directly

    async def unit(tx: Tx) -> int:
        return (await seat_directly(tx, account=77, name="县联", regime=REGIME, role="local_liaison", scope="371402")).id

    return await stage.store.unit(unit)


async def test_counted_again_it_keeps_its_hour(stage: Stage, clock: Clock) -> None:
    clock.move_to("2026-12-30", "10:00")
    await stage.assign(due="2027-01-07T17:30=5wd@2026-12-30")
    before = await owed(stage)
    assert (before.due_at, before.span, before.provisional) == (at(date(2027, 1, 7), "17:30"), "5wd 17:30", True)
    await stage.done(OFFICE, holidays.take, HolidayNotice(notice=LONGER))
    await tick(stage.store)
    after = await owed(stage)
    assert (after.due_at, after.span, after.provisional) == (at(date(2027, 1, 11), "17:30"), "5wd 17:30", False)
    assert obligations.until_of(after) == Until(date(2027, 1, 11), "5wd", date(2026, 12, 30), "17:30")


async def test_bounded_by_its_parent_it_keeps_its_own_hour(stage: Stage, clock: Clock) -> None:
    """The calendar changes twice; in between the parent's hour holds, which is earlier than the child's own."""
    clock.move_to("2026-12-30", "10:00")
    await stage.assign(due="2027-01-08T18:00")
    county = await _county(stage)
    for hour in ("", "T09:30"):
        await stage.done(LIAISON, task_changes.hand_on, HandOn(task=1, assignee=county, due=f"2027-01-07{hour}=5wd@2026-12-30"))
    for notice, dues in ((LONGER, ["2027-01-08T18:00", "2027-01-08T18:00"]), (ONE_DAY_EACH, ["2027-01-07", "2027-01-07T09:30"])):
        await stage.done(OFFICE, holidays.take, HolidayNotice(notice=notice))
        await tick(stage.store)
        assert [Until.ending((await owed(stage, n)).due_at).when for n in (2, 3)] == dues


async def test_more_time_by_the_hour(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-02T18:00")
    about = await owed(stage)
    more: dict[str, Any] = {"obligation": about.id, "due": "2026-03-02T18:00", "latest": "2026-04-02", "hours": True, "reason": "核数"}
    with pytest.raises(ValueError, match="extension_not_later"):
        AskMore(**more, wanted="2026-03-02T17:00")
    early = AskMore.model_construct(**{**more, "wanted": Until(date(2026, 3, 2), clock="17:00")})
    assert isinstance(await stage.do(LIAISON, extensions.ask, early), Refusal)
    await stage.done(LIAISON, extensions.ask, AskMore(**more, wanted="2026-03-02T20:00"))
    await stage.done(SUPERVISOR, extensions.grant, Press(1))
    assert (await owed(stage)).due_at == at(date(2026, 3, 2), "20:00")


async def test_more_time_that_has_passed_is_not_granted(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-02T18:00")
    about = await owed(stage)
    wanted = AskMore(obligation=about.id, due="2026-03-02T18:00", latest="2026-04-02", hours=True, wanted="2026-03-02T20:00", reason="核数")
    await stage.done(LIAISON, extensions.ask, wanted)
    clock.move_to("2026-03-02", "20:00")
    assert await stage.do(SUPERVISOR, extensions.grant, Press(1)) == Refusal("extension_date_past")


@pytest.mark.parametrize(("kind", "hours"), [("task", True), ("item", False)])
async def test_only_a_task_is_put_off_to_an_hour(stage: Stage, kind: str, *, hours: bool) -> None:
    """A ledger's columns know days only."""
    subject = await (stage.assign(due="2026-03-09") if kind == "task" else stage.open_item())
    await stage.done(LIAISON, extensions.begin, About((await owed(stage, subject, kind)).id))
    await stage.done(LIAISON, converse.step, Answer(Said("4月1日 18:00")))
    draft = await _draft(stage, LIAISON)
    assert (draft.at, draft.error) == (
        ("reason", None) if hours else ("wanted", {"$": "text", "key": "form.error.day_whole", "params": {}})
    )


async def _draft(stage: Stage, account: int) -> Any:
    async def read(tx: Tx) -> Any:
        held = await drafts.get(tx, (await people.actor(tx, account, "zh")).lane)
        assert held is not None
        return held.draft

    return await stage.store.read(read)


@pytest.mark.parametrize("words", ["明天3点", "明天 18:00", "18:00"])
async def test_an_item_has_no_hour(stage: Stage, words: str) -> None:
    answers = {
        "place": f"{REGIME}:3714",
        "enterprise": "甲厂",
        "problem": "超产",
        "kind": "close",
        "measures": "停产",
        "industry": "cement",
    }
    preset = {**answers, "owner": stage.seats[LIAISON].id, "goal": None}
    await stage.done(OFFICE, converse.open_form, Open("item", preset))
    await stage.done(OFFICE, converse.step, Answer(Said(words)))
    draft = await _draft(stage, OFFICE)
    assert (draft.at, draft.error) == ("due", {"$": "text", "key": "form.error.day_whole", "params": {}})


async def test_the_calendar_file_names_the_instant(stage: Stage, world: World) -> None:
    await stage.assign(due="2026-03-02T18:00")
    await stage.assign(due="2026-03-02")

    async def read(tx: Tx) -> bytes:
        return ics.drawn(await deadline_file.mine(tx, await people.actor(tx, LIAISON, "zh")), Renderer(world), "duban_bot")

    first, second = cast(Any, Calendar.from_ical(await stage.store.read(read))).walk("VEVENT")
    assert (first.decoded("dtstart"), "dtend" in first) == (datetime(2026, 3, 2, 10, 0, tzinfo=UTC), False)
    assert (second.decoded("dtstart"), second.decoded("dtend")) == (date(2026, 3, 2), date(2026, 3, 3))
    assert "期限：3月2日（周一） 18:00" in first["description"]


async def test_it_may_be_sent_back_after_its_hour_and_is_not_told_again(stage: Stage, clock: Clock) -> None:
    task = await stage.assign(due="2026-03-02T18:00")
    await stage.hand_in(task)
    clock.move_to("2026-03-02", "18:30")
    await stage.told()
    outcome = await stage.do(OFFICE, tasks.send_back, Step(task=task, body="缺一家"))
    assert isinstance(outcome, Done)
    await tick(stage.store)
    assert LIAISON not in await stage.told()
    assert (await owed(stage)).next_at == at(date(2026, 3, 3), "08:30")
