"""Tasks on both databases: given out, reported, handed in, accepted or sent back, withdrawn; and everything that must change nothing."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import pytest

import bot.forms.tasks  # registers the forms
from actions import cards as made
from actions import converse, extensions, obligations, task_changes, task_lists, tasks
from actions.inputs_extensions import About
from actions.inputs_tasks import Assign, ChangeDue, HandOn, Listing, Reassign, Step
from actions.options import options
from actions.people import NewSeat, add_seat, seat_directly
from actions.perform import Caller, perform
from bot.render import Renderer
from domain.deadlines import due_day
from domain.forms import Draft, Pressed, Said, Sent
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from domain.speech import Message
from domain.task_filters import By, Narrowed
from domain.world import World
from storage import cards, entries, files, journal, outbox, people
from storage import tasks as rows
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock

REGIME = "shandong-2022"
OFFICE, LEADER, LIAISON, OTHER_LIAISON, COUNTY, STRANGER = 10, 11, 12, 13, 14, 99
assert bot.forms.tasks  # imported for what it registers
PHOTO = "a" * 27


@dataclass
class Chat:
    """What stands in one person's chat: messages by id, and what was said besides."""

    live: dict[str, int] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)


@dataclass
class Stage:
    store: Store
    seats: dict[int, Seat]
    message: int = 100

    async def do(self, account: int, verb: Any, given: Any) -> Outcome:
        return await perform(self.store, Caller(account, account, quiet=True), verb, given)

    async def deliver(self) -> dict[int, Chat]:
        """Send what waits as delivery would: a card without a message gets one; answers who got what."""
        return await self.store.unit(self._deliver)

    async def _deliver(self, tx: Tx) -> dict[int, Chat]:
        chats: dict[int, Chat] = {}
        for parcel in await outbox.claim(tx, 1, 100):
            chat = chats.setdefault(parcel.body["chat"], Chat())
            if parcel.body["op"] == "send":
                chat.sent.append(parcel.body["key"])
            elif parcel.body["op"] == "card":
                await self._show(tx, parcel.body["card"], chat)
            await outbox.sent(tx, parcel.id)
        return chats

    async def _show(self, tx: Tx, card_id: int, chat: Chat) -> None:
        card = await cards.get(tx, card_id)
        if card is not None and card.message_id is None:  # a draft's card goes with its draft
            self.message += 1
            chat.live[card.subject] = self.message
            await cards.shown(tx, card, self.message, "shown")

    async def card(self, account: int, kind: str = "task", of: int = 1) -> Message:
        async def unit(tx: Tx) -> Message | None:
            return await made.make(tx, kind, of, (await people.actor(tx, account, "zh")).person)

        found = await self.store.read(unit)
        assert found is not None
        return found

    async def buttons(self, account: int, kind: str = "task", of: int = 1) -> list[str]:
        """Without "who sees this", which stands on every card."""
        return [button.verb for row in (await self.card(account, kind, of)).buttons for button in row if button.verb != "te"]

    async def task(self) -> rows.Task:
        return await self.numbered(1)

    async def numbered(self, n: int) -> rows.Task:
        return await self.store.read(lambda tx: rows.get(tx, n))

    async def story(self) -> list[str]:
        return [entry.kind for entry in await self.store.read(lambda tx: entries.of_subject(tx, "task", 1))]

    async def clocks(self) -> list[str]:
        return [owed.state for owed in await self.store.read(lambda tx: obligations.live_of(tx, "task", 1))]

    async def assign(self, by: int = OFFICE, to: int = LIAISON, due: str = "2026-03-09", what: str = "报送整改方案") -> Outcome:
        return await self.do(by, tasks.assign, Assign(what=what, assignee=self.seats[to].id, due=date.fromisoformat(due)))


@pytest.fixture
async def stage(store: Store) -> Stage:
    async def seat(tx: Tx) -> dict[int, Seat]:
        cast = [(OFFICE, "周办", "office", ""), (LEADER, "郑组长", "leader", "3714"), (LIAISON, "王五", "local_liaison", "3714")]
        cast.append((OTHER_LIAISON, "赵六", "local_liaison", "3701"))
        return {
            account: await seat_directly(tx, account=account, name=name, regime=REGIME, role=role, scope=scope)
            for account, name, role, scope in cast
        }

    return Stage(store, await store.unit(seat))


def press(version: int = 0, pressed: int | None = 1, **more: Any) -> Step:
    return Step(task=1, version=version, pressed=pressed, **more)


