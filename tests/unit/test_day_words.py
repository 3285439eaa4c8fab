"""Days as they are written and read: the year where it is another one, and what the bot shows can be typed back."""

from datetime import date

import pytest

from bot.render import Renderer
from domain.dates import Until, read_date, read_until
from domain.world import World

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "language", "shown"),
    [
        (date(2026, 12, 1), "zh", "12月1日（周二）"),
        (date(2026, 12, 1), "en", "Tue 1 Dec"),
        (date(2027, 1, 5), "zh", "2027年1月5日（周二）"),
        (date(2027, 1, 5), "en", "Tue 5 Jan 2027"),
    ],
)
def test_another_year_is_named(world: World, day: date, language: str, shown: str) -> None:
    renderer = Renderer(world, today=lambda: TODAY)
    assert renderer.param({"$": "date", "date": day.isoformat()}, language) == shown


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("1 Dec", date(2026, 12, 1)),
        ("Tue 1 Dec", date(2026, 12, 1)),
        ("1 december", date(2026, 12, 1)),
        ("5 Jan", date(2027, 1, 5)),
        ("Tue 5 Jan 2027", date(2027, 1, 5)),
        ("12月1日", date(2026, 12, 1)),
        ("2 days", date(2026, 11, 24)),
        ("1 Nov 2026", None),
        ("31 Feb", None),
        ("1 foo", None),
    ],
)
def test_what_the_bot_shows_can_be_typed(world: World, words: str, meant: date | None) -> None:
    assert read_date(words, TODAY, world.calendar) == meant


@pytest.mark.parametrize(
    ("words", "raw", "provisional"),
    [
        ("15个工作日", "2026-12-11=15wd@2026-11-22", False),
        ("2个月", "2027-01-22=2m@2026-11-22", True),
        ("3wd@2026-12-30", "2027-01-05=3wd@2026-12-30", True),
        ("2026-12-01", "2026-12-01", False),
        ("007天", "2026-11-30=7d@2026-11-22", False),  # the 29th is a Sunday
    ],
)
def test_a_span_stays_beside_its_date(world: World, words: str, raw: str, provisional: bool) -> None:
    found = read_until(words, TODAY, world.calendar)
    assert found is not None
    assert (str(found.until), found.provisional) == (raw, provisional)
    assert Until.read(raw) == found.until
    again = read_until(found.until.code, TODAY, world.calendar)
    assert again == found


@pytest.mark.parametrize("words", ["3wd@2020-01-01", "3wd@", "@2026-12-30", "3wd@2026-13-30", "9999m", "=5wd@2026-11-22"])
def test_a_span_that_is_none(world: World, words: str) -> None:
    assert read_until(words, TODAY, world.calendar) is None


@pytest.mark.parametrize("raw", ["", "5wd", "2026-02-30", "2026-03-16=5wd", "2026-03-16=2h@2026-03-01", None, 7])
def test_a_raw_answer_that_is_none(raw: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        Until.read(raw)
