"""What is owed, on both databases: the countdown, the climb, one message a slot, and everything that must not happen twice."""

import asyncio
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

import bot.forms.obligations  # registers the form
from actions import cards as made
from actions import obligations, overview, own_list, stopping
from actions.inputs_obligations import StopInput
from actions.people import NewSeat, add_seat, seat_directly
from actions.perform import Caller, perform
from actions.subjects import NOUNS, Subject, subject
from actions.tick import AGAIN
from bot.jobs import housekeeping
from bot.jobs.tick import next_due, tick
from bot.render import Renderer
from domain.deadlines import at
from domain.obligations import Owed
from domain.obligations import advance as real_advance
from domain.outcome import Done, Outcome, Refusal
from domain.overview import View
from domain.people import Seat
from domain.speech import Button, Keyboard, Param
from domain.world import World
from storage import cards, entries, journal, outbox, people
from storage import obligations as rows
from storage.db import Store, open_store
from storage.tx import Tx
from tests.conftest import MASTER_KEY, Clock

REGIME = "shandong-2022"
OFFICE, OFFICE_LEAD, LEAD, LIAISON, OTHER, AUDIT = 10, 11, 12, 13, 14, 15
DEZHOU, JINAN = "3714", "3701"
assert bot.forms.obligations  # imported for what it registers


def _buttons(owed: Owed, _seat: Seat) -> Keyboard:
    return ((Button("button.task_hand_in", "td", owed.subject),),)


@pytest.fixture(autouse=True)
def _nouns() -> Any:
    """Two nouns of the test's own, one of them private."""
    before = dict(NOUNS)

    @subject("matter", buttons=_buttons)
    async def matter(_tx: Tx, ids: Collection[int]) -> dict[int, Subject]:
        return {each: Subject(f"M-{each}", f"事项{each}", Button("button.open_matter", "to", each)) for each in ids}

    async def reaches(_tx: Tx, _subject: int, seat: Seat) -> bool:
        return seat.role != "office_lead"

    @subject("secret", private=True, reaches=reaches)
    async def secret(_tx: Tx, ids: Collection[int]) -> dict[int, Subject]:
        return {each: Subject(f"S-{each}", "事项", Button("button.open_matter", "co", each)) for each in ids}

    yield
    NOUNS.clear()
    NOUNS.update(before)


@dataclass(frozen=True)
class Said:
    chat: int
    key: str
    text: str
    buttons: tuple[str, ...]
    not_before: int
    protect: bool


@dataclass
class Stage:
    store: Store
    clock: Clock
    world: World
    seats: dict[int, Seat] = field(default_factory=dict)
    subject: int = 0

    async def owe(
        self, due: str, *, duty: str = "task", owner: int = LIAISON, creditor: int | None = OFFICE, kind: str = "matter", **more: Any
    ) -> int:
        self.subject += 1
        given = self.seats[owner]

        async def unit(tx: Tx) -> int:
            asker = None if creditor is None else self.seats[creditor]
            when = {"due": date.fromisoformat(due)} if due else {}
            region = given.scope if given.scope_kind == "region" else DEZHOU
            return await obligations.owe(
                tx, regime=REGIME, duty=duty, subject=(kind, self.subject), owner=given, creditor=asker, region=region, **{**when, **more}
            )

        return await self.store.unit(unit)

    async def at(self, day: str, clock: str = "08:30") -> list[Said]:
        self.clock.move_to(day, clock)
        await tick(self.store)
        return await self.said()

    async def said(self) -> list[Said]:
        return await self.store.unit(self._said)

    async def _said(self, tx: Tx) -> list[Said]:
        renderer, found = Renderer(self.world), []
        for row in await tx.all("SELECT id, not_before FROM outbox ORDER BY id"):
            await tx.run("UPDATE outbox SET not_before = 0 WHERE id = :id", id=row["id"])
        held = {row["id"]: row["not_before"] for row in await tx.all("SELECT id, not_before FROM outbox")}
        for parcel in await outbox.claim(tx, 1, 500):
            await outbox.sent(tx, parcel.id)
            body = parcel.body
            if body["op"] != "send":
                continue
            for language in ("zh", "en"):
                text = renderer.text(body["key"], body["params"], language)
                assert len(text) < 4096
                assert "{" not in text
            labels = [button["text"] for row in renderer.keyboard(body["buttons"], "zh") for button in row]
            zh = renderer.text(body["key"], body["params"], "zh")
            found.append(Said(body["chat"], body["key"], zh, tuple(labels), held[parcel.id], bool(body.get("protect"))))
        return found

    async def get(self, obligation: int) -> Owed:
        async def unit(tx: Tx) -> Owed:
            return await obligations.get(tx, obligation)

        return await self.store.read(unit)

    async def unit(self, verb: Any, *given: Any) -> Any:
        async def unit(tx: Tx) -> Any:
            return await verb(tx, *given)

        return await self.store.unit(unit)

    async def do(self, account: int, verb: Any, given: Any) -> Outcome:
        return await perform(self.store, Caller(account, account, quiet=True), verb, given)

    async def card(self, account: int, name: str) -> tuple[str, list[str]]:
        kind, _, of = name.partition(":")

        async def unit(tx: Tx) -> Any:
            person = await people.person_by_account(tx, account)
            return await made.make(tx, kind, int(of), None if person is None else person["id"])

        message = await self.store.read(unit)
        assert message is not None
        renderer = Renderer(self.world)
        assert len(renderer.text(message.key, message.params, "en")) < 4096
        labels = renderer.keyboard([[button.dump() for button in row] for row in message.buttons], "zh")
        return renderer.text(message.key, message.params, "zh"), [button["text"] for row in labels for button in row]