async def test_a_task_is_pushed_at_once_and_counted_down(stage: Stage) -> None:
    outcome = await stage.assign()

    assert isinstance(outcome, Done)
    assert outcome.data == {"owner": stage.seats[LIAISON].id, "due": "2026-03-09"}
    pushed = await stage.deliver()
    assert pushed[LIAISON].live.keys() == pushed[OFFICE].live.keys() == {"task:1"}
    assert await stage.buttons(LIAISON) == ["tp", "td", "tn", "oe", "tm"]
    assert await stage.buttons(OFFICE) == ["tc", "tg", "tw"]
    assert (await stage.task()).number == "T-3714-2026-0001"
    [owed] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 1))
    assert (owed.owner, owed.creditor) == (stage.seats[LIAISON].id, stage.seats[OFFICE].id)
    assert due_day(owed.due_at) == date(2026, 3, 9)
    assert owed.next_at is not None


async def test_numbers_count_per_region(stage: Stage) -> None:
    for to in (LIAISON, LIAISON, OTHER_LIAISON):
        await stage.assign(to=to)

    numbers = [(await stage.numbered(n)).number for n in (1, 2, 3)]
    assert numbers == ["T-3714-2026-0001", "T-3714-2026-0002", "T-3701-2026-0001"]


async def test_from_hand_in_to_acceptance(stage: Stage) -> None:
    await stage.assign()
    await stage.deliver()

    assert isinstance(await stage.do(LIAISON, tasks.hand_in, press(1)), Done)

    assert await stage.clocks() == ["handed_in"]
    assert await stage.buttons(OFFICE) == ["ta", "tr", "th", "tw"]
    assert await stage.buttons(LIAISON) == ["tp", "tz", "th"]
    told = await stage.deliver()
    assert "task:1" in told[OFFICE].live  # a new message, not only the old one edited
    assert await stage.do(OFFICE, tasks.accept, press(2)) == Done(("task", 1), {"state": "done"})
    assert await stage.clocks() == []
    assert await stage.buttons(LIAISON) == ["th"]
    assert (await stage.deliver())[LIAISON].sent == ["task.told.accepted"]
    assert await stage.story() == ["assign", "hand_in", "accept"]


async def test_sent_back_it_is_open_again_with_its_old_date(stage: Stage, clock: Clock) -> None:
    await stage.assign()
    await stage.do(LIAISON, tasks.hand_in, press(1))
    await stage.deliver()
    clock.move_to("2026-03-04")

    await stage.do(OFFICE, tasks.send_back, press(2, pressed=None, body="缺少照片"))

    [owed] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 1))
    assert (owed.state, due_day(owed.due_at)) == ("open", date(2026, 3, 9))
    assert "task:1" in (await stage.deliver())[LIAISON].live
    assert await stage.buttons(LIAISON) == ["tp", "td", "tn", "oe", "tm", "ot", "th"]
    assert "缺少照片" in str((await stage.card(LIAISON)).params)


async def test_the_first_hand_ins_button_does_not_accept_the_second(stage: Stage) -> None:
    await stage.assign()
    await stage.do(LIAISON, tasks.hand_in, press(1))
    await stage.do(OFFICE, tasks.send_back, press(2, body="缺少照片"))
    await stage.do(LIAISON, tasks.hand_in, press(3))

    assert await stage.do(OFFICE, tasks.accept, press(2)) == Done(result="task_stale")
    assert (await stage.task()).state == "handed_in"
    assert await stage.do(OFFICE, tasks.accept, press(4)) == Done(("task", 1), {"state": "done"})


async def test_a_second_press_of_done_changes_nothing(stage: Stage) -> None:
    await stage.assign()
    pushed = await stage.deliver()
    mine = pushed[LIAISON].live["task:1"]
    await stage.do(LIAISON, tasks.hand_in, press(1, mine))
    await stage.deliver()
    before = await stage.store.read(_everything)

    assert await stage.do(LIAISON, tasks.hand_in, press(1, mine)) == Done(result="task_handed_in")

    assert await stage.store.read(_everything) == before
    assert (await stage.deliver())[LIAISON] == Chat()  # the card is looked at again in place; no new message


async def _everything(tx: Tx) -> list[Any]:
    names = ("task", "entry", "evidence", "obligation", "journal", "counter")
    return [await tx.all(f"SELECT * FROM {name} ORDER BY 1, 2") for name in names]


async def test_a_press_on_an_older_message_brings_the_card_down(stage: Stage) -> None:
    await stage.assign()
    await stage.do(LIAISON, tasks.hand_in, press(1))
    await stage.do(OFFICE, tasks.accept, press(2))
    await stage.deliver()

    assert await stage.do(LIAISON, tasks.begin_progress, press(1, 7)) == Done(result="task_done")

    assert "task:1" in (await stage.deliver())[LIAISON].live


