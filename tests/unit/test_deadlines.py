from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.regime import due as due_command
from domain.calendar import CalendarError, YearDays, build_calendar
from domain.deadlines import (
    DAY_MS,
    HOUR_MS,
    Limit,
    LimitError,
    at,
    due_date,
    due_day,
    due_from,
    end_of_day,
    local_date,
    local_minutes,
    parse_limit,
    shift,
    shift_instant,
)

CALENDAR = build_calendar()
D = date.fromisoformat


def due(start: str, limit: str) -> str:
    return due_date(D(start), parse_limit(limit), CALENDAR).date.isoformat()


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-09-28", "5wd", "2026-10-10"),  # across 国庆, onto a worked Saturday
        ("2026-09-30", "1wd", "2026-10-08"),
        ("2026-01-31", "1m", "2026-02-28"),  # no 31st: the month's last day, a worked Saturday
        ("2026-08-31", "1m", "2026-09-30"),
        ("2026-09-03", "1m", "2026-10-08"),  # the 3rd lies in 国庆
        ("2024-01-31", "1m", "2024-02-29"),
        ("2025-12-15", "2m", "2026-02-24"),  # the 15th lies in 春节, which lasts until the 23rd
        ("2026-11-02", "1w", "2026-11-09"),
        ("2026-09-24", "1w", "2026-10-08"),
        ("2026-11-02", "60d", "2027-01-04"),  # 1 January is off, then a weekend
        ("2026-11-06", "1d", "2026-11-09"),
        ("2026-11-06", "0d", "2026-11-06"),
        ("2026-11-07", "0d", "2026-11-09"),
        ("2026-11-07", "0wd", "2026-11-09"),
        ("2026-11-07", "1wd", "2026-11-09"),
        ("2019-09-20", "15wd", "2019-10-16"),  # 线索, J 六(二), with two worked weekends
    ],
)
def test_due_dates(start: str, limit: str, expected: str) -> None:
    assert due(start, limit) == expected


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [
        ("2026-12-28", "2wd", False),
        ("2026-12-30", "2wd", True),
        ("2026-11-28", "1m", False),
        ("2026-12-28", "1m", True),
        ("2027-03-01", "0d", True),
    ],
)
def test_provisional(start: str, limit: str, provisional: bool) -> None:
    assert due_date(D(start), parse_limit(limit), CALENDAR).provisional is provisional


def test_publishing_a_year_makes_it_firm() -> None:
    off = frozenset({D("2027-01-01"), D("2027-01-04")})
    calendar = build_calendar([YearDays(2027, off, frozenset({D("2027-01-03")}))])
    before = due_date(D("2026-12-31"), parse_limit("2wd"), CALENDAR)
    after = due_date(D("2026-12-31"), parse_limit("2wd"), calendar)
    assert (str(before.date), before.provisional) == ("2027-01-05", True)
    assert (str(after.date), after.provisional) == ("2027-01-05", False)
    assert str(due_date(D("2026-12-31"), parse_limit("1wd"), calendar).date) == "2027-01-03"


@pytest.mark.parametrize(
    ("day", "offset", "expected"),
    [
        ("2026-10-10", "-5wd", "2026-09-28"),
        ("2026-10-10", "-1wd", "2026-10-09"),
        ("2026-10-08", "-1d", "2026-10-07"),  # calendar days fall where they fall
        ("2026-10-10", "1wd", "2026-10-12"),
        ("2026-10-11", "0wd", "2026-10-12"),
        ("2026-10-11", "0d", "2026-10-11"),
        ("2026-03-31", "-1m", "2026-02-28"),
        ("2026-03-10", "-1w", "2026-03-03"),
        ("2026-12-31", "+2d", "2027-01-02"),
    ],
)
def test_shift(day: str, offset: str, expected: str) -> None:
    assert shift(D(day), parse_limit(offset), CALENDAR).isoformat() == expected


@pytest.mark.parametrize("text", ["", "5", "wd", "5 wd", "5WD", "1.5d", "--1d", "99999d", "5y", "5wd\n5", "五天"])
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(LimitError, match="is no limit: write"):
        parse_limit(text)


def test_limits_print_as_they_are_written() -> None:
    assert [str(parse_limit(text)) for text in ("5wd", "-1d", "+1w", "2h")] == ["5wd", "-1d", "1w", "2h"]


@pytest.mark.parametrize("limit", ["-1wd", "2h"])
def test_a_date_needs_a_limit_that_ends_on_one(limit: str) -> None:
    with pytest.raises(LimitError):
        due("2026-09-28", limit)


@pytest.mark.parametrize(
    ("start", "limit"), [("2099-01-01", "9999d"), ("2026-01-01", "9999m"), ("2100-12-01", "99wd"), ("1900-01-01", "1d")]
)
def test_beyond_the_calendar(start: str, limit: str) -> None:
    with pytest.raises(CalendarError, match="2100"):
        due(start, limit)


