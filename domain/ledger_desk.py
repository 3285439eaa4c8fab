"""What the words in a row's cells mean: places, people, classes and industries, as the person who sent the sheet may name them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from domain.ledger import Item
from domain.people import Actor, Seat
from domain.permissions import covers
from domain.regime import Regime
from domain.regime_parts import Named, Region
from domain.words import fold
from domain.world import World


@dataclass(frozen=True)
class Row:
    """`cells` has only the columns that the sheet has."""

    number: int  # as the spreadsheet shows it
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Held:
    """An item as it is now; `owner` as its obligation says."""

    item: Item
    owner: Seat
    leader: Seat | None
    due: date


class RowError(Exception):
    def __init__(self, code: str, column: str = "", word: str = "") -> None:
        super().__init__(code)
        self.code, self.column, self.word = code, column, word[:60]


@dataclass(frozen=True)
class Desk:
    """Everything that rows are understood with."""

    actor: Actor
    world: World
    on: date
    held: Mapping[tuple[str, str], Held]  # by regime and number
    seats: Mapping[str, Sequence[Seat]]  # of each regime
    known: frozenset[tuple[str, str, str, str]] = frozenset()  # open items: regime, region, folded enterprise, folded problem
    defaults: Mapping[str, str] = field(default_factory=dict)

    # What thousands of rows ask of a few places.
    _covering: dict[tuple[str, str], Sequence[Seat]] = field(default_factory=dict, repr=False, compare=False)
    _places: dict[tuple[str, str], tuple[Regime, str] | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def regimes(self) -> list[Regime]:
        return [self.world.regime(code) for code in dict.fromkeys(seat.regime for seat in self.actor.seats)]

    def covering(self, regime: str, region: str) -> Sequence[Seat]:
        """The seats in charge of a place."""
        if (regime, region) not in self._covering:
            self._covering[regime, region] = [
                seat for seat in self.seats[regime] if seat.scope_kind != "enterprise" and covers(seat, region, self.world, self.on)
            ]
        return self._covering[regime, region]

    def place(self, city: str, county: str) -> tuple[Regime, str] | None:
        """What the cells of a row name; None: nothing, or more than one thing."""
        if (city, county) not in self._places:
            self._places[city, county] = _find_place(self, city, county)
        return self._places[city, county]


def listed(regime: Regime, words: str) -> str | None:
    """Lists of enterprises know more industries than a regime's; a new item may have none."""
    try:
        return named(regime.industries, words, "industry")
    except RowError:
        return None


def place_of(row: Row, desk: Desk) -> tuple[Regime, str]:
    city, county = row.cells.get("city", ""), row.cells.get("county", "")
    found = desk.place(city, county)
    if found is None:
        several = any(len(regime.places.find(county or city)) > 1 for regime in desk.regimes)
        raise RowError("place_several" if several else "place", "county" if county else "city", county or city)
    return found


def _find_place(desk: Desk, city: str, county: str) -> tuple[Regime, str] | None:
    for regime in desk.regimes:
        above = regime.find_region(city) if city else None
        if county and above is not None:
            found = [each for each in regime.children(above.id, desk.on) if fold(county) in spellings(each)]
            if len(found) == 1:
                return regime, found[0].id
        elif county and (region := regime.find_region(county)) is not None:
            return regime, region.id
        elif above is not None:
            return regime, above.id
    return None


def named(things: Sequence[Named], words: str, column: str, *, empty: bool = False) -> str:
    if not words and empty:
        return ""
    found = [each.id for each in things if fold(words) in {fold(each.name.zh), fold(each.name.en), fold(each.id)}]
    if len(found) != 1:
        raise RowError("not_known", column, words)
    return found[0]


def person_named(desk: Desk, regime: str, region: str, words: str, column: str) -> Seat:
    """By name, of those in charge there; without a name the nearest liaison."""
    covering = desk.covering(regime, region)
    if not words:
        liaisons = [seat for seat in covering if seat.rights == "liaison"]
        chain = [each.id for each in desk.world.regime(regime).above(region, desk.on)]
        liaisons.sort(key=lambda seat: (chain.index(seat.scope) if seat.scope in chain else len(chain), seat.account is None, seat.id))
        if not liaisons:
            raise RowError("no_owner", column)
        return liaisons[0]
    rights = {"supervisor", "county_lead"} if column == "leader" else None
    found = [seat for seat in covering if fold(seat.holder) == fold(words) and _fit(seat, rights)]
    if not found:
        raise RowError("nobody", column, words)
    if len({seat.person or -seat.id for seat in found}) > 1:
        raise RowError("several", column, words)
    return found[0]


def _fit(seat: Seat, rights: set[str] | None) -> bool:
    return seat.rights in rights if rights is not None else seat.rights not in {"audit", "receiver", "provincial"}


def spellings(region: Region) -> set[str]:
    return {fold(words) for words in (region.id, region.name.zh, region.name.en, *region.aliases)}