@pytest.mark.parametrize(
    "verb", [tasks.hand_in, tasks.progress, tasks.begin_progress, tasks.accept, tasks.begin_send_back, tasks.begin_withdraw, tasks.show]
)
async def test_a_foreign_press_is_refused(stage: Stage, verb: Any) -> None:
    await stage.assign()
    await stage.deliver()
    before = await stage.store.read(_everything)

    assert await stage.do(OTHER_LIAISON, verb, press(1)) == Refusal("forbidden")
    assert await stage.do(STRANGER, verb, press(1)) == Refusal("stranger")
    assert await stage.do(LIAISON, verb, Step(task=999)) == Refusal("gone")

    assert await stage.store.read(_everything) == before
    assert await stage.deliver() == {}


async def test_the_owner_does_not_accept_the_own_work(stage: Stage) -> None:
    await stage.assign()
    await stage.do(LIAISON, tasks.hand_in, press(1))

    assert await stage.do(LIAISON, tasks.accept, press(2)) == Refusal("forbidden")


async def test_withdrawn_those_concerned_hear_it_once(stage: Stage) -> None:
    await stage.assign(by=LEADER)
    await stage.deliver()

    await stage.do(OFFICE, tasks.withdraw, press(0, pressed=None, body="重复交办"))

    told = await stage.deliver()
    assert told[LIAISON].sent == told[LEADER].sent == ["task.told.withdrawn"]
    assert told[OFFICE].sent == []
    assert await stage.clocks() == []
    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Done(result="task_withdrawn")
    assert await stage.buttons(LIAISON) == ["th"]


async def test_progress_keeps_words_and_files(stage: Stage) -> None:
    await stage.assign()
    blob = files.Blob(PHOTO, "image/jpeg", 3, "现场.jpg")
    await stage.store.unit(lambda tx: files.record(tx, blob))
    sent = [{"kind": "photo", "blob": PHOTO, "name": "现场.jpg"}, {"kind": "location", "latitude": 36.5, "longitude": 117.25}]

    outcome = await stage.do(LIAISON, tasks.progress, press(1, pressed=None, body="已开工", files=sent))

    assert outcome == Done(("task", 1), {"files": 2})
    [_, entry] = await stage.store.read(lambda tx: entries.of_subject(tx, "task", 1))
    assert [(piece.kind, piece.name, piece.latitude) for piece in entry.evidence] == [("photo", "现场.jpg", None), ("location", "", 36.5)]
    await stage.deliver()
    await stage.do(OFFICE, tasks.show_history, press())
    assert (await stage.deliver())[OFFICE].sent == ["task.history", "task.file", "task.place"]


async def test_the_journal_holds_no_words(stage: Stage) -> None:
    await stage.assign(what="报送整改方案")
    await stage.do(LIAISON, tasks.progress, press(1, body="已开工"))
    await stage.do(LIAISON, tasks.hand_in, press(1, body="方案已报"))
    await stage.do(OFFICE, tasks.send_back, press(2, body="缺少照片"))

    kept = await stage.store.read(lambda tx: journal.of_subject(tx, "task", 1))

    assert [row["action"] for row in kept] == ["task.assign", "task.progress", "task.hand_in", "task.return"]
    assert all(row["data"].isascii() for row in kept)
    assert await stage.store.read(journal.first_break) is None


async def test_a_leader_assigns_within_the_own_scope_only(stage: Stage) -> None:
    assert isinstance(await stage.assign(by=LEADER, to=LIAISON), Done)
    assert await stage.assign(by=LEADER, to=OTHER_LIAISON) == Refusal("forbidden")
    assert await stage.assign(by=LEADER, to=OFFICE) == Refusal("forbidden")
    assert await stage.assign(by=LIAISON, to=OTHER_LIAISON) == Refusal("forbidden")


async def test_what_cannot_be_assigned_changes_nothing(stage: Stage) -> None:
    assert await stage.assign(due="2026-03-01") == Refusal("task_due_past")
    assert await stage.assign(to=OFFICE) == Refusal("task_to_oneself")
    await stage.store.unit(lambda tx: people.end_seat(tx, stage.seats[LIAISON].id))
    assert await stage.assign() == Refusal("gone")

    assert await stage.deliver() == {}


async def test_assignees_are_those_the_actor_reaches(stage: Stage, world: World) -> None:
    async def unit(tx: Tx) -> None:
        await add_seat(tx, NewSeat(REGIME, "local_liaison", "孙七", "371402"))

    await stage.store.unit(unit)
    show = Renderer(world)

    async def shown(account: int, query: str = "") -> list[str]:
        async def read(tx: Tx) -> list[str]:
            actor = await people.actor(tx, account, "zh")
            found = await options(tx, actor, "assignees", Draft("assign", 1, "assignee"), query)
            return [show.param(option.label, "zh") for option in found]

        return await stage.store.read(read)

    assert (await shown(LEADER))[2:] == ["王五 · 德州市 地方联络员", "孙七 · 德城区 地方联络员（还没加入）"]
    assert [who.split(" · ")[0] for who in await shown(OFFICE)] == [
        "👥 多个地区的联络员",
        "👥 担任某一职务的人",
        "赵六",
        "郑组长",
        "王五",
        "孙七",
    ]
    assert await shown(OFFICE, "济南") == ["赵六 · 济南市 地方联络员"]
    assert await shown(OFFICE, "王五") == ["王五 · 德州市 地方联络员"]


