"""Whom a viewer may find, or is told of as somebody who sees a matter. Pure.

A locality must not infer from a list of names that a group is about to come or has been formed (mission, S4; seed S, 二(四)): its
people find their own, the office, the departments and whoever stands above them; never groups, receivers of clues, or those who audit.
Of a special inspection, which works without notice, other groups learn no name either, nor do departments that sent nobody.
"""

from collections.abc import Iterable

from domain.ledger import KNOWS_SOURCE
from domain.people import Seat
from domain.permissions import unit_of
from domain.world import World

UNSEEN = (KNOWS_SOURCE - {"office"}) | {"receiver"}


def from_outside(seats: Iterable[Seat], regime: str) -> bool:
    """Whether all these seats in the regime are the province's, a department's or a group's own. One local seat outweighs any other."""
    mine = [seat for seat in seats if seat.regime == regime]
    return bool(mine) and all(seat.scope_kind in {"province", "unit", "group"} for seat in mine)


def may_know_of(viewers: Iterable[Seat], other: Seat, world: World) -> bool:
    """Whether somebody on these seats may learn who sits on `other`."""
    mine = [seat for seat in viewers if seat.regime == other.regime]
    if any(seat.id == other.id for seat in mine):
        return True
    if not from_outside(mine, other.regime):
        return bool(mine) and other.rights not in UNSEEN and not _apart(other, world)
    return not _apart(other, world) or any(_let_in(seat, other, world) for seat in mine)


def _apart(seat: Seat, world: World) -> bool:
    return world.regime(seat.regime).role(seat.role).apart


def _let_in(seat: Seat, other: Seat, world: World) -> bool:
    """The province's own seats, the department whose people they are, and those who work apart themselves."""
    if seat.scope_kind == "unit":
        return unit_of(other, world) == seat.scope
    return seat.scope_kind == "province" or _apart(seat, world)
