"""Two sides: those who look (the province, departments, groups) and those who are looked at (the locality, its enterprises). Pure.

A locality must not learn, or infer from figures, names and reminders, what the other side is about to do there (mission, S4; seed S,
二(四)). So nothing that a group or the province owes is seen by, climbs to, or is decided by somebody of the locality.
"""

from domain.people import Seat
from domain.regime import Regime
from domain.regime_parts import Rights, Role

# Rights that nobody of a locality holds, also where the seat is given a region (a supervision group that stays in its city).
LOOKING: frozenset[Rights] = frozenset({"office", "leader", "group_liaison", "inspector", "provincial", "audit"})
PLACES = frozenset({"region", "enterprise"})


def is_local(seat: Seat) -> bool:
    return seat.scope_kind in PLACES and seat.rights not in LOOKING


def owed_locally(role: Role) -> bool:
    return role.scope in PLACES and role.rights not in LOOKING


def looks_over(seat: Seat, owner: Role, regime: Regime) -> bool:
    """Whether somebody on this seat may look over what this role owes, as far as the sides go; its place counts besides.

    A group looks over its own kind: inspection groups know nothing of a special inspection, nor do groups that stay in a place.
    """
    if owed_locally(owner):
        return True
    if is_local(seat):
        return False
    if seat.scope_kind in {"province", "unit"}:
        return True
    return owner.scope == seat.scope_kind and owner.apart == regime.role(seat.role).apart


def roles_seen(seat: Seat, regime: Regime) -> tuple[str, ...]:
    return tuple(role.id for role in regime.roles if looks_over(seat, role, regime))


def local_roles(regime: Regime) -> tuple[str, ...]:
    return tuple(role.id for role in regime.roles if owed_locally(role))