async def test_a_vacant_seat_can_be_given_work(stage: Stage) -> None:
    vacant = await stage.store.unit(lambda tx: add_seat(tx, NewSeat(REGIME, "local_liaison", "孙七", "371402")))

    outcome = await stage.do(OFFICE, tasks.assign, Assign(what="报送名单", assignee=vacant, due=date(2026, 3, 9)))

    assert isinstance(outcome, Done)
    assert (await stage.deliver()).keys() == {OFFICE}


async def test_where_the_regime_accepts_by_itself(stage: Stage, world: World) -> None:
    shandong = world.regime(REGIME)
    automatic = shandong.model_copy(update={"tasks": shandong.tasks.model_copy(update={"accept": "automatic"})})
    stage.store.world = World({**world.regimes, REGIME: automatic}, world.calendar)
    await stage.assign()
    await stage.deliver()

    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Done(("task", 1), {"state": "done"})

    assert await stage.clocks() == []
    assert "task:1" in (await stage.deliver())[OFFICE].live
    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Done(result="task_done")


async def test_a_new_due_date_is_told_once_and_planned_anew(stage: Stage) -> None:
    await stage.assign(by=LEADER)
    await stage.deliver()

    given = ChangeDue(task=1, due=date(2026, 3, 16), body="检查推迟")
    assert await stage.do(LEADER, task_changes.change_due, given) == Done(("task", 1), {"due": "2026-03-16"})

    [owed] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 1))
    assert due_day(owed.due_at) == date(2026, 3, 16)
    told = await stage.deliver()
    assert (told[LIAISON].sent, told[LEADER].sent) == (["task.told.due"], [])
    assert await stage.do(LIAISON, task_changes.change_due, given) == Refusal("forbidden")
    past = ChangeDue(task=1, due=date(2026, 3, 1), body="检查推迟")
    assert await stage.do(LEADER, task_changes.change_due, past) == Refusal("task_new_due_past")
    await stage.do(LIAISON, tasks.hand_in, press(1))
    assert await stage.do(LEADER, task_changes.begin_change_due, press(2)) == Done(result="task_answer_first")


async def test_reassigned_the_new_owner_owes_it_by_the_same_date(stage: Stage) -> None:
    await stage.assign()
    await stage.deliver()
    new = stage.seats[OTHER_LIAISON]

    given = Reassign(task=1, assignee=new.id, body="分工调整")
    assert isinstance(await stage.do(OFFICE, task_changes.reassign, given), Done)

    [owed] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 1))
    assert (owed.owner, owed.region, due_day(owed.due_at)) == (new.id, "3701", date(2026, 3, 9))
    told = await stage.deliver()
    assert told[LIAISON].sent == ["task.told.taken"]
    assert "task:1" in told[OTHER_LIAISON].live
    assert (await stage.card(LIAISON)).key == "task.not_yours"
    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Refusal("elsewhere")
    assert await stage.do(OFFICE, task_changes.reassign, given) == Refusal("task_new_owner")
    assert isinstance(await stage.do(OTHER_LIAISON, tasks.hand_in, press(0)), Done)


@pytest.mark.parametrize(
    ("verb", "given", "stripped"), [(tasks.show, press(), []), (tasks.hand_in, press(1), [55])], ids=["opened", "acted"]
)
async def test_a_list_keeps_its_other_buttons_where_one_matter_went_to_somebody_else(
    stage: Stage, verb: Any, given: Any, stripped: list[int]
) -> None:
    """A reminder is one matter's, its buttons act; a list opens many, and the others are still this person's."""
    await stage.assign()
    await stage.deliver()
    await stage.do(OFFICE, task_changes.reassign, Reassign(task=1, assignee=stage.seats[OTHER_LIAISON].id, body="分工调整"))
    await stage.deliver()
    pressed = Caller(LIAISON, LIAISON, quiet=True, pressed=55)
    assert await perform(stage.store, pressed, verb, given) == Refusal("elsewhere")
    claimed = await stage.store.unit(lambda tx: outbox.claim(tx, 1, 100))
    assert [each.body["message_id"] for each in claimed if each.body["op"] == "strip"] == stripped


async def test_a_leader_reassigns_within_the_own_scope_only(stage: Stage) -> None:
    await stage.assign(by=LEADER)
    given = Reassign(task=1, assignee=stage.seats[OTHER_LIAISON].id, body="分工调整")

    assert await stage.do(LEADER, task_changes.reassign, given) == Refusal("forbidden")
    assert await stage.do(LIAISON, task_changes.reassign, given) == Refusal("forbidden")


