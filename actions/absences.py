"""Away for a while: a deputy acts for the seat, with its rights and its reminders, and both come back by themselves.

An absence is planned, on, over; the clock turns it (`turn_due`). While it is on, `storage/people.py` resolves the seat to the deputy, so
that nothing else needs to know. Complaints do not go to a deputy: when an absence begins they pass to the next eligible seat.
"""

from dataclasses import dataclass
from datetime import timedelta

from actions import converse
from actions.handover import pass_complaints
from actions.inputs_absences import Absent, able_for, chosen
from actions.open_matters import open_matters
from actions.people import offices, title_of
from actions.perform import action, run
from actions.subjects import is_private
from domain.deadlines import at, end_of_day, local_date
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target, may_start
from domain.slots import after_quiet
from domain.speech import PING, Button, Keyboard, Param, To, lines, on, text
from storage import absences, cards, handover, notices, outbox, people
from storage.absences import Absence
from storage.tx import Tx

BATCH = 20
LISTED = 10


async def _of_others(tx: Tx, given: Absent) -> Target | None:
    seats = await chosen(tx, None, given.whose)
    return Target(seats[0].regime) if seats else None


@action("people.absence_of", of=_of_others)
async def set_for(tx: Tx, actor: Actor, given: Absent) -> Outcome:
    """The office writes somebody else's absence down."""
    return await _set(tx, actor, await chosen(tx, None, given.whose), given)


@action("people.absence")
async def set_absence(tx: Tx, actor: Actor, given: Absent) -> Outcome:
    """One's own seats; somebody else's is the office's affair."""
    mine = [] if actor.person is None else await people.held_by(tx, actor.person)
    seats = await chosen(tx, actor.person, given.whose)
    if seats and {seat.id for seat in seats} <= {seat.id for seat in mine}:
        return await _set(tx, actor, seats, given)
    return await run(tx, actor, set_for, given)


async def _set(tx: Tx, actor: Actor, seats: list[Seat], given: Absent) -> Outcome:
    """One row a seat, all or none."""
    if given.since < local_date(tx.now):
        return Refusal("absence_past")
    made = []
    for seat in seats:
        deputy = (await able_for(tx, seat)).get(given.deputy)
        if deputy is None:
            return Refusal("absence_misfit")
        from_at = max(tx.now, end_of_day(given.since - timedelta(days=1)))
        absence = await absences.add(tx, seat.id, deputy.id, from_at, end_of_day(given.until))
        if absence is None:
            return Refusal("absence_already")
        made.append(absence)
    if not made:
        return Refusal("gone")
    for absence in made:
        await _announce(tx, actor, absence)
    tx.touch("obligations")
    return Done(("seat", seats[0].id), {"absence": made[0], "seats": len(made)})


async def _announce(tx: Tx, actor: Actor, absence_id: int) -> None:
    """The deputy at once, with a way to say no; and the one who is away."""
    case = await _case(tx, absence_id)
    no = Button("button.absence_decline", "pbd", absence_id)
    await _say(tx, case.deputy.to(), "absence.asked", case.words, ((no,),))
    back = Button("button.absence_end", "pbe", absence_id)
    holder = await _holder_to(tx, case.seat)
    if holder is not None and holder.person != actor.person:
        await _say(tx, holder, "absence.set_for_you", case.words, ((back,),))
    await _say(tx, actor.to(), "absence.set", case.words, ((back,),))


@dataclass(frozen=True)
class Case:
    """An absence with what its texts say."""

    absence: Absence
    seat: Seat
    deputy: Seat
    words: dict[str, Param]


async def _case(tx: Tx, absence_id: int) -> Case:
    absence = await absences.find(tx, absence_id)
    assert absence is not None  # found in this unit
    seat, deputy = await people.seat(tx, absence.seat), await people.seat(tx, absence.deputy)
    since, until = local_date(absence.from_at), local_date(absence.until_at - 1)
    words: dict[str, Param] = {
        "name": seat.holder,
        "seat": await title_of(tx, seat),
        "deputy": deputy.holder,
        "until": on(until),
        "days": text("absence.one_day", day=on(since)) if since == until else text("absence.days", since=on(since), until=on(until)),
    }
    return Case(absence, seat, deputy, words)


async def _holder_to(tx: Tx, seat: Seat) -> To | None:
    """The one whose seat it is, also while a deputy is reached through it."""
    person = seat.person if seat.sitter is None else seat.sitter
    row = None if person is None else await people.person(tx, person)
    if row is None or row["account"] is None or row["unreachable_at"] is not None:
        return None
    return To(row["account"], row["id"], row["language"])


