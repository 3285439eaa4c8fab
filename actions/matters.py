"""How an obligation is put into words: the same line in pings, digests, overviews and one's own list."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.obligations import due_words
from actions.people import named, title_of
from actions.subjects import NOUNS, Matter, Subject, describe_all, is_private
from domain.deadlines import DAY_MS, HOUR_MS, due_day, local_date, local_minutes
from domain.obligations import Owed, days_over, light, working_days
from domain.people import Seat
from domain.speech import Button, Param, cut, term, text
from storage.tx import Tx

LONGEST = 48  # characters of a title in a list


@dataclass
class Words:
    """How some obligations are put into words: what they are about is read at once, what many share is worded once."""

    tx: Tx
    abouts: Mapping[Matter, Subject]
    _shared: dict[Hashable, dict[str, Param]] = field(default_factory=dict)

    @classmethod
    async def of(cls, tx: Tx, owed: Iterable[Owed]) -> "Words":
        return cls(tx, await describe_all(tx, ((each.subject_kind, each.subject) for each in owed)))

    def about(self, owed: Owed) -> Subject:
        """A noun that nobody registered has its duty's name only."""
        if owed.subject_kind not in NOUNS:
            return Subject(str(owed.subject), term(owed.regime, "duty", owed.duty), Button("button.open_matter"))
        return self.abouts[owed.subject_kind, owed.subject]

    def params(self, owed: Owed) -> tuple[dict[str, Param], Button]:
        """Parameters that every text about an obligation may use, and the button that opens its matter."""
        about = self.about(owed)
        return {"title": cut(about.title, LONGEST), "number": about.number, **self._alike(owed)}, about.open

    def numbered(self, key: str, n: int, owed: Owed, **more: Any) -> tuple[Param, Button]:
        """A line of a list and its button."""
        params, button = self.params(owed)
        return text(key, n=n, **params, **more), opening(button, "button.open_nth", {"n": n})

    def _alike(self, owed: Owed) -> dict[str, Param]:
        key = (owed.regime, owed.duty, owed.region, owed.subject_kind, owed.state, owed.due_at, owed.provisional)
        found = self._shared.get(key)
        if found is None:
            regime = self.tx.world.regime(owed.regime)
            found = self._shared[key] = {
                "what": _what(owed),
                "light": text(f"light.{light(owed, self.tx.now, regime, self.tx.world.calendar)}"),
                "due": due_words(owed),
                "when": when(self.tx, owed),
            }
        return found


def _what(owed: Owed) -> Param:
    """The duty and the place; of a private matter neither is shown where anyone may look over a shoulder."""
    if is_private(owed.subject_kind):
        return ""
    return text("obligation.what", duty=term(owed.regime, "duty", owed.duty), region=term(owed.regime, "region", owed.region))


def when(tx: Tx, owed: Owed) -> Param:
    """How far from its due date it is: in 3 days, tomorrow, today, overdue by 2 working days."""
    if owed.state == "handed_in":
        return text("obligation.when.handed_in")
    if tx.now >= owed.due_at:
        return _over(tx, owed)
    days = (due_day(owed.due_at) - local_date(tx.now)).days
    if local_minutes(owed.due_at) and owed.due_at - tx.now < DAY_MS:
        return text("obligation.when.hours", n=-(-(owed.due_at - tx.now) // HOUR_MS))
    if days < 2:
        return text("obligation.when.today" if days == 0 else "obligation.when.tomorrow")
    working = working_days(local_date(tx.now), due_day(owed.due_at), tx.world.calendar)
    if working == 1:
        return text("obligation.when.working_day")
    return text("obligation.when.working_days", n=working) if working else text("obligation.when.days", n=days)


def _over(tx: Tx, owed: Owed) -> Param:
    days = days_over(owed.due_at, tx.now, tx.world.calendar)
    if days:
        return text("obligation.when.over_day") if days == 1 else text("obligation.when.over_days", n=days)
    hours = (tx.now - owed.due_at) // HOUR_MS
    return text("obligation.when.over_hours", n=hours) if local_minutes(owed.due_at) and hours else text("obligation.when.over")


async def seat_words(tx: Tx, seat: Seat) -> Param:
    """Who: the name and the title; an empty or unreachable seat says so."""
    key = "obligation.seat" if seat.to() is not None else "obligation.seat_vacant"
    return text(key, holder=named(seat), title=await title_of(tx, seat))


def opening(button: Button, key: str, params: Mapping[str, Param]) -> Button:
    """The noun's own button under a label of the list it stands in."""
    return Button(key, button.verb, button.id, button.version, button.arg, params)


def in_rows(buttons: Sequence[Button], of: int = 4) -> list[tuple[Button, ...]]:
    return [tuple(buttons[n : n + of]) for n in range(0, len(buttons), of)]
