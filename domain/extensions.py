"""More time for what is owed: who decides, how far and how often. The limits are the regime's (`[extensions]`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.calendar import Calendar
from domain.dates import Counted, Until
from domain.deadlines import at, due_day, due_from, end_of_day, parse_limit
from domain.escalation import Around, nearest
from domain.people import Seat
from domain.regime_parts import Extensions

State = Literal["asked", "granted", "refused", "lapsed"]
SPANS = ("1wd", "3wd", "5wd", "15wd", "1m")  # how much more time is usually asked for


@dataclass(frozen=True)
class Room:
    """Between which instants a new due date may end: after `due`, and not after `latest`."""

    due: Until
    latest: Until

    @property
    def none(self) -> bool:
        return self.latest.at <= self.due.at

    def holds(self, wanted: Until) -> bool:
        return self.due.at < wanted.at <= self.latest.at


def room(due_at: int, today: date, rules: Extensions, calendar: Calendar, parent_due_at: int | None = None) -> Room:
    """The longest extension counts from the due date or, once that has passed, from today; what is handed on ends with its parent."""
    latest_at = end_of_day(_after(max(due_day(due_at), today), str(rules.longest), calendar))
    if parent_due_at is not None:
        latest_at = min(latest_at, parent_due_at)
    return Room(Until.ending(due_at), Until.ending(latest_at))


def proposals(given: Room, today: date, calendar: Calendar) -> Iterator[Counted]:
    """Usual spans that fit, from the due date or, once that has passed, from today."""
    since = max(given.due.day, today)
    for span in SPANS:
        found = Until(since, span, since).by(calendar)
        if given.holds(found.until):
            yield found


def _after(day: date, span: str, calendar: Calendar) -> date:
    return due_from(at(day, "12:00"), parse_limit(span), calendar).date


def entitled(rules: Extensions, around: Around, seats: Sequence[Seat]) -> tuple[Seat, ...]:
    """Who may decide, the first choice first: in the order of the regime's list, the nearest over the owner first. Never whoever asks."""
    found = [seat for to in rules.by for tier in nearest(to, around, seats) or () for seat in tier]
    others = (seat for seat in found if seat.id != around.owner.id and (seat.person is None or seat.person != around.owner.person))
    return tuple({seat.id: seat for seat in others}.values())