@pytest.fixture
async def stage(store: Store, clock: Clock, world: World) -> Stage:
    stage = Stage(store, clock, world)

    async def seated(tx: Tx) -> None:
        for account, name, role, scope in (
            (OFFICE, "王办", "office", ""),
            (OFFICE_LEAD, "刘主任", "office_lead", ""),
            (LEAD, "陈市长", "local_supervisor", DEZHOU),
            (LIAISON, "李联络", "local_liaison", DEZHOU),
            (OTHER, "周联络", "local_liaison", JINAN),
            (AUDIT, "纪检员", "audit", ""),
        ):
            stage.seats[account] = await seat_directly(tx, account=account, name=name, regime=REGIME, role=role, scope=scope)

    await store.unit(seated)
    return stage


async def test_countdown_pings_come_at_the_slot_once_each(stage: Stage) -> None:
    """Due Friday 13 March: three working days before, one before, and on the day itself; each at 08:30."""
    await stage.owe("2026-03-13")
    assert await next_due(stage.store) == at(date(2026, 3, 10), "08:30")
    assert await stage.at("2026-03-10", "08:29") == []
    first = await stage.at("2026-03-10")
    assert [(said.chat, said.key) for said in first] == [(LIAISON, "obligation.ping")]
    assert "事项1" in first[0].text
    assert "还有 3 个工作日" in first[0].text
    assert "🟡 黄" in first[0].text
    assert first[0].buttons[-2:] == ("查看事项", "⏰ 明天提醒")
    assert len(first[0].buttons) == 3
    assert await stage.at("2026-03-10", "08:31") == []
    assert [said.key for said in await stage.at("2026-03-12")] == ["obligation.ping"]
    last = await stage.at("2026-03-13")
    assert "今天到期" in last[0].text
    assert [said.chat for said in last] == [LIAISON]


async def test_what_is_overdue_climbs_by_working_days(stage: Stage) -> None:
    """Task in Shandong: owner after 1 working day, supervisor after 3, office after 5; the unit lead does not apply to a locality."""
    await stage.owe("2026-03-06")
    await stage.at("2026-03-07", "00:00")
    await stage.at("2026-03-08", "12:00")
    monday = await stage.at("2026-03-09")
    assert {said.chat for said in monday} == {LIAISON, LEAD, OFFICE, OFFICE_LEAD}  # those who watch hear the count in the morning
    own = next(said for said in monday if said.chat == LIAISON)
    assert own.key == "obligation.late"
    assert "已超期 1 个工作日" in own.text
    wednesday = await stage.at("2026-03-11")
    up = next(said for said in wednesday if said.chat == LEAD)
    assert "上报" in up.text
    assert "李联络" in up.text
    assert "已超期 3 个工作日" in up.text
    told = next(said for said in wednesday if said.chat == LIAISON)
    assert "已上报" in told.text
    assert "分管领导" in told.text
    friday = await stage.at("2026-03-13")
    assert "约谈" in next(said for said in friday if said.chat == OFFICE).text


