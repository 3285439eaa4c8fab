"""How a list of tasks is narrowed: one filter at a time, carried with the page in the number of the list's card and its buttons."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from domain.deadlines import end_of_day, local_date

By = Literal["all", "red", "yellow", "grey", "week", "region", "person", "regions", "people", "green", "done"]
# `regions` and `people` are no filters: they ask which one. The order is part of buttons that stand in chats; append only.
KINDS: tuple[By, ...] = ("all", "red", "yellow", "grey", "week", "region", "person", "regions", "people", "green", "done")
PAGES, WIDTH = 1000, 16


@dataclass(frozen=True)
class Narrowed:
    """`value` is a region's place in the list of all regions, or a seat."""

    by: By = "all"
    value: int = 0
    page: int = 0

    def code(self) -> int:
        return (self.value * WIDTH + KINDS.index(self.by)) * PAGES + self.page

    @classmethod
    def of(cls, code: int) -> "Narrowed":
        """A made-up number is the whole list."""
        rest, page = divmod(code, PAGES)
        value, kind = divmod(rest, WIDTH)
        return cls(KINDS[kind], value, page) if kind < len(KINDS) else cls()


def end_of_week(now: int) -> int:
    """24:00 of this week's Sunday."""
    today: date = local_date(now)
    return end_of_day(today + timedelta(days=6 - today.weekday()))
