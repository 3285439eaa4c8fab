"""What those are told who look over others: how much is overdue in their sight, and what a week brought. Counted once a unit, however many
people have the same sight.
"""

from dataclasses import dataclass
from datetime import date

from actions.subjects import private_kinds
from actions.weekly import Weeks
from domain.deadlines import local_date
from domain.obligations import Owed
from domain.overview import WATCHERS, Sight, bucket, regions_within, sight_of
from domain.people import Seat
from domain.regime import Regime
from storage import overview
from storage.tx import Tx

LONGEST = 3  # of what is overdue in a scope so many are named; the overview has the rest


class Reds:
    """How much is overdue in a seat's sight; each kind of sight is counted once a unit, however many people have it."""

    def __init__(self, tx: Tx, regime: Regime, *, before: int = overview.FOREVER) -> None:
        self.tx = tx
        self.before = before
        self.regime = regime
        self.on: date = local_date(tx.now)
        self._sights: dict[tuple[str, str, str], Sight | None] = {}
        self._counts: dict[Sight, dict[str, int]] = {}
        self._longest: dict[Sight, list[Owed]] = {}

    def _sight(self, seat: Seat) -> Sight | None:
        alike = (seat.role, seat.scope_kind, seat.scope)
        if alike not in self._sights:
            self._sights[alike] = sight_of(seat, self.regime)
        return self._sights[alike]

    async def of(self, seat: Seat) -> int:
        sight = self._sight(seat)
        if sight is None or seat.rights not in WATCHERS:
            return 0
        alike = Sight(sight.regime, "", sight.unit, sight.roles)
        if alike not in self._counts:
            self._counts[alike] = await overview.red_counts(self.tx, alike, private_kinds(), before=self.before)
        found = self._counts[alike].items()
        return sum(n for region, n in found if bucket(region, sight.scope, self.regime, self.on) is not None)

    async def longest(self, seat: Seat) -> list[Owed]:
        """What is overdue longest in the seat's sight."""
        sight = self._sight(seat)
        if sight is None or not await self.of(seat):
            return []
        if sight not in self._longest:
            within = regions_within(sight.scope, self.regime, self.on)
            self._longest[sight] = await overview.red_listed(self.tx, sight, within, private_kinds(), LONGEST)
        return self._longest[sight]


@dataclass(frozen=True)
class Scope:
    """What is known of one regime's scopes."""

    reds: Reds
    weeks: Weeks

    @classmethod
    def of(cls, tx: Tx, regime: Regime) -> "Scope":
        return cls(Reds(tx, regime), Weeks(tx, regime))
