"""What the hand-over's form asks: whose seat, to whom; and where its choices come from."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from actions.assignees import label, work_region
from actions.inputs_people import Short
from actions.options import source
from domain.deadlines import local_date
from domain.forms import Ask, Draft, Option
from domain.handover import fits
from domain.people import Actor, Seat
from domain.permissions import may_start
from domain.speech import text
from domain.words import fold
from storage import people
from storage.tx import Tx

NEW = "new"


class HandOver(BaseModel):
    """`seat` is preset where it can be only one. `successor` is a seat's id, `NEW`: then `name` is invited, or `NEW:NAME`."""

    seat: int = 0
    which: Annotated[str, Ask("choice", source="seats_to_hand_over", when=lambda answers: not answers.get("seat"))] = ""
    successor: Annotated[str, Ask("choice", source="successors")]
    name: Annotated[Short, Ask(when=lambda answers: answers.get("successor") == NEW)] = ""

    @property
    def old(self) -> int:
        return self.seat or int(self.which)

    @property
    def newcomer(self) -> str:
        """The name of whoever is newly appointed; empty where somebody takes over who sits there already."""
        kind, _, named = self.successor.partition(":")
        return (named or self.name) if kind == NEW else ""


def seat_in(answers: Mapping[str, Any]) -> int:
    return int(answers.get("seat") or answers["which"])


async def seats_for(tx: Tx, actor: Actor, action: str) -> list[Seat]:
    """The actor's own seats, and every seat of the regimes in which the actor may do this to anybody's."""
    found = {seat.id: seat for seat in actor.seats if seat.sitter is None}
    for regime in dict.fromkeys(seat.regime for seat in actor.seats if seat.rights == "office" and may_start([seat], action)):
        found |= {seat.id: seat for seat in await people.seats_in(tx, regime)}
    return list(found.values())


async def seat_options(tx: Tx, seats: list[Seat]) -> list[Option]:
    """In order of region, searchable by name, title and place."""
    found = [(await work_region(tx, seat), seat.id, await seat_option(tx, seat)) for seat in seats]
    return [option for _, _, option in sorted(found, key=lambda each: each[:2])]


async def seat_option(tx: Tx, seat: Seat) -> Option:
    regime = tx.world.regime(seat.regime)
    role, region = regime.role(seat.role).name, await work_region(tx, seat)
    words = (seat.holder, role.zh, role.en, *regime.places.own(region))
    return Option(str(seat.id), await label(tx, seat), words, regime.places.full(region))


@source("seats_to_hand_over")
async def seats_to_hand_over(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    return await seat_options(tx, await seats_for(tx, actor, "people.handover"))


@source("successors")
async def successors(tx: Tx, actor: Actor, draft: Draft, query: str) -> list[Option]:
    """Seats that may do what the old one did, the very same place first; only the office appoints somebody new.

    A name that nobody there has is the new one's: it is not asked for a second time.
    """
    seat = await people.seat(tx, seat_in(draft.answers))
    found = await fitting(tx, seat)
    found.sort(key=lambda each: (each.scope != seat.scope, each.id))
    options = [await seat_option(tx, each) for each in found]
    if any(mine.regime == seat.regime and may_start([mine], "people.invite") for mine in actor.seats):
        options.insert(0, Option(NEW, text("handover.new"), ()))
        options += _named(query, options)
    return options


def _named(query: str, options: list[Option]) -> list[Option]:
    name = query.strip()
    known = any(fold(name) in fold(word) for option in options for word in option.words)
    if known or not 2 <= len(name) <= 40:
        return []
    return [Option(f"{NEW}:{name}", text("handover.new_named", name=name), (name,))]


async def fitting(tx: Tx, seat: Seat) -> list[Seat]:
    regime, on = tx.world.regime(seat.regime), local_date(tx.now)
    return [each for each in await people.seats_in(tx, seat.regime) if fits(seat, each, regime, on)]