async def test_one_message_a_slot_however_much_there_is(stage: Stage) -> None:
    for _ in range(12):
        await stage.owe("2026-03-13")
    await stage.owe("2026-03-04")
    said = await stage.at("2026-03-10")
    mine = [each for each in said if each.chat == LIAISON]
    assert len(mine) == 1
    assert "已超期" in mine[0].text
    assert "即将到期" in mine[0].text
    assert "还有 5 件" in mine[0].text
    assert mine[0].buttons == (*(f"查看 {n}" for n in range(1, 9)), "我的应办")


async def test_after_downtime_each_person_hears_once(stage: Stage) -> None:
    """Nobody ticked for two weeks; then at 10:40 all that passed comes as one message each."""
    for _ in range(3):
        await stage.owe("2026-03-06")
    said = await stage.at("2026-03-20", "10:40")
    assert sorted(each.chat for each in said) == [OFFICE, OFFICE_LEAD, LEAD, LIAISON]
    assert all(each.key == "obligation.digest" for each in said if each.chat in {OFFICE, LEAD})
    assert await stage.at("2026-03-20", "10:41") == []


async def test_a_repeated_tick_and_a_second_ticker_do_nothing(stage: Stage) -> None:
    owed = await stage.owe("2026-03-13")
    assert len(await stage.at("2026-03-12")) == 1
    await stage.unit(rows.set_next, {owed: stage.clock.now})  # as if the last update of next_at had been lost
    assert await stage.at("2026-03-12") == []


async def test_two_replicas_tick_at_once(stage: Stage, database_url: str) -> None:
    """Everybody hears once, and every step is on record once."""
    for owner in (LIAISON, OTHER):
        for _ in range(30):
            await stage.owe("2026-03-06", owner=owner)
    stage.clock.move_to("2026-03-11", "08:30")
    other = await open_store(database_url, master_key=MASTER_KEY, now=stage.clock, world=stage.world)
    try:
        await asyncio.gather(*(tick(store) for store in (stage.store, other, stage.store, other)))
        await tick(stage.store)
    finally:
        await other.close()
    chats = [each.chat for each in await stage.said()]
    assert sorted(chats) == sorted(set(chats))
    assert {LIAISON, OTHER, LEAD, OFFICE} <= set(chats)
    rows_twice = "SELECT obligation, name, planned_at FROM step GROUP BY obligation, name, planned_at HAVING count(*) > 1"
    assert await stage.store.read(lambda tx: tx.all(rows_twice)) == []
    assert await stage.store.read(lambda tx: tx.all("SELECT * FROM notice")) == []


async def test_quiet_hours_move_the_message_and_not_the_step(stage: Stage) -> None:
    """A daily report due at 20:30 is chased by the hour: the step at 21:30 fires at 21:30, the message waits for the morning."""
    owed = await stage.owe("", due_at=at(date(2026, 3, 4), "20:30"), duty="daily.report")
    assert await stage.at("2026-03-04", "21:30") == []
    steps = await stage.store.read(lambda tx: tx.all("SELECT * FROM step WHERE obligation = :id AND name LIKE 'chain%'", id=owed))
    assert [step["planned_at"] for step in steps] == [at(date(2026, 3, 4), "21:30")]
    assert await stage.at("2026-03-05", "07:00") == []
    morning = await stage.at("2026-03-05")
    assert [each.chat for each in morning].count(LIAISON) == 1


async def test_major_problems_break_through_quiet_hours(stage: Stage) -> None:
    stage.clock.move_to("2026-03-04", "22:00")
    await stage.owe("", duty="problem.inform", owner=OFFICE_LEAD)
    assert await stage.at("2026-03-05", "03:59") == []
    said = await stage.at("2026-03-05", "04:00")
    assert {each.chat for each in said} == {OFFICE, OFFICE_LEAD}  # the owner hears that it went up
    assert {each.not_before for each in said} == {0}


