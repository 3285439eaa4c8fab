"""Handing a seat over: everything open moves to the successor in one unit of work, the old seat ends, both sides are told.

What is over stays with the seat that did it. A complaint's key is wrapped anew for the successor, or goes to the next eligible seat where
the successor is kept out of it; a verification goes to somebody else where the successor would verify the own work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions import converse, obligations
from actions.complaint_cover import barred_seats, notify
from actions.complaints import owing_region
from actions.formbook import outlook
from actions.inputs_handover import HandOver, fitting, seat_in
from actions.invites import hand_out
from actions.ledger_view import barred, parties
from actions.open_matters import open_matters
from actions.people import make_link, offices, title_of
from actions.perform import action
from domain.complaints import route
from domain.deadlines import local_date
from domain.ledger import choose_verifier
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target, may_start
from domain.speech import DIGEST, Param, lines, text
from storage import cards, complaints, handover, ledger, outbox, people
from storage.complaints import Complaint
from storage.handover import Holding
from storage.tx import Tx


async def seat_target(tx: Tx, seat_id: int) -> Target | None:
    """A seat in force, as its own owner's and the office's affair."""
    seat = await people.in_force(tx, seat_id)
    return None if seat is None else Target(seat.regime, owners=frozenset({seat.id}))


async def _of_form(tx: Tx, given: HandOver) -> Target | None:
    return await seat_target(tx, given.old)


@action("people.handover", of=_of_form)
async def hand_over(tx: Tx, actor: Actor, given: HandOver) -> Outcome:
    """In one unit. The old seat ends first, compare-and-set, so that a repeat finds nothing to move."""
    old = await people.seat(tx, given.old)
    found = await _successor(tx, actor, old, given)
    if isinstance(found, Refusal):
        return found
    new, invited = found
    held = await handover.holding(tx, old.id)
    if not await handover.succeed(tx, old.id, new.id):
        return Refusal("gone")
    if not await _move(tx, old, new):
        return Refusal("handover_stuck")
    await _tell(tx, actor, Passed(old, new, held, invited=invited))
    return Done(("seat", old.id), {"successor": new.id, **vars(held)}, result=new.id)


async def _successor(tx: Tx, actor: Actor, old: Seat, given: HandOver) -> tuple[Seat, bool] | Refusal:
    """The seat that takes over, and whether it was made just now; then its link goes to whoever invited."""
    if not given.newcomer:
        chosen = next((seat for seat in await fitting(tx, old) if str(seat.id) == given.successor), None)
        return Refusal("handover_misfit") if chosen is None else (chosen, False)
    if not may_start([actor.seat], "people.invite"):
        return Refusal("forbidden")
    seat = await people.add_seat(
        tx, regime=old.regime, role=old.role, unit=old.unit, scope_kind=old.scope_kind, scope=old.scope, holder=given.newcomer
    )
    await hand_out(tx, actor, await make_link(tx, seat, actor.seat.id))
    return await people.seat(tx, seat), True


# Moving ----------------------------------------------------------------------------------------------------------------------------


async def _move(tx: Tx, old: Seat, new: Seat) -> bool:
    """False where a complaint finds nobody who may have it."""
    subjects = await handover.subjects(tx, old.id)
    await handover.move_all(tx, old, new, _unit(tx, new))
    if old.person is not None:
        others = [seat for seat in await people.seats_of(tx, old.person) if seat.regime == old.regime]
        await handover.move_notices(tx, new, old.person, last=not others)
    if not await pass_complaints(tx, old, new):
        return False
    await _part_eyes(tx, new)
    for kind, subject in subjects:
        await cards.refresh_all(tx, f"{kind}:{subject}")
    tx.touch("obligations")
    return True


def _unit(tx: Tx, seat: Seat) -> str | None:
    return obligations.unit_of(tx.world.regime(seat.regime), seat)


async def pass_complaints(tx: Tx, old: Seat, new: Seat | None) -> bool:
    """To the successor or, without one, to whoever is eligible besides the old seat. False: one finds nobody."""
    for case in await handover.complaints(tx, old.id):
        complaint = await complaints.get(tx, case)
        assert complaint is not None  # listed in this unit
        to = await _handler(tx, complaint, old, new)
        if to is None or not await complaints.hand_over(tx, complaint, await complaints.key_of(tx, complaint), to.id):
            return False
        regime = tx.world.regime(old.regime)
        await handover.give_about(tx, ("complaint", case), to, _unit(tx, to), owing_region(regime, to))
        moved = await complaints.get(tx, case)
        if moved is not None and to != new:
            await notify(tx, moved, "complaint.arrived")
    return True


async def _handler(tx: Tx, complaint: Complaint, old: Seat, new: Seat | None) -> Seat | None:
    """The successor unless kept out of it; while nobody sits there the law's clock must not wait, so somebody else has it."""
    out = await barred_seats(tx, complaint)
    if new is not None and new.id not in out and new.person is not None and new.sitter is None:
        return new
    seats, regime = await people.seats_in(tx, complaint.regime), tx.world.regime(complaint.regime)
    load = await complaints.load(tx, regime.id)
    elsewhere = route(seats, out | {old.id}, complaint.region, regime, local_date(tx.now), load)
    return elsewhere or (None if new is None or new.id in out else new)


