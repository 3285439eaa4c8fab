"""What is owed: one duty of one seat, how it counts down, what its light is. Pure; `now` is an argument."""

from dataclasses import dataclass
from typing import Literal

from domain.calendar import Calendar
from domain.regime import Regime

State = Literal["open", "handed_in", "done", "withdrawn"]
Light = Literal["green", "yellow", "red", "grey"]
LIVE: tuple[State, ...] = ("open", "handed_in")


@dataclass(frozen=True)
class Owed:
    """An obligation as it is on record. `owner` and `creditor` are seats (appointments), never people."""

    id: int
    regime: str
    duty: str
    subject_kind: str
    subject: int
    owner: int
    creditor: int | None
    region: str
    unit: str | None
    start_at: int
    span: str  # the limit it was counted with; empty where a date was given
    due_at: int
    provisional: bool
    state: State
    acked_at: int | None
    handed_at: int | None
    ended_at: int | None
    next_at: int | None
    version: int
    parent: int | None
    created_at: int


def light(owed: Owed, now: int, regime: Regime, calendar: Calendar) -> Light:
    """Green, yellow from the regime's `lights.yellow` before the due date, red once it has passed; grey where the clock stands."""
    raise NotImplementedError
