"""Who may act for a seat while its holder is away. Pure."""

from datetime import date

from domain.people import Seat
from domain.regime import Regime
from domain.sides import is_local


def may_deputise(seat: Seat, deputy: Seat, regime: Regime, on: date, region: str) -> bool:
    """Somebody else of the same side whose place covers the seat's. `region`: where the seat's work lies, an enterprise's too."""
    if deputy.regime != seat.regime or deputy.person is None or deputy.people & seat.people:
        return False
    if _side(seat) != _side(deputy):
        return False
    if (deputy.scope_kind, deputy.scope) == (seat.scope_kind, seat.scope) or deputy.scope_kind == "province":
        return True
    if deputy.scope_kind not in {"region", "group"} or seat.scope_kind not in {"region", "group", "enterprise"}:
        return False
    return regime.covers(deputy.scope, region, on)


def _side(seat: Seat) -> str:
    """Neither side acts for the other, or the inspected would verify themselves; those who audit act for nobody else."""
    if seat.rights == "audit":
        return "audit"
    return "looked at" if is_local(seat) else "looking"
