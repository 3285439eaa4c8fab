"""The handler's side: the list in cover text, opening a complaint, accepting, asking, answering, declining, stepping aside.

Every opening is journalled. What is opened is shown protected, each message with a button that deletes it again.
"""

from dataclasses import replace
from typing import Any

from actions import converse, obligations
from actions.complaint_cover import barred_seats, notify, target
from actions.complaints import PUT_AWAY, owing_region, said_params
from actions.converse import Open
from actions.inputs_complaints import AnswerComplaint, Decline, OnComplaint, Question, StepAside
from actions.perform import action
from domain.complaints import Bar, Move, after, cover_code, route
from domain.deadlines import due_day, local_date
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target
from domain.speech import Button, Keyboard, Param, bare_place, lines, term, text
from storage import complaints, outbox, people
from storage.complaints import Complaint, Part
from storage.tx import Tx

PAGE = 10
# What a handler may do in which state stands in domain/complaints.py; here is which button does it.
BUTTONS: tuple[tuple[Move, str], ...] = (
    ("accept", "ca"), ("ask", "cq"), ("answer", "cn"), ("decline", "cx"), ("pass_on", "cb"),
)  # fmt: skip


async def _target(tx: Tx, given: OnComplaint | StepAside) -> Target | None:
    complaint = await complaints.get(tx, given.complaint)
    return None if complaint is None else await target(tx, complaint)


async def _held(tx: Tx, given: OnComplaint | StepAside, move: Move) -> Complaint | Refusal:
    """The complaint as the pressed button showed it, if this move is possible."""
    complaint = await complaints.get(tx, given.complaint)
    if complaint is None:
        return Refusal("gone")
    if complaint.version != given.version or after(complaint.state, move) is None:
        return Refusal("complaint_moved_on")
    return complaint


async def _move(tx: Tx, complaint: Complaint, move: Move, outcome: str | None = None) -> Done | Refusal:
    state = after(complaint.state, move)
    assert state is not None  # asked in _held
    if not await complaints.move(tx, complaint, state, outcome=outcome):
        return Refusal("complaint_moved_on")
    return Done(("complaint", complaint.id), {"to": state, "outcome": outcome})


@action("complaint.list")
async def list_mine(tx: Tx, actor: Actor, page: int) -> Outcome:
    """Cover text only; what it is about stands behind the button."""
    found, total = await complaints.of_handlers(tx, [seat.id for seat in actor.seats], PAGE, page * PAGE)
    if not total:
        await outbox.say(tx, actor.to(), "complaint.list.empty")
        return Done()
    rows = [await _row(tx, each) for each in found]
    buttons = [(Button("complaint.button.open_one", "co", each.id, params={"code": cover_code(each.id)}),) for each in found]
    if total > (page + 1) * PAGE:
        buttons.append((Button("button.page_on", "cl", arg=str(page + 1)),))
    await outbox.say(tx, actor.to(), "complaint.list", {"total": total, "rows": lines(rows)}, tuple(buttons), protect=True)
    return Done()


async def _row(tx: Tx, complaint: Complaint) -> Param:
    owed = await obligations.live_of(tx, "complaint", complaint.id)
    due = text("complaint.list.due", day=obligations.due_words(owed[0])) if owed else ""
    return text("complaint.list.row", code=cover_code(complaint.id), state=_state(complaint), due=due)


def _state(complaint: Complaint) -> Param:
    outcome = text(f"complaint.outcome.{complaint.outcome}") if complaint.outcome else ""
    return text(f"complaint.state.{complaint.state}", outcome=outcome)


@action("complaint.view", of=_target)
async def view(tx: Tx, actor: Actor, given: OnComplaint) -> Outcome:
    complaint = await complaints.get(tx, given.complaint)
    assert complaint is not None  # the target was found
    parts = await complaints.parts(tx, complaint.id, await complaints.key_of(tx, complaint))
    messages = [
        ("complaint.asked" if part.field == "question" else f"complaint.said.{part.field}", said_params(part)) for part in parts[1:]
    ]
    messages.insert(0, ("complaint.report", await _report(tx, complaint, parts[0])))
    for key, params in messages[:-1]:
        await outbox.say(tx, actor.to(), key, params, ((PUT_AWAY,),), protect=True)
    key, params = messages[-1]
    await outbox.say(tx, actor.to(), key, params, _buttons(complaint), protect=True)
    for part in parts:
        await _files(tx, actor, complaint, part)
    return Done(("complaint", complaint.id), {"version": complaint.version})


