"""Complaints on both databases: what is left behind (nothing that says who or what), who may open them, what the receipt gives."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import bot.forms.complaints
from actions import complaint_handling, complaints, converse, obligations
from actions.complaint_cover import barred_seats
from actions.inputs_complaints import AnswerComplaint, Check, Complain, Decline, OnComplaint, Question, StepAside, Supplement, Ticket, Typed
from actions.people import seat_directly
from actions.perform import Caller, perform
from actions.subjects import NOUNS, describe
from domain.complaints import receipt_of
from domain.forms import Pressed, Reply, Said, Sent
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from storage import complaints as rows
from storage import journal, outbox, people, tally
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock

assert bot.forms.complaints  # imported for what it registers

REGIME = "shandong-2022"
OFFICE, COLLEAGUE, HEAD, AUDIT, LOCAL, COUNTY = 10, 11, 12, 13, 14, 15
COMPLAINANT, FRIEND = 7_788_990_011, 6_655_443_322
PLANT, WHAT = "齐河某某焦化厂", "夜里偷偷开第三座焦炉，白天停火应付检查"
ANSWER, MEASURES = "已到现场核查，第三座焦炉确在清单之外", "责令停产并移交执法"
PHOTO = "p" * 27


@dataclass
class Stage:
    store: Store
    seats: dict[int, Seat]

    async def do(self, account: int, verb: Any, given: Any) -> Outcome:
        return await perform(self.store, Caller(account, account, quiet=True), verb, given)

    async def heard(self) -> dict[int, list[dict[str, Any]]]:
        """Send what waits as delivery would; who got what."""
        return await self.store.unit(self._deliver)

    async def _deliver(self, tx: Tx) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = {}
        for parcel in await outbox.claim(tx, 1, 200):
            found.setdefault(parcel.body["chat"], []).append(parcel.body)
            await outbox.sent(tx, parcel.id)
        return found

    async def file(self, account: int = COMPLAINANT, **changed: Any) -> tuple[int, str]:
        """File a complaint; its id and its receipt."""
        outcome = await self.do(account, complaints.file, form(**changed))
        assert isinstance(outcome, Done), outcome
        assert outcome.subject is not None
        [told] = [body for body in (await self.heard())[account] if body["key"].startswith("complaint.receipt")]
        assert told["protect"]
        return outcome.subject[1], told["params"]["receipt"].replace(" ", "")

    async def check(self, receipt: str, account: int = COMPLAINANT) -> list[dict[str, Any]]:
        """What this account is shown for a receipt."""
        outcome = await self.do(account, complaints.check, Check(receipt=receipt))
        assert isinstance(outcome, Done), outcome
        return (await self.heard())[account]

    async def case(self, case: int) -> rows.Complaint:
        found = await self.store.read(lambda tx: rows.get(tx, case))
        assert found is not None
        return found

    async def duties(self, case: int) -> list[tuple[str, int, str]]:
        owed = await self.store.read(lambda tx: obligations.live_of(tx, "complaint", case))
        return [(each.duty, each.owner, each.region) for each in owed]

    async def accepted(self, **changed: Any) -> tuple[int, str]:
        case, receipt = await self.file(**changed)
        assert isinstance(await self.do(OFFICE, complaint_handling.accept, on(case)), Done)
        await self.heard()
        return case, receipt


def form(**changed: Any) -> Complain:
    answers = {
        "only": REGIME, "consent": "yes", "kind": f"{REGIME}:off_list", "region": f"{REGIME}:371425", "enterprise": PLANT,
        "about": "local", "what": WHAT, "reach": "receipt", "files": [{"kind": "photo", "blob": PHOTO, "name": "张三拍的.jpg"}],
    }  # fmt: skip
    return Complain.model_validate(answers | changed)


def on(case: int, version: int = 1) -> OnComplaint:
    return OnComplaint(complaint=case, version=version)


def keys(bodies: list[dict[str, Any]]) -> list[str]:
    return [body["key"] for body in bodies if body["op"] == "send"]


@pytest.fixture
async def stage(store: Store) -> Stage:
    async def seat(tx: Tx) -> dict[int, Seat]:
        cast = (
            (OFFICE, "周办", "office", "", None), (HEAD, "钱委", "office_lead", "", None), (AUDIT, "孙纪", "audit", "", "jjjc"),
            (LOCAL, "王五", "local_supervisor", "3714", None), (COUNTY, "赵六", "county_lead", "371425", None),
        )  # fmt: skip
        return {
            account: await seat_directly(tx, account=account, name=name, regime=REGIME, role=role, scope=scope, unit=unit)
            for account, name, role, scope, unit in cast
        }

    return Stage(store, await store.unit(seat))


async def test_a_complaint_becomes_a_duty_of_its_handler_told_in_cover_text(stage: Stage) -> None:
    outcome = await stage.do(COMPLAINANT, complaints.file, form())

    assert isinstance(outcome, Done)
    assert outcome.subject is not None
    case, office = outcome.subject[1], stage.seats[OFFICE].id
    assert outcome.data == {"to": "received", "handler": office}
    assert await stage.duties(case) == [("complaint.accept", office, "37")]  # not the region complained of
    told = await stage.heard()
    assert keys(told[COMPLAINANT]) == ["complaint.receipt"]
    [notice] = told[OFFICE]
    assert (notice["key"], notice["protect"]) == ("complaint.arrived", True)
    assert set(notice["params"]) == {"code"}
    assert set(told) == {COMPLAINANT, OFFICE}


async def test_the_journal_knows_no_complainant(stage: Stage) -> None:
    case, _ = await stage.file()
    [entry] = await stage.store.read(lambda tx: journal.of_subject(tx, "complaint", case))
    assert entry["actor"] is None
    assert entry["action"] == "complaint.file"
    assert PLANT not in entry["data"]


async def test_a_registered_person_who_complains_stays_unknown(stage: Stage) -> None:
    case, _ = await stage.file(LOCAL)
    [entry] = await stage.store.read(lambda tx: journal.of_subject(tx, "complaint", case))
    assert entry["actor"] is None
    assert await stage.store.read(lambda tx: rows.reach(tx, case)) is None


async def test_the_handler_reads_it_and_the_reading_is_journalled(stage: Stage) -> None:
    case, _ = await stage.file()

    assert isinstance(await stage.do(OFFICE, complaint_handling.view, on(case)), Done)

    report, picture = (await stage.heard())[OFFICE]
    assert (report["key"], report["params"]["words"], report["params"]["enterprise"]) == ("complaint.report", WHAT, PLANT)
    assert [button["v"] for row in report["buttons"] for button in row] == ["ca", "cx", "cb", "cr"]
    assert picture["file"] == {"blob": PHOTO, "kind": "photo"}  # and not the name it came with
    assert report["protect"]
    assert picture["protect"]
    last = (await stage.store.read(lambda tx: journal.of_subject(tx, "complaint", case)))[-1]
    assert (last["actor"], last["action"]) == (stage.seats[OFFICE].id, "complaint.view")


@pytest.mark.parametrize("account", [HEAD, AUDIT, LOCAL, COUNTY, FRIEND])
async def test_nobody_else_opens_it(stage: Stage, account: int) -> None:
    case, _ = await stage.file()
    for verb, given in (
        (complaint_handling.view, on(case)),
        (complaint_handling.accept, on(case)),
        (complaint_handling.decline, Decline(complaint=case, version=1, words="这件事不归我们管，请找市里")),
        (complaint_handling.step_aside, StepAside(case, 1, sure=True)),
    ):
        outcome = await stage.do(account, verb, given)
        assert isinstance(outcome, Refusal)
        assert outcome.code in {"forbidden", "stranger"}
    assert await stage.heard() == {}
    assert (await stage.case(case)).state == "received"


async def test_a_handler_who_is_appointed_to_the_place_later_is_out(stage: Stage) -> None:
    case, _ = await stage.file()
    await stage.store.unit(lambda tx: seat_directly(tx, account=OFFICE, name="周办", regime=REGIME, role="county_lead", scope="371425"))

    outcome = await stage.do(OFFICE, complaint_handling.view, on(case))

    assert isinstance(outcome, Refusal)
    assert outcome.code == "forbidden"


async def test_a_complaint_about_the_office_goes_past_it(stage: Stage) -> None:
    case, _ = await stage.file(about="unit", unit=f"{REGIME}:fgw")

    assert (await stage.case(case)).handler == stage.seats[AUDIT].id
    barred = await stage.store.read(lambda tx: _barred(tx, case))
    assert {stage.seats[who].id for who in (OFFICE, HEAD, LOCAL, COUNTY)} == barred

    async def reached(tx: Tx) -> list[bool]:
        return [await NOUNS["complaint"].reaches(tx, case, stage.seats[who]) for who in (HEAD, OFFICE, AUDIT)]

    assert await stage.store.read(reached) == [False, False, True]
    assert NOUNS["complaint"].private


async def _barred(tx: Tx, case: int) -> frozenset[int]:
    complaint = await rows.get(tx, case)
    assert complaint is not None
    return await barred_seats(tx, complaint)


async def test_where_everybody_is_involved_nothing_is_kept(stage: Stage) -> None:
    async def end_audit(tx: Tx) -> bool:
        return await people.end_seat(tx, stage.seats[AUDIT].id)

    await stage.store.unit(end_audit)

    outcome = await stage.do(COMPLAINANT, complaints.file, form(about="unit", unit=f"{REGIME}:fgw"))

    assert isinstance(outcome, Refusal)
    assert outcome.code == "complaint_nobody"
    assert await stage.store.read(lambda tx: tx.value("SELECT count(*) AS n FROM complaint")) == 0


async def test_the_answer_is_read_with_the_receipt_from_another_account(stage: Stage) -> None:
    case, receipt = await stage.accepted()
    assert await stage.duties(case) == [("complaint.answer", stage.seats[OFFICE].id, "37")]

    answer = AnswerComplaint(complaint=case, version=2, outcome="founded", done=MEASURES, words=ANSWER)
    assert isinstance(await stage.do(OFFICE, complaint_handling.answer, answer), Done)

    assert await stage.duties(case) == []
    await stage.heard()
    status, said = await stage.check(receipt, FRIEND)
    assert status["params"]["state"]["params"]["outcome"]["key"] == "complaint.outcome.founded"
    assert (said["key"], said["params"]["words"]) == ("complaint.said.answer", ANSWER)
    assert MEASURES in str(said["params"]["done"])
    assert said["protect"]
    closed = await stage.case(case)
    assert (closed.state, closed.outcome) == ("closed", "founded")


def test_what_proved_true_is_not_closed_without_what_was_done() -> None:
    from domain import forms

    form = bot.forms.complaints.ANSWER
    assert "done" in forms.active(form, {"outcome": "partly"})
    assert "done" not in forms.active(form, {"outcome": "unfounded"})


async def test_declined_with_its_reason(stage: Stage) -> None:
    case, receipt = await stage.file()
    await stage.do(OFFICE, complaint_handling.decline, Decline(complaint=case, version=1, words="属于消费纠纷，请向市场监管部门投诉"))
    assert await stage.duties(case) == []
    await stage.heard()
    status, said = await stage.check(receipt)
    assert status["params"]["state"]["key"] == "complaint.state.declined"
    assert said["key"] == "complaint.said.reason"


async def test_question_and_reply_with_neither_knowing_the_other(stage: Stage) -> None:
    case, receipt = await stage.accepted()
    await stage.do(OFFICE, complaint_handling.ask, Question(complaint=case, version=2, words="大约从哪天开始的？"))
    await stage.heard()

    _, asked = await stage.check(receipt)
    [press] = [button for row in asked["buttons"] for button in row if button["v"] == "cs"]
    ticket = Ticket(press["i"], press["a"])
    assert isinstance(await stage.do(COMPLAINANT, complaints.begin_reply, ticket), Done)
    for who, forged in ((FRIEND, ticket), (COMPLAINANT, Ticket(case, "x" * 16))):
        outcome = await stage.do(who, complaints.begin_reply, forged)
        assert isinstance(outcome, Refusal)
        assert outcome.code == "complaint_ticket"
    reply = Supplement(complaint=ticket.complaint, ticket=ticket.ticket, words="从正月十五以后")
    outcome = await stage.do(COMPLAINANT, complaints.reply, reply)

    assert outcome == Done(("complaint", case), {"to": "checking"})
    assert keys((await stage.heard())[OFFICE]) == ["complaint.replied"]
    assert (await stage.case(case)).state == "checking"
    assert isinstance(await stage.do(COMPLAINANT, complaints.reply, reply), Refusal)  # asked once, added once
    await stage.do(OFFICE, complaint_handling.view, on(case))
    assert keys((await stage.heard())[OFFICE]) == ["complaint.report", "complaint.asked", "complaint.said.reply", "complaint.file"]


async def test_who_asked_for_it_is_reminded_and_forgotten_at_closure(stage: Stage) -> None:
    case, _ = await stage.accepted(reach="chat")
    answer = AnswerComplaint(complaint=case, version=2, outcome="unfounded", words=ANSWER)
    await stage.do(OFFICE, complaint_handling.answer, answer)
    told = (await stage.heard())[COMPLAINANT]
    assert keys(told) == ["complaint.news"]
    assert told[0]["params"] == {}
    assert await stage.store.read(lambda tx: tx.value("SELECT count(*) AS n FROM complaint_reach")) == 0


async def test_stepping_aside_in_two_presses(stage: Stage) -> None:
    await stage.store.unit(lambda tx: seat_directly(tx, account=COLLEAGUE, name="吴办", regime=REGIME, role="office"))
    case, receipt = await stage.file()
    assert (await stage.case(case)).handler == stage.seats[OFFICE].id
    await stage.do(OFFICE, complaint_handling.step_aside, StepAside(case, 1, sure=False))
    assert keys((await stage.heard())[OFFICE]) == ["complaint.aside.sure"]

    assert isinstance(await stage.do(OFFICE, complaint_handling.step_aside, StepAside(case, 1, sure=True)), Done)

    told = await stage.heard()
    assert keys(told[COLLEAGUE]) == ["complaint.arrived"]
    assert isinstance(await stage.do(OFFICE, complaint_handling.view, on(case, 2)), Refusal)
    assert isinstance(await stage.do(COLLEAGUE, complaint_handling.view, on(case, 2)), Done)
    [(duty, owner, _)] = await stage.duties(case)
    assert (duty, owner) == ("complaint.accept", (await stage.case(case)).handler)
    await stage.heard()
    [status] = await stage.check(receipt)
    assert status["params"]["state"]["key"] == "complaint.state.transferred"


async def test_passed_on_after_acceptance_it_keeps_its_clock_and_must_be_answered(stage: Stage, clock: Clock) -> None:
    await stage.store.unit(lambda tx: seat_directly(tx, account=COLLEAGUE, name="吴办", regime=REGIME, role="office"))
    case, _ = await stage.accepted()
    [before] = await stage.store.read(lambda tx: obligations.live_of(tx, "complaint", case))
    clock.move_to("2026-03-16")
    await stage.do(OFFICE, complaint_handling.step_aside, StepAside(case, 2, sure=True))
    outcome = await stage.do(COLLEAGUE, complaint_handling.begin_decline, on(case, 3))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "complaint_accepted_before"
    assert isinstance(await stage.do(COLLEAGUE, complaint_handling.accept, on(case, 3)), Done)
    [after] = await stage.store.read(lambda tx: obligations.live_of(tx, "complaint", case))
    assert after.due_at == before.due_at


async def test_an_old_button_changes_nothing(stage: Stage) -> None:
    case, _ = await stage.accepted()
    outcome = await stage.do(OFFICE, complaint_handling.accept, on(case, 1))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "complaint_moved_on"


async def test_lists_say_nothing_but_the_cover(stage: Stage) -> None:
    case, _ = await stage.file()
    await stage.do(OFFICE, complaint_handling.list_mine, 0)
    [told] = (await stage.heard())[OFFICE]
    assert not any(word in str(told) for word in (PLANT, WHAT, "off_list", "371425"))
    shown = await stage.store.read(lambda tx: describe(tx, "complaint", case))
    assert re.fullmatch(r"[A-Z]\d{3}", shown.number)


async def test_twins_of_a_month_are_linked(stage: Stage) -> None:
    case, _ = await stage.file()
    await stage.file(FRIEND, enterprise=f" {PLANT} ")
    await stage.file(FRIEND, enterprise=None)
    assert await stage.store.read(lambda tx: _twins(tx, case)) == 1


async def _twins(tx: Tx, case: int) -> int:
    complaint = await rows.get(tx, case)
    assert complaint is not None
    return await rows.twins(tx, complaint)


async def test_a_wrong_receipt_costs_a_try_and_after_five_one_waits(stage: Stage, clock: Clock) -> None:
    _, receipt = await stage.file()
    for left in (4, 3, 2, 1, 0):
        [told] = await stage.check(receipt_of(left))
        assert (told["key"], told["params"]) == ("complaint.unknown", {"left": left})

    assert keys(await stage.check(receipt)) == ["refusal.complaint_checks_spent"]
    await stage.do(COMPLAINANT, complaints.begin_check, Typed(message_id=7, words=receipt))
    deleted, told = (await stage.heard())[COMPLAINANT]
    assert (deleted["op"], deleted["message_id"], told["key"]) == ("delete", 7, "refusal.complaint_checks_spent")
    assert isinstance(await stage.do(COMPLAINANT, complaints.begin_check, Typed()), Refusal)
    assert keys(await stage.check(receipt, FRIEND)) == ["complaint.status"]  # another account has its own tries

    clock.move_to("2026-03-02", "10:00")
    assert keys(await stage.check(receipt)) == ["complaint.status"]


async def test_five_complaints_a_day_and_account(stage: Stage, clock: Clock) -> None:
    for _ in range(5):
        await stage.file()
    outcome = await stage.do(COMPLAINANT, complaints.file, form())
    assert isinstance(outcome, Refusal)
    assert outcome.code == "complaint_too_many"
    assert isinstance(await stage.do(COMPLAINANT, complaints.begin, None), Refusal)
    await stage.file(FRIEND)
    clock.move_to("2026-03-03")
    await stage.file()


async def test_the_key_of_a_day_is_destroyed_with_the_day(stage: Stage, clock: Clock) -> None:
    await stage.file()
    assert await stage.store.read(_day_keys) == ["rate:2026-03-02"]
    clock.move_to("2026-03-03", "00:01")
    await stage.store.unit(complaints.forget_tallies)
    assert await stage.store.read(_day_keys) == []
    assert await stage.store.read(lambda tx: tx.value("SELECT count(*) AS n FROM tally")) == 0
    assert await stage.store.read(lambda tx: tally.left(tx, "file", COMPLAINANT)) == 5


async def _day_keys(tx: Tx) -> list[str]:
    return [row["name"] for row in await tx.all("SELECT name FROM secret WHERE name LIKE 'rate:%' ORDER BY name")]


async def test_changing_the_province_asks_again_for_what_depended_on_it() -> None:
    with pytest.raises(ValueError, match="other_province"):
        form(only="", province="jilin-2019")


async def _talk(stage: Stage) -> str:
    """The whole conversation through the form engine, opted in and with a file; then everything waiting is sent. Returns the receipt."""
    await stage.do(COMPLAINANT, complaints.begin, 500)
    replies: list[Reply] = [
        Pressed("0"), Pressed("1"), Pressed("0"), Said("齐河县"), Said(PLANT), Pressed("1"), Said(WHAT),
        Sent("photo", PHOTO, "张三拍的.jpg"), Pressed("done"), Pressed("1"), Pressed("submit"),
    ]  # fmt: skip
    shown = []
    for n, reply in enumerate(replies):
        pressed = 900 if isinstance(reply, Pressed) else None
        outcome = await stage.do(COMPLAINANT, converse.step, converse.Answer(reply, message_ids=(501 + n,), pressed=pressed))
        assert isinstance(outcome, Done), (n, outcome)
        shown += (await stage.heard()).get(COMPLAINANT, [])
    deleted = {body["message_id"] for body in shown if body["op"] == "delete"}
    assert set(range(500, 501 + len(replies))) <= deleted
    [told] = [body for body in shown if body["op"] == "send"]
    return str(told["params"]["receipt"]).replace(" ", "")


async def test_the_whole_database_tells_neither_who_nor_what(stage: Stage, database_url: str) -> None:
    receipt = await _talk(stage)
    await stage.check(receipt)
    [case] = [row["id"] for row in await stage.store.read(lambda tx: tx.all("SELECT id FROM complaint"))]
    await stage.do(OFFICE, complaint_handling.view, on(case))
    await stage.heard()
    await stage.do(OFFICE, complaint_handling.accept, on(case))
    await stage.do(OFFICE, complaint_handling.ask, Question(complaint=case, version=2, words="大约从哪天开始的？"))
    answer = AnswerComplaint(complaint=case, version=3, outcome="founded", done=MEASURES, words=ANSWER)

    before = await dump(stage, database_url)
    assert isinstance(await stage.do(OFFICE, complaint_handling.answer, answer), Done)
    await stage.heard()
    after = await dump(stage, database_url)

    secrets = [str(COMPLAINANT).encode(), COMPLAINANT.to_bytes(5, "big"), COMPLAINANT.to_bytes(5, "little"), receipt.encode()]
    secrets += [
        words.encode(form) for words in (PLANT, WHAT, ANSWER, MEASURES, "哪天开始", "张三", "齐河某某") for form in ("utf-8", "utf-16-le")
    ]
    secrets += [PHOTO.encode() + b'"']  # the file's hash is known to be kept, but not with what it belongs to
    for secret in secrets:
        assert secret not in before
        assert secret not in after


TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgresql": "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name",
}


async def dump(stage: Stage, database_url: str) -> bytes:
    """Every value of every table, as bytes; of a SQLite database its files as well, write-ahead log included."""

    async def unit(tx: Tx) -> bytes:
        tables = [row["name"] for row in await tx.all(TABLES[database_url.partition(":")[0]])]
        rows = [row for table in tables for row in await tx.all(f"SELECT * FROM {table}")]
        return b"\n".join(bytes(each) if isinstance(each, bytes) else str(each).encode() for row in rows for each in row.values())

    found = await stage.store.read(unit)
    assert b"complaint.accept" in found
    assert "周办".encode() in found  # words that are no secret are found, so a secret would be
    return found + files(database_url)


def files(database_url: str) -> bytes:
    if not database_url.startswith("sqlite"):
        return b""
    path = Path(database_url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))
