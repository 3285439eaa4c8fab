"""Lists of ledger items: one's own or what one looks over, narrowed by a filter, page by page; found by number, enterprise or place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any

from domain.ledger import Item
from domain.obligations import LIGHTS
from domain.words import fold
from storage.ledger import SELECT, item_of
from storage.tx import Tx, one_of

# The earliest open date first puts what is overdue on top; a closed item has none and comes last.
PAGE = """
{select} LEFT JOIN (
  SELECT subject, min(due_at) AS due_at FROM obligation WHERE subject_kind = 'item' AND state = 'open' GROUP BY subject
) o ON o.subject = i.id
WHERE {where} ORDER BY CASE WHEN i.state = 'closed' THEN 1 ELSE 0 END, o.due_at NULLS LAST, i.id LIMIT :limit OFFSET :offset
"""
AFTER = "{select} WHERE {where} AND i.id > :after ORDER BY i.id LIMIT :limit"
COUNT = "SELECT count(*) AS n FROM item i JOIN enterprise e ON e.id = i.enterprise WHERE {where}"
MINE = """(
  i.owner IN ({seats}) OR i.opener IN ({seats}) OR i.id IN (
    SELECT subject FROM obligation WHERE subject_kind = 'item' AND state IN ('open', 'handed_in') AND owner IN ({seats}))
)"""
# The worst light of what is owed about an item, as its place in `LIGHTS`.
LIGHT = """(
  SELECT min(CASE WHEN w.state <> 'open' THEN 3 WHEN w.due_at <= :now THEN 0 WHEN w.due_at <= {yellow} THEN 1 ELSE 2 END)
  FROM obligation w WHERE w.subject_kind = 'item' AND w.subject = i.id AND w.state IN ('open', 'handed_in')
)"""
FILTER = "SELECT * FROM item_filter WHERE person = :person"
SET_FILTER = """
INSERT INTO item_filter (person, regime, region, class, state, light, words)
VALUES (:person, :regime, :region, :kind, :state, :light, :words)
ON CONFLICT (person) DO UPDATE SET regime = :regime, region = :region, class = :kind, state = :state, light = :light, words = :words
"""


@dataclass(frozen=True)
class Reach:
    """What of one regime somebody looks over: everything, or these regions."""

    regime: str
    regions: frozenset[str] | None = None


@dataclass(frozen=True)
class Filter:
    """What a person wants to see of a list; empty is everything. `region` counts with all that lies in it."""

    regime: str = ""
    region: str = ""
    kind: str = ""
    state: str = ""
    light: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True)
class Narrow:
    """A filter as a query needs it: the regions that count, and until when a due instant is yellow in each regime."""

    filter: Filter
    regions: tuple[str, ...]
    yellow: tuple[tuple[str, int], ...]


Where = tuple[str, dict[str, Any]]


def of_mine(seats: Collection[int]) -> Where:
    """Items these seats own, opened, or owe something about."""
    names, params = one_of("seat", seats)
    return MINE.format(seats=names), params


def within(reaches: Sequence[Reach]) -> Where:
    """Items in what somebody looks over."""
    parts, params = ["1 = 0"], {}
    for n, reach in enumerate(reaches):
        params[f"regime_{n}"] = reach.regime
        part = f"i.regime = :regime_{n}"
        if reach.regions is not None:
            names, regions = one_of(f"region_{n}", sorted(reach.regions))
            params |= regions
            part += f" AND i.region IN ({names})"
        parts.append(part)
    return f"({' OR '.join(parts)})", params


def either(one: Where, other: Where) -> Where:
    return f"({one[0]} OR {other[0]})", {**one[1], **other[1]}


def narrowed(where: Where, narrow: Narrow, now: int) -> Where:
    wanted, parts, params = narrow.filter, [where[0]], dict(where[1])
    for column, value in (("regime", wanted.regime), ("class", wanted.kind), ("state", wanted.state)):
        if value:
            parts.append(f"i.{column} = :f_{column}")
            params[f"f_{column}"] = value
    if wanted.region:
        names, regions = one_of("f_region", narrow.regions)
        parts.append(f"i.region IN ({names})")
        params |= regions
    if wanted.light:
        cases = " ".join(f"WHEN :y_regime_{n} THEN :y_at_{n}" for n in range(len(narrow.yellow)))
        for n, (regime, at) in enumerate(narrow.yellow):
            params |= {f"y_regime_{n}": regime, f"y_at_{n}": at}
        parts.append(f"{LIGHT.format(yellow=f'CASE i.regime {cases} END')} = :f_light")
        params |= {"f_light": [*LIGHTS].index(wanted.light), "now": now}  # type: ignore[arg-type]  # checked when it was set
    if wanted.words:
        part, given = _like(wanted.words)
        parts.append(part)
        params |= given
    return " AND ".join(parts), params


def _like(words: str) -> Where:
    """By number or enterprise, as people write them: width, case and blanks do not count."""
    folded = fold(words).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    params = {"f_name": f"%{folded}%", "f_number": f"%{folded.upper()}%"}
    return "(e.folded LIKE :f_name ESCAPE '\\' OR upper(i.number) LIKE :f_number ESCAPE '\\')", params


async def page(tx: Tx, where: Where, *, limit: int, offset: int) -> tuple[list[Item], int]:
    """The most overdue first, closed ones last; and how many there are in all."""
    rows = await tx.all(PAGE.format(select=SELECT, where=where[0]), **where[1], limit=limit, offset=offset)
    return [item_of(row) for row in rows], await count(tx, where)


async def count(tx: Tx, where: Where) -> int:
    return int(await tx.value(COUNT.format(where=where[0]), **where[1]))


async def after(tx: Tx, where: Where, last: int, limit: int) -> list[Item]:
    """In the order of opening, from one on: how a whole ledger is read in pieces."""
    rows = await tx.all(AFTER.format(select=SELECT, where=where[0]), **where[1], after=last, limit=limit)
    return [item_of(row) for row in rows]


async def search(tx: Tx, words: str, where: Where, *, limit: int = 8) -> list[Item]:
    """By number or enterprise within `where` (`of_mine`, `within`); an exact number comes first."""
    if not fold(words):
        return []
    part, params = _like(words)
    found, _ = await page(tx, (f"{where[0]} AND {part}", {**where[1], **params}), limit=limit, offset=0)
    return sorted(found, key=lambda item: fold(item.number) != fold(words))


async def filter_of(tx: Tx, person: int) -> Filter:
    row = await tx.find(FILTER, person=person)
    return Filter() if row is None else Filter(row["regime"], row["region"], row["class"], row["state"], row["light"], row["words"])


async def set_filter(tx: Tx, person: int, wanted: Filter) -> None:
    await tx.run(SET_FILTER, person=person, **{each.name: getattr(wanted, each.name) for each in fields(wanted)})
