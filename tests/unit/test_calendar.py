from datetime import date, timedelta

import pytest
from holidays import country_holidays

from config.load import RegimeError, load_calendar, parse_year
from domain.calendar import LAST_YEAR, CalendarError, YearDays, build_calendar, statutory_days
from domain.statutory import computed

CALENDAR = build_calendar()

# Days on which the two libraries contradict each other, with what the announcement says. None at the pinned versions.
DISAGREE: dict[date, bool] = {}


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_day_of_2019_to_2026_agrees_with_a_second_library() -> None:
    second = country_holidays("CN", years=range(2019, 2027))
    wrong = {
        day: second.is_working_day(day)
        for day in days(date(2019, 1, 1), date(2026, 12, 31))
        if CALENDAR.is_working_day(day) != DISAGREE.get(day, second.is_working_day(day))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-09-27", False),  # a Sunday inside 中秋
        ("2026-10-07", False),
        ("2026-10-10", True),  # Saturday, 调休
        ("2026-10-11", False),
        ("2026-02-14", True),
        ("2018-12-29", True),  # announced with 2019
        ("2018-12-31", False),
    ],
)
def test_single_days(day: str, worked: bool) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is worked
    assert CALENDAR.off(date.fromisoformat(day)) is not worked


def test_published_years() -> None:
    assert [year for year in range(2000, 2030) if CALENDAR.published(year)] == list(range(2004, 2027))


def test_an_unpublished_year_knows_weekends_and_the_statutory_days_only() -> None:
    assert len(statutory_days(2027)) == 13
    assert {date(2027, 2, 5), date(2027, 10, 3), date(2027, 9, 15)} <= statutory_days(2027)
    assert CALENDAR.is_working_day(date(2027, 10, 4))  # no substitute is guessed
    assert not CALENDAR.is_working_day(date(2027, 2, 8))
    assert len(statutory_days(2028)) == 12  # 中秋 falls on 国庆


def test_an_imported_year_is_published_and_replaces() -> None:
    imported = YearDays(2027, frozenset({date(2027, 10, 4)}), frozenset({date(2027, 10, 9)}))
    calendar = build_calendar([imported])
    assert calendar.published(2027)
    assert calendar.off(date(2027, 10, 4))
    assert calendar.is_working_day(date(2027, 10, 9))
    assert calendar.is_working_day(date(2027, 2, 8))  # the announcement does not name it: a Monday like any other


def test_an_announcement_may_reach_into_the_december_before() -> None:
    calendar = build_calendar([YearDays(2027, frozenset({date(2026, 12, 31)}), frozenset({date(2026, 12, 26)}))])
    assert calendar.off(date(2026, 12, 31))
    assert calendar.is_working_day(date(2026, 12, 26))


@pytest.mark.parametrize(
    ("off", "working"),
    [([date(2025, 10, 1)], []), ([], [date(2027, 10, 4)]), ([date(2027, 10, 9)], [date(2027, 10, 9)])],
    ids=["another year", "no weekend", "both"],
)
def test_a_year_that_cannot_be_meant_is_refused(off: list[date], working: list[date]) -> None:
    with pytest.raises(CalendarError):
        YearDays(2027, frozenset(off), frozenset(working))


def test_the_calendar_has_an_end() -> None:
    with pytest.raises(CalendarError, match="2101"):
        CALENDAR.is_working_day(date(2101, 1, 3))


def test_the_shipped_file_says_what_the_library_says() -> None:
    shipped = load_calendar()
    assert all(shipped.is_working_day(day) == CALENDAR.is_working_day(day) for day in days(date(2026, 1, 1), date(2026, 12, 31)))


YEAR = """
year = 2027
source = "made up"
off = [{ from = 2027-10-01, to = 2027-10-07, name = "国庆节" }]
working = [2027-10-09]
"""


def test_a_year_is_read_from_text() -> None:
    year = parse_year(YEAR)
    assert len(year.off_days) == 7
    assert load_calendar("cn", [year]).is_working_day(date(2027, 10, 9))


@pytest.mark.parametrize(
    ("old", "new"),
    [("2027-10-07", "2027-09-07"), ("working", "works"), ("2027-10-09", "2027-10-08"), ("= 2027\n", "= \n"), ("year = 2027", "year = 1")],
)
def test_a_wrong_year_file_is_refused_with_a_sentence(old: str, new: str) -> None:
    with pytest.raises(RegimeError, match="mend: "):
        parse_year(YEAR.replace(old, new))


def test_the_table_of_statutory_days_is_what_the_library_computes() -> None:
    """The words that mark a substitute are the library's own (`statutory_days`)."""
    for year in range(2027, LAST_YEAR + 1):
        found = country_holidays("CN", years=year, observed=False, language="en_US")
        assert computed(year) == frozenset(day for day, name in found.items() if "substituted" not in name)
    assert computed(LAST_YEAR + 1) is None