async def test_without_the_proof_it_is_not_done(stage: Stage) -> None:
    given = Assign(what="现场整改", assignee=stage.seats[LIAISON].id, due=date(2026, 3, 9), proof="yes")
    await stage.do(OFFICE, tasks.assign, given)

    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Done(result="task_needs_proof")
    assert await stage.store.read(lambda tx: converse.has_open(tx, LIAISON))
    assert (await stage.task()).state == "open"
    assert await stage.do(LIAISON, tasks.hand_in, press(1, pressed=None)) == Refusal("task_needs_proof")

    await stage.store.unit(lambda tx: files.record(tx, files.Blob(PHOTO, "image/jpeg", 3, "现场.jpg")))
    await stage.do(LIAISON, converse.step, converse.Answer(Sent("voice", PHOTO)))
    await stage.do(LIAISON, converse.step, converse.Answer(Pressed("done")))
    assert "form.error.no_proof" in str((await stage.card(LIAISON, "draft")).params)
    await stage.do(LIAISON, converse.step, converse.Answer(Sent("photo", PHOTO)))
    for choice in ("done", "submit"):
        await stage.do(LIAISON, converse.step, converse.Answer(Pressed(choice)))
    assert (await stage.task()).state == "handed_in"


async def test_proof_that_came_with_a_report_is_not_asked_again(stage: Stage) -> None:
    await stage.do(OFFICE, tasks.assign, Assign(what="现场整改", assignee=stage.seats[LIAISON].id, due=date(2026, 3, 9), proof="yes"))
    await stage.store.unit(lambda tx: files.record(tx, files.Blob(PHOTO, "image/jpeg", 3, "现场.jpg")))
    await stage.do(LIAISON, tasks.progress, press(1, pressed=None, body="已开工", files=[{"kind": "photo", "blob": PHOTO, "name": ""}]))

    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Done(("task", 1), {"state": "handed_in"})


async def test_a_voice_note_or_a_place_is_no_proof(stage: Stage) -> None:
    """Kept with the task, and a photo or a file is asked for all the same."""
    await stage.do(OFFICE, tasks.assign, Assign(what="现场整改", assignee=stage.seats[LIAISON].id, due=date(2026, 3, 9), proof="yes"))
    await stage.store.unit(lambda tx: files.record(tx, files.Blob(PHOTO, "audio/ogg", 3, "")))
    given = [{"kind": "location", "latitude": 36.5, "longitude": 117.25}, {"kind": "voice", "blob": PHOTO, "name": ""}]
    await stage.do(LIAISON, tasks.progress, press(1, pressed=None, body="已开工", files=given))

    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Done(result="task_needs_proof")
    assert await stage.do(LIAISON, tasks.hand_in, press(1, pressed=None, files=given)) == Refusal("task_needs_proof")


@pytest.fixture
async def county(stage: Stage) -> Seat:
    """A liaison of a county of 德州."""

    async def unit(tx: Tx) -> Seat:
        return await seat_directly(tx, account=COUNTY, name="孙七", regime=REGIME, role="local_liaison", scope="371402")

    return await stage.store.unit(unit)


def handed_on(to: Seat, due: str = "2026-03-06", task: int = 1) -> HandOn:
    return HandOn(task=task, assignee=to.id, due=date.fromisoformat(due), body="先报两家")


async def test_handed_on_the_line_of_responsibility_stays(stage: Stage, county: Seat) -> None:
    await stage.assign()
    await stage.deliver()

    assert isinstance(await stage.do(LIAISON, task_changes.hand_on, handed_on(county)), Done)

    child = await stage.numbered(2)
    assert (child.parent, child.asker, child.owner, child.region) == (1, stage.seats[LIAISON].id, county.id, "371402")
    [above] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 1))
    [below] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 2))
    assert (below.parent, above.owner, below.creditor) == (above.id, stage.seats[LIAISON].id, stage.seats[LIAISON].id)
    assert "task:2" in (await stage.deliver())[COUNTY].live
    assert "孙七" in str((await stage.card(OFFICE)).params)
    assert "T-3714-2026-0001" in str((await stage.card(COUNTY, "task", 2)).params)
    assert isinstance(await stage.do(OFFICE, tasks.show, Step(task=2)), Done)  # who asked first sees the whole line

    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Done(result="task_children_open")
    await stage.do(COUNTY, tasks.hand_in, Step(task=2, version=1, pressed=1))
    assert await stage.do(LIAISON, tasks.hand_in, press(1)) == Done(result="task_children_open")
    assert await stage.do(OFFICE, tasks.accept, Step(task=2, version=2, pressed=1)) == Refusal("forbidden")
    assert isinstance(await stage.do(LIAISON, tasks.accept, Step(task=2, version=2, pressed=1)), Done)
    assert isinstance(await stage.do(LIAISON, tasks.hand_in, press(1)), Done)


