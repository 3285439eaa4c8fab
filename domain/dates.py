"""Due dates as people write them: `5wd`, `5个工作日`, `2026-12-01`, `12-1`, `12月1日`, `1 Dec`. Without a year: the next to come."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import PlainValidator

from domain.calendar import Calendar, CalendarError
from domain.deadlines import LimitError, due_date, parse_limit

_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_NAMED = re.compile(
    r"(?:[A-Za-z]+,?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*(?:\s+(\d{4}))?"
)  # as the bot shows them in English: Tue 1 Dec 2026
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SINCE = re.compile(r"(.+)@(\d{4}-\d\d-\d\d)")
_RAW = re.compile(r"(\d{4}-\d\d-\d\d)(?:=(\d{1,4}(?:wd|d|w|m))@(\d{4}-\d\d-\d\d))?")
_SPAN = re.compile(r"(\d{1,4})\s*(wd|d|w|m|个?工作日|working days?|天|日|days?|周|星期|weeks?|个?月|months?)", re.IGNORECASE)
_UNITS = {"个": "m", "工": "wd", "天": "d", "日": "d", "周": "w", "星": "w", "月": "m"}


@dataclass(frozen=True)
class Until:
    """A due date as somebody gave it: a date, or a limit that began to run on a day and can therefore be counted again.

    Written `2026-03-16` or `2026-03-16=15wd@2026-02-24`: so a form's raw answer holds it, and a column.
    """

    day: date
    span: str = ""
    since: date | None = None

    def __str__(self) -> str:
        return f"{self.day.isoformat()}={self.span}@{self.since}" if self.span else self.day.isoformat()

    @property
    def code(self) -> str:
        """As `read_until` takes it: what an option of a form carries."""
        return f"{self.span}@{self.since}" if self.span else self.day.isoformat()

    @classmethod
    def read(cls, raw: object) -> "Until":
        if isinstance(raw, Until):
            return raw
        if isinstance(raw, date):
            return cls(raw)
        found = _RAW.fullmatch(raw) if isinstance(raw, str) else None
        if found is None:
            raise ValueError(f"{raw!r} is no due date: write 2026-03-16, or 2026-03-16=15wd@2026-02-24.")
        since = None if found[3] is None else date.fromisoformat(found[3])
        return cls(date.fromisoformat(found[1]), found[2] or "", since)

    def by(self, calendar: Calendar) -> "Counted":
        """What was counted is counted again; a date that somebody gave stands."""
        if self.since is None:
            return Counted(self, provisional=not calendar.published(self.day.year))
        due = due_date(self.since, parse_limit(self.span), calendar)
        return Counted(Until(due.date, self.span, self.since), due.provisional)


@dataclass(frozen=True)
class Counted:
    until: Until
    provisional: bool


DueDate = Annotated[Until, PlainValidator(Until.read)]


def read_date(words: str, today: date, calendar: Calendar) -> date | None:
    """The day that is meant, or None where it cannot be read, has passed, or lies outside the calendar."""
    found = read_until(words, today, calendar)
    return None if found is None else found.until.day


def read_until(words: str, today: date, calendar: Calendar) -> Counted | None:
    """The same with the span that was written, if one was: `5wd`, or `5wd@2026-03-02` where it does not begin today."""
    words = words.strip()
    try:
        found = _span(words, today) or Until(_date(words, today))
        counted = found.by(calendar)
    except (ValueError, LimitError, CalendarError):
        return None
    return counted if today <= counted.until.day <= today.replace(year=today.year + 20, day=1) else None


def _span(words: str, today: date) -> Until | None:
    since = _SINCE.fullmatch(words)
    match = _SPAN.fullmatch(since[1] if since else words)
    if match is None:
        return None
    unit = match[2].lower()
    working = "工作日" in unit or unit.startswith("working") or unit == "wd"
    short = "wd" if working else _UNITS.get(unit[0], unit[0])
    begins = date.fromisoformat(since[2]) if since else today
    return Until(begins, f"{int(match[1])}{short}", begins)


def _date(words: str, today: date) -> date:
    if match := _FULL.fullmatch(words):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _SHORT.fullmatch(words):
        return _next(int(match[1]), int(match[2]), today)
    if (match := _NAMED.fullmatch(words)) and match[2].lower() in _MONTHS:
        month = _MONTHS.index(match[2].lower()) + 1
        return date(int(match[3]), month, int(match[1])) if match[3] else _next(month, int(match[1]), today)
    raise ValueError(f"{words!r} is no date")


def _next(month: int, day: int, today: date) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)
