"""Who may take over a seat's duties. Pure."""

from datetime import date

from domain.people import Seat
from domain.regime import Regime


def fits(seat: Seat, successor: Seat, regime: Regime, on: date) -> bool:
    """The same rights, and a place that covers the old one's: what the seat was permitted to do the successor is permitted as well."""
    if successor.id == seat.id or successor.regime != seat.regime or successor.rights != seat.rights:
        return False
    if (successor.scope_kind, successor.scope) == (seat.scope_kind, seat.scope):
        return True
    places = {"province", "region", "group"}
    if successor.scope_kind == "province":
        return True
    if successor.scope_kind not in places or seat.scope_kind not in places:
        return False
    return regime.covers(successor.scope, seat.scope, on)
