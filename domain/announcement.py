"""A year's holidays as the office gets them: the file of `config/calendars/`, lines such as `休 2027-01-01..01-03`, or the announcement.

The State Council writes "1月1日（周五）至3日（周日）放假调休，共3天。1月9日（周六）上班。"; pasted as it is, that is enough.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.calendar import CalendarError, YearDays, statutory_days

Slip = Literal["nothing", "year", "file", "days", "missing"]


class AnnouncementError(ValueError):
    """What was sent cannot be a year's holidays. `slip` says what is wrong: the catalogue has a sentence for each."""

    def __init__(self, slip: Slip, detail: str = "", missing: Iterable[date] = ()) -> None:
        super().__init__(detail or slip)
        self.slip = slip
        self.missing = tuple(missing)


class Span(BaseModel):
    """Days off, both ends included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: date = Field(alias="from")
    to: date
    name: str = ""


class YearFile(BaseModel):
    """How a year is written down: spans as the announcement has them, and the working weekends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: Annotated[int, Field(ge=1950, le=2100)]
    source: str
    off: tuple[Span, ...] = Field(min_length=1)
    working: tuple[date, ...] = ()

    def days(self) -> YearDays:
        """Raises `CalendarError`."""
        return YearDays(self.year, frozenset(day for span in self.off for day in _between(span.since, span.to)), frozenset(self.working))


# (year) month day, the weekday in brackets left out before; after 至 the month may be missing too
_DATE = r"(?:(?P<y{n}>\d{{4}})\s*[-/.年]\s*)?(?:(?P<m{n}>\d{{1,2}})\s*[-/.月]\s*)?(?P<d{n}>\d{{1,2}})(?!\d)\s*[日号]?"
_PART = re.compile(rf"{_DATE.format(n=1)}(?:\s*(?:至|到|~|～|—+|\.\.|–)\s*{_DATE.format(n=2)})?")
_LINE = re.compile(r"^\s*(休|放假|off|班|上班|调休|work)\s*[:：]?\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_CLAUSE = re.compile(r"([^。；;\n]*?)(放假|上班)")
_NOT_DATES = re.compile(r"[（(][^（）()]*[）)]|共\s*\d+\s*天|连休\s*\d+\s*天")
_DATES = re.compile(r"(?:\d{4}\s*[-/.年]\s*)?\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?.*", re.DOTALL)
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_REST = {"休", "放假", "off"}


def read_announcement(words: str) -> YearDays:
    """The whole year, or `AnnouncementError`."""
    year = _file(words) if _is_file(words) else _prose(words)
    complete(year)
    return year


def complete(year: YearDays) -> None:
    """A year of which a holiday is missing would count as announced, and wrong: every statutory day has to be off."""
    missing = sorted(statutory_days(year.year) - year.off_days)
    if missing:
        raise AnnouncementError("missing", ", ".join(map(str, missing)), missing)


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as stretches, for showing them."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and (day - found[-1][1]).days == 1:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _is_file(words: str) -> bool:
    return re.search(r"^\s*year\s*=", words, re.MULTILINE) is not None


def _file(words: str) -> YearDays:
    try:
        return year_of(tomllib.loads(words))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise AnnouncementError("file", str(error)) from None
    except CalendarError as error:
        raise AnnouncementError("days", str(error)) from None


def year_of(data: dict[str, Any]) -> YearDays:
    """The data of a year's file. Raises pydantic's `ValidationError`, or `CalendarError` for days that cannot be meant."""
    return YearFile.model_validate(data).days()


def _prose(words: str) -> YearDays:
    off: list[date] = []
    working: list[date] = []
    year = _year(words)
    try:
        for rest, part in _parts(words):
            (off if rest else working).extend(_days(part, year))
        found = YearDays(year, frozenset(off), frozenset(working))
    except ValueError as error:  # a calendar error, or 2月30日
        raise AnnouncementError("days", str(error)) from None
    if not off:
        raise AnnouncementError("nothing")
    return found


def _year(words: str) -> int:
    """The year most dates name; an announcement may begin in the December before and bears its own year's number."""
    found = [int(each) for each in _YEAR.findall(_NOT_DATES.sub("", words))]
    if not found:
        raise AnnouncementError("year")
    return max(set(found), key=lambda each: (found.count(each), each))


def _parts(words: str) -> Iterator[tuple[bool, str]]:
    """Each stretch of words that names dates, and whether they are off."""
    lines = _LINE.findall(words)
    if lines:
        yield from ((kind.lower() in _REST, rest) for kind, rest in lines)
        return
    for clause, kind in _CLAUSE.findall(_NOT_DATES.sub("", words)):
        dates = _DATES.search(clause)
        if dates:
            yield kind == "放假", dates[0]


def _days(part: str, year: int) -> Iterator[date]:
    held_year, month = year, 0
    for found in _PART.finditer(_NOT_DATES.sub("", part)):
        held_year = int(found["y1"] or held_year)
        month = int(found["m1"] or month)
        first = date(held_year, month, int(found["d1"]))
        last = first
        if found["d2"]:
            last = date(int(found["y2"] or held_year), int(found["m2"] or month), int(found["d2"]))
            held_year, month = last.year, last.month
        yield from _between(first, last)


def _between(first: date, last: date) -> Iterator[date]:
    if not 0 <= (last - first).days <= 31:
        raise CalendarError(f"The days off from {first} to {last} are no holiday.")
    yield from (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
