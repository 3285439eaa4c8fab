"""What is owed: one duty of one seat, how it counts down, what its light is. Pure; `now` is an argument.

An obligation has marks in time: pings before the due date, the due instant itself, the steps of its chain after it, some of them again
and again. `plan` says when the next mark wants attention, `advance` what fires when that instant has come.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from domain.calendar import DAY, Calendar
from domain.deadlines import HOUR_MS, REMEMBERED, Limit, due_day, end_of_day, local_date, local_minutes, shift, shift_instant
from domain.regime import Regime
from domain.regime_parts import Duty, Step
from domain.slots import first_slot, next_slot

State = Literal["open", "handed_in", "done", "withdrawn"]
Light = Literal["green", "yellow", "red", "grey"]
LIVE: tuple[State, ...] = ("open", "handed_in")
LIGHTS: tuple[Light, ...] = ("red", "yellow", "green", "grey")  # worst first

Fired = Mapping[str, tuple[int, ...]]  # name of a mark: the planned instants at which it has fired


@dataclass(frozen=True)
class Owed:
    """An obligation as it is on record. `owner` and `creditor` are seats (appointments), never people."""

    id: int
    regime: str
    duty: str
    subject_kind: str
    subject: int
    owner: int
    creditor: int | None
    region: str
    unit: str | None
    start_at: int
    span: str  # the limit it was counted with, and its time of day (`5wd`, `5wd 17:30`); empty where a date was given
    due_at: int
    provisional: bool
    state: State
    acked_at: int | None
    handed_at: int | None
    ended_at: int | None
    stopped_at: int | None  # somebody with the right stopped the climbing, with a reason
    next_at: int | None
    version: int
    parent: int | None
    created_at: int


@dataclass(frozen=True)
class Mark:
    """An instant at which something fires. `index` counts the duty's pings or its chain; `exact` marks are counted in hours."""

    at: int
    name: str
    kind: Literal["ping", "due", "chain"]
    index: int = 0
    exact: bool = False
    again: bool = False


@dataclass(frozen=True)
class Plan:
    """`skip`: pings whose time had passed when it was planned; nobody is told, the person hears of the matter right now anyway."""

    skip: tuple[Mark, ...]
    next_at: int | None


@dataclass(frozen=True)
class Advance:
    """`fired` goes on record, `spoken` is told: of what passed while nobody looked only the latest of each sort."""

    fired: tuple[Mark, ...]
    spoken: tuple[Mark, ...]
    next_at: int | None


def light(owed: Owed, now: int, regime: Regime, calendar: Calendar) -> Light:
    """Green, yellow from the regime's `lights.yellow` before the due date, red once it has passed; grey where the clock stands."""
    if owed.state != "open":
        return "grey"
    if now >= owed.due_at:
        return "red"
    return "yellow" if owed.due_at <= yellow_until(now, regime, calendar) else "green"


def climbs(owed: Owed, duty: Duty | None, now: int) -> bool:
    """Whether others hear of it, or will, because it is overdue: the chain goes above the owner, and nobody stopped it."""
    above = duty is not None and any(step.to != "owner" for step in duty.chain)
    return above and owed.state == "open" and owed.stopped_at is None and now >= owed.due_at


def yellow_until(now: int, regime: Regime, calendar: Calendar) -> int:
    """The latest due instant that is yellow now: the same rule as a bound that a query can use."""
    limit = regime.lights.yellow
    if limit.unit == "h":
        return now + limit.amount * HOUR_MS
    return end_of_day(_yellow_day(local_date(now), Limit(-limit.amount, limit.unit), calendar))


@lru_cache(maxsize=REMEMBERED)
def _yellow_day(today: date, back: Limit, calendar: Calendar) -> date:
    day = today
    while shift(day + DAY, back, calendar) <= today:
        day += DAY
    return day


def worst(lights: Iterator[Light] | tuple[Light, ...]) -> Light:
    """Of several obligations of one matter; grey where there is none."""
    found = set(lights)
    return next((each for each in LIGHTS if each in found), "grey")


def days_over(due_at: int, now: int, calendar: Calendar) -> int:
    """Working days since the due date, today included."""
    return working_days(due_day(due_at), local_date(now), calendar)


def working_days(after: date, until: date, calendar: Calendar) -> int:
    """How many working days lie after one day, up to and with another."""
    day, count = after, 0
    while day < until:
        day += DAY
        count += calendar.is_working_day(day)
    return count


def plan(owed: Owed, duty: Duty | None, fired: Fired, *, now: int, regime: Regime, calendar: Calendar) -> Plan:
    """Plan from now: when put on record, sent back, given a new date, or when the regime or the calendar changed.

    Steps up that have passed already wait for the next slot, so that whoever just heard of the matter has until then.
    """
    if owed.state != "open" or owed.stopped_at is not None:
        return Plan((), None)
    return plan_open(owed.due_at, duty, fired, now=now, regime=regime, calendar=calendar)


