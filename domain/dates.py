"""Due dates as people write them: `5wd`, `5个工作日`, `2026-12-01`, `12-1`, `12月1日`, `1 Dec`. Without a year: the next to come."""

import re
from datetime import date

from domain.calendar import Calendar, CalendarError
from domain.deadlines import LimitError, due_date, parse_limit

_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_NAMED = re.compile(
    r"(?:[A-Za-z]+,?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*(?:\s+(\d{4}))?"
)  # as the bot shows them in English: Tue 1 Dec 2026
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPAN = re.compile(r"(\d{1,4})\s*(wd|d|w|m|个?工作日|working days?|天|日|days?|周|星期|weeks?|个?月|months?)", re.IGNORECASE)
_UNITS = {"个": "m", "工": "wd", "天": "d", "日": "d", "周": "w", "星": "w", "月": "m"}


def read_date(words: str, today: date, calendar: Calendar) -> date | None:
    """The due date that is meant, or None where it cannot be read, has passed, or lies outside the calendar."""
    words = words.strip()
    try:
        found = _span(words, today, calendar) or _date(words, today)
    except (ValueError, LimitError, CalendarError):
        return None
    return found if found is not None and today <= found <= today.replace(year=today.year + 20, day=1) else None


def _span(words: str, today: date, calendar: Calendar) -> date | None:
    match = _SPAN.fullmatch(words)
    if match is None:
        return None
    unit = match[2].lower()
    working = "工作日" in unit or unit.startswith("working") or unit == "wd"
    short = "wd" if working else _UNITS.get(unit[0], unit[0])
    return due_date(today, parse_limit(match[1] + short), calendar).date


def _date(words: str, today: date) -> date | None:
    if match := _FULL.fullmatch(words):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _SHORT.fullmatch(words):
        return _next(int(match[1]), int(match[2]), today)
    if (match := _NAMED.fullmatch(words)) and match[2].lower() in _MONTHS:
        month = _MONTHS.index(match[2].lower()) + 1
        return date(int(match[3]), month, int(match[1])) if match[3] else _next(month, int(match[1]), today)
    return None


def _next(month: int, day: int, today: date) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)
