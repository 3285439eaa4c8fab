"""Days in conversations: what is offered, how what was written is read, and how it reads back."""

from collections.abc import Mapping
from typing import Any

from domain.dates import Counted, read_due
from domain.deadlines import due_date, local_date, parse_limit
from domain.forms import Ask, Option
from domain.speech import Param, by, on, text
from storage.tx import Tx

# What a due date is usually: the office reads the legal words, the date is shown before it is taken.
DAYS = ("1wd", "3wd", "5wd", "15wd", "1m")
SAID = (*DAYS, "1d", "1w")  # spans with a text of their own; others say a number and a unit


def usual(tx: Tx) -> list[Option]:
    """The due dates that are offered: how they are said, and which day that is today."""
    return [Option(span, text("form.day", span=text(f"span.{span}"), day=_due(tx, span))) for span in DAYS]


def _due(tx: Tx, span: str) -> Param:
    due = due_date(local_date(tx.now), parse_limit(span), tx.world.calendar)
    return on(due.date, provisional=due.provisional)


def parse_day(tx: Tx, words: str, ask: Ask | None, answers: Mapping[str, Any]) -> tuple[str, Param] | str:
    """A due date from `5wd`, `2026-12-01`, `12月1日`, `明天 10:00`; never a past one. The raw answer is the ISO date.

    Where the question counts, it keeps the span that was written, so that it can be counted again (`domain.dates.Until`).
    """
    found = read_due(words, tx.now, tx.world.calendar)
    counted = ask is not None and ask.counted
    hours = ask is not None and ask.hours is not None and ask.hours(answers)
    if not hours and (found == "two_ways" or (isinstance(found, Counted) and found.until.clock)):
        return "form.error.day_whole"
    if isinstance(found, str):
        wanted = "form.error.want_hour" if hours else "form.error.want_day"
        return wanted if found == "unclear" else f"form.error.day_{found}"
    until = found.until
    if not counted or not until.span:
        return until.when, shown(found)
    return str(until), text("form.day_counted", day=shown(found), span=span_words(until.span))


def shown(found: Counted) -> Param:
    return by(found.until, provisional=found.provisional)


def span_words(span: str) -> Param:
    """A limit as people say it."""
    if span in SAID:
        return text(f"span.{span}")
    limit = parse_limit(span)
    return text(f"span.{limit.unit}", n=limit.amount)
