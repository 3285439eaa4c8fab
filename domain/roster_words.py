"""The words of a roster's cells: as people type them, with other widths, blanks inside names, short and full names of places."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from domain.regime import Regime
from domain.regime_parts import Named, Region, Role, Unit
from domain.words import fold as words_fold
from domain.words import near

Found = TypeVar("Found", bound=Named)
LEAST_NAME, MOST_NAME, MOST_UNIT = 2, 40, 80
NEAR = 3
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")
_BARE_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NO_END = {"", "-", "--", "—", "——", "/", "无", "长期", "不限", "未定", "none", "open", "n/a"}
_WHOLE = {"全省", "全域", "省", "全部", "province", "wholeprovince", "all"}
_QUOTES = str.maketrans("", "", "\"'“”‘’「」")


class RowError(ValueError):
    """Why a row cannot be taken: a code of `roster.reason.*`, the cell's words, codes that may have been meant."""

    def __init__(self, code: str, word: str = "", near: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.word = word[:40]
        self.near = near


def fold(words: str) -> str:
    """Width, case, blanks and quotation marks do not matter."""
    return words_fold(words).translate(_QUOTES)


def read_name(words: str) -> str:
    """Rosters blow two-character names up with blanks; a Latin name keeps its single ones."""
    name = " ".join(unicodedata.normalize("NFKC", words).split())
    if not name:
        raise RowError("no_name")
    if not any(char.isascii() and char.isalpha() for char in name):
        name = name.replace(" ", "")
    if not LEAST_NAME <= len(name) <= MOST_NAME or any(char.isdigit() for char in name):
        raise RowError("bad_name", name)
    return name


@dataclass(frozen=True)
class Lexicon:
    """A regime's names as they may be typed on a day, looked up once a sheet."""

    regime: Regime
    on: date

    @cached_property
    def roles(self) -> dict[str, list[Role]]:
        return _index((role, _spellings(role)) for role in self.regime.roles)

    @cached_property
    def units(self) -> dict[str, list[Unit]]:
        return _index((unit, _spellings(unit, unit.short)) for unit in self.regime.units)

    @cached_property
    def places(self) -> dict[str, list[Region]]:
        return _index((region, _places(region)) for region in self.regime.regions)

    @cached_property
    def full_places(self) -> dict[str, list[Region]]:
        """With the city, the province, or both before the name: counties of two cities may be called the same."""
        return _index((region, self._full(region)) for region in self.regime.regions)

    def _full(self, region: Region) -> set[str]:
        above = [each for each in self.regime.above(region.id, self.on) if each.id != region.id]
        fronts = {city for each in above for city in _places(each)}
        fronts |= {top + city for top in _places(self.regime.province) for each in above[:1] for city in _places(each)}
        return {front + own for front in fronts for own in _places(region)}


def read_role(names: Lexicon, words: str) -> Role:
    if not words:
        raise RowError("no_role")
    found = names.roles.get(fold(words), [])
    if len(found) != 1:
        raise RowError("role_unknown", words, _near(names.regime.roles, words))
    return found[0]


def read_unit(names: Lexicon, words: str) -> tuple[str | None, str]:
    """The regime's code; or, where it has no such unit (a city's own bureau), the words as they stand."""
    if not words:
        return None, ""
    found = names.units.get(fold(words), [])
    return (found[0].id, "") if len(found) == 1 else (None, " ".join(words.split())[:MOST_UNIT])


def read_region(names: Lexicon, words: str) -> Region:
    folded = fold(words)
    if not folded:
        raise RowError("no_scope")
    if folded in _WHOLE:
        return names.regime.province
    found = names.places.get(folded) or names.full_places.get(folded, [])
    if len(found) != 1:
        code = "scope_ambiguous" if found else "scope_unknown"
        raise RowError(code, words, tuple(region.id for region in found[:NEAR]) or _near(names.regime.regions, words))
    return found[0]


def _places(region: Region) -> set[str]:
    return _spellings(region, *region.aliases)


def no_end(words: str | None) -> bool:
    return words is None or fold(words) in _NO_END


def read_day(words: str, on: date) -> date:
    """The last day of a term: a date cell (ISO), or as dates are typed."""
    plain = unicodedata.normalize("NFKC", words).strip()
    match = _DAY.fullmatch(plain.replace(" ", "") if "年" in plain else plain) or _BARE_DAY.fullmatch(plain)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        raise RowError("bad_date", words)
    if day < on:
        raise RowError("past", words)
    return day


def _index(things: Iterable[tuple[Found, set[str]]]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for thing, spellings in things:
        for spelling in spellings:
            found.setdefault(spelling, []).append(thing)
    return found


def _spellings(thing: Named, *more: str) -> set[str]:
    return {fold(each) for each in (thing.id, thing.name.zh, thing.name.en, *more) if each}


def _near(things: Iterable[Named], words: str) -> tuple[str, ...]:
    """Codes of what may have been meant: names that contain the words, then those that look alike."""
    names: dict[str, list[str]] = {}
    for thing in things:
        names.setdefault(fold(thing.name.zh), []).append(thing.id)
    within = [code for name, codes in names.items() if fold(words) in name for code in codes]
    alike = [code for name in near(fold(words), names, NEAR, 0.5) for code in names[name]]
    return tuple(dict.fromkeys([*within, *alike]))[:NEAR]
