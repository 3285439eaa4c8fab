"""Leaving: what is personal is erased, the record of duties stays with the seat. Refused while anything is open: first a hand-over."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from actions import absences, chats, converse
from actions.formbook import outlook
from actions.people import offices, title_of
from actions.perform import action
from actions.relinking import offices_of
from domain.forms import Ask
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target
from domain.speech import DIGEST, Button, Param, To, lines, text
from storage import handover, leaving, outbox, people, relink
from storage.tx import Tx

HAND_OVER = ((Button("command.handover", "m", arg="handover"),),)


class Leave(BaseModel):
    person: Annotated[int, Ask("choice", source="joined_people")]


async def _of_person(tx: Tx, given: Leave) -> Target | None:
    seats = await people.held_by(tx, given.person)
    return Target(seats[0].regime) if seats else None


@outlook("leave")
async def ahead(tx: Tx, answers: Mapping[str, Any], _viewer: int | None) -> Param:
    return text("leave.ahead", seats=await _titles(tx, await people.held_by(tx, int(answers["person"]))))


async def _titles(tx: Tx, seats: tuple[Seat, ...]) -> Param:
    return lines([text("leave.seat", seat=await title_of(tx, seat)) for seat in seats]) if seats else text("leave.no_seat")


@action("people.leave_of", of=_of_person)
async def dismiss(tx: Tx, actor: Actor, given: Leave) -> Outcome:
    """By the office, for somebody who has left."""
    if {seat.regime for seat in await people.held_by(tx, given.person)} - set(offices_of(actor)):
        return Refusal("leave_elsewhere")
    return await _leave(tx, actor, given.person)


@action("people.leave")
async def leave(tx: Tx, actor: Actor, message_id: int | None) -> Outcome:
    """One's own second press."""
    if actor.person is None:
        return Refusal("stranger")
    if message_id is not None:
        await outbox.strip(tx, To(actor.account, None, actor.language), message_id)
    return await _leave(tx, actor, actor.person)


async def _leave(tx: Tx, actor: Actor, person: int) -> Outcome:
    seats = await people.held_by(tx, person)
    still = sum([(await handover.holding(tx, seat.id)).total for seat in seats])
    if still:
        return Refusal("leave_open", {"n": still}, HAND_OVER)
    row = await people.person(tx, person)
    titles = await _titles(tx, seats)
    await absences.end_all_of(tx, [seat.id for seat in seats])
    for seat in seats:
        await people.end_seat(tx, seat.id)
    await relink.withdraw_all(tx, person)
    if row["account"] is None or not await leaving.erase(tx, person):
        return Refusal("gone")
    await chats.clear(tx, row["account"], row["language"], person)
    await outbox.say(tx, To(row["account"], None, row["language"]), "leave.done")
    words: dict[str, Param] = {"name": row["name"], "seats": titles}
    if actor.person != person:
        await outbox.say(tx, actor.to(), "leave.dismissed", words)
    for regime in dict.fromkeys(seat.regime for seat in seats):
        for office in await offices(tx, regime, {actor.person, person}):
            await outbox.say(tx, office, "leave.office", words, priority=DIGEST)
    return Done(("person", person), {"seats": len(seats)})


@action("people.leave")
async def begin(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """The office chooses whom; everybody else is asked once more about themselves."""
    if actor.person is None:
        return Refusal("stranger")
    if offices_of(actor):
        return await converse.open_form(tx, actor, converse.Open("leave"))
    seats = await people.held_by(tx, actor.person)
    still = sum([(await handover.holding(tx, seat.id)).total for seat in seats])
    if still:
        return Refusal("leave_open", {"n": still}, HAND_OVER)
    sure = Button("button.leave_sure", "pxl")
    await outbox.say(tx, actor.to(), "leave.ask", {"seats": await _titles(tx, seats)}, ((sure,),))
    return Done()
