"""The words of a roster's cells: as people type them, with other widths, blanks inside names, short and full names of places."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from domain.regime import Regime
from domain.regime_parts import Named, Region, Role

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
    return "".join(unicodedata.normalize("NFKC", words).casefold().split()).translate(_QUOTES)


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


def read_role(regime: Regime, words: str) -> Role:
    if not words:
        raise RowError("no_role")
    found = _named(regime.roles, words)
    if len(found) != 1:
        raise RowError("role_unknown", words, _near(regime.roles, words))
    return found[0]


def read_unit(regime: Regime, words: str) -> tuple[str | None, str]:
    """The regime's code; or, where it has no such unit (a city's own bureau), the words as they stand."""
    if not words:
        return None, ""
    found = [unit for unit in regime.units if fold(words) in _spellings(unit, unit.short)]
    return (found[0].id, "") if len(found) == 1 else (None, " ".join(words.split())[:MOST_UNIT])


def read_region(regime: Regime, words: str, on: date) -> Region:
    """By code or name; a county that two cities have is written with its city before it."""
    folded = fold(words)
    if not folded:
        raise RowError("no_scope")
    if folded in _WHOLE:
        return regime.province
    found = [region for region in regime.regions if folded in _places(region)]
    if not found:
        found = [region for region in regime.regions if folded in _full(regime, region, on)]
    if len(found) != 1:
        code = "scope_ambiguous" if found else "scope_unknown"
        raise RowError(code, words, tuple(region.id for region in found[:NEAR]) or _near(regime.regions, words))
    return found[0]


def _places(region: Region) -> set[str]:
    return _spellings(region, *region.aliases)


def _full(regime: Regime, region: Region, on: date) -> set[str]:
    """With the city, or the province, or both before it."""
    above = [each for each in regime.above(region.id, on) if each.id != region.id]
    fronts = {city for each in above for city in _places(each)}
    fronts |= {top + city for top in _places(regime.province) for each in above[:1] for city in _places(each)}
    return {front + own for front in fronts for own in _places(region)}


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


def _named(things: Iterable[Found], words: str) -> list[Found]:
    return [thing for thing in things if fold(words) in _spellings(thing)]


def _spellings(thing: Named, *more: str) -> set[str]:
    return {fold(each) for each in (thing.id, thing.name.zh, thing.name.en, *more) if each}


def _near(things: Iterable[Named], words: str) -> tuple[str, ...]:
    """Codes of what may have been meant: names that contain the words, then those that look alike."""
    names = {fold(thing.name.zh): thing.id for thing in things}
    within = [code for name, code in names.items() if fold(words) in name]
    alike = [names[name] for name in difflib.get_close_matches(fold(words), names, n=NEAR, cutoff=0.5)]
    return tuple(dict.fromkeys([*within, *alike]))[:NEAR]
