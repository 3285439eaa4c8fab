"""One order to many: how its tasks stand, as the one who gave it counts them. Pure."""

from collections.abc import Iterable
from typing import Literal

Standing = Literal["over", "handed_in", "open", "done", "withdrawn"]
ORDER: tuple[Standing, ...] = ("over", "handed_in", "open", "done", "withdrawn")  # what needs attention first
MOST = 300  # tasks in one unit of work
DAY_MS = 86_400_000
WAITS = DAY_MS  # how long a written order waits for its second press: files nobody refers to are swept after a day


def standing(state: str, due_at: int | None, now: int) -> Standing:
    """The state of one task; an open one past its due date is overdue."""
    if state == "open":
        return "over" if due_at is not None and now >= due_at else "open"
    return next(each for each in ORDER if each == state)


def counted(found: Iterable[Standing]) -> dict[Standing, int]:
    """How many of each, in the order of `ORDER`; those that do not occur are left out."""
    every = list(found)
    return {each: n for each in ORDER if (n := every.count(each))}
