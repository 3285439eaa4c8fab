"""A roster: what each row of a sheet asks for, why a row cannot be taken, and how it differs from the seats there are. Pure.

Rows are numbered as the spreadsheet shows them. A row stands for one seat: the same name, role and place is the same seat, and only its
unit and the end of its term may change. Nobody loses a seat because a list does not name them: lists are often of one city only.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from domain.regime import Regime
from domain.regime_parts import Role
from domain.roster_words import LEAST_NAME, Lexicon, RowError, fold, no_end, read_day, read_name, read_region, read_role, read_unit
from domain.words import fold as words_fold

HEAD_WITHIN = 15  # rows: titles and notes stand above the header
MOST_ROWS = 5_000
# As rosters head their columns; compared folded, without brackets and asterisks.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "人员姓名", "name", "fullname"),
    "unit": ("单位", "工作单位", "所在单位", "单位名称", "派出单位", "unit", "organisation", "organization", "department"),
    "role": ("职务", "职责", "角色", "岗位", "担任职务", "任职", "role", "position", "post"),
    "scope": ("范围", "地区", "负责地区", "负责范围", "区域", "市县", "所在地区", "scope", "region", "area", "place"),
    "until": ("任期至", "任期", "任期到", "任期截止", "截止日期", "到期日", "until", "term", "termuntil", "termends", "end"),
    "enterprise": ("企业", "企业名称", "驻企", "所驻企业", "驻企名称", "enterprise", "company", "plant"),
}  # fmt: skip


class NoHeaderError(ValueError):
    """No row of the sheet names both a name and a role."""


class TooManyRowsError(ValueError):
    """More rows than a roster has."""


@dataclass(frozen=True)
class Row:
    """One row as it stands in the sheet. None: the sheet has no such column, so it says nothing about it."""

    number: int
    name: str
    role: str
    unit: str | None = None
    scope: str | None = None
    until: str | None = None
    enterprise: str | None = None


@dataclass(frozen=True)
class Wanted:
    """What a row asks for. `unit` is a code of the regime, `workplace` the words where the unit is none of the regime's.

    `scope` is a region's or unit's code; for a seat at an enterprise the enterprise's region.
    """

    row: int
    name: str
    role: str
    scope_kind: str
    scope: str
    enterprise: str = ""
    unit: str | None = None
    workplace: str = ""
    until: date | None = None
    says_unit: bool = False
    says_until: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return fold(self.name), self.role, spot(self.scope, self.enterprise)


@dataclass(frozen=True)
class Refused:
    """`word` is what stands in the cell, `near` are codes that may have been meant, `other` is the row it repeats."""

    row: int
    name: str
    code: str
    word: str = ""
    near: tuple[str, ...] = ()
    other: int = 0


@dataclass(frozen=True)
class Held:
    """A seat in force. `place` is `spot(...)` of it."""

    seat: int
    name: str
    role: str
    place: str
    unit: str | None
    workplace: str
    until: date | None

    @property
    def key(self) -> tuple[str, str, str]:
        return fold(self.name), self.role, self.place


@dataclass(frozen=True)
class Changed:
    wanted: Wanted
    held: Held
    unit: bool
    until: bool


@dataclass(frozen=True)
class Diff:
    """`kept`: other seats of people whom the list names; they stay. `beside`: new ones where one is enough, with the present one."""

    new: tuple[Wanted, ...] = ()
    unchanged: tuple[Wanted, ...] = ()
    changed: tuple[Changed, ...] = ()
    refused: tuple[Refused, ...] = ()
    kept: tuple[Held, ...] = ()
    beside: tuple[tuple[Wanted, Held], ...] = ()

    @property
    def moves(self) -> bool:
        return bool(self.new or self.changed)

    def fingerprint(self) -> str:
        """Tells whether what was shown is still what would be done."""
        return hashlib.sha256(repr((self.new, self.changed)).encode()).hexdigest()[:24]


def spot(scope: str, enterprise: str = "") -> str:
    return f"{scope}/{fold(enterprise)}" if enterprise else scope


# Rows of the sheet -----------------------------------------------------------------------------------------------------------------


def read_rows(cells: Sequence[Sequence[str]]) -> list[Row]:
    """The rows below the header, blank ones left out. Raises `NoHeaderError`, `TooManyRowsError`."""
    at, columns = _header(cells)
    found = []
    for number, line in enumerate(cells[at + 1 :], at + 2):
        values = {name: _cell(line, n) for name, n in columns.items()}
        if any(values.values()):
            found.append(Row(number, **values))
    if len(found) > MOST_ROWS:
        raise TooManyRowsError(len(found))
    return found


def roster_sheet(sheets: Sequence[Sequence[Sequence[str]]]) -> Sequence[Sequence[str]]:
    """The first sheet of a workbook that is headed like a roster. Raises `NoHeaderError`."""
    for cells in sheets:
        if is_roster(cells):
            return cells
    raise NoHeaderError


def is_roster(cells: Sequence[Sequence[str]]) -> bool:
    try:
        _header(cells)
    except NoHeaderError:
        return False
    return True


def _header(cells: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for n, line in enumerate(cells[:HEAD_WITHIN]):
        found: dict[str, int] = {}
        for column, cell in enumerate(line):
            name = _column(cell)
            if name is not None:
                found.setdefault(name, column)
        if {"name", "role"} <= found.keys():
            return n, found
    raise NoHeaderError


def _column(cell: str) -> str | None:
    """One header may give several words: `范围|地区`, `Name (required)`."""
    bare = fold(cell).partition("(")[0].replace("*", "").replace("_", "")
    words = set(bare.replace("|", "/").replace("、", "/").split("/"))
    return next((name for name, known in COLUMNS.items() if words & set(known)), None)


def _cell(line: Sequence[str], n: int) -> str:
    return line[n].strip() if n < len(line) else ""


def dump(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def load(raw: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [Row(**each) for each in raw]


# What a row asks for ---------------------------------------------------------------------------------------------------------------


# Regions in which an enterprise of a name (`domain.words.fold`) is on file.
Plants = Mapping[str, Sequence[str]]


def understand(rows: Iterable[Row], regime: Regime, on: date, plants: Plants) -> tuple[list[Wanted], list[Refused]]:
    """What can be taken, and every other row with its reason. The second of two rows that say the same is refused."""
    taken: list[Wanted] = []
    refused: list[Refused] = []
    first: dict[tuple[Any, ...], int] = {}
    names = Lexicon(regime, on)
    for row in rows:
        try:
            wanted = _wanted(row, names, plants)
        except RowError as error:
            refused.append(Refused(row.number, row.name, error.code, error.word, error.near))
            continue
        same = (*wanted.key, wanted.unit, fold(wanted.workplace))
        if same in first:
            refused.append(Refused(row.number, wanted.name, "twice", other=first[same]))
        else:
            first[same] = row.number
            taken.append(wanted)
    return taken, refused


def _wanted(row: Row, names: Lexicon, plants: Plants) -> Wanted:
    name = read_name(row.name)
    role = read_role(names, row.role)
    unit, workplace = read_unit(names, row.unit or "")
    enterprise = _enterprise(row, role)
    scope = _plant_place(row, enterprise, names, plants) if enterprise else _scope(row, role, names, unit)
    return Wanted(
        row=row.number,
        name=name,
        role=role.id,
        scope_kind=role.scope,
        scope=scope,
        enterprise=enterprise,
        unit=scope if role.scope == "unit" else unit or role.unit,
        workplace="" if role.scope == "unit" else workplace,
        until=None if no_end(row.until) else read_day(row.until or "", names.on),
        says_unit=bool(row.unit) and role.scope != "unit",
        says_until=row.until is not None,
    )


def _scope(row: Row, role: Role, names: Lexicon, unit: str | None) -> str:
    words = row.scope or ""
    if role.scope == "unit":
        named, _ = read_unit(names, words)
        found = named or unit or role.unit
        if found is None:
            raise RowError("unit_unknown" if words or row.unit else "no_unit", words or row.unit or "")
        return found
    if role.scope == "province" and not words:
        return names.regime.province.id
    if role.scope == "region":
        return _region_below(row, names)
    region = read_region(names, words)
    if role.scope == "province" and region.id != names.regime.province.id:
        raise RowError("scope_province", words)
    return region.id


def _region_below(row: Row, names: Lexicon) -> str:
    region = read_region(names, row.scope or "")
    if region.id == names.regime.province.id:
        raise RowError("scope_too_wide", row.scope or "")
    return region.id


def _plant_place(row: Row, enterprise: str, names: Lexicon, plants: Plants) -> str:
    """The region of an enterprise on file need not be written, and where a wider one is, it is the enterprise's own that is meant."""
    found, words = plants.get(words_fold(enterprise), ()), row.scope or ""
    within = _region_below(row, names) if words else names.regime.province.id
    near = tuple(region for region in found if names.regime.covers(within, region, names.on))
    if len(near) == 1:
        return near[0]
    if not words:
        raise RowError("plant_ambiguous" if near else "plant_unknown", enterprise, near)
    return within


def _enterprise(row: Row, role: Role) -> str:
    if role.scope != "enterprise":
        return ""
    words = " ".join((row.enterprise or "").split())
    if len(words) < LEAST_NAME:
        raise RowError("no_enterprise")
    return words[:80]