async def _report(tx: Tx, complaint: Complaint, report: Part) -> dict[str, Param]:
    body, regime = report.body, complaint.regime
    about = text(f"complaint.about.{body['about']}")
    spots = [f"{each['latitude']:.5f}, {each['longitude']:.5f}" for each in body["files"] if "blob" not in each]
    twins = await complaints.twins(tx, complaint)
    extra: list[Param] = [text("complaint.report.spot", spot=spot) for spot in spots]
    extra += [text("complaint.report.twins", n=twins)] if twins else []
    return {
        "code": cover_code(complaint.id),
        "state": _state(complaint),
        "kind": term(regime, "complaint_kind", complaint.kind),
        "region": _place(tx, complaint),
        "enterprise": body["enterprise"] or text("form.nothing"),
        "about": lines([about, term(regime, "unit", body["unit"])], between=": ") if body["unit"] else about,
        "day": {"$": "date", "date": body["day"]},
        "words": body["words"],
        "extra": lines(extra) if extra else "",
    }


def _place(tx: Tx, complaint: Complaint) -> Param:
    """A county with its city: names repeat."""
    above = tx.world.regime(complaint.regime).above(complaint.region, local_date(tx.now))
    named = [bare_place(complaint.regime, region.id) for region in above if region.level != "province"]
    return lines(reversed(named), between=" ") if named else text("complaint.region.unsure")


async def _files(tx: Tx, actor: Actor, complaint: Complaint, part: Part) -> None:
    for each in part.body.get("files", ()):
        if "blob" in each:
            file = {"blob": each["blob"], "kind": each["kind"]}
            params: dict[str, Param] = {"code": cover_code(complaint.id)}
            await outbox.say(tx, actor.to(), "complaint.file", params, ((PUT_AWAY,),), protect=True, file=file)


def _buttons(complaint: Complaint) -> Keyboard:
    return (*_moves(complaint), (PUT_AWAY,))


def _moves(complaint: Complaint) -> Keyboard:
    moves = [
        Button(f"complaint.button.{move}", verb, complaint.id, complaint.version) for move, verb in BUTTONS if after(complaint.state, move)
    ]
    return tuple(tuple(moves[n : n + 2]) for n in range(0, len(moves), 2))


@action("complaint.accept", of=_target)
async def accept(tx: Tx, actor: Actor, given: OnComplaint) -> Outcome:
    """受理: the clock of acceptance is met, the clock of the answer begins."""
    held = await _held(tx, given, "accept")
    if isinstance(held, Refusal):
        return held
    answer = await _owe_answer(tx, actor.seat, held)
    outcome = await _move(tx, held, "accept")
    params: dict[str, Param] = {"code": cover_code(held.id), "day": obligations.due_words(answer)}
    open_again = Button("complaint.button.open", "co", held.id)
    buttons = (*_moves(replace(held, state="checking", version=held.version + 1)), (open_again,))
    await outbox.say(tx, actor.to(), "complaint.accepted", params, buttons, protect=True)
    return outcome


async def _owe_answer(tx: Tx, seat: Seat, complaint: Complaint) -> Owed:
    """The answer that is owed. A complaint that was passed on after its acceptance keeps the clock it has."""
    running = await obligations.live_of(tx, "complaint", complaint.id, "complaint.answer")
    if running:
        return running[0]
    regime = tx.world.regime(complaint.regime)
    await _finish(tx, complaint)
    owed = await obligations.owe(
        tx,
        regime=regime.id,
        duty="complaint.answer",
        subject=("complaint", complaint.id),
        owner=seat,
        creditor=None,
        region=owing_region(regime, seat),
        span=str(regime.complaints.channels[0].answer),
    )
    return await obligations.get(tx, owed)


async def _finish(tx: Tx, complaint: Complaint) -> None:
    for owed in await obligations.live_of(tx, "complaint", complaint.id):
        await obligations.finish(tx, owed.id)


async def _begin(tx: Tx, actor: Actor, given: OnComplaint, move: Move, form: str) -> Outcome:
    held = await _held(tx, given, move)
    if isinstance(held, Refusal):
        return held
    return await converse.open_form(tx, actor, Open(form, {"complaint": held.id, "version": held.version}))


