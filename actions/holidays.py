"""A year's holidays: which are on file, what a new announcement would move, and taking it. Taking it plans everything live again
(`actions/replanning.py`); days off are the same in every province, so any office may.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.formbook import outlook
from actions.inputs_holidays import HolidayNotice, stretches
from actions.obligations import due_words, recounted
from actions.perform import action
from actions.subjects import NOUNS, describe, is_private
from domain.announcement import AnnouncementError, read_announcement, spans
from domain.calendar import Calendar, YearDays
from domain.deadlines import local_date
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import may_start
from domain.speech import Button, Param, lines, term, text
from storage import holidays, obligations, outbox, people
from storage.tx import Tx

EVERYTHING = 2**31
NAMED = 8  # of what moves so many are named
BELOW = "\n    "


@dataclass(frozen=True)
class Move:
    """A live obligation before and after a change of the calendar."""

    before: Owed
    after: Owed


@dataclass(frozen=True)
class Effect:
    """`settled`: dates that stand and are not provisional any more."""

    moved: tuple[Move, ...]
    settled: int


async def effect(tx: Tx, calendar: Calendar) -> Effect:
    """What counting by this calendar would change."""
    moved, settled = [], 0
    for regime in tx.world.regimes:
        for owed in await obligations.live_of_regime(tx, regime, 0, EVERYTHING):
            term = recounted(owed, calendar)
            if term.due_at != owed.due_at:
                moved.append(Move(owed, replace(owed, due_at=term.due_at, provisional=term.provisional)))
            else:
                settled += owed.provisional and not term.provisional
    return Effect(tuple(sorted(moved, key=lambda each: (each.before.due_at, each.before.id))), settled)


def with_year(calendar: Calendar, year: YearDays) -> Calendar:
    return Calendar({**calendar.years, year.year: year})


async def import_year(tx: Tx, year: YearDays) -> None:
    """On file; every process takes it over with its next tick."""
    await holidays.put(tx, year)
    tx.touch("obligations")


@action("calendar.import")
async def take(tx: Tx, actor: Actor, given: HolidayNotice) -> Outcome:
    year = read_announcement(given.notice)
    if tx.world.calendar.years.get(year.year) == year:
        return Refusal("holidays_same", {"year": year.year})
    found = await effect(tx, with_year(tx.world.calendar, year))
    await import_year(tx, year)
    await outbox.say(tx, actor.to(), "holidays.taken", {"year": year.year, "effect": lines(_effect(found, "holidays.moved_now"))})
    return Done(("calendar", year.year), {"off": len(year.off_days), "working": len(year.working_weekends)})


@action("calendar.import")
async def show(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """Which years are on file, and what still rests on a guess."""
    calendar, this_year = tx.world.calendar, local_date(tx.now).year
    unknown = next(year for year in range(this_year, this_year + 100) if not calendar.published(year))
    provisional = await holidays.provisional(tx, list(tx.world.regimes))
    years = [text("holidays.year", year=year, days=_year_words(calendar.years[year])) for year in range(this_year, unknown)]
    params: dict[str, Param] = {
        "first": min(calendar.years),
        "last": max(calendar.years),
        "years": lines(years),
        "unknown": unknown,
        "provisional": text("holidays.provisional", n=provisional) if provisional else "",
    }
    await outbox.say(tx, actor.to(), "holidays.known", params, ((Button("button.holidays_import", "fo", arg="holidays"),),))
    return Done()


@outlook("holidays")
async def ahead(tx: Tx, answers: Mapping[str, Any], viewer: int | None) -> Param:
    """The days as they were understood, and what taking them would move."""
    try:
        year = read_announcement(answers.get("notice") or "")
    except AnnouncementError:
        return None
    found = await effect(tx, with_year(tx.world.calendar, year))
    known = tx.world.calendar.years.get(year.year)
    state = "holidays.new" if known is None else "holidays.same" if known == year else "holidays.replaces"
    open_ = [each for each in found.moved if await _is_named(tx, each.before, viewer)][:NAMED]
    rows = [await _moved(tx, n, each) for n, each in enumerate(open_, 1)]
    if len(found.moved) > len(rows):
        rows.append(text("holidays.more", n=len(found.moved) - len(rows)))
    return lines([text(state, year=year.year), _year_words(year), *([] if known == year else ["", *_effect(found), *rows])])


def _effect(found: Effect, key: str = "holidays.moved") -> list[Param]:
    """In words, what is nothing left out."""
    said: list[Param] = [text("holidays.settled", n=found.settled)] if found.settled else []
    if found.moved:
        said.append(text(key, n=len(found.moved)))
    return said or [text("holidays.no_effect")]


async def _is_named(tx: Tx, owed: Owed, viewer: int | None) -> bool:
    """Another province's matters are counted only, and so are private ones: who imports a calendar need not know that there are any."""
    mine = () if viewer is None else await people.seats_of(tx, viewer)
    return not is_private(owed.subject_kind) and any(seat.regime == owed.regime and may_start([seat], "calendar.import") for seat in mine)


async def _moved(tx: Tx, n: int, move: Move) -> Param:
    """By number."""
    owed = move.before
    about: Param = term(owed.regime, "duty", owed.duty)
    if owed.subject_kind in NOUNS:
        about = (await describe(tx, owed.subject_kind, owed.subject)).number
    return text("holidays.move", n=n, about=about, old=due_words(owed), new=due_words(move.after))


def _year_words(year: YearDays) -> Param:
    rows = [text("holidays.off", n=len(year.off_days), days=stretches(spans(year.off_days), BELOW))]
    if year.working_weekends:
        days = stretches([(day, day) for day in sorted(year.working_weekends)], BELOW)
        rows.append(text("holidays.work", n=len(year.working_weekends), days=days))
    return lines(rows)
