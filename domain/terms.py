"""The end of a term: when it is spoken of. In force is a matter of time alone; these are only the instants at which somebody hears."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from domain.deadlines import due_day
from domain.regime_parts import Quiet
from domain.slots import first_slot

WARN_DAYS = 7
TermKind = Literal["soon", "last", "over"]


@dataclass(frozen=True)
class TermMark:
    """`soon`: a week before the last day; `last`: the last day's morning; `over`: the instant from which the seat is not in force."""

    at: int
    kind: TermKind


def marks(until_at: int, quiet: Quiet) -> tuple[TermMark, ...]:
    last = due_day(until_at)
    return (
        TermMark(first_slot(last - timedelta(days=WARN_DAYS), quiet), "soon"),
        TermMark(first_slot(last, quiet), "last"),
        TermMark(until_at, "over"),
    )


def next_mark(until_at: int | None, now: int, quiet: Quiet) -> int | None:
    """The first instant after now; what has passed when a term is set, its holder hears from the one who sets it."""
    return None if until_at is None else next((mark.at for mark in marks(until_at, quiet) if mark.at > now), None)


def passed(until_at: int, since: int, now: int, quiet: Quiet) -> TermMark | None:
    """Of the marks that came while nobody looked the latest: one message, whatever was slept through."""
    return next((mark for mark in reversed(marks(until_at, quiet)) if since <= mark.at <= now), None)
