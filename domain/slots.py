"""When a message may go out: quiet hours, and the times of day at which what has gathered is said in one message.

Only messages move. The step that a message speaks of stands at its own instant (decisions, "Meaning").
"""

from datetime import date, timedelta
from functools import lru_cache

from domain.deadlines import DAY_MS, at, local_date, local_minutes, parse_time
from domain.regime_parts import Quiet
from domain.speech import INTERACTIVE, URGENT

DAY = timedelta(days=1)
DAY_MINUTES = 24 * 60


def rings(now: int, quiet: Quiet, priority: int) -> bool:
    """Whether a message that goes now makes a sound. In quiet hours only an answer to what the person has just done, and what is urgent.

    Everything else that could not wait comes without a sound: it is there when the person looks, and wakes nobody.
    """
    return priority in {INTERACTIVE, URGENT} or not in_quiet(now, quiet)


def first_slot(day: date, quiet: Quiet) -> int:
    """Where pings and steps that are counted in days stand."""
    return at(day, min(quiet.digests))


def in_quiet(ms: int, quiet: Quiet) -> bool:
    since, to, now = _minutes(quiet.since), _minutes(quiet.to), local_minutes(ms)
    return since <= now < to if since <= to else now >= since or now < to


def after_quiet(ms: int, quiet: Quiet) -> int:
    """The instant itself or, in quiet hours, their end."""
    if not in_quiet(ms, quiet):
        return ms
    end = at(local_date(ms), quiet.to)
    return end if end > ms else end + DAY_MS


def next_slot(ms: int, quiet: Quiet, own: str | None = None) -> int:
    """The first slot at or after `ms`: the regime's, or the person's own time of day."""
    times = (own,) if own else quiet.digests
    today = local_date(ms)
    slots = (after_quiet(at(today + DAY * n, clock), quiet) for n in (-1, 0, 1) for clock in times)
    return min(slot for slot in slots if slot >= ms)


def say_at(now: int, quiet: Quiet, own: str | None, *, exact: bool, urgent: bool) -> int:
    """When something that fires now is said. `exact`: counted in hours, so it does not wait for a slot; `urgent` waits for nothing.

    What fires late (the process was down) is said at once, outside quiet hours: its slot has passed.
    """
    if urgent:
        return now
    if in_quiet(now, quiet):
        return next_slot(now, quiet, own)
    if exact or own is None:
        return now
    mine = after_quiet(at(local_date(now), own), quiet)
    return mine if mine > now and local_date(mine) == local_date(now) else now


WIDEST = 180  # minutes by which somebody may begin earlier or end later than the regime's quiet hours


def widened(quiet: Quiet, own: str | None) -> Quiet:
    """The regime's quiet hours with a person's own ("HH:MM-HH:MM"): never shorter, and not wider than `WIDEST` on either side."""
    if not own:
        return quiet
    since, _, to = own.partition("-")
    earlier = (_minutes(quiet.since) - _minutes(since)) % DAY_MINUTES
    later = (_minutes(to) - _minutes(quiet.to)) % DAY_MINUTES
    change = {}
    if 0 < earlier <= WIDEST:
        change["since"] = since
    if 0 < later <= WIDEST:
        change["to"] = to
    return quiet.model_copy(update=change)


def shifted(clock: str, minutes: int) -> str:
    """A time of day so many minutes later."""
    hour, minute = divmod((_minutes(clock) + minutes) % DAY_MINUTES, 60)
    return f"{hour:02}:{minute:02}"


@lru_cache(maxsize=DAY_MINUTES)
def _minutes(clock: str) -> int:
    moment = parse_time(clock)
    return moment.hour * 60 + moment.minute
