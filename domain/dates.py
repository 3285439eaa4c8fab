"""Due dates as people write them: `5wd`, `5个工作日`, `2026-12-01`, `12-1`, `12月1日`, `1 Dec`, `明天`; with a time of day or without.

Without a year, or with a time of day alone: the next to come.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import PlainValidator

from domain import clock_words
from domain.calendar import DAY, Calendar, CalendarError
from domain.deadlines import HOUR_MS, LimitError, at, due_date, due_day, end_of_day, local_date, local_time, parse_limit

MINUTE_MS = 60_000
LONGEST = 60  # characters of a due date; what is longer is a story, and the patterns would search it for minutes

_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_NAMED = re.compile(
    r"(?:[A-Za-z]+,?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*(?:\s+(\d{4}))?"
)  # as the bot shows them in English: Tue 1 Dec 2026
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SINCE = re.compile(r"(.+)@(\d{4}-\d\d-\d\d)")
_RAW = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(?!00:00)((?:[01]\d|2[0-3]):[0-5]\d))?(?:=(\d{1,4}(?:wd|d|w|m))@(\d{4}-\d\d-\d\d))?")
_SPAN = re.compile(r"(\d{1,4})\s*(wd|d|w|m|个?工作日|working days?|天|日|days?|周|星期|weeks?|个?月|months?)(?:[以之]?内)?", re.IGNORECASE)
_SHOWN_WEEKDAY = re.compile(r"\(周[一二三四五六日]\)")  # as the bot shows a date in Chinese
_BY = re.compile(r"^\s*by\s+", re.IGNORECASE)
_NEAR = {
    **dict.fromkeys(("今天", "今日", "今", "today", "tonight"), 0),
    **dict.fromkeys(("明天", "明日", "明", "tomorrow"), 1),
    **dict.fromkeys(("后天", "後天", "day after tomorrow", "the day after tomorrow"), 2),
}
_UNITS = {"个": "m", "工": "wd", "天": "d", "日": "d", "周": "w", "星": "w", "月": "m"}
_WEEK = re.compile(r"(本|这个?|下个?)?(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAYS = {sign: n for n, signs in enumerate(("一", "二", "三", "四", "五", "六", "日天")) for sign in signs}
_ENGLISH_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(
    rf"(?:(?:with)?in\s+)?(半|\d{{1,3}}|{clock_words.NUMBER})\s*个?(?:小时|钟头|hours?|h)(?:[以之]?内|之?后)?", re.IGNORECASE
)

Misread = Literal["unclear", "past", "two_ways"]  # `two_ways`: a time of day that can be the morning's or the afternoon's


@dataclass(frozen=True)
class Until:
    """A due date as somebody gave it: a date, or a limit that began to run on a day and can therefore be counted again.

    `clock`: the time of day, where one was given; without it the whole day is meant, until 24:00.
    Written `2026-03-16`, `2026-03-16T18:00` or `2026-03-16=15wd@2026-02-24`: so a form's raw answer holds it, and a column.
    """

    day: date
    span: str = ""
    since: date | None = None
    clock: str = ""

    def __str__(self) -> str:
        return f"{self.when}={self.span}@{self.since}" if self.span else self.when

    @property
    def when(self) -> str:
        """The day, and the time of day if one was given."""
        return f"{self.day.isoformat()}T{self.clock}" if self.clock else self.day.isoformat()

    @property
    def counts(self) -> str:
        """The span, with the time of day if one was given: what a count anew needs beside its beginning. Empty where a date was given."""
        return f"{self.span} {self.clock}".rstrip() if self.span else ""

    @property
    def at(self) -> int:
        """The instant at which it is over."""
        return at(self.day, self.clock) if self.clock else end_of_day(self.day)

    @property
    def code(self) -> str:
        """As `read_due` takes it: what an option of a form carries."""
        if not self.span:
            return self.when
        return f"{self.span}@{self.since} {self.clock}".rstrip()

    @classmethod
    def ending(cls, due_at: int) -> "Until":
        """The other way round: what ends at that instant."""
        day = due_day(due_at)
        return cls(day) if end_of_day(day) == due_at else cls(day, clock=f"{local_time(due_at):%H:%M}")

    @classmethod
    def read(cls, raw: object) -> "Until":
        if isinstance(raw, Until):
            return raw
        if isinstance(raw, date):
            return cls(raw)
        found = _RAW.fullmatch(raw) if isinstance(raw, str) else None
        if found is None:
            raise ValueError(f"{raw!r} is no due date: write 2026-03-16, 2026-03-16T18:00 or 2026-03-16=15wd@2026-02-24.")
        since = None if found[4] is None else date.fromisoformat(found[4])
        return cls(date.fromisoformat(found[1]), found[3] or "", since, found[2] or "")

    def by(self, calendar: Calendar) -> "Counted":
        """What was counted is counted again, to the same time of day; a date that somebody gave stands."""
        if self.since is None:
            return Counted(self, provisional=not calendar.published(self.day.year))
        due = due_date(self.since, parse_limit(self.span), calendar)
        return Counted(replace(self, day=due.date), due.provisional)


@dataclass(frozen=True)
class Counted:
    until: Until
    provisional: bool


DueDate = Annotated[Until, PlainValidator(Until.read)]


def read_date(words: str, today: date, calendar: Calendar) -> date | None:
    """The day that is meant, or None where it cannot be read, has passed, lies outside the calendar, or a time of day stands there."""
    found = read_until(words, today, calendar)
    return None if found is None else found.until.day


def read_until(words: str, today: date, calendar: Calendar) -> Counted | None:
    """The same with the span that was written, if one was: `5wd`, or `5wd@2026-03-02` where it does not begin today."""
    found = read_due(words, at(today, "00:00"), calendar)
    return found if isinstance(found, Counted) and not found.until.clock else None


def read_due(words: str, now: int, calendar: Calendar) -> Counted | Misread:
    """The same with a time of day, if one was written; what has passed by `now` is told apart from what cannot be read."""
    words = " ".join(_SHOWN_WEEKDAY.sub(" ", unicodedata.normalize("NFKC", words)).split())
    if len(words) > LONGEST:
        return "unclear"
    words = _BY.sub("", words)
    told, today = clock_words.split(words), local_date(now)
    if told is not None and not told.clock:
        return "two_ways"
    try:
        counted = (_within_hours(words, now) or _day(words, today) if told is None else _timed(told, now)).by(calendar)
    except (ValueError, LimitError, CalendarError):
        return "unclear"
    if counted.until.day > today.replace(year=today.year + 20, day=1):
        return "unclear"
    return counted if counted.until.at > now else "past"


def _timed(told: clock_words.Told, now: int) -> Until:
    """A time of day alone is the next to come."""
    today, clock = local_date(now), "" if told.clock == clock_words.END else told.clock
    if told.day:
        return replace(_day(told.day, today), clock=clock)
    found = Until(today, clock=clock)
    return found if found.at > now else replace(found, day=today + DAY)


def _within_hours(words: str, now: int) -> Until | None:
    """`2小时内`: from now, to the full minute."""
    found = _HOURS.fullmatch(words)
    hours = None if found is None else 0.5 if found[1] == "半" else clock_words.number(found[1])
    return None if hours is None else Until.ending(-(-(now + int(hours * HOUR_MS)) // MINUTE_MS) * MINUTE_MS)


def _day(words: str, today: date) -> Until:
    return _span(words, today) or Until(_date(words, today))


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
    if (ahead := _NEAR.get(words.lower())) is not None:
        return today + DAY * ahead
    if (named := _weekday(words, today)) is not None:
        return named
    if match := _FULL.fullmatch(words):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _SHORT.fullmatch(words):
        return _next(int(match[1]), int(match[2]), today)
    if (match := _NAMED.fullmatch(words)) and match[2].lower() in _MONTHS:
        month = _MONTHS.index(match[2].lower()) + 1
        return date(int(match[3]), month, int(match[1])) if match[3] else _next(month, int(match[1]), today)
    raise ValueError(f"{words!r} is no date")


def _weekday(words: str, today: date) -> date | None:
    """`周五`: the next to come, today included; 本周五 and 下周五 of this week and the next, which begin on Monday."""
    monday = today - DAY * today.weekday()
    if match := _WEEK.fullmatch(words):
        n = _WEEKDAYS[match[2]]
        if match[1]:
            return monday + DAY * (n + (7 if match[1].startswith("下") else 0))
    else:
        short = words.lower()
        n = next((n for n, name in enumerate(_ENGLISH_WEEKDAYS) if short in {name, name[:3]}), -1)
        if n < 0:
            return None
    return today + DAY * ((n - today.weekday()) % 7)


def _next(month: int, day: int, today: date) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)
