"""What sounds at night and what comes without a sound, decided where it is sent; on both databases."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bot.forms.tasks  # noqa: F401  registers the forms, as the program does
from actions import tasks
from actions.inputs_tasks import Assign
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.parcels import Packer, Request, as_new
from bot.render import Renderer
from domain.people import Seat
from domain.speech import PING, URGENT, To
from domain.world import World
from storage import cards, outbox, people
from storage.db import Store
from storage.files import Files
from storage.tx import Tx
from tests.conftest import Clock

REGIME = "shandong-2022"
OFFICE, LIAISON, STRANGER = 10, 13, 99


@dataclass
class Stage:
    store: Store
    clock: Clock
    packer: Packer
    seats: dict[int, Seat]

    async def assign(self) -> int:
        given = Assign(what="报送季度清单", assignee=self.seats[LIAISON].id, due=date(2026, 3, 30))
        outcome: Any = await perform(self.store, Caller(OFFICE, OFFICE), tasks.assign, given)
        return int(outcome.subject[1])

    async def say(self, to: To, **more: Any) -> None:
        await self.store.unit(lambda tx: outbox.say(tx, to, "pause.none", **more))

    async def sent(self) -> dict[int, list[Request]]:
        """What delivery would send now, by chat; accepted by Telegram."""
        found: dict[int, list[Request]] = {}
        for n, parcel in enumerate(await self.store.unit(lambda tx: outbox.claim(tx, 1, 100)), 1):
            request = await self.packer.pack(parcel)
            await self.store.unit(lambda tx, parcel=parcel, request=request, n=n: _accepted(tx, parcel.id, request, n))  # type: ignore[misc]  # mypy knows no default of a lambda
            if request is not None:
                found.setdefault(parcel.body["chat"], []).append(request)
        return found

    async def quiet(self, hours: str) -> None:
        person = self.seats[LIAISON].person
        assert person is not None
        await self.store.unit(lambda tx: people.set_quiet(tx, person, hours))


async def _accepted(tx: Tx, row: int, request: Request | None, message: int) -> None:
    await outbox.sent(tx, row)
    if request is not None and request.card is not None:
        await cards.shown(tx, request.card, message, request.shown)


@pytest.fixture
async def stage(store: Store, clock: Clock, world: World, tmp_path: Path) -> Stage:
    async def seated(tx: Tx) -> dict[int, Seat]:
        parts = ((OFFICE, "office", ""), (LIAISON, "local_liaison", "3714"))
        return {
            account: await seat_directly(tx, account=account, name=f"人{account}", regime=REGIME, role=role, scope=scope)
            for account, role, scope in parts
        }

    seats = await store.unit(seated)
    made = Stage(store, clock, Packer(store, Renderer(world), Files(tmp_path / "files", store.vault)), seats)
    await made.sent()
    return made


def silent(request: Request) -> bool:
    return bool(request.payload.get("disable_notification"))


async def test_a_task_given_at_night_wakes_nobody_and_whoever_gave_it_hears_the_answer(stage: Stage) -> None:
    stage.clock.move_to("2026-03-04", "23:10")
    await stage.assign()
    sent = await stage.sent()
    assert [(each.method, silent(each)) for each in sent[LIAISON]] == [("sendMessage", True)]
    assert sent[OFFICE]
    assert not any(silent(each) for each in sent[OFFICE])


async def test_by_day_it_sounds(stage: Stage) -> None:
    stage.clock.move_to("2026-03-04", "10:00")
    await stage.assign()
    assert [silent(each) for each in (await stage.sent())[LIAISON]] == [False]


async def test_ones_own_wider_hours_count(stage: Stage) -> None:
    await stage.quiet("19:30-09:00")
    for clock, expected in (("19:29", False), ("19:31", True), ("08:30", True), ("09:00", False)):
        stage.clock.move_to("2026-03-04", clock)
        await stage.assign()
        assert [silent(each) for each in (await stage.sent())[LIAISON]] == [expected], clock


async def test_what_was_written_by_day_and_goes_at_night_is_silent(stage: Stage) -> None:
    """The hour of sending decides: Telegram was away, or sending was paused."""
    stage.clock.move_to("2026-03-04", "17:00")
    await stage.assign()
    stage.clock.move_to("2026-03-05", "02:00")
    assert [silent(each) for each in (await stage.sent())[LIAISON]] == [True]


async def test_major_problems_sound(stage: Stage) -> None:
    stage.clock.move_to("2026-03-04", "23:10")
    to = stage.seats[LIAISON].to()
    assert to is not None
    await stage.say(to, priority=URGENT)
    await stage.say(to, priority=PING)
    assert [silent(each) for each in (await stage.sent())[LIAISON]] == [False, True]


async def test_a_stranger_hears_by_the_first_provinces_hours_and_answers_always_sound(stage: Stage) -> None:
    stage.clock.move_to("2026-03-04", "23:10")

    async def answered(tx: Tx) -> None:
        tx.answering = tx.vault.lane(STRANGER)
        await outbox.say(tx, To(STRANGER), "pause.none")

    await stage.say(To(STRANGER))  # nobody asked for it just now
    await stage.store.unit(answered)
    assert [silent(each) for each in (await stage.sent())[STRANGER]] == [False, True]  # answers go first


async def test_an_edit_says_nothing_of_sound_and_a_card_sent_anew_instead_is_silent(stage: Stage) -> None:
    task = await stage.assign()
    stage.clock.move_to("2026-03-04", "10:00")
    await stage.sent()
    stage.clock.move_to("2026-03-10", "23:00")  # the card shows another light now
    await stage.store.unit(lambda tx: cards.refresh_all(tx, f"task:{task}"))
    [edit] = (await stage.sent())[LIAISON]
    assert edit.method == "editMessageText"
    anew = as_new(edit)
    assert (anew.method, silent(anew)) == ("sendMessage", True)
    assert "message_id" not in anew.payload


async def test_the_hour_changes_nothing_of_what_a_card_shows(stage: Stage) -> None:
    """Else every night and every morning would edit every card."""
    stage.clock.move_to("2026-03-04", "20:59")
    task = await stage.assign()
    await stage.sent()
    stage.clock.move_to("2026-03-04", "21:30")
    await stage.store.unit(lambda tx: cards.refresh_all(tx, f"task:{task}"))
    assert LIAISON not in await stage.sent()