async def receipt(stage: Stage, task: int = 2) -> Owed | None:
    return next(iter(await stage.store.read(lambda tx: obligations.live_of(tx, "receipt", task))), None)


async def test_what_is_handed_on_is_received_once_with_the_time(stage: Stage, county: Seat, clock: Clock) -> None:
    await stage.assign()
    assert await receipt(stage, 1) is None  # what was assigned directly owes none
    await stage.do(LIAISON, task_changes.hand_on, handed_on(county))
    owed = await receipt(stage)
    assert owed is not None
    assert (owed.owner, owed.creditor, due_day(owed.due_at)) == (county.id, stage.seats[LIAISON].id, date(2026, 3, 3))
    assert (await stage.buttons(COUNTY, "task", 2))[0] == "oa"
    assert "oa" not in await stage.buttons(LIAISON, "task", 2)
    assert "task.receipt.waits" in str((await stage.card(LIAISON)).params)
    assert await stage.do(LIAISON, obligations.ack, owed.id) == Refusal("forbidden")

    clock.move_to("2026-03-02", "09:30")
    assert isinstance(await stage.do(COUNTY, obligations.ack, owed.id), Done)
    assert await stage.do(COUNTY, obligations.ack, owed.id) == Refusal("acked")
    held = await stage.store.read(lambda tx: obligations.get(tx, owed.id))
    assert (held.state, held.acked_at) == ("done", clock.now)
    assert "oa" not in await stage.buttons(COUNTY, "task", 2)
    assert "task.receipt.got" in str((await stage.card(LIAISON)).params)
    assert (await stage.numbered(2)).state == "open"  # 收到 is not done
    assert [owed.state for owed in await stage.store.read(lambda tx: obligations.live_of(tx, "task", 2))] == ["open"]


async def test_who_works_on_it_has_received_it(stage: Stage, county: Seat, clock: Clock) -> None:
    await stage.assign()
    for task, verb in ((2, tasks.progress), (3, tasks.hand_in)):
        await stage.do(LIAISON, task_changes.hand_on, handed_on(county))
        owed = await receipt(stage, task)
        assert owed is not None
        await stage.do(COUNTY, verb, Step(task=task, version=1, body="已开始", pressed=1))
        held = await stage.store.read(partial(obligations.get, obligation_id=owed.id))
        assert (held.state, held.acked_at) == ("done", clock.now)


async def test_a_receipt_ends_with_its_task_and_moves_with_it(stage: Stage, county: Seat) -> None:
    await stage.assign()
    await stage.do(LIAISON, task_changes.hand_on, handed_on(county))
    first = await receipt(stage)
    assert first is not None

    async def unit(tx: Tx) -> Seat:
        return await seat_directly(tx, account=15, name="钱八", regime=REGIME, role="local_liaison", scope="371481")

    other = await stage.store.unit(unit)
    assert isinstance(await stage.do(OFFICE, task_changes.reassign, Reassign(task=2, assignee=other.id, body="换人")), Done)
    second = await receipt(stage)
    assert second is not None
    assert (second.owner, second.creditor) == (other.id, stage.seats[LIAISON].id)
    assert await stage.do(COUNTY, obligations.ack, first.id) == Refusal("receipt_over")

    await stage.do(OFFICE, task_changes.reassign, Reassign(task=1, assignee=stage.seats[OTHER_LIAISON].id, body="分工"))
    moved = await receipt(stage)
    assert moved is not None
    assert moved.creditor == stage.seats[OTHER_LIAISON].id
    await stage.do(OFFICE, tasks.withdraw, Step(task=1, body="不用办了"))
    assert await receipt(stage) is None


async def test_nobody_asks_for_more_time_for_a_receipt(stage: Stage, county: Seat) -> None:
    await stage.assign()
    await stage.do(LIAISON, task_changes.hand_on, handed_on(county))
    owed = await receipt(stage)
    assert owed is not None
    assert await stage.do(COUNTY, extensions.begin, About(owed.id)) == Refusal("extension_not_open")


async def test_handed_on_only_below_and_not_beyond_the_own_date(stage: Stage, county: Seat) -> None:
    await stage.assign()

    for other in (OTHER_LIAISON, LEADER, OFFICE, LIAISON):
        assert await stage.do(LIAISON, task_changes.hand_on, handed_on(stage.seats[other])) == Refusal("forbidden")
    late = await stage.do(LIAISON, task_changes.hand_on, handed_on(county, "2026-03-10"))
    assert isinstance(late, Refusal)
    assert late.code == "task_due_after_parent"
    assert await stage.do(COUNTY, task_changes.hand_on, handed_on(county)) == Refusal("forbidden")
    assert isinstance(await stage.do(LIAISON, task_changes.begin_hand_on, press(1)), Done)
    await stage.do(OFFICE, tasks.assign, Assign(what="报送", assignee=county.id, due=date(2026, 3, 9)))
    assert await stage.do(COUNTY, task_changes.begin_hand_on, Step(task=2, version=1, pressed=1)) == Refusal("task_nobody_below")


