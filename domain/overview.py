"""Who sees which part of the whole picture, and into which places it is gathered. Pure."""

from dataclasses import dataclass
from datetime import date

from domain.people import Seat
from domain.regime import Regime

# Those whose morning digest counts what is overdue in their scope. Audit looks when it wants to.
WATCHERS = frozenset({"office", "supervisor", "provincial", "leader"})


@dataclass(frozen=True)
class Sight:
    """What a seat sees: a region and what lies in it; of it only one unit's matters, or only those that the locality itself owes.

    `local`: a locality must not infer from its overview what a group or the province is about to do there (mission, S4).
    """

    regime: str
    scope: str
    unit: str | None = None
    local: bool = False


def sight_of(seat: Seat, regime: Regime) -> Sight | None:
    province = regime.province.id
    if seat.scope_kind == "province" or seat.rights == "office":
        return Sight(regime.id, province)
    if seat.scope_kind == "unit":
        return Sight(regime.id, province, unit=seat.scope)
    if seat.scope_kind == "enterprise":
        return None
    return Sight(regime.id, seat.scope, local=seat.scope_kind == "region")


def bucket(region: str, scope: str, regime: Regime, on: date) -> str | None:
    """The place right below `scope` that a region counts for, itself where it is judged in its own right; None where it lies outside."""
    path = [each.id for each in regime.above(region, on)] if _known(region, regime) else [region]
    if scope not in path:
        return None
    below = path[: path.index(scope)]
    if not below:
        return region
    return next((code for code in below if regime.region(code).scored), below[-1])


def regions_of(code: str, scope: str, regime: Regime, on: date) -> tuple[str, ...]:
    """All regions that count for this place."""
    return tuple(each.id for each in regime.regions if bucket(each.id, scope, regime, on) == code)


def _known(code: str, regime: Regime) -> bool:
    return any(each.id == code for each in regime.regions)
