"""Working days of mainland China: announced years, and a guess that is marked as one for years not announced yet.

The State Council announces a year's days off and working weekends in the November before. Until then only weekends and the
statutory days themselves (New Year 1, Spring Festival 4, Qingming 1, Labour Day 2, Dragon Boat 1, Mid-Autumn 1, National Day 3)
count as off, and what rests on that is provisional.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property

from domain.statutory import computed

FIRST_YEAR, LAST_YEAR = 1950, 2100  # as far as the lunar holidays can be computed
DAY = timedelta(days=1)


class CalendarError(ValueError):
    """A year's data that cannot be meant, or a day outside the calendar; the text is one sentence."""


@dataclass(frozen=True)
class YearDays:
    """One announced year. `off_days` may name weekends too; both sets may reach into the December before, as announcements do."""

    year: int
    off_days: frozenset[date]
    working_weekends: frozenset[date]

    def __post_init__(self) -> None:
        for day in sorted(self.off_days | self.working_weekends):
            if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
                raise CalendarError(f"{day} does not belong to the announcement for {self.year}.")
        for day in sorted(self.working_weekends):
            if not is_weekend(day):
                raise CalendarError(f"{day} is no Saturday or Sunday, so it cannot be a working weekend.")
            if day in self.off_days:
                raise CalendarError(f"{day} stands both among the days off and among the working weekends.")


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked. Built by `build_calendar`; holds no clock and reads no file."""

    years: Mapping[int, YearDays]
    _announced: dict[date, bool] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        announced: dict[date, bool] = {}
        for year in sorted(self.years):  # the later announcement decides about a December that two of them name
            announced.update(dict.fromkeys(self.years[year].off_days, False))
            announced.update(dict.fromkeys(self.years[year].working_weekends, True))
        object.__setattr__(self, "_announced", announced)

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same days: what was planned by another calendar is planned again."""
        days = [(year, sorted(each.off_days), sorted(each.working_weekends)) for year, each in sorted(self.years.items())]
        return hashlib.sha256(repr(days).encode()).hexdigest()[:16]

    def published(self, year: int) -> bool:
        return year in self.years

    def is_working_day(self, day: date) -> bool:
        if day in self._announced:
            return self._announced[day]
        if is_weekend(day):
            return False
        return self.published(day.year) or day not in statutory_days(day.year)

    def off(self, day: date) -> bool:
        return not self.is_working_day(day)


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def build_calendar(overrides: Iterable[YearDays] = ()) -> Calendar:
    """The announced years as far as chinesecalendar knows them; a year in `overrides` (from a file or the office) replaces its own."""
    years = dict(_known_years())
    years.update({days.year: days for days in overrides})
    return Calendar(years)


@cache
def _known_years() -> Mapping[int, YearDays]:
    from chinese_calendar.constants import holidays, workdays

    return {
        year: YearDays(
            year,
            frozenset(day for day in holidays if day.year == year),
            frozenset(day for day in workdays if day.year == year and is_weekend(day)),
        )
        for year in sorted({day.year for day in holidays})
    }


@cache
def statutory_days(year: int) -> frozenset[date]:
    """The statutory days themselves, without substitutes: all that is certain about a year that is not announced."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(f"The calendar reaches from {FIRST_YEAR} to {LAST_YEAR}; {year} is outside.")
    known = computed(year)
    if known is not None:
        return known
    from holidays import country_holidays

    # holidays adds the substitutes it knows even with observed=False; they always carry the word "substituted"
    return frozenset(
        day for day, name in country_holidays("CN", years=year, observed=False, language="en_US").items() if "substituted" not in name
    )