def plan_open(due_at: int, duty: Duty | None, fired: Fired, *, now: int, regime: Regime, calendar: Calendar) -> Plan:
    """The same of an open one, which its due instant decides: what many share is planned once."""
    if duty is None:
        return Plan((), None)
    skip, waits = [], []
    for passed, following in _marks(due_at, duty, now, regime, calendar):
        if following is not None:
            waits.append(following.at)
        if passed is None or _has_fired(passed, due_at, fired):
            continue
        if passed.kind == "chain":
            waits.append(now if duty.urgent else next_slot(now, regime.quiet))
        else:
            skip.append(passed)
    return Plan(tuple(skip), min(waits, default=None))


def advance(owed: Owed, duty: Duty | None, fired: Fired, *, now: int, regime: Regime, calendar: Calendar) -> Advance:
    """What fires now, and when to look again. Past the due date countdown pings are not spoken any more.

    Where a time of day was given, the owner hears at that hour that it has come: no step stands there, and the next may be a day away.
    """
    if owed.state != "open" or owed.stopped_at is not None or duty is None:
        return Advance((), (), None)
    marks = _marks(owed.due_at, duty, now, regime, calendar)
    passed = [mark for mark, _ in marks if mark is not None and not _has_fired(mark, owed.due_at, fired)]
    pings = sorted((mark for mark in passed if mark.kind == "ping"), key=lambda mark: mark.at)
    spoken = [mark for mark in passed if mark.kind == "chain"]
    if pings and now < owed.due_at:
        spoken.append(pings[-1])
    if not spoken and local_minutes(owed.due_at) and not _by_the_hour(duty):
        spoken = [mark for mark in passed if mark.kind == "due"]
    return Advance(tuple(passed), tuple(spoken), min((after.at for _, after in marks if after is not None), default=None))


def _by_the_hour(duty: Duty) -> bool:
    """A duty whose own pings or steps are counted in hours has its rhythm around the due time."""
    spans = (*duty.pings, *(step.after for step in duty.chain), *(step.repeat for step in duty.chain if step.repeat is not None))
    return any(span.unit == "h" for span in spans)


def _has_fired(mark: Mark, due_at: int, fired: Fired) -> bool:
    """A step up has fired once for this due date, even where a changed calendar would now place it on another day."""
    instants = fired.get(mark.name, ())
    if mark.kind != "chain":
        return mark.at in instants
    least = mark.at if mark.again else due_at
    return any(instant >= least for instant in instants)


def _marks(due_at: int, duty: Duty, now: int, regime: Regime, calendar: Calendar) -> list[tuple[Mark | None, Mark | None]]:
    """For each mark of the duty the latest occurrence that has come and the next one to come."""
    singles = [Mark(due_at, "due", "due", exact=True)]
    for n, offset in enumerate(duty.pings):
        singles.append(Mark(_ping_at(due_at, offset, regime, calendar), f"ping:{offset}", "ping", n, exact=offset.unit == "h"))
    pairs: list[tuple[Mark | None, Mark | None]] = [(mark, None) if mark.at <= now else (None, mark) for mark in singles]
    return pairs + [_around(due_at, n, step, now, regime, calendar) for n, step in enumerate(duty.chain)]


def _ping_at(due_at: int, offset: Limit, regime: Regime, calendar: Calendar) -> int:
    if offset.unit == "h":
        return due_at + offset.amount * HOUR_MS
    day = shift(due_day(due_at), offset, calendar)
    while first_slot(day, regime.quiet) >= due_at:  # a report due at 08:00 is announced the morning before
        day -= DAY
    return first_slot(day, regime.quiet)


def _around(due_at: int, index: int, step: Step, now: int, regime: Regime, calendar: Calendar) -> tuple[Mark | None, Mark | None]:
    name = f"chain:{step.after}:{step.to}"
    exact = "h" in {step.after.unit, step.repeat.unit if step.repeat else ""}

    def mark(at: int) -> Mark:
        return Mark(at, name, "chain", index, exact, step.repeat is not None)

    occurrences = _occurrences(due_at, step, regime, calendar)
    first = next(occurrences)
    if first > now:
        return None, mark(first)
    last = first
    for each in occurrences:
        if each > now:
            return mark(last), mark(each)
        last = each
    return mark(last), None


def _occurrences(due_at: int, step: Step, regime: Regime, calendar: Calendar) -> Iterator[int]:
    if step.after.unit == "h":
        at = shift_instant(due_at, step.after, calendar)
    else:
        at = max(first_slot(shift(due_day(due_at), step.after, calendar), regime.quiet), due_at)
    yield at
    while step.repeat is not None and step.repeat.amount > 0:
        at = shift_instant(at, step.repeat, calendar)
        yield at
