"""Deadlines as an iCalendar file (RFC 5545): one event each, named for good, so that importing it again updates and removes."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from actions.deadline_file import Deadline, Mine
from bot.render import Renderer
from domain.dates import Until

if TYPE_CHECKING:
    from icalendar import Event

KIND = "text/calendar"


def drawn(mine: Mine, renderer: Renderer, bot: str) -> bytes:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", f"-//{bot}//duban//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", renderer.plain("ics.name", {}, mine.language))
    for each in mine.found:
        calendar.add_component(_event(each, renderer, mine.language, bot, mine.now))
    content: bytes = calendar.to_ical()
    return content


def _event(each: Deadline, renderer: Renderer, language: str, bot: str, now: int) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"obligation-{each.id}@{bot}")
    event.add("sequence", each.version)  # grows with every change of the obligation, so the latest file wins
    event.add("dtstamp", datetime.fromtimestamp(now / 1000, UTC))
    _place(event, each.until)
    event.add("summary", renderer.plain("ics.summary", each.params, language))
    event.add("description", renderer.plain("ics.note", each.params, language))
    event.add("status", "CANCELLED" if each.over else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a deadline does not make anybody busy
    return event


def _place(event: "Event", until: Until) -> None:
    """The whole day; or the instant, where a time of day was given: an event without an end stands at its beginning."""
    if until.clock:
        event.add("dtstart", datetime.fromtimestamp(until.at / 1000, UTC))
        return
    event.add("dtstart", until.day)
    event.add("dtend", until.day + timedelta(days=1))
