"""What the rules are asked against: the regimes that are served and the calendar, as one value that changes only as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.calendar import Calendar, YearDays
from domain.regime import Regime


@dataclass(frozen=True)
class World:
    regimes: Mapping[str, Regime]
    calendar: Calendar
    imports: int = 0  # how many imports of holidays the calendar holds: another process may have made a further one

    def regime(self, regime_id: str) -> Regime:
        return self.regimes[regime_id]

    def with_calendar(self, calendar: Calendar) -> "World":
        return replace(self, calendar=calendar)

    def with_imports(self, years: Iterable[YearDays], imports: int) -> "World":
        """What the office imported stands over what is shipped."""
        merged = {**self.calendar.years, **{each.year: each for each in years}}
        return replace(self, calendar=Calendar(merged), imports=imports)