async def test_handing_in_stops_the_clock_and_sending_back_starts_it_again(stage: Stage) -> None:
    owed = await stage.owe("2026-03-06", duty="item.rectify")
    await stage.at("2026-03-06")
    await stage.unit(obligations.hand_in, owed)
    assert (await stage.get(owed)).next_at is None
    assert {each.chat for each in await stage.at("2026-03-10")} == {OFFICE}  # it waits for whoever asked
    stage.clock.move_to("2026-03-10", "15:00")
    await stage.unit(obligations.send_back, owed)
    back = await stage.get(owed)
    assert (back.state, back.due_at) == ("open", at(date(2026, 3, 7), "00:00"))
    assert await stage.at("2026-03-10", "15:01") == []  # the owner has until the next slot
    assert LEAD in {each.chat for each in await stage.at("2026-03-11")}
    await stage.unit(obligations.finish, owed)
    assert await stage.at("2026-03-12") == []
    with pytest.raises(rows.WrongStateError):
        await stage.unit(obligations.accept, owed)


async def test_done_before_the_slot_nothing_is_said(stage: Stage) -> None:
    """A person's own time of day is later; by then it is done."""
    owed = await stage.owe("2026-03-13")

    async def later(tx: Tx) -> None:
        await tx.run("UPDATE person SET digest_at = '17:00' WHERE account = :account", account=LIAISON)

    await stage.unit(later)
    assert await stage.at("2026-03-13") == []
    assert await next_due(stage.store) == at(date(2026, 3, 13), "17:00")
    await stage.unit(obligations.withdraw, owed)
    assert await stage.at("2026-03-13", "17:00") == []


async def test_a_new_date_is_planned_in_the_same_breath(stage: Stage) -> None:
    owed = await stage.owe("2026-03-06")
    await stage.at("2026-03-09")
    await stage.unit(obligations.reschedule, owed, date(2026, 3, 20))
    assert (await stage.get(owed)).next_at == at(date(2026, 3, 17), "08:30")
    assert await stage.at("2026-03-11") == []
    assert len(await stage.at("2026-03-17")) == 1


async def test_an_empty_seat_is_passed_over_and_the_office_sees_it(stage: Stage) -> None:
    async def unreachable(tx: Tx) -> None:
        person = stage.seats[LEAD].person
        assert person is not None
        await people.set_unreachable(tx, person, tx.now)

    await stage.unit(unreachable)
    await stage.owe("2026-03-06", duty="item.rectify")
    await stage.at("2026-03-07", "00:00")
    said = await stage.at("2026-03-09")
    heard = {each.chat: each.text for each in said}
    assert set(heard) == {LIAISON, OFFICE, OFFICE_LEAD}
    assert "上报给" in heard[OFFICE_LEAD]  # the next supervisor whose scope covers the place
    assert "空缺" in heard[OFFICE]
    again = {each.chat: each.text for each in await stage.at("2026-03-10")}
    assert "联系不上的" not in again[OFFICE]


async def test_an_owner_who_cannot_be_reached(stage: Stage) -> None:
    async def unreachable(tx: Tx) -> None:
        person = stage.seats[LIAISON].person
        assert person is not None
        await people.set_unreachable(tx, person, tx.now)

    await stage.unit(unreachable)
    await stage.owe("2026-03-13", duty="item.rectify")
    said = await stage.at("2026-03-06")
    assert {each.chat for each in said} == {OFFICE, LEAD}
    assert all("联系不上" in each.text for each in said)
    assert OFFICE not in {each.chat for each in await stage.at("2026-03-12")}  # once is enough


async def test_a_private_matter_climbs_past_those_it_must_not_reach(stage: Stage) -> None:
    await stage.owe("2026-03-06", kind="secret", duty="complaint.accept", owner=OFFICE, creditor=None)
    said = await stage.at("2026-03-09", "09:00")
    assert OFFICE_LEAD not in {each.chat for each in said}
    assert {each.chat for each in said} == {AUDIT, OFFICE}  # the next step at once
    assert all(each.protect for each in said)
    assert all("举报" not in each.text and "德州" not in each.text for each in said)
    text, _ = await stage.card(OFFICE, f"overview:{View(stage.seats[OFFICE].id).id}")
    assert "没有在办" in text


