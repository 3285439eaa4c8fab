"""A deadline that somebody gave as a span keeps it, wherever it was given, and is counted again when holidays are announced. Both databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from actions import extensions, holidays, ledger, obligations, replanning, task_batches, task_changes, tasks
from actions.inputs_batches import OnBatch
from actions.inputs_extensions import AskMore, Press
from actions.inputs_holidays import HolidayNotice
from actions.inputs_ledger import OpenItem
from actions.inputs_tasks import Assign, ChangeDue, HandOn
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.jobs.tick import tick
from domain.deadlines import due_day
from domain.obligations import Owed
from domain.outcome import Done
from domain.people import Seat
from domain.world import World
from storage import cards, outbox
from storage.db import Store, open_store
from storage.tx import Tx
from tests.conftest import MASTER_KEY, Clock
from tests.unit.test_announcement import ONE_DAY_EACH

REGIME = "shandong-2022"
OFFICE, LIAISON, COUNTY = 10, 11, 12
LONGER = ONE_DAY_EACH.replace("01-01..01-03", "01-01..01-05")  # 4 and 5 January are off, too
SPAN, GUESSED, COUNTED = "2027-01-07=5wd@2026-12-30", date(2027, 1, 7), date(2027, 1, 11)


@dataclass
class Stage:
    store: Store
    seats: dict[int, Seat] = field(default_factory=dict)

    async def do(self, account: int, verb: Any, given: Any) -> None:
        outcome = await perform(self.store, Caller(account, account, quiet=True), verb, given)
        assert isinstance(outcome, Done), outcome

    async def owed(self, kind: str = "task", subject: int = 1) -> Owed:
        return (await self.store.read(lambda tx: obligations.live_of(tx, kind, subject)))[0]

    async def assign(self, due: str, **more: Any) -> None:
        given = {"assignee": self.seats[LIAISON].id, **more}
        await self.do(OFFICE, tasks.assign, Assign(what="报送名单", due=due, **given))

    async def imported(self) -> None:
        await self.do(OFFICE, holidays.take, HolidayNotice(notice=LONGER))
        await tick(self.store)

    async def waiting(self) -> list[str]:
        """Subjects of the cards that wait to be brought up to date; what waited is sent by that."""

        async def unit(tx: Tx) -> list[str]:
            found = []
            for parcel in await outbox.claim(tx, 1, 500):
                if parcel.body["op"] == "card":
                    card = await cards.get(tx, parcel.body["card"])
                    if card is not None:
                        await cards.shown(tx, card, parcel.id, "shown")
                        found.append(card.subject)
                await outbox.sent(tx, parcel.id)
            return found

        return await self.store.unit(unit)


@pytest.fixture
async def stage(database_url: str, clock: Clock, world: World) -> AsyncIterator[Stage]:
    clock.move_to("2026-12-30", "10:00")
    made = Stage(await open_store(database_url, master_key=MASTER_KEY, now=clock, world=world))

    async def unit(tx: Tx) -> None:
        await replanning.adopt(tx)
        for account, role, scope in ((OFFICE, "office", ""), (LIAISON, "local_liaison", "3714"), (COUNTY, "local_liaison", "371402")):
            made.seats[account] = await seat_directly(tx, account=account, name=f"人{account}", regime=REGIME, role=role, scope=scope)

    try:
        await made.store.unit(unit)
        await tick(made.store)
        yield made
    finally:
        await made.store.close()


async def test_a_task_moves_and_every_card_of_it_says_so(stage: Stage) -> None:
    await stage.assign(SPAN)
    before = await stage.owed()
    assert (due_day(before.due_at), before.span, before.provisional) == (GUESSED, "5wd", True)
    await stage.waiting()
    await stage.imported()
    after = await stage.owed()
    assert (due_day(after.due_at), after.span, after.provisional, after.start_at) == (COUNTED, "5wd", False, before.start_at)
    assert (await stage.waiting()).count("task:1") == 2  # the owner's and the asker's


async def test_a_date_that_was_given_stands(stage: Stage) -> None:
    await stage.assign(str(GUESSED))
    await stage.imported()
    assert due_day((await stage.owed()).due_at) == GUESSED


async def test_a_span_that_began_earlier_counts_from_its_own_day(stage: Stage, clock: Clock) -> None:
    """The form was answered yesterday and is sent today."""
    clock.move_to("2026-12-31", "09:00")
    await stage.assign(SPAN)
    assert due_day((await stage.owed()).due_at) == GUESSED
    await stage.imported()
    assert due_day((await stage.owed()).due_at) == COUNTED


async def test_what_is_sent_after_the_import_is_counted_by_it(stage: Stage) -> None:
    await stage.imported()
    await stage.assign(SPAN)
    assert due_day((await stage.owed()).due_at) == COUNTED


async def test_a_changed_date_moves_too(stage: Stage) -> None:
    await stage.assign("2026-12-31")
    await stage.do(OFFICE, task_changes.change_due, ChangeDue(task=1, due=SPAN, body="推迟"))
    await stage.imported()
    assert due_day((await stage.owed()).due_at) == COUNTED


async def test_an_order_to_many_moves_with_its_overview(stage: Stage) -> None:
    await stage.assign(SPAN, assignee="liaisons", places=f"{REGIME}|*")
    await stage.do(OFFICE, task_batches.send, OnBatch(1))
    await stage.waiting()
    await stage.imported()
    assert [due_day((await stage.owed(subject=n)).due_at) for n in (1, 2)] == [COUNTED, COUNTED]
    assert "batch:1" in await stage.waiting()


async def test_what_was_handed_on_moves_and_never_past_its_parent(stage: Stage) -> None:
    """Both were due on the 7th; the parent was given as a date, so the child that counted on may not come later."""
    await stage.assign(str(GUESSED))
    await stage.do(LIAISON, task_changes.hand_on, HandOn(task=1, assignee=stage.seats[COUNTY].id, due=SPAN))
    await stage.assign(SPAN)
    await stage.do(LIAISON, task_changes.hand_on, HandOn(task=3, assignee=stage.seats[COUNTY].id, due=SPAN))
    await stage.imported()
    assert [due_day((await stage.owed(subject=n)).due_at) for n in (1, 2, 3, 4)] == [GUESSED, GUESSED, COUNTED, COUNTED]


async def test_more_time_is_counted_from_the_old_due_date(stage: Stage) -> None:
    await stage.assign("2026-12-31")
    owed = await stage.owed()
    wanted = AskMore(
        obligation=owed.id, due=date(2026, 12, 31), latest=date(2027, 1, 31), wanted="2027-01-05=2wd@2026-12-31", reason="核数"
    )
    await stage.do(LIAISON, extensions.ask, wanted)
    await stage.do(OFFICE, extensions.grant, Press(1))
    assert due_day((await stage.owed()).due_at) == date(2027, 1, 5)
    await stage.imported()
    assert due_day((await stage.owed()).due_at) == date(2027, 1, 7)


async def test_more_time_that_still_waits_is_granted_as_counted_then(stage: Stage) -> None:
    await stage.assign("2026-12-31")
    owed = await stage.owed()
    wanted = AskMore(
        obligation=owed.id, due=date(2026, 12, 31), latest=date(2027, 1, 31), wanted="2027-01-05=2wd@2026-12-31", reason="核数"
    )
    await stage.do(LIAISON, extensions.ask, wanted)
    await stage.imported()
    await stage.do(OFFICE, extensions.grant, Press(1))
    assert due_day((await stage.owed()).due_at) == date(2027, 1, 7)


async def test_an_item_moves(stage: Stage) -> None:
    item = OpenItem(
        place=f"{REGIME}:3714", enterprise="甲厂", problem="超产", kind="upgrade", measures="停产", owner=stage.seats[LIAISON].id, due=SPAN
    )
    await stage.do(OFFICE, ledger.open_item, item)
    assert due_day((await stage.owed("item")).due_at) == GUESSED
    await stage.imported()
    assert due_day((await stage.owed("item")).due_at) == COUNTED