async def test_what_was_handed_on_follows_the_task(stage: Stage, county: Seat) -> None:
    await stage.assign()
    await stage.do(LIAISON, task_changes.hand_on, handed_on(county))
    await stage.deliver()

    await stage.do(OFFICE, task_changes.change_due, ChangeDue(task=1, due=date(2026, 3, 4), body="提前"))
    [below] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 2))
    assert due_day(below.due_at) == date(2026, 3, 4)
    assert (await stage.deliver())[COUNTY].sent == ["task.told.due"]

    await stage.do(OFFICE, task_changes.reassign, Reassign(task=1, assignee=stage.seats[OTHER_LIAISON].id, body="分工"))
    child = await stage.numbered(2)
    [below] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 2))
    assert child.asker == below.creditor == stage.seats[OTHER_LIAISON].id

    await stage.do(OFFICE, tasks.withdraw, Step(task=1, body="不用办了"))
    assert (await stage.numbered(2)).state == "withdrawn"
    assert await stage.store.read(lambda tx: obligations.live_of(tx, "task", 2)) == []
    assert "task.told.withdrawn" in (await stage.deliver())[COUNTY].sent


async def test_lists_show_the_most_urgent_first_and_page(stage: Stage, clock: Clock) -> None:
    for n in range(10):
        await stage.assign(what=f"第{n}件事", due=f"2026-03-{20 - n:02}")
    await stage.do(LIAISON, tasks.hand_in, Step(task=10, version=1, pressed=1))
    clock.move_to("2026-03-13")

    mine = await stage.card(LIAISON, "tasks", 0)

    assert [button.id for row in mine.buttons[:3] for button in row] == [9, 8, 7, 6, 5, 4, 3, 2, 1]  # 8 tasks, then page 1
    last = await stage.card(LIAISON, "tasks", 1)
    assert [(button.verb, button.id) for row in last.buttons[:2] for button in row] == [("to", 1), ("to", 10), ("tl", 0)]
    waiting = await stage.card(OFFICE, "waiting", 0)
    assert waiting.buttons[0][0].id == 10
    assert (await stage.card(OTHER_LIAISON, "tasks", 0)).key == "task.list.tasks.none"
    await stage.deliver()
    await stage.do(LIAISON, task_lists.show_list, Listing("tasks"))
    assert "tasks:0" in (await stage.deliver())[LIAISON].live


async def test_a_long_list_is_narrowed_one_way_at_a_time(stage: Stage, clock: Clock) -> None:
    for n in range(10):
        await stage.assign(what=f"第{n}件事", due=f"2026-03-{20 - n:02}", to=OTHER_LIAISON if n % 2 else LIAISON)
    await stage.do(LIAISON, tasks.hand_in, Step(task=1, version=1, pressed=1))
    clock.move_to("2026-03-13")  # tasks 9 and 10 were due on the 12th and 11th, 8 is due today, 7 on the 14th

    async def ids(by: By, value: int = 0) -> list[int]:
        card = await stage.card(OFFICE, "waiting", Narrowed(by, value).code())
        return [button.id for row in card.buttons for button in row if button.verb == "to"]

    assert await ids("red") == [10, 9]
    assert await ids("green") == [2]  # due on the 19th; the first, due on the 20th, is handed in
    assert await ids("done") == []
    assert await ids("grey") == [1]
    assert await ids("week") == [8, 7, 6]
    assert await ids("yellow") == [8, 7, 6, 5, 4, 3]
    assert await ids("person", stage.seats[LIAISON].id) == [1, 9, 7, 5, 3]

    choice = await stage.card(OFFICE, "waiting", Narrowed("regions").code())
    assert choice.key == "task.filter.which.regions"
    [dezhou] = [each for row in choice.buttons for each in row if "3714" in str(each.params)]
    card = await stage.card(OFFICE, "waiting", dezhou.id)
    assert [each.id for row in card.buttons for each in row if each.verb == "to"] == [1, 9, 7, 5, 3]
    people_card = await stage.card(OFFICE, "waiting", Narrowed("people").code())
    assert {Narrowed.of(each.id).value for row in people_card.buttons[:-1] for each in row} == {
        stage.seats[each].id for each in (LIAISON, OTHER_LIAISON)
    }
    assert (await stage.card(LIAISON, "tasks", Narrowed("red", 0, 5).code())).key == "task.filter.none"


