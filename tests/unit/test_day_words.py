"""Days as they are written and read: the year where it is another one, and what the bot shows can be typed back."""

from datetime import date

import pytest

from bot.render import Renderer
from domain.dates import read_date
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
