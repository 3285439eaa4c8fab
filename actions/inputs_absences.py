"""What an absence asks: whose seat, from when until when, who acts meanwhile; and where its choices come from."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ValidationInfo, field_validator

from actions.assignees import work_region
from actions.inputs_handover import seat_option, seat_options
from actions.options import source
from domain.absence import may_deputise
from domain.deadlines import local_date
from domain.forms import Ask, Draft, Option
from domain.people import Actor, Seat
from domain.permissions import may_start
from domain.speech import Param, text
from storage import people
from storage.tx import Tx

ALL = "all"
DAY = timedelta(days=1)


class Absent(BaseModel):
    """`seats` is a seat's id or `ALL` of one's own; `deputy` a person. `seat` is preset where it can be only one."""

    seat: int = 0
    seats: Annotated[str, Ask("choice", source="absent_seats", when=lambda answers: not answers.get("seat"))] = ""
    since: Annotated[date, Ask("day", source="absence_begins")]
    until: Annotated[date, Ask("day", source="absence_ends")]
    deputy: Annotated[int, Ask("choice", source="deputies")]

    @field_validator("until")
    @classmethod
    def _not_before_it_begins(cls, value: date, info: ValidationInfo) -> date:
        since = info.data.get("since")
        if since is not None and value < since:
            raise ValueError("form.absence.error.order")
        return value

    @property
    def whose(self) -> str:
        return str(self.seat) if self.seat else self.seats


async def chosen(tx: Tx, person: int | None, whose: str) -> list[Seat]:
    """The seats meant; `ALL` are the person's own in force."""
    if whose == ALL:
        return [] if person is None else list(await people.held_by(tx, person))
    seat = await people.in_force(tx, int(whose))
    return [] if seat is None else [seat]


@source("absent_seats")
async def absent_seats(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """One's own first, all of them together where there are several; then, for the office, everybody's."""
    own = [] if actor.person is None else list(await people.held_by(tx, actor.person))
    options = [await seat_option(tx, seat) for seat in own]
    if len(own) > 1:
        options.insert(0, Option(ALL, text("absence.all_mine"), ()))
    known = {seat.id for seat in own}
    others = [
        seat
        for regime in dict.fromkeys(seat.regime for seat in actor.seats if may_start([seat], "people.absence_of"))
        for seat in await people.seats_in(tx, regime)
        if seat.id not in known and seat.person is not None
    ]
    return options + await seat_options(tx, others)


@source("absence_begins")
async def begins(tx: Tx, _actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """The days that are usual; any other is typed."""
    today = local_date(tx.now)
    monday = today + DAY * (7 - today.weekday())
    days = {"today": today, "tomorrow": today + DAY, "next_monday": monday}
    return [Option(day.isoformat(), text(f"absence.day.{name}", day=_shown(day))) for name, day in days.items()]


@source("absence_ends")
async def ends(_tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    since = date.fromisoformat(draft.answers["since"])
    days = {"one_day": since, "three_days": since + DAY * 2, "one_week": since + DAY * 6, "two_weeks": since + DAY * 13}
    return [Option(day.isoformat(), text(f"absence.day.{name}", day=_shown(day))) for name, day in days.items()]


def _shown(day: date) -> Param:
    return {"$": "date", "date": day.isoformat()}


@source("deputies")
async def deputies(tx: Tx, actor: Actor, draft: Draft, _query: str) -> list[Option]:
    """People who may act for every seat that was chosen."""
    seats = await chosen(tx, actor.person, whose(draft.answers))
    able = [await able_for(tx, seat) for seat in seats]
    common = set.intersection(*(set(each) for each in able)) if able else set()
    found = []
    for person in sorted(common, key=lambda each: able[0][each].id):
        option = await seat_option(tx, able[0][person])
        found.append(Option(str(person), option.label, option.words))
    return found


def whose(answers: Mapping[str, Any]) -> str:
    return str(answers.get("seat") or answers["seats"])


async def able_for(tx: Tx, seat: Seat) -> dict[int, Seat]:
    """Person → the seat from which they may act for this one."""
    regime, on, region = tx.world.regime(seat.regime), local_date(tx.now), await work_region(tx, seat)
    found: dict[int, Seat] = {}
    for each in await people.seats_in(tx, seat.regime):
        if each.sitter is None and may_deputise(seat, each, regime, on, region) and each.person is not None:
            found.setdefault(each.person, each)
    return found
