"""On which morning the week is summed up, and which days that morning speaks of."""

from datetime import date

import pytest

from domain.weeks import is_summed_up, opening, period
from domain.world import World


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 3, 4), date(2026, 3, 2)),  # Monday
        (date(2026, 4, 8), date(2026, 4, 7)),  # Qingming is off on Monday, 6 April
        (date(2026, 5, 5), date(2026, 5, 6)),  # Labour Day until Tuesday
        (date(2026, 2, 18), None),  # the Spring Festival takes the whole week
    ],
)
def test_the_first_working_day_opens_the_week(world: World, day: date, first: date | None) -> None:
    assert opening(day, world.calendar) == first


def test_a_slept_through_monday_is_made_up_for_and_nothing_is_said_twice(world: World) -> None:
    monday, tuesday, next_monday = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 16)
    last = date(2026, 3, 2)
    assert is_summed_up(monday, last, world.calendar)
    assert is_summed_up(tuesday, last, world.calendar)
    assert not is_summed_up(tuesday, monday, world.calendar)
    assert not is_summed_up(monday, monday, world.calendar)
    assert is_summed_up(next_monday, tuesday, world.calendar)
    assert is_summed_up(monday, None, world.calendar)
    assert not is_summed_up(tuesday, None, world.calendar)  # installed in the middle of a week: the first whole one counts


def test_a_week_off_is_told_with_the_next_one(world: World) -> None:
    assert period(date(2026, 3, 9), world.calendar) == (date(2026, 3, 2), date(2026, 3, 9))
    assert period(date(2026, 3, 11), world.calendar) == (date(2026, 3, 2), date(2026, 3, 9))
    # The summary of 24 February, the first working morning after the festival, tells of the week before the festival, too.
    assert opening(date(2026, 2, 24), world.calendar) == date(2026, 2, 24)
    assert period(date(2026, 2, 24), world.calendar) == (date(2026, 2, 9), date(2026, 2, 23))