async def test_the_person_who_owes_and_the_seat_it_climbs_to_may_be_the_same(stage: Stage) -> None:
    await stage.owe("2026-03-06", duty="extension.decide", owner=OFFICE)
    said = [each for each in await stage.at("2026-03-09") if each.chat == OFFICE]
    assert len(said) == 1
    assert "上报给" not in said[0].text


async def test_nobody_stops_what_climbs_because_of_themselves(stage: Stage) -> None:
    owed = await stage.owe("2026-03-06", duty="item.rectify", owner=OFFICE)
    await stage.at("2026-03-09")
    for verb, given in ((stopping.begin_stop, owed), (stopping.stop, StopInput(obligation=owed, reason="自己停自己的"))):
        assert await stage.do(OFFICE, verb, given) == Refusal("forbidden")
    assert isinstance(await stage.do(OFFICE_LEAD, stopping.stop, StopInput(obligation=owed, reason="已另行安排")), Done)


async def test_no_reason_is_asked_where_nothing_climbs(stage: Stage) -> None:
    owed = await stage.owe("2026-03-06", duty="item.rectify")
    await stage.at("2026-03-09")
    await stage.do(LEAD, stopping.stop, StopInput(obligation=owed, reason="企业已列入停产名单"))
    assert await stage.do(OFFICE, stopping.begin_stop, owed) == Refusal("not_climbing")


async def test_stopping_takes_a_reason_and_is_on_record(stage: Stage) -> None:
    owed = await stage.owe("2026-03-06", duty="item.rectify")
    await stage.at("2026-03-09")
    refused = await stage.do(LIAISON, stopping.stop, StopInput(obligation=owed, reason="不想办"))
    assert refused == Refusal("forbidden")
    assert isinstance(await stage.do(LEAD, stopping.stop, StopInput(obligation=owed, reason="企业已列入停产名单")), Done)
    heard = {each.chat: each.text for each in await stage.said()}
    assert "企业已列入停产名单" in heard[LIAISON]
    stopped = await stage.get(owed)
    assert (stopped.state, stopped.next_at) == ("open", None)
    history = await stage.unit(entries.of_subject, "matter", 1)
    assert [(entry.kind, entry.body) for entry in history] == [("stop", "企业已列入停产名单")]
    assert [row["action"] for row in await stage.unit(journal.of_subject, "matter", 1)] == ["obligation.stop"]
    assert await stage.do(LEAD, stopping.stop, StopInput(obligation=owed, reason="再停一次")) == Refusal("not_climbing")
    assert OFFICE in {each.chat for each in await stage.at("2026-03-20")}  # red it stays, so the digest counts it
    await stage.unit(obligations.reschedule, owed, date(2026, 4, 10))
    assert (await stage.get(owed)).next_at is not None


async def test_a_receipt_is_confirmed_once_and_only_where_it_is_owed(stage: Stage) -> None:
    handed_on = await stage.owe("2026-03-13", duty="problem.inform", owner=LIAISON)
    plain = await stage.owe("2026-03-13")
    assert isinstance(await stage.do(LIAISON, obligations.ack, handed_on), Done)
    assert await stage.do(LIAISON, obligations.ack, handed_on) == Refusal("acked")
    assert await stage.do(LIAISON, obligations.ack, plain) == Refusal("no_receipt")
    assert await stage.do(OTHER, obligations.ack, handed_on) == Refusal("forbidden")
    assert await stage.do(OTHER, obligations.ack, 999) == Refusal("gone")
    assert (await stage.get(handed_on)).acked_at == stage.clock.now


async def test_a_digest_comes_on_working_mornings_to_whom_it_concerns(stage: Stage) -> None:
    handed = await stage.owe("2026-03-27", owner=OTHER)
    await stage.unit(obligations.hand_in, handed)
    saturday = await stage.at("2026-03-07")
    assert saturday == []
    monday = await stage.at("2026-03-09")
    assert [(each.chat, each.key) for each in monday] == [(OFFICE, "obligation.digest"), (OFFICE_LEAD, "obligation.digest")]
    assert "等我确认" in monday[0].text
    assert "等我确认" not in monday[1].text  # nothing waits for the lead, who hears what last week brought
    assert await stage.at("2026-03-09", "12:00") == []


