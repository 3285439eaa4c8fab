"""The weekly summary: on which morning it is said, and which days it speaks of. Pure."""

from datetime import date

from domain.calendar import DAY, Calendar

WEEK = 7 * DAY


def monday(day: date) -> date:
    return day - DAY * day.weekday()


def opening(day: date, calendar: Calendar) -> date | None:
    """The first working day of the week that `day` lies in: Monday, or later where Monday is off. None in a week that is off as a whole."""
    first = monday(day)
    return next((each for n in range(7) if not calendar.off(each := first + DAY * n)), None)


def is_summed_up(today: date, last: date | None, calendar: Calendar) -> bool:
    """Whether this morning brings the summary. `last`: the morning that brought one last; one that was slept through is made up for.

    Where there never was one, the first comes with the first week that is seen from its beginning.
    """
    first = opening(today, calendar)
    if first is None or today < first:
        return False
    return today == first if last is None else last < monday(today)


def period(summed_up_on: date, calendar: Calendar) -> tuple[date, date]:
    """From a Monday up to (without) a Monday: the week before, and with it the weeks off that had no summary of their own."""
    until = monday(summed_up_on)
    since = until - WEEK
    while opening(since, calendar) is None:
        since -= WEEK
    return since, until
