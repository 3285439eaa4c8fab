"""Reads regime files and calendars: a shipped name ("jilin-2019") or a path. The only place where they are files."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from domain.announcement import year_of
from domain.calendar import Calendar, CalendarError, YearDays, build_calendar
from domain.regime import Regime
from domain.regime_check import Checked, check_regime
from domain.regime_links import Problem

REGIMES = Path(__file__).parent / "regimes"
CALENDARS = Path(__file__).parent / "calendars"


class RegimeError(ValueError):
    """A regime or calendar that cannot be used; `problems` says each thing that is wrong."""

    def __init__(self, what: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([f"{what} cannot be used:", *(str(problem) for problem in self.problems)]))


def shipped() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in REGIMES.glob("*.toml")))


def load_regime(name: str | Path) -> Regime:
    checked = check_file(name)
    if checked.regime is None:
        raise RegimeError(str(name), checked.problems)
    return checked.regime


def load_regimes(names: Iterable[str | Path]) -> dict[str, Regime]:
    """By id, in the order given; two files with one id are refused."""
    regimes: dict[str, Regime] = {}
    for name in names:
        regime = load_regime(name)
        if regime.id in regimes:
            raise RegimeError(str(name), [Problem("id", f'the regime "{regime.id}" is loaded already', "give each file its own id")])
        regimes[regime.id] = regime
    return regimes


def check_file(name: str | Path) -> Checked:
    """Everything that is wrong with a file, a missing or unreadable one included."""
    path = regime_path(name)
    try:
        data = _read_toml(path)
    except RegimeError as error:
        return Checked(None, error.problems)
    checked = check_regime(data)
    if checked.regime and not any(True for _ in _calendar_files(checked.regime.calendar)) and checked.regime.calendar != "cn":
        wrong = f'there is no calendar "{checked.regime.calendar}"'
        return Checked(None, (Problem("calendar", wrong, 'write calendar = "cn"'),))
    return checked


def regime_path(name: str | Path) -> Path:
    return REGIMES / f"{name}.toml" if str(name) in shipped() else Path(name)


def load_calendar(name: str = "cn", imported: Iterable[YearDays] = ()) -> Calendar:
    """Chinesecalendar's years, over them the shipped files `calendars/NAME-YEAR.toml`, over them what the office imported."""
    files = {days.year: days for days in map(read_year, _calendar_files(name))}
    files.update({days.year: days for days in imported})
    return build_calendar(files.values())


def read_year(path: Path) -> YearDays:
    return year_days(_read_toml(path), str(path.name))


def parse_year(text: str, what: str = "the calendar") -> YearDays:
    """The same from a text that somebody sent."""
    try:
        return year_days(tomllib.loads(text), what)
    except tomllib.TOMLDecodeError as error:
        raise RegimeError(what, [_syntax(error)]) from None


def year_days(data: dict[str, Any], what: str) -> YearDays:
    try:
        return year_of(data)
    except ValidationError as error:
        problems = [Problem(".".join(map(str, each["loc"])), each["msg"], "see cn-2026.toml") for each in error.errors()]
        raise RegimeError(what, problems) from None
    except CalendarError as error:
        raise RegimeError(what, [Problem("off, working", str(error).rstrip("."), "see the announcement")]) from None


def _calendar_files(name: str) -> Iterator[Path]:
    return iter(sorted(CALENDARS.glob(f"{name}-[0-9][0-9][0-9][0-9].toml")))


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        mend = f"write a path, or one of {', '.join(shipped())}"
        raise RegimeError(str(path), [Problem(str(path), "there is no such file", mend)]) from None
    except tomllib.TOMLDecodeError as error:
        raise RegimeError(str(path), [_syntax(error)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RegimeError(str(path), [Problem(str(path), f"it cannot be read ({error})", "save it as UTF-8 text")]) from None


def _syntax(error: tomllib.TOMLDecodeError) -> Problem:
    return Problem("file", f"it is no valid TOML: {error}", "correct that line; texts stand in quotes, lists in [ ], tables in { }")