async def _part_eyes(tx: Tx, new: Seat) -> None:
    """Nobody verifies the own work: a verification of what the successor has to put right goes to somebody else, where there is one."""
    seats = await people.seats_in(tx, new.regime)
    for duty, subject in await handover.verifications(tx, new.id):
        item = await ledger.get(tx, subject)
        assert item is not None  # an obligation names it, and items are never deleted
        out = await barred(tx, item, (await parties(tx, item)).owner)
        other = choose_verifier(seats, item, out, tx.world, local_date(tx.now)) if new.id in out else None
        if other is not None:
            await handover.give_duty(tx, duty, other, _unit(tx, other))
            to = other.to()
            if to is not None:
                await cards.show(tx, f"item:{item.id}", to, fresh=True)


# Telling ---------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passed:
    """A hand-over that has happened."""

    old: Seat
    new: Seat
    held: Holding
    invited: bool


async def _tell(tx: Tx, actor: Actor, passed: Passed) -> None:
    """The successor with a list, the one who hands over, and whoever did it: each once."""
    old, new = passed.old, passed.new
    words: dict[str, Param] = {
        "seat": await title_of(tx, old),
        "old": old.holder,
        "new": new.holder,
        "held": held_words(passed.held),
    }
    told = {new.person}
    await tell_open(tx, new, "handover.received", words)
    former = old.to()
    if former is not None and former.person not in told:
        told.add(former.person)
        await outbox.say(tx, former, "handover.given", words)
    if actor.person not in told:
        key = "handover.done_vacant" if new.person is None else "handover.done"
        told.add(actor.person)
        await outbox.say(tx, actor.to(), key, words)
    if actor.seat.rights != "office":
        for office in await offices(tx, old.regime, told):
            await outbox.say(tx, office, "handover.office", words, priority=DIGEST)


async def tell_open(tx: Tx, seat: Seat, key: str, words: dict[str, Param]) -> None:
    """What is open on a seat, to whoever sits on it; `held` is put in words by the caller or counted here."""
    to = seat.to()
    if to is None:
        return
    found = await open_matters(tx, [seat])
    params = {"rows": lines(["", found.rows], "\n\n") if found.total else "", **words}
    await outbox.say(tx, to, key, params, found.buttons, protect=found.protect)


def held_words(held: Holding) -> Param:
    """How much there is, kind by kind; nothing at all says so."""
    rows = [text(f"handover.held.{name}", n=n) for name, n in vars(held).items() if n]
    return lines(rows) if rows else text("handover.held.none")


@outlook("handover")
async def ahead(tx: Tx, answers: Mapping[str, Any], _viewer: int | None) -> Param:
    """Who gives what to whom, before it is pressed."""
    seat = await people.seat(tx, seat_in(answers))
    who = text("task.seat", who=seat.holder, title=await title_of(tx, seat))
    return text("handover.ahead", who=who, held=held_words(await handover.holding(tx, seat.id)))


@action("obligation.mine")
async def begin(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """The office chooses any seat; who has one seat only is not asked which, and who finds no successor is told whom to turn to."""
    if any(may_start([seat], "people.invite") for seat in actor.seats):
        return await converse.open_form(tx, actor, converse.Open("handover"))
    found = [seat for seat in actor.seats if await fitting(tx, seat)]
    if not found:
        return Refusal("handover_nobody")
    return await converse.open_form(tx, actor, converse.Open("handover", {"seat": found[0].id} if len(actor.seats) == 1 else {}))
