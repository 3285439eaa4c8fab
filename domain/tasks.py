"""A task: open → handed_in → done, or withdrawn; sent back it is open again. Which step is possible from where is a table."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from domain.people import Seat
from domain.regime import Regime

State = Literal["open", "handed_in", "done", "withdrawn"]
Verb = Literal["progress", "hand_in", "accept", "return", "withdraw", "due", "reassign", "hand_on"]
LIVE: tuple[State, ...] = ("open", "handed_in")

MOVES: Mapping[tuple[Verb, State], State] = {
    ("progress", "open"): "open",
    ("progress", "handed_in"): "handed_in",  # what was forgotten may still be added
    ("hand_in", "open"): "handed_in",
    ("accept", "handed_in"): "done",
    ("return", "handed_in"): "open",
    ("withdraw", "open"): "withdrawn",
    ("withdraw", "handed_in"): "withdrawn",
    # What changes while it is being done: the date, who does it, who helps. Once handed in it is accepted or sent back first.
    ("due", "open"): "open",
    ("reassign", "open"): "open",
    ("hand_on", "open"): "open",
}

# What a press that comes too late hears (`refusal.…`), where the state alone does not say it well enough.
TOO_LATE: Mapping[tuple[Verb, State], str] = {
    ("hand_in", "handed_in"): "task_handed_in",
    ("accept", "open"): "task_not_handed_in",
    ("return", "open"): "task_not_handed_in",
    ("accept", "done"): "task_accepted",
    ("withdraw", "withdrawn"): "task_withdrawn_before",
    ("due", "handed_in"): "task_answer_first",
    ("reassign", "handed_in"): "task_answer_first",
    ("hand_on", "handed_in"): "task_handed_in",
}
# Nobody hands work on to those who watch, decide or judge above the owner.
ABOVE: frozenset[str] = frozenset({"office", "leader", "supervisor", "provincial", "audit", "receiver"})
OVER: Mapping[State, str] = {"done": "task_done", "withdrawn": "task_withdrawn"}


def why_not(verb: Verb, state: State) -> str | None:
    """None where the step is possible, else the code of the sentence."""
    if (verb, state) in MOVES:
        return None
    return TOO_LATE.get((verb, state)) or OVER[state]


def number(region: str, year: int, seq: int) -> str:
    """The visible number, counted per regime, region and year: `T-3714-2026-0001`."""
    return f"T-{region}-{year}-{seq:04d}"


def region_of(seat: Seat, regime: Regime, enterprise_region: str | None = None) -> str:
    """The region in which a seat works: what it was given, its enterprise's, else the province."""
    code = enterprise_region if seat.scope_kind == "enterprise" else seat.scope
    known = seat.scope_kind in {"region", "group", "enterprise"} and regime.has_region(code)
    return code if known and code is not None else regime.province.id


def may_hand_on(owner: Seat, to: Seat, region: str, regime: Regime, on: date) -> bool:
    """Whether the owner may hand a task on (转办) to a seat that works in `region`: below it or beside it, within the own scope."""
    if to.id == owner.id or to.regime != owner.regime or to.rights in ABOVE or (to.person is not None and to.person == owner.person):
        return False
    if owner.scope_kind in {"province", "unit"}:
        return True
    if owner.scope_kind == "enterprise":
        return (to.scope_kind, to.scope) == (owner.scope_kind, owner.scope)
    sides = {"group"} if owner.scope_kind == "group" else {"region", "enterprise"}
    return to.scope_kind in sides and regime.covers(owner.scope, region, on)
