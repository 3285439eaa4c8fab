"""What the rules are asked against: the regimes that are served and the calendar, as one value that changes only as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.calendar import Calendar
from domain.regime import Regime


@dataclass(frozen=True)
class World:
    regimes: Mapping[str, Regime]
    calendar: Calendar

    def regime(self, regime_id: str) -> Regime:
        return self.regimes[regime_id]

    def with_calendar(self, calendar: Calendar) -> "World":
        return replace(self, calendar=calendar)
