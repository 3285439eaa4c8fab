"""One item, one ledger: its states, who moves it between them, who may verify it, what a viewer reads as its source. Pure.

Overdue is no state: it is the light of the item's obligations and shows beside any of these.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from domain.people import Seat
from domain.permissions import covers
from domain.regime import Regime
from domain.regime_parts import Rights
from domain.sides import LOOKING
from domain.world import World

State = Literal["pending", "rectifying", "closing", "checking", "closed"]
STATES: tuple[State, ...] = get_args(State)
Verb = Literal["report", "request_closing", "start_check", "verify", "send_back", "reopen"]
Who = Literal["owner", "verifier", "opener"]


@dataclass(frozen=True)
class Move:
    """Where a verb leads from each state it is allowed in. A path of two is written into the history as two steps."""

    who: Who
    paths: Mapping[State, tuple[State, ...]]


MOVES: Mapping[Verb, Move] = {
    "report": Move("owner", {"pending": ("rectifying",), "rectifying": ()}),
    "request_closing": Move("owner", {"pending": ("rectifying", "closing"), "rectifying": ("closing",)}),
    "start_check": Move("verifier", {"closing": ("checking",)}),
    "verify": Move("verifier", {"closing": ("checking", "closed"), "checking": ("closed",)}),
    # A return is a step, not a state to stay in: the work goes on, with the reason on record.
    "send_back": Move("verifier", {"closing": ("rectifying",), "checking": ("rectifying",)}),
    # Closed too early: with a reason and a new date; the history keeps that it was closed once.
    "reopen": Move("opener", {"closed": ("rectifying",)}),
}

# Entries by which somebody worked on the item; whoever wrote one cannot verify it.
WORK = ("report", "closing")

Source = Literal["inspection", "complaint", "special"]
# Who learns where an item comes from. Everyone else reads the same words for every source: if only a hidden source were hidden,
# the words themselves would betray it.
HIDDEN: frozenset[Source] = frozenset({"complaint", "special"})
KNOWS_SOURCE: frozenset[Rights] = LOOKING


# Words about an item that nobody has to give; `actions/inputs_ledger.py` says how long they may be.
EXTRA = ("project", "capacity", "started", "formalities", "violation", "duty_unit")

Published = Literal["none", "announced", "done"]


@dataclass(frozen=True)
class Item:
    """An item as it is on record. `owner`, `opener` and `leader` are seats."""

    id: int
    regime: str
    number: str
    enterprise: str
    region: str
    industry: str | None
    source: Source
    problem: str
    kind: str  # the class of the regime's ledger
    measures: str
    goal: str
    owner: int
    opener: int
    leader: int | None
    state: State
    version: int
    created_at: int
    closed_at: int | None
    project: str = ""
    capacity: str = ""
    started: str = ""  # when building or running began, as it is told
    formalities: str = ""  # what is missing
    violation: str = ""
    duty_unit: str = ""  # the unit responsible, in words: it may be none of the regime's
    published: Published = "none"
    announced_on: date | None = None


def path(verb: Verb, state: State) -> tuple[State, ...] | None:
    """The states passed through, the last one reached; empty where the state stays; None where the verb is not allowed."""
    return MOVES[verb].paths.get(state)


def is_over(state: State) -> bool:
    return state == "closed"


def shown_source(item: Item, viewers: Iterable[Seat], world: World, on: date) -> str:
    """The code of the words that somebody with these seats reads. A local seat over the place outweighs any other seat."""
    mine = [seat for seat in viewers if seat.regime == item.regime]
    local = any(not _outside(seat) and covers(seat, item.region, world, on) for seat in mine)
    return item.source if not local and any(_outside(seat) for seat in mine) else "routine"


def is_covered(item: Item, seat: Seat, viewers: Iterable[Seat], world: World, on: date) -> bool:
    """Whether this viewer reads the office's title for that seat: its own (a special inspector's, say) would tell the source."""
    hidden = item.source in HIDDEN and shown_source(item, viewers, world, on) == "routine"
    return hidden and seat.rights in KNOWS_SOURCE and seat.rights != "office"


def _outside(seat: Seat) -> bool:
    """Not of the locality. A supervisor is so where the seat is the province's or a department's own."""
    return seat.rights in KNOWS_SOURCE or (seat.rights == "supervisor" and seat.scope_kind in {"province", "unit"})


def verifying_roles(regime: Regime) -> frozenset[str]:
    """Roles whose seats may verify, as the regime says it."""
    return frozenset(role.id for word in regime.ledger.verify.by for role in regime.chain_roles(word))


def conflicted(seats: Iterable[Seat], worked: Collection[int], people: Collection[int]) -> frozenset[int]:
    """Seats that must not verify: those that worked on the item, and every other seat of the same people."""
    return frozenset(seat.id for seat in seats if seat.id in worked or not seat.people.isdisjoint(people))


def nearest(seats: Iterable[Seat], region: str, world: World, on: date) -> list[Seat]:
    """The seats whose scope covers the region, the closest first; of equals the one that can be reached, then the oldest."""
    found = [(seat, _distance(seat, region, world, on)) for seat in seats]
    covering = [(far, seat.account is None, seat.id, seat) for seat, far in found if far is not None]
    return [seat for *_, seat in sorted(covering, key=lambda each: each[:3])]


def choose_verifier(seats: Iterable[Seat], item: Item, barred: Collection[int], world: World, on: date) -> Seat | None:
    """Who is asked to verify: the opener where the rule lets them, else the nearest who may; somebody reachable before a vacant seat."""
    roles = verifying_roles(world.regime(item.regime))
    may = [seat for seat in seats if seat.role in roles and seat.id not in barred]
    ranked = nearest(may, item.region, world, on)
    ranked.sort(key=lambda seat: (seat.account is None, seat.id != item.opener))
    return next(iter(ranked), None)


def _distance(seat: Seat, region: str, world: World, on: date) -> int | None:
    if not covers(seat, region, world, on):
        return None
    chain = [each.id for each in world.regime(seat.regime).above(region, on)]
    return chain.index(seat.scope) if seat.scope in chain else len(chain)