async def _say(tx: Tx, to: To | None, key: str, params: dict[str, Param], buttons: Keyboard = (), *, not_before: int = 0) -> None:
    if to is not None:
        await outbox.say(tx, to, key, params, buttons, priority=PING, not_before=not_before)


# The clock -------------------------------------------------------------------------------------------------------------------------


async def turn_due(tx: Tx, limit: int = BATCH) -> int:
    """Begin and end what has come. Returns how many."""
    found = await absences.due(tx, limit)
    for absence in found:
        await (_begin(tx, absence) if absence.state == "planned" else _over(tx, absence))
    return len(found)


async def _begin(tx: Tx, absence: Absence) -> None:
    """Rights and reminders move. A complaint that finds nobody else keeps its handler there: the law's clock must not wait."""
    case = await _case(tx, absence.id)
    stuck = False
    async with tx.savepoint() as point:
        await absences.begin(tx, absence.id)
        if await people.in_force(tx, absence.seat) is None or not await pass_complaints(tx, case.seat, None):
            stuck = True
            point.undo()
    if stuck:
        await absences.end(tx, absence.id)
        await _say(tx, await _holder_to(tx, case.seat), "absence.stuck", case.words)
        await _say(tx, case.deputy.to(), "absence.ended_deputy", case.words)
        return
    seat = await people.seat(tx, absence.seat)
    await _move_reminders(tx, seat, case.seat.person)
    await _list_to(tx, seat, "absence.begins", case.words, bare=absence.from_at == at(local_date(absence.from_at), "00:00"))


async def _over(tx: Tx, absence: Absence) -> None:
    """Everything is back; the one who returns hears what waits, the deputy that it is over."""
    case = await _case(tx, absence.id)
    await absences.end(tx, absence.id)
    seat = await people.seat(tx, absence.seat)
    if absence.state == "on":
        await _move_reminders(tx, seat, case.seat.person if case.seat.sitter is not None else None)
    deputy = case.deputy.to()
    await _say(tx, deputy, "absence.ended_deputy", case.words, not_before=await _quiet(tx, seat.regime, deputy))
    if await people.in_force(tx, seat.id) is not None:
        await _list_to(tx, seat, "absence.back", case.words)


async def _quiet(tx: Tx, regime: str, to: To | None) -> int:
    return after_quiet(tx.now, await notices.quiet_for(tx, regime, None if to is None else to.person))


async def _move_reminders(tx: Tx, seat: Seat, before: int | None) -> None:
    """What was to be said to one is said to the other; every card of the seat's matters shows who may press now."""
    if before is not None:
        await handover.move_notices(tx, seat, before, last=False)
    for kind, subject in await handover.subjects(tx, seat.id):
        if not is_private(kind):
            await cards.refresh_all(tx, f"{kind}:{subject}")
    tx.touch("obligations")


async def _list_to(tx: Tx, seat: Seat, key: str, words: dict[str, Param], *, bare: bool = True) -> None:
    """`bare`: said without any open matter, too. A deputy asked for today has heard it with the question."""
    to = seat.to()
    if to is None:
        return
    found = await open_matters(tx, [seat])
    if not found.total and not bare:
        return
    params = {**words, "rows": text("absence.rows", n=found.total, rows=found.rows) if found.total else ""}
    await outbox.say(tx, to, key, params, found.buttons, priority=PING, not_before=await _quiet(tx, seat.regime, to), protect=found.protect)


# Buttons ---------------------------------------------------------------------------------------------------------------------------


@action("people.absence")
async def ask_decline(tx: Tx, actor: Actor, absence_id: int) -> Outcome:
    """One press is enough to say no. Days later, whoever is away may be far from a telephone: a slip of the finger is asked about."""
    absence = await absences.find(tx, absence_id)
    if absence is None or absence.state != "on" or local_date(tx.now) == local_date(absence.from_at):
        return await run(tx, actor, decline, absence_id)
    case = await _case(tx, absence_id)
    if actor.person is None or case.deputy.person != actor.person:
        return Refusal("forbidden")
    sure = Button("button.absence_decline_sure", "pbd", absence_id, arg="1")
    await outbox.say(tx, actor.to(), "absence.decline_ask", case.words, ((sure,),))
    return Done()


