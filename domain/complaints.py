"""Complaints: the states a complaint goes through, whom it must never reach, who handles it, and its receipt.

Routing is by rule alone: the regime says which roles handle complaints, the complaint says whom it is about, and whoever is about it,
holds power over it in the locality, or also sits on such a seat elsewhere, is out.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.people import Seat
from domain.regime import Regime

State = Literal["received", "checking", "transferred", "more", "closed", "declined"]
Move = Literal["accept", "ask", "reply", "pass_on", "answer", "decline"]
About = Literal["enterprise", "local", "group", "unit", "unsure"]

OUTCOMES = ("founded", "partly", "unfounded")
ABOUT: tuple[About, ...] = ("enterprise", "local", "group", "unit", "unsure")

# 已收到, 核查中, 已转办, 需要补充, 已办结, 不予受理. Declining is possible only before acceptance: what was accepted is answered.
MOVES: Mapping[State, Mapping[Move, State]] = {
    "received": {"accept": "checking", "decline": "declined", "pass_on": "transferred"},
    "transferred": {"accept": "checking", "decline": "declined", "pass_on": "transferred"},
    "checking": {"ask": "more", "answer": "closed", "pass_on": "transferred"},
    "more": {"reply": "checking", "answer": "closed", "pass_on": "transferred"},
    "closed": {},
    "declined": {},
}
OPEN: tuple[State, ...] = ("received", "checking", "transferred", "more")


def after(state: State, move: Move) -> State | None:
    """The state that a move leads to; None where it is not possible."""
    return MOVES[state].get(move)


@dataclass(frozen=True, order=True)
class Bar:
    """Who must not see a complaint: everyone attached to a `region`, a `group` in a region, a `unit`, an `enterprise` (by a keyed hash
    of its name, never the name), or one `seat` that stepped aside.
    """

    kind: Literal["region", "group", "unit", "enterprise", "seat"]
    code: str


@dataclass(frozen=True)
class Plant:
    """Where an enterprise seat's enterprise stands, and the keyed hash of its name."""

    region: str
    name_mac: str


def bars_of(about: About, region: str, unit: str | None, enterprise_mac: str | None) -> frozenset[Bar]:
    """The place named is always barred, whoever the complaint is about: who complains of a plant often complains of its protectors."""
    found = {Bar("region", region)}
    if enterprise_mac:
        found.add(Bar("enterprise", enterprise_mac))
    if about == "unit" and unit:
        found.add(Bar("unit", unit))
    # Who does not know whom it is about may mean the inspectors, too; leaving them out costs nothing.
    if about in {"group", "unsure"}:
        found.add(Bar("group", region))
    return frozenset(found)


def barred(seats: Collection[Seat], bars: Iterable[Bar], regime: Regime, on: date, plants: Mapping[int, Plant]) -> frozenset[int]:
    """The seats that must neither see nor handle the complaint. A person who sits on one of them is out on every other seat, too."""
    named = tuple(bars)
    hit = {seat.id for seat in seats if any(_hits(bar, seat, regime, on, plants.get(seat.id)) for bar in named)}
    people = {person for seat in seats if seat.id in hit for person in seat.people}
    return frozenset(hit | {seat.id for seat in seats if seat.people & people})


def _hits(bar: Bar, seat: Seat, regime: Regime, on: date, plant: Plant | None) -> bool:
    match bar.kind:
        case "seat":
            return bar.code == str(seat.id)
        case "unit":
            return bar.code in {seat.unit, regime.role(seat.role).unit} or (seat.scope_kind == "unit" and seat.scope == bar.code)
        case "group":
            return seat.scope_kind in {"group", "region"} and _related(regime, bar.code, seat.scope, on)
        case "enterprise":
            # An enterprise we know nothing of any more cannot be told apart from the one named.
            return seat.scope_kind == "enterprise" and (plant is None or plant.name_mac == bar.code)
        case "region":
            return _in_locality(bar.code, seat, regime, on, plant)


def _in_locality(region: str, seat: Seat, regime: Regime, on: date, plant: Plant | None) -> bool:
    """Everyone of the place and below it, and the leaders above it who answer for it (a county's 分管领导 in its city)."""
    if seat.scope_kind == "enterprise":
        return plant is None or regime.covers(region, plant.region, on)
    if seat.scope_kind != "region":
        return False
    return regime.covers(region, seat.scope, on) or (seat.rights == "supervisor" and regime.covers(seat.scope, region, on))