def test_shifting_back_beyond_the_calendar() -> None:
    for offset in ("-9999m", "-9999wd"):
        with pytest.raises(CalendarError):
            shift(D("1950-06-01"), parse_limit(offset), CALENDAR)


def test_instants_are_shanghai() -> None:
    assert at(D("2026-09-28"), "08:30") == 1790555400000
    assert local_date(at(D("2026-09-28"), "00:00")) == D("2026-09-28")
    assert local_minutes(at(D("2026-09-28"), "08:30")) == 510
    assert end_of_day(D("2026-09-28")) == at(D("2026-09-29"), "00:00")
    assert due_day(end_of_day(D("2026-09-28"))) == D("2026-09-28")
    with pytest.raises(LimitError, match="08:30"):
        at(D("2026-09-28"), "24:00")


def test_hours_end_at_their_instant() -> None:
    night = at(D("2026-10-01"), "23:00")
    found = due_from(night, parse_limit("2h"), CALENDAR)
    assert (found.at, found.date, found.provisional) == (night + 2 * HOUR_MS, D("2026-10-02"), False)
    assert due_from(night, parse_limit("1wd"), CALENDAR).at == end_of_day(D("2026-10-08"))
    assert shift_instant(night, parse_limit("-1h"), CALENDAR) == night - HOUR_MS
    assert shift_instant(night, parse_limit("1wd"), CALENDAR) == at(D("2026-10-08"), "23:00")
    with pytest.raises(LimitError):
        shift(D("2026-10-01"), parse_limit("2h"), CALENDAR)


UNHURRIED = settings(deadline=None)  # the machine is shared; nothing here is about speed
DATES = st.dates(date(2004, 1, 1), date(2035, 12, 31))
LIMITS = st.builds(Limit, st.integers(0, 90), st.sampled_from(["wd", "d", "w"])) | st.builds(Limit, st.integers(0, 24), st.just("m"))


@UNHURRIED
@given(DATES, LIMITS)
def test_a_due_date_is_a_working_day_not_before_the_start(start: date, limit: Limit) -> None:
    found = due_date(start, limit, CALENDAR)
    assert CALENDAR.is_working_day(found.date)
    assert found.date >= start
    assert found.at == end_of_day(found.date)


@UNHURRIED
@given(DATES, LIMITS, st.integers(0, 400))
def test_a_later_start_or_a_longer_limit_is_never_due_earlier(start: date, limit: Limit, later: int) -> None:
    found = due_date(start, limit, CALENDAR).date
    assert due_date(start + timedelta(days=later), limit, CALENDAR).date >= found
    assert due_date(start, Limit(limit.amount + 1, limit.unit), CALENDAR).date >= found


@UNHURRIED
@given(DATES, LIMITS)
def test_provisional_exactly_when_a_deciding_day_is_unpublished(start: date, limit: Limit) -> None:
    found = due_date(start, limit, CALENDAR)
    first = (
        start + timedelta(days=1) if limit.unit == "wd" and limit.amount else shift(start, limit, CALENDAR) if limit.unit != "wd" else start
    )
    years = range(min(first, found.date).year, found.date.year + 1)
    assert found.provisional is any(not CALENDAR.published(year) for year in years)


@UNHURRIED
@given(DATES, st.integers(1, 60))
def test_working_days_are_counted_one_by_one(start: date, amount: int) -> None:
    found = due_date(start, Limit(amount, "wd"), CALENDAR).date
    passed = [start + timedelta(days=n + 1) for n in range((found - start).days)]
    assert sum(CALENDAR.is_working_day(day) for day in passed) == amount


@UNHURRIED
@given(DATES, st.integers(1, 60))
def test_working_days_back_undo_working_days_forward(start: date, amount: int) -> None:
    day = shift(start, Limit(0, "wd"), CALENDAR)
    assert shift(shift(day, Limit(amount, "wd"), CALENDAR), Limit(-amount, "wd"), CALENDAR) == day


@UNHURRIED
@given(st.integers(0, 4_000_000_000_000))
def test_instants_and_days_agree(ms: int) -> None:
    day = local_date(ms)
    assert at(day, "00:00") <= ms < end_of_day(day)
    assert local_minutes(ms) == (ms - at(day, "00:00")) * 24 * 60 // DAY_MS


def run_due(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(due_command, list(words))
    return result.exit_code, result.stdout, result.stderr


def test_the_command_prints_the_bare_date() -> None:
    assert run_due("2026-09-28", "5wd") == (0, "2026-10-10\n", "")


def test_the_command_says_when_it_is_provisional() -> None:
    code, out, err = run_due("2026-12-30", "2wd")
    assert (code, out) == (0, "2027-01-04\n")
    assert err.startswith("Provisional:")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [("2026-02-30", "5wd"), ("28.9.2026", "5wd"), ("2026-09-28", "5x"), ("2026-09-28", "-5wd"), ("2099-12-01", "99m")]
)
def test_the_command_refuses_in_one_sentence(words: tuple[str, str]) -> None:
    code, out, err = run_due(*words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.rstrip().endswith(".")
