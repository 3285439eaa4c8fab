"""Whom a step up reaches: the nearest seat that somebody sits on, of those the chain names.

A chain's `to` is a role, a name of rights, or one of `regime.CHAIN_WORDS`. Where nobody sits on any seat of a step, the next step's seat
hears at once and the office sees the gap; nothing that is overdue goes unheard because a chair is empty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from domain.people import Seat
from domain.regime import Regime
from domain.regime_parts import Duty
from domain.sides import is_local

FAR = 1_000  # further than any region: seats of the province and of units


@dataclass(frozen=True)
class Climb:
    """`seats` are told; `gaps` are the steps of the chain where a seat should have heard and nobody sits there."""

    seats: tuple[Seat, ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True)
class Around:
    """What decides about nearness: the obligation's two seats and where the matter lies."""

    owner: Seat
    creditor: Seat | None
    region: str
    regime: Regime
    on: date

    @property
    def unit(self) -> str | None:
        if self.owner.scope_kind == "unit":
            return self.owner.scope
        return self.owner.unit or self.regime.role(self.owner.role).unit

    @property
    def place(self) -> str:
        return self.owner.scope if self.owner.scope_kind in {"region", "group"} else self.region

    @cached_property
    def distances(self) -> dict[str, int]:
        """The place and every region above it. A group may have a name of its own; then only seats of the very same group are near."""
        if all(region.id != self.place for region in self.regime.regions):
            return {self.place: 0}
        return {region.id: n for n, region in enumerate(self.regime.above(self.place, self.on))}


def roles_of(duty: Duty, regime: Regime) -> frozenset[str]:
    """The roles whose seats have to be known to climb this duty's chain."""
    wanted = [regime.chain_roles(step.to) for step in duty.chain]
    return frozenset(role.id for roles in (*wanted, regime.chain_roles("office")) for role in roles)


def climb(duty: Duty, index: int, around: Around, seats: Sequence[Seat]) -> Climb:
    """Who hears of step `index`: its own seat, else the next step's, in the end the office."""
    gaps: list[int] = []
    for n in range(index, len(duty.chain)):
        if n > index and duty.chain[n].to == "owner":
            continue
        tiers = nearest(duty.chain[n].to, around, seats)
        if tiers is None and n == index:
            return Climb((), ())
        heard = next(filter(None, map(reachable, tiers or [])), ())
        if tiers is not None and not (tiers and reachable(tiers[0])):
            gaps.append(n)
        if heard:
            return Climb(heard, tuple(gaps))
    return Climb(office(around, seats), tuple(gaps))


def first_up(duty: Duty, around: Around, seats: Sequence[Seat]) -> tuple[Seat, ...]:
    """Who is next above the owner: the first step of the chain that reaches anybody else."""
    steps = (n for n, step in enumerate(duty.chain) if step.to != "owner" and nearest(step.to, around, seats) is not None)
    first = next(steps, None)
    return () if first is None else climb(duty, first, around, seats).seats


def office(around: Around, seats: Sequence[Seat]) -> tuple[Seat, ...]:
    """The office's seats that somebody sits on."""
    tiers = nearest("office", around, seats) or []
    return tuple(seat for tier in tiers for seat in reachable(tier))


def reachable(tier: Iterable[Seat]) -> tuple[Seat, ...]:
    return tuple(seat for seat in tier if seat.to() is not None)


def nearest(to: str, around: Around, seats: Sequence[Seat]) -> list[tuple[Seat, ...]] | None:
    """The seats that `to` may mean, nearest first, those equally near together; None where the step does not apply to this owner.

    A local liaison has no member unit, so a unit's supervisor is not missing there; an empty list means that one is. What a group or the
    province owes is never told to anybody of the place (`domain/sides.py`).
    """
    if to == "owner":
        return [(around.owner,)]
    if to == "creditor":
        return None if around.creditor is None else [(around.creditor,)]
    roles = {role.id: role for role in around.regime.chain_roles(to)}
    if not around.unit:
        roles = {code: role for code, role in roles.items() if role.scope != "unit" or role.rights == "office"}
    if not roles:
        return None
    near = (seat for seat in seats if seat.role in roles and (is_local(around.owner) or not is_local(seat)))
    far = [(distance, seat) for seat in near if (distance := _distance(seat, around)) is not None]
    far.sort(key=lambda each: (each[0], each[1].id))
    return [tuple(seat for _, seat in tier) for _, tier in groupby(far, key=lambda each: each[0])]


def _distance(seat: Seat, around: Around) -> int | None:
    """Regions between the owner's place and the seat's; None where its scope does not cover the owner."""
    if seat.scope_kind == "province" or seat.rights == "office":
        return FAR
    if seat.scope_kind == "unit":
        return 0 if seat.scope == around.unit else None
    if seat.scope == around.place:
        return 0
    return None if seat.scope_kind == "enterprise" else around.distances.get(seat.scope)
