"""When something is due, counted as the law does, and how pings and escalation steps are placed around that date.

The first day is not counted; a last day off moves to the next working day; months end on the same day number, else on the month's
last day; working days only where the rule says so (Civil Code, articles 200 to 204). Instants are milliseconds UTC.
"""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal

from domain.calendar import DAY, FIRST_YEAR, LAST_YEAR, Calendar, CalendarError

Unit = Literal["wd", "d", "w", "m", "h"]

# Asia/Shanghai has had no daylight saving since 1992, so a fixed offset is exact and needs no tzdata
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
QUARTER_MS = HOUR_MS // 4

REMEMBERED = 4096  # of days that were counted: thousands of matters are due on the same few

_LIMIT = re.compile(r"([+-]?)(\d{1,4})(wd|d|w|m|h)")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_UNITS: dict[str, Unit] = {"wd": "wd", "d": "d", "w": "w", "m": "m", "h": "h"}


class LimitError(ValueError):
    """A limit that cannot be read or counted; the text is one sentence that says what to write."""


@dataclass(frozen=True, order=True)
class Limit:
    """A span such as 5wd (working days), 30d, 1w, 1m, 2h; negative when it points back from a due date."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True)
class Due:
    """`at`: the instant the limit ends, 24:00 of the due date unless it is counted in hours.
    `provisional`: a day that decided about the date lies in a year whose holidays are not announced.
    """

    date: dt.date
    provisional: bool
    limit: Limit
    start: dt.date
    at: int


def parse_limit(text: str) -> Limit:
    found = _LIMIT.fullmatch(text.strip())
    if found is None:
        raise LimitError(
            f"{text!r} is no limit: write a number and wd (working days), d (days), w (weeks), m (months) or h (hours), as in 5wd."
        )
    sign, amount, unit = found.groups()
    return Limit(-int(amount) if sign == "-" else int(amount), _UNITS[unit])


def due_date(start: date, limit: Limit, calendar: Calendar) -> Due:
    """The last day of a limit that begins to run after `start`."""
    if limit.amount < 0:
        raise LimitError(f"{limit} points back; a limit counts forward.")
    if limit.unit == "h":
        raise LimitError(f"{limit} is counted in hours and ends at an instant, not on a date; use d or wd.")
    _within_calendar(start)
    if limit.unit == "wd":
        last, touched = _count_working_days(start, limit.amount, calendar)
    else:
        last, touched = _next_working_day(_calendar_shift(start, limit), calendar)
    return Due(last, any(not calendar.published(year) for year in touched), limit, start, end_of_day(last))


def due_from(start: int, limit: Limit, calendar: Calendar) -> Due:
    """The same from an instant; a limit in hours ends at its exact instant, off days or not."""
    day = local_date(start)
    if limit.unit != "h" or limit.amount < 0:
        return due_date(day, limit, calendar)
    end = shift_instant(start, limit, calendar)
    return Due(due_day(end), provisional=False, limit=limit, start=day, at=end)


def shift(day: date, offset: Limit, calendar: Calendar) -> date:
    """Where a ping or a step stands: working days land on working days, calendar days exactly where they fall.

    0wd is the day itself or, when it is off, the next working day.
    """
    if offset.unit == "h":
        raise LimitError(f"{offset} is counted in hours; use shift_instant.")
    _within_calendar(day)
    if offset.unit != "wd":
        return _calendar_shift(day, offset)
    if offset.amount < 0:
        return _count_back(day, -offset.amount, calendar)
    return _count_working_days(day, offset.amount, calendar)[0]


def shift_instant(ms: int, offset: Limit, calendar: Calendar) -> int:
    """The same for an instant: hours are exact; days keep the time of day."""
    if offset.unit == "h":
        return ms + offset.amount * HOUR_MS
    day = local_date(ms)
    return ms + (shift(day, offset, calendar) - day).days * DAY_MS


def end_of_day(day: date) -> int:
    """24:00 in Asia/Shanghai, which is the next midnight."""
    return at(day, "00:00") + DAY_MS


@lru_cache(maxsize=REMEMBERED)
def at(day: date, clock: str) -> int:
    """The instant of "08:30" on that day in Asia/Shanghai."""
    return int(datetime.combine(day, parse_time(clock), SHANGHAI).timestamp()) * 1000


def parse_time(clock: str) -> time:
    found = _TIME.fullmatch(clock)
    if found is None:
        raise LimitError(f"{clock!r} is no time of day: write it as 08:30.")
    return time(int(found[1]), int(found[2]))


def local_date(ms: int) -> date:
    return _date_of(ms // QUARTER_MS)


@lru_cache(maxsize=REMEMBERED)
def _date_of(quarter: int) -> date:
    """No zone's day begins but at a full quarter of an hour: the instants of one answer need not be counted one by one."""
    return local_time(quarter * QUARTER_MS).date()


def due_day(due_at: int) -> date:
    """The date a person is told for an instant that ends a limit: 24:00 belongs to the day it closes."""
    return local_date(due_at - 1)


def local_minutes(ms: int) -> int:
    """Minutes since midnight in Asia/Shanghai."""
    moment = local_time(ms)
    return moment.hour * 60 + moment.minute


@lru_cache(maxsize=REMEMBERED)
def local_time(ms: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(SHANGHAI)


@lru_cache(maxsize=REMEMBERED)
def _count_working_days(start: date, amount: int, calendar: Calendar) -> tuple[date, frozenset[int]]:
    if amount == 0:
        return _next_working_day(start, calendar)
    day, touched = start, set[int]()
    while amount:
        day = _step(day, DAY)
        touched.add(day.year)
        amount -= calendar.is_working_day(day)
    return day, frozenset(touched)


@lru_cache(maxsize=REMEMBERED)
def _count_back(day: date, amount: int, calendar: Calendar) -> date:
    while amount:
        day = _step(day, -DAY)
        amount -= calendar.is_working_day(day)
    return day


def _next_working_day(day: date, calendar: Calendar) -> tuple[date, frozenset[int]]:
    touched = {day.year}
    while calendar.off(day):
        day = _step(day, DAY)
        touched.add(day.year)
    return day, frozenset(touched)


def _calendar_shift(day: date, offset: Limit) -> date:
    if offset.unit == "m":
        return _within_calendar(_shift_months(day, offset.amount))
    return _step(day, DAY * offset.amount * (7 if offset.unit == "w" else 1))


def _shift_months(day: date, months: int) -> date:
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    _within_calendar(date(min(max(year, 1), 9999), 1, 1))
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def _step(day: date, by: timedelta) -> date:
    try:
        return _within_calendar(day + by)
    except OverflowError:
        raise _outside() from None


def _within_calendar(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _outside()
    return day


def _outside() -> CalendarError:
    return CalendarError(f"The calendar reaches from {FIRST_YEAR} to {LAST_YEAR}; this date is outside.")