async def test_what_is_over_stands_in_a_list_of_its_own(stage: Stage) -> None:
    """The newest first, one press from the list of what is open, also where that is short or empty."""
    for n in range(3):
        await stage.assign(what=f"第{n}件事", due="2026-03-20")
    for n in (1, 2):
        await stage.do(LIAISON, tasks.hand_in, Step(task=n, version=1, pressed=1))
        await stage.do(OFFICE, tasks.accept, Step(task=n))
    for account, kind in ((LIAISON, "tasks"), (OFFICE, "waiting")):
        card = await stage.card(account, kind, 0)
        assert [button.id for row in card.buttons for button in row if button.verb == "to"] == [3]
        over = await stage.card(account, kind, card.buttons[-1][0].id)
        assert over.key == "task.list.done"
        assert [button.id for row in over.buttons for button in row if button.verb == "to"] == [2, 1]
        assert over.buttons[-1][-1].id == 0
    assert not (await stage.card(OTHER_LIAISON, "tasks", 0)).buttons


async def test_a_card_stops_telling_whoever_lost_the_seat(stage: Stage) -> None:
    await stage.assign()
    await stage.store.unit(lambda tx: people.end_seat(tx, stage.seats[LIAISON].id))

    assert (await stage.card(LIAISON)).key == "task.not_yours"
    await stage.deliver()
    await stage.do(OFFICE, tasks.withdraw, press(1, body="人员调整"))
    told = await stage.deliver()
    assert LIAISON not in told or told[LIAISON] == Chat()  # at most the old card is edited


async def test_cards_and_lists_read_well_in_both_languages(stage: Stage, world: World, clock: Clock) -> None:
    await stage.assign()
    await stage.do(LIAISON, tasks.progress, press(1, body="已开工 <b>"))
    show = Renderer(world)

    async def read(account: int, kind: str = "task", of: int = 1, language: str = "zh") -> str:
        card = await stage.card(account, kind, of)
        for row in card.buttons:
            show.keyboard([[button.dump() for button in row]], language)
        return show.text(card.key, card.params, language)

    assert (await read(LIAISON)).splitlines() == [
        "<b>报送整改方案</b>",
        "<code>T-3714-2026-0001</code>",
        "",
        "🟢 绿 · 办理中",
        "期限：3月9日（周一），还有 5 个工作日",
        "承办：王五 · 德州市 地方联络员",
        "交办：周办 · 省发展改革委（牵头）",
        "",
        "📝 3月2日（周一） 09:00 报进展：已开工 &lt;b&gt;",
    ]
    clock.move_to("2026-03-11")
    assert "🔴 Red · open\nDue: Mon 9 Mar, overdue by 2 working days" in await read(LIAISON, language="en")
    assert "1. 🔴 红 · 报送整改方案 · 3月9日（周一）" in await read(LIAISON, "tasks", 0)
    assert "1. 🔴 红 · 报送整改方案 · 王五 · 3月9日（周一）" in await read(OFFICE, "waiting", 0)


async def test_the_whole_conversation_of_assigning(stage: Stage) -> None:
    async def answer(given: Any) -> None:
        assert isinstance(await stage.do(OFFICE, converse.step, converse.Answer(given)), Done)

    assert await stage.do(LIAISON, converse.open_form, converse.Open("assign")) == Refusal("forbidden")
    await stage.do(OFFICE, converse.open_form, converse.Open("assign"))
    for words in ("报送整改方案", "德州 没有的人", "王五", "昨天", "5个工作日"):
        await answer(Said(words))
    for given in (Pressed("edit:3"), Said("按附件要求"), Pressed("edit:4")):
        await answer(given)
    await stage.store.unit(lambda tx: files.record(tx, files.Blob(PHOTO, "application/pdf", 3, "通知.pdf")))
    await answer(Sent("document", PHOTO, "通知.pdf"))
    for choice in ("done", "submit"):
        await answer(Pressed(choice))

    task = await stage.task()
    assert (task.title, task.detail, task.owner) == ("报送整改方案", "按附件要求", stage.seats[LIAISON].id)
    [owed] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", 1))
    assert due_day(owed.due_at) == date(2026, 3, 9)
    assert "task:1" in (await stage.deliver())[LIAISON].live


async def test_a_form_that_comes_too_late_ends_with_the_sentence(stage: Stage) -> None:
    await stage.assign()
    await stage.do(LIAISON, tasks.begin_progress, press(1))
    await stage.do(OFFICE, tasks.withdraw, press(1, body="不用办了"))
    await stage.deliver()

    for given in (Said("已开工"), Pressed("skip"), Pressed("submit")):
        await stage.do(LIAISON, converse.step, converse.Answer(given))

    assert "refusal.task_withdrawn" in (await stage.deliver())[LIAISON].sent
    assert await stage.story() == ["assign", "withdraw"]
    assert await stage.store.read(lambda tx: converse.has_open(tx, LIAISON)) is False
