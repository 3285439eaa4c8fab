"""A ledger that comes back as a sheet: what each row would open or change, what cannot be taken and why. Pure.

A row with a number means that item, as it was when the sheet was made (`version`); a row without one is a new item. Only what stands in
columns that the sheet has counts. Nothing is taken in part: one row that cannot be taken, and none is.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.dates import Until, read_until
from domain.ledger import EXTRA, Item
from domain.ledger_columns import GIVEN
from domain.ledger_desk import Desk, Held, Row, RowError, listed, named, person_named, place_of, spellings
from domain.people import Seat
from domain.permissions import Target, permit
from domain.regime import Regime
from domain.regime_parts import Named
from domain.words import fold

HEAD_WITHIN = 15  # titles and notes stand above the header
MOST_ROWS = 10_000
MOST_WORDS, MOST_EXTRA = 600, 200
PLAIN: Mapping[str, int] = {"problem": MOST_WORDS, "measures": MOST_WORDS, "goal": MOST_WORDS, **dict.fromkeys(EXTRA, MOST_EXTRA)}
MUST = frozenset({"problem", "measures"})
# What a list of enterprises leaves out is asked once for all of it.
COMMON = ("problem", "kind", "measures", "due")


class NoHeaderError(ValueError):
    """No row of the sheet names a number or an enterprise beside another column."""


class TooManyRowsError(ValueError):
    """More rows than are taken at once."""


@dataclass(frozen=True)
class Cell:
    """`old` and `new` as they were understood: words, codes, seats' names, ISO dates."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    row: int
    held: Held
    cells: tuple[Cell, ...]
    values: Mapping[str, Any] = field(default_factory=dict)  # columns of the item
    due: Until | None = None
    owner: Seat | None = None


@dataclass(frozen=True)
class New:
    """`given` fills `OpenItem`."""

    row: int
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Refused:
    """`code` is `items.import.refused.CODE`; `what` is the row's number or enterprise, `word` what stands in the cell."""

    row: int
    what: str
    code: str
    column: str = ""
    word: str = ""


@dataclass(frozen=True)
class Plan:
    new: tuple[New, ...] = ()
    changed: tuple[Change, ...] = ()
    conflicts: tuple[Change, ...] = ()
    refused: tuple[Refused, ...] = ()
    same: int = 0
    wanting: frozenset[str] = frozenset()  # of `COMMON`, what new rows leave out
    unlisted: tuple[str, ...] = ()  # industries of new rows that the regime does not list: the items are opened without one

    @property
    def fits(self) -> bool:
        return bool(self.new or self.changed) and not (self.conflicts or self.refused or self.wanting)

    def fingerprint(self) -> str:
        """Whether the same would still be done."""
        told = [[(each.row, sorted((k, str(v)) for k, v in each.given.items())) for each in self.new]]
        told += [[(each.row, each.held.item.version, [vars(cell) for cell in each.cells]) for each in self.changed]]  # type: ignore[misc]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, default=str).encode()).hexdigest()[:32]


def read_rows(sheets: Sequence[Sequence[Sequence[str]]], heads: Mapping[str, str]) -> list[Row]:
    """`heads`: folded words of a header to the column they mean."""
    for cells in sheets:
        for at, line in enumerate(cells[:HEAD_WITHIN]):
            columns = {n: heads[fold(words)] for n, words in enumerate(line) if fold(words) in heads}
            named = set(columns.values()) & set(GIVEN)
            if len(named) > 1 and named & {"number", "enterprise"}:
                rows = [_row(n, line, columns) for n, line in enumerate(cells[at + 1 :], at + 2) if any(words.strip() for words in line)]
                if len(rows) > MOST_ROWS:
                    raise TooManyRowsError
                return rows
    raise NoHeaderError


def _row(number: int, line: Sequence[str], columns: Mapping[int, str]) -> Row:
    cells = {key: (line[n].strip() if n < len(line) else "") for n, key in columns.items() if key in GIVEN}
    return Row(number, cells)


def compare(rows: Sequence[Row], desk: Desk) -> Plan:
    new: list[New] = []
    changed: list[Change] = []
    conflicts: list[Change] = []
    refused: list[Refused] = []
    wanting: set[str] = set()
    same, seen = 0, set(desk.known)
    numbers: set[str] = set()
    for row in rows:
        try:
            if not row.cells.get("number"):
                wanting |= _wanting(row, desk)
                given = _new(row, desk)
                mark = (given["regime"], given["region"], fold(given["enterprise"]), fold(given.get("problem", "")))
                same += mark in seen
                new += [] if mark in seen else [New(row.number, given)]
                seen.add(mark)
                continue
            change = _change(row, desk, numbers)
        except RowError as error:
            what = row.cells.get("number") or row.cells.get("enterprise", "")
            refused.append(Refused(row.number, what, error.code, error.column, error.word))
            continue
        if not change.cells:
            same += 1
        elif _version(row) == change.held.item.version:
            changed.append(change)
        else:
            conflicts.append(change)
    cells = {row.number: row.cells for row in rows}
    unlisted = [cells[each.row]["industry"] for each in new if cells[each.row].get("industry") and not each.given.get("industry")]
    return Plan(tuple(new), tuple(changed), tuple(conflicts), tuple(refused), same, frozenset(wanting), tuple(unlisted))


def _version(row: Row) -> int:
    version = row.cells.get("version", "").rpartition("/")[2]
    return int(version) if version.isascii() and version.isdigit() else 0


# An item that is there ----------------------------------------------------------------------------------------------------------------


