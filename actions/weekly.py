"""Once a week those who look over a scope are told, with that morning's message, what the week before brought."""

from actions.subjects import private_kinds
from domain.calendar import DAY
from domain.deadlines import at, local_date
from domain.overview import Sight, bucket, sight_of
from domain.people import Seat
from domain.regime import Regime
from domain.speech import Param, lines, term, text
from domain.weeks import period
from storage import notices, overview, weeks
from storage.tx import Tx

PLACES = 5  # so many are named, those with most overdue first; the overview has the rest


class Weeks:
    """The summaries of one regime; each kind of sight is counted once a unit, however many people have it."""

    def __init__(self, tx: Tx, regime: Regime) -> None:
        self.tx = tx
        self.regime = regime
        self._found: dict[Sight, tuple[weeks.Week, dict[str, int]]] = {}

    async def of(self, seat: Seat, slot_at: int) -> Param | None:
        """The block of a morning's message; None where that morning brings none, or there is nothing to say.

        `slot_at`: when the morning's message was due.
        """
        sight, morning = sight_of(seat, self.regime), await notices.summed_up(self.tx, self.regime.id)
        if sight is None or morning is None or local_date(slot_at) > morning:
            return None
        since, until = period(morning, self.tx.world.calendar)
        week, red = await self._counted(sight, at(since, "00:00"), at(until, "00:00"))
        rows = {name: self._by_place(found, sight) for name, found in _named(week, red).items()}
        if not any(found for found in rows.values()):
            return None
        sums: dict[str, Param] = {name: sum(found.values()) for name, found in rows.items()}
        head: dict[str, Param] = {
            "since": {"$": "date", "date": since.isoformat()},
            "until": {"$": "date", "date": (until - DAY).isoformat()},
            "scope": term(self.regime.id, "unit", sight.unit) if sight.unit else term(self.regime.id, "region", sight.scope),
        }
        return text("weekly.block", **head, **sums, places=self._places(rows, sight))

    async def _counted(self, sight: Sight, since: int, until: int) -> tuple[weeks.Week, dict[str, int]]:
        alike = Sight(sight.regime, "", sight.unit, sight.roles)
        if alike not in self._found:
            week = await weeks.of(self.tx, alike, private_kinds(), since, until)
            self._found[alike] = (week, await overview.red_counts(self.tx, alike, private_kinds()))
        return self._found[alike]

    def _by_place(self, by_region: dict[str, int], sight: Sight) -> dict[str, int]:
        found: dict[str, int] = {}
        for region, n in by_region.items():
            place = bucket(region, sight.scope, self.regime, local_date(self.tx.now))
            if place is not None:
                found[place] = found.get(place, 0) + n
        return found

    def _places(self, rows: dict[str, dict[str, int]], sight: Sight) -> Param:
        """A line for each of a few places; none where the scope itself is all there is."""
        places = {place for found in rows.values() for place in found}
        if places <= {sight.scope}:
            return ""

        def numbers(place: str) -> dict[str, int]:
            return {name: found.get(place, 0) for name, found in rows.items()}

        order = sorted(places, key=lambda place: ([-numbers(place)[name] for name in ("red", "climbing", "opened", "closed")], place))
        shown = [text("weekly.place", place=term(self.regime.id, "region", place), **numbers(place)) for place in order[:PLACES]]
        rest = [text("weekly.rest", n=len(order) - PLACES)] if len(order) > PLACES else []
        return lines(["", *shown, *rest])


def _named(week: weeks.Week, red: dict[str, int]) -> dict[str, dict[str, int]]:
    return {"closed": week.closed, "opened": week.opened, "climbing": week.climbing, "red": red}