@action("complaint.answer", of=_target)
async def begin_question(tx: Tx, actor: Actor, given: OnComplaint) -> Outcome:
    return await _begin(tx, actor, given, "ask", "complaint_question")


@action("complaint.answer", of=_target)
async def begin_answer(tx: Tx, actor: Actor, given: OnComplaint) -> Outcome:
    return await _begin(tx, actor, given, "answer", "complaint_answer")


@action("complaint.accept", of=_target)
async def begin_decline(tx: Tx, actor: Actor, given: OnComplaint) -> Outcome:
    if await obligations.live_of(tx, "complaint", given.complaint, "complaint.answer"):
        return Refusal("complaint_accepted_before")
    return await _begin(tx, actor, given, "decline", "complaint_decline")


async def _write(tx: Tx, actor: Actor, given: OnComplaint, move: Move, part: tuple[str, dict[str, Any]]) -> Outcome:
    """Seal what the handler says, move on, tell the complainant who asked to be told (in cover text: phones are looked at)."""
    held = await _held(tx, given, move)
    if isinstance(held, Refusal):
        return held
    field, body = part
    await complaints.add_part(tx, held.id, await complaints.key_of(tx, held), field, body)
    reach = await complaints.reach(tx, held.id)
    outcome = await _move(tx, held, move, body.get("outcome"))
    if isinstance(outcome, Refusal):
        return outcome
    if move in {"answer", "decline"}:
        await _finish(tx, held)
    if reach is not None:
        await outbox.say(tx, reach, "complaint.news", {}, ((PUT_AWAY,),), protect=True, own=0)
    await outbox.say(tx, actor.to(), f"complaint.written.{field}", {"code": cover_code(held.id)}, protect=True)
    return outcome


@action("complaint.answer", of=_target)
async def ask(tx: Tx, actor: Actor, given: Question) -> Outcome:
    return await _write(tx, actor, given, "ask", ("question", {"words": given.words}))


@action("complaint.answer", of=_target)
async def answer(tx: Tx, actor: Actor, given: AnswerComplaint) -> Outcome:
    body = {"outcome": given.outcome, "done": given.done, "words": given.words}
    return await _write(tx, actor, given, "answer", ("answer", body))


@action("complaint.accept", of=_target)
async def decline(tx: Tx, actor: Actor, given: Decline) -> Outcome:
    return await _write(tx, actor, given, "decline", ("reason", {"words": given.words}))


@action("complaint.accept", of=_target)
async def step_aside(tx: Tx, actor: Actor, given: StepAside) -> Outcome:
    """回避 in two presses: the complaint goes to the next eligible seat, with the same due date, and this one never sees it again."""
    held = await _held(tx, given, "pass_on")
    if isinstance(held, Refusal):
        return held
    if not given.sure:
        sure = Button("complaint.button.step_aside", "cb", held.id, held.version, "yes")
        await outbox.say(tx, actor.to(), "complaint.aside.sure", {"code": cover_code(held.id)}, ((sure,), (PUT_AWAY,)), protect=True)
        return Done()
    return await _pass_on(tx, actor, held)


async def _pass_on(tx: Tx, actor: Actor, held: Complaint) -> Outcome:
    regime = tx.world.regime(held.regime)
    await complaints.add_bars(tx, held.id, [Bar("seat", str(actor.seat.id))])
    seats, out = await people.seats_in(tx, regime.id), await barred_seats(tx, held)
    seat = route(seats, out, held.region, regime, local_date(tx.now), await complaints.load(tx, regime.id))
    if seat is None:
        return Refusal("complaint_nobody_else")
    if not await complaints.hand_over(tx, held, await complaints.key_of(tx, held), seat.id):
        return Refusal("complaint_moved_on")
    for owed in await obligations.live_of(tx, "complaint", held.id):
        await obligations.withdraw(tx, owed.id)
        await obligations.owe(
            tx,
            regime=held.regime,
            duty=owed.duty,
            subject=("complaint", held.id),
            owner=seat,
            creditor=None,
            region=owing_region(regime, seat),
            due=due_day(owed.due_at),
        )
    moved = await complaints.get(tx, held.id)
    assert moved is not None
    await notify(tx, moved, "complaint.arrived")
    await outbox.say(tx, actor.to(), "complaint.aside.done", {"code": cover_code(held.id)}, protect=True)
    return Done(("complaint", held.id), {"to": "transferred", "handler": seat.id})