async def test_overview_counts_by_place_and_opens_the_list(stage: Stage) -> None:
    for _ in range(10):
        await stage.owe("2026-03-06")
    await stage.owe("2026-03-13")
    await stage.owe("2026-03-30", owner=OTHER)
    stage.clock.move_to("2026-03-10")
    top = View(stage.seats[OFFICE].id)
    text, labels = await stage.card(OFFICE, f"overview:{top.id}")
    assert re.search("德州市　🔴 红 10　🟡 黄 1\n济南市　🟢 绿 1", text)
    assert labels == ["德州市", "济南市", "✓ 地区", "单位", "类别", "灯色", "📊 图"]
    place = [region.id for region in stage.world.regime(REGIME).regions].index(DEZHOU) + 1
    text, labels = await stage.card(OFFICE, f"overview:{View(top.seat, heap=place).id}")
    assert text.count("🔴") == 9  # the head and the page's eight
    assert "下一页 ▶" in labels
    text, labels = await stage.card(OFFICE, f"overview:{View(top.seat, heap=place, page=1).id}")
    assert "11. " in text
    assert "◀ 上一页" in labels


async def test_overview_is_only_ones_own_sight(stage: Stage) -> None:
    await stage.owe("2026-03-06")
    await stage.owe("2026-03-06", owner=OTHER)
    await stage.owe("2026-03-06", owner=OFFICE)  # what the province owes about Dezhou is not for Dezhou to see
    stage.clock.move_to("2026-03-10")
    text, _ = await stage.card(LEAD, f"overview:{View(stage.seats[LEAD].id).id}")
    assert "🔴 红 1" in text
    assert "济南" not in text
    assert isinstance(await stage.do(LIAISON, overview.show, overview.Look()), Refusal)
    assert isinstance(await stage.do(LEAD, overview.show, overview.Look(View(stage.seats[OFFICE].id).id)), Done)
    shown = await stage.unit(cards.of_subject, f"overview:{View(stage.seats[LEAD].id).id}")
    assert len(shown) == 1  # somebody else's page becomes one's own

    async def others(tx: Tx) -> Any:
        person: Param = stage.seats[LEAD].person
        assert isinstance(person, int)
        return await made.make(tx, "overview", View(stage.seats[OFFICE].id).id, person)

    assert await stage.store.read(others) is None


async def test_my_list(stage: Stage) -> None:
    for _ in range(9):
        await stage.owe("2026-03-13")
    assert isinstance(await stage.do(LIAISON, own_list.show, own_list.Turn()), Done)
    text, labels = await stage.card(LIAISON, "mine:0")
    assert "共 9 件" in text
    assert labels[-1] == "下一页 ▶"
    text, labels = await stage.card(LIAISON, "mine:1")
    assert "9. " in text
    assert "没有应办" in (await stage.card(OTHER, "mine:0"))[0]


async def test_one_that_cannot_be_worked_out_does_not_hold_up_the_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = await stage.owe("2026-03-13"), await stage.owe("2026-03-13")

    def advance(owed: Owed, *args: Any, **named: Any) -> Any:
        if owed.id == bad:
            raise ArithmeticError
        return real_advance(owed, *args, **named)

    monkeypatch.setattr("actions.tick.advance", advance)
    said = await stage.at("2026-03-12")
    assert ["事项2" in each.text for each in said] == [True]
    assert (await stage.get(bad)).next_at == stage.clock.now + AGAIN
    assert (await stage.get(good)).next_at == at(date(2026, 3, 13), "08:30")


async def test_vacant_chain_and_vacant_office_lose_nothing(stage: Stage) -> None:
    """A place without any supervisor of its own: the head of the office stands in as the nearest."""

    async def seat(tx: Tx) -> Seat:
        return await people.seat(tx, await add_seat(tx, NewSeat(REGIME, "local_liaison", "待定", "3713"), None))

    stage.seats[99] = await stage.unit(seat)
    await stage.owe("2026-03-06", owner=99)
    said = await stage.at("2026-03-06")
    assert {each.chat for each in said} == {OFFICE_LEAD, OFFICE}


async def test_housekeeping_is_quiet_when_there_is_nothing(stage: Stage) -> None:
    assert await housekeeping.clean(stage.store) == 0
    assert await next_due(stage.store) is None