@action("people.absence")
async def decline(tx: Tx, actor: Actor, absence_id: int) -> Outcome:
    """The deputy cannot: it is over at once, and whoever is away and the office hear so."""
    absence = await absences.find(tx, absence_id)
    if absence is None or actor.person is None or (await people.seat(tx, absence.deputy)).person != actor.person:
        return Refusal("forbidden")
    if absence.state == "over":
        return Refusal("absence_over")
    case = await _case(tx, absence_id)
    await _over_quietly(tx, case)
    holder = await _holder_to(tx, case.seat)
    again = Button("button.absence_again", "m", arg="absence")
    await _say(tx, holder, "absence.declined", case.words, ((again,),))
    for office in await offices(tx, case.seat.regime, {actor.person, *case.seat.people}):
        await _say(tx, office, "absence.declined_office", case.words)
    await _say(tx, actor.to(), "absence.declined_done", case.words)
    return Done(("seat", case.seat.id), {"absence": absence_id, "declined": 1})


async def _over_quietly(tx: Tx, case: Case) -> None:
    await absences.end(tx, case.absence.id)
    if case.absence.state == "on":
        await _move_reminders(tx, await people.seat(tx, case.seat.id), case.seat.person if case.seat.sitter is not None else None)


async def end_all_of(tx: Tx, seats: list[int]) -> None:
    """Somebody leaves for good: nobody deputises for these seats any more, and from them nobody acts for others, who hear so."""
    for absence in await absences.of_seats(tx, seats):
        case = await _case(tx, absence.id)
        await _over_quietly(tx, case)
        if absence.seat in seats:
            await _say(tx, case.deputy.to(), "absence.ended_deputy", case.words)
        else:
            again = Button("button.absence_again", "m", arg="absence")
            await _say(tx, await _holder_to(tx, case.seat), "absence.declined", case.words, ((again,),))


@action("people.absence")
async def end(tx: Tx, actor: Actor, absence_id: int) -> Outcome:
    """Back early, or it was a mistake: by whoever is away, or by the office."""
    absence = await absences.find(tx, absence_id)
    if absence is None:
        return Refusal("gone")
    mine = {seat.id for seat in await people.held_by(tx, actor.person)} if actor.person is not None else set()
    regime = (await people.seat(tx, absence.seat)).regime
    if absence.seat not in mine and not any(seat.regime == regime and may_start([seat], "people.absence_of") for seat in actor.seats):
        return Refusal("forbidden")
    if absence.state == "over":
        return Refusal("absence_over")
    case = await _case(tx, absence_id)
    await _over(tx, absence)
    if absence.seat not in mine:
        await _say(tx, actor.to(), "absence.ended_office", case.words)
    return Done(("seat", absence.seat), {"absence": absence_id, "ended": 1})


@action("people.absence")
async def begin(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """What there is, each with a way to end it; without any the form at once."""
    own = [] if actor.person is None else await people.held_by(tx, actor.person)
    office = [seat for seat in actor.seats if may_start([seat], "people.absence_of")]
    if not own and not office:
        return Refusal("stranger" if actor.person is None else "no_seat")
    seats = {seat.id for seat in own} | {seat.id for mine in office for seat in await people.seats_in(tx, mine.regime)}
    found = await absences.of_seats(tx, sorted(seats))
    if not found:
        return await open_form(tx, actor, None)
    cases = [await _case(tx, each.id) for each in found[:LISTED]]
    rows = [text(f"absence.row.{case.absence.state}", **case.words) for case in cases]
    mine = [case for case in cases if office or case.seat.id in {seat.id for seat in own}]
    ends = [(Button("button.absence_end_of", "pbe", case.absence.id, params={"name": case.seat.holder}),) for case in mine]
    new = (Button("button.absence_new", "pbn"),)
    await outbox.say(tx, actor.to(), "absence.list", {"n": len(found), "rows": lines(rows)}, (*ends, new))
    return Done()


@action("people.absence")
async def open_form(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """Who has one seat and is not the office is not asked which."""
    own = [] if actor.person is None else await people.held_by(tx, actor.person)
    office = any(may_start([seat], "people.absence_of") for seat in actor.seats)
    if not own and not office:
        return Refusal("stranger" if actor.person is None else "no_seat")
    if not office and not any([await able_for(tx, seat) for seat in own]):
        return Refusal("absence_nobody")
    preset = {"seat": own[0].id} if len(own) == 1 and not office else {}
    return await converse.open_form(tx, actor, converse.Open("absence", preset))