def _change(row: Row, desk: Desk, numbers: set[str]) -> Change:
    if row.cells["number"] in numbers:
        raise RowError("twice", "number", row.cells["number"])
    numbers.add(row.cells["number"])
    regime_id, _, _ = row.cells.get("version", "").rpartition("/")
    held = desk.held.get((regime_id, row.cells["number"]))
    if not regime_id:
        raise RowError("no_version", "number", row.cells["number"])
    if held is None or permit(desk.actor, "item.import", Target(regime_id, held.item.region), desk.world, desk.on) is None:
        raise RowError("unknown_number", "number", row.cells["number"])
    regime = desk.world.regime(regime_id)
    _fixed(row, held, regime, desk.on)
    values: dict[str, Any] = {}
    cells: list[Cell] = []
    owner, leader, due = _owner(row, held, desk), _leader(row, held, desk), _due(row, held, desk)
    if due is not None:
        cells.append(Cell("due", held.due.isoformat(), due.day.isoformat()))
    if owner is not None:
        values["owner"] = owner.id
        cells.append(Cell("owner", held.owner.holder, owner.holder))
    if leader is not None:
        values["leader"] = leader.id
        cells.append(Cell("leader", held.leader.holder if held.leader else "", leader.holder))
    _coded(row, held.item, regime, values, cells)
    _plain(row, held.item, values, cells)
    if cells and held.item.state == "closed":
        raise RowError("closed", "number", held.item.number)
    return Change(row.number, held, tuple(cells), values, due, owner)


def _coded(row: Row, item: Item, regime: Regime, values: dict[str, Any], cells: list[Cell]) -> None:
    coded: tuple[tuple[str, Sequence[Named], str], ...] = (
        ("kind", regime.ledger.classes, item.kind),
        ("industry", regime.industries, item.industry or ""),
    )
    for column, things, code in coded:
        if column in row.cells:
            found = named(things, row.cells[column], column, empty=column == "industry")
            if found != code:
                values[column] = found or None
                cells.append(Cell(column, code, found))


def _fixed(row: Row, held: Held, regime: Regime, on: date) -> None:
    """Which enterprise and where is what an item is: another one is another item."""
    path = {each.level: each for each in regime.above(held.item.region, on)}
    if fold(row.cells.get("enterprise", held.item.enterprise)) != fold(held.item.enterprise):
        raise RowError("fixed", "enterprise", row.cells["enterprise"])
    for column in ("city", "county"):
        region = path.get("city" if column == "city" else "county")
        words = row.cells.get(column, "")
        if words and (region is None or fold(words) not in spellings(region)):
            raise RowError("fixed", column, words)


def _plain(row: Row, item: Item, values: dict[str, Any], cells: list[Cell]) -> None:
    for column, most in PLAIN.items():
        before, words = str(getattr(item, column)), row.cells.get(column)
        if words is None or words == before.strip():
            continue
        _measure(column, words, most)
        values[column] = words
        cells.append(Cell(column, before, words))


def _measure(column: str, words: str, most: int) -> None:
    if len(words) > most:
        raise RowError("too_long", column, words)
    if column in MUST and len(words) < 2:
        raise RowError("empty", column, words)


def _owner(row: Row, held: Held, desk: Desk) -> Seat | None:
    words = row.cells.get("owner", "")
    if not words or fold(words) == fold(held.owner.holder):
        return None
    return person_named(desk, held.item.regime, held.item.region, words, "owner")


def _leader(row: Row, held: Held, desk: Desk) -> Seat | None:
    words = row.cells.get("leader", "")
    if not words or (held.leader is not None and fold(words) == fold(held.leader.holder)):
        return None
    return person_named(desk, held.item.regime, held.item.region, words, "leader")


def _due(row: Row, held: Held, desk: Desk) -> Until | None:
    words = row.cells.get("due", "")
    if not words or words[:10] == held.due.isoformat():
        return None
    found = read_until(words, desk.on, desk.world.calendar)
    if found is None:
        raise RowError("due", "due", words)
    if held.item.state not in {"pending", "rectifying"}:
        raise RowError("not_running", "due", words)
    return None if found.until.day == held.due else found.until


# A new one ----------------------------------------------------------------------------------------------------------------------------


def _wanting(row: Row, desk: Desk) -> set[str]:
    return {column for column in COMMON if not row.cells.get(column) and not desk.defaults.get(column)}


def _new(row: Row, desk: Desk) -> dict[str, Any]:
    cells = {**{key: value for key, value in desk.defaults.items() if value}, **{key: words for key, words in row.cells.items() if words}}
    if len(cells.get("enterprise", "")) < 2:
        raise RowError("no_enterprise", "enterprise")
    regime, region = place_of(row, desk)
    if permit(desk.actor, "item.open", Target(regime.id, region), desk.world, desk.on) is None:
        raise RowError("not_yours", "city", cells.get("county") or cells.get("city", ""))
    given: dict[str, Any] = {"regime": regime.id, "region": region, "enterprise": cells["enterprise"][:80]}
    for column, most in PLAIN.items():
        if cells.get(column):
            _measure(column, cells[column], most)
            given[column] = cells[column]
    if cells.get("kind"):
        given["kind"] = named(regime.ledger.classes, cells["kind"], "kind")
    if cells.get("industry"):
        given["industry"] = listed(regime, cells["industry"])
    if cells.get("due"):
        due = read_until(cells["due"], desk.on, desk.world.calendar)
        if due is None:
            raise RowError("due", "due", cells["due"])
        given["due"] = str(due.until)
    given["owner"] = _owner_there(desk, regime, region, cells)
    return given


def _owner_there(desk: Desk, regime: Regime, region: str, cells: Mapping[str, str]) -> int:
    """Without a name the nearest liaison; where there is none, the place is named as the sheet names it."""
    try:
        return person_named(desk, regime.id, region, cells.get("owner", ""), "owner").id
    except RowError as error:
        raise RowError(error.code, error.column, error.word or cells.get("city") or cells.get("county", "")) from None