def _related(regime: Regime, one: str, other: str, on: date) -> bool:
    return regime.covers(one, other, on) or regime.covers(other, one, on)


def route(seats: Collection[Seat], out: Collection[int], region: str, regime: Regime, on: date, load: Mapping[int, int]) -> Seat | None:
    """Who handles a complaint: the regime's handlers in their order, of each the nearest above the place, then whoever has least to do.

    Nobody eligible: the last resort, by the same rule. None: even that is barred or vacant, and the complaint must not be taken.
    """
    for word in (*regime.complaints.handlers, regime.complaints.last_resort):
        roles = {role.id for role in regime.chain_roles(word)}
        fit = [
            (seat.account is None, distance, load.get(seat.id, 0), seat.id, seat)
            for seat in seats
            if seat.role in roles and seat.id not in out and seat.person is not None and seat.sitter is None
            if (distance := _levels_up(seat, region, regime, on)) is not None
        ]
        if fit:
            return min(fit, key=lambda each: each[:4])[4]
    return None


def _levels_up(seat: Seat, region: str, regime: Regime, on: date) -> int | None:
    """How far above the place a seat stands; None where it does not stand above it."""
    above = [each.id for each in regime.above(region, on)]
    if seat.scope_kind in {"province", "unit"}:
        return len(above)
    if seat.scope_kind == "enterprise" or seat.scope not in above[1:]:
        return None
    return above.index(seat.scope)


_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which read as digits


def cover_code(complaint: int) -> str:
    """What lists and notices call it ("事项 A127"): made of the random id, so it tells neither time nor order. Not unique by itself."""
    return f"{_LETTERS[complaint % len(_LETTERS)]}{complaint // len(_LETTERS) % 1000:03}"


# 27 random digits are 89 bits, one more digit catches slips of the pen; written in seven groups of four.
RECEIPT_DIGITS = 28
LIKE_A_RECEIPT = 20  # digits: a good part of one, or one with slips
_IN_A_ROW = re.compile(r"\d(?:[\s\-–—.]*\d)*")
_OTHER_NUMBERS = re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-\d{7,8}|\d{17}[\dXx])(?!\d)")  # mobile and landline phones, identity numbers


def receipt_of(number: int) -> str:
    """The receipt of a random number below 10**27."""
    body = f"{number:0{RECEIPT_DIGITS - 1}}"
    return body + str((11 - _weigh(body)) % 10)


def looks_like_receipt(words: str) -> bool:
    """A receipt, or what was meant as one: so many digits in a row, in groups of its size. Phones, identity numbers, dates are none."""
    return any(_like_a_receipt(re.findall(r"\d+", row)) for row in _IN_A_ROW.findall(_OTHER_NUMBERS.sub("x", words)))


def _like_a_receipt(groups: Sequence[str]) -> bool:
    digits = sum(len(group) for group in groups)
    return digits >= LIKE_A_RECEIPT and digits >= 3.5 * len(groups)


def is_receipt(digits: str) -> bool:
    """Whether it can be one: length, and the check digit of ISO 7064 MOD 11,10, which finds every single wrong digit."""
    if len(digits) != RECEIPT_DIGITS or not (digits.isascii() and digits.isdigit()):
        return False
    return receipt_of(int(digits[:-1])) == digits


def _weigh(body: str) -> int:
    weight = 10
    for digit in body:
        weight = ((weight + int(digit)) % 10 or 10) * 2 % 11
    return weight


def in_fours(digits: str) -> str:
    return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))


def bare_digits(typed: str) -> str:
    """What was typed, without spaces and dashes; digits of any script (full width ones come from Chinese keyboards) become plain ones."""
    return "".join(str(int(char)) if char.isdecimal() else char for char in typed if not char.isspace() and char not in "-–—.,，。、·")


Tally = Literal["file", "check", "apply"]


@dataclass(frozen=True)
class Ceiling:
    """How often one account, and all together, may do something within `hours`."""

    each: int
    everyone: int
    each_hours: int
    everyone_hours: int = 1


# Proposed; the five tries an hour are complaints.md's. All checks together are many more than all filings: who wants to lock everybody out
# needs as many accounts, and guessing 89 bits is hopeless at any of these speeds.
CEILINGS: Mapping[Tally, Ceiling] = {
    "file": Ceiling(each=5, everyone=200, each_hours=24),
    "check": Ceiling(each=5, everyone=2000, each_hours=1),
    "apply": Ceiling(each=3, everyone=500, each_hours=24),  # requests for an appointment, actions/applications.py
}
LEAST_WORDS = 10
