"""Ledger items. Their deadlines are obligations, their history is in `entries`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.ledger import WORK, Item, Source, State
from storage.tx import Row, Tx, one_of

SELECT = "SELECT i.*, e.name AS enterprise_name FROM item i JOIN enterprise e ON e.id = i.enterprise"
GET = f"{SELECT} WHERE i.id = :id"
ADD = """
INSERT INTO item (
  regime, number, enterprise, region, industry, source, problem, class, measures, goal, owner, opener, leader, state, version, created_at)
VALUES (
  :regime, :number, :enterprise, :region, :industry, :source, :problem, :kind, :measures, :goal, :owner, :opener, :leader, :state, 1, :now)
RETURNING id
"""
ADVANCE = "UPDATE item SET state = :state, version = version + 1, closed_at = :closed_at WHERE id = :id AND version = :version"
# The earliest open date first puts what is overdue on top; a closed item has none and comes last.
PAGE = """
{select} LEFT JOIN (
  SELECT subject, min(due_at) AS due_at FROM obligation WHERE subject_kind = 'item' AND state = 'open' GROUP BY subject
) o ON o.subject = i.id
WHERE {where} ORDER BY CASE WHEN i.state = 'closed' THEN 1 ELSE 0 END, o.due_at NULLS LAST, i.id LIMIT :limit OFFSET :offset
"""
COUNT = "SELECT count(*) AS n FROM item i WHERE {where}"
MINE = """(
  i.owner IN ({seats}) OR i.opener IN ({seats}) OR i.id IN (
    SELECT subject FROM obligation WHERE subject_kind = 'item' AND state IN ('open', 'handed_in') AND owner IN ({seats}))
)"""
WORKERS = """
SELECT DISTINCT a.id AS seat, a.person FROM appointment a JOIN entry n ON n.author = a.id
WHERE n.subject_kind = 'item' AND n.subject = :item AND n.kind IN ({kinds}) ORDER BY a.id
"""
LAST_DUE = """
SELECT * FROM obligation WHERE subject_kind = 'item' AND subject = :item AND duty = 'item.rectify' ORDER BY id DESC LIMIT 1
"""
FILES = """
SELECT count(*) AS n FROM evidence v JOIN entry n ON n.id = v.entry
WHERE n.subject_kind = 'item' AND n.subject = :item AND v.blob IS NOT NULL
"""
PIECE = """
SELECT v.*, n.subject AS item FROM evidence v JOIN entry n ON n.id = v.entry
WHERE v.id = :id AND n.subject_kind = 'item' AND v.blob IS NOT NULL
"""


@dataclass(frozen=True)
class Reach:
    """What of one regime somebody looks over: everything, or these regions."""

    regime: str
    regions: frozenset[str] | None = None


def _item(row: Row) -> Item:
    source: Source = row["source"]
    state: State = row["state"]
    plain = ("id", "regime", "number", "region", "industry", "problem", "measures", "goal", "owner", "opener", "leader", "version")
    return Item(
        **{name: row[name] for name in plain},
        enterprise=row["enterprise_name"],
        source=source,
        kind=row["class"],
        state=state,
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )


async def add(tx: Tx, **fields: Any) -> Item:
    """`regime, number, enterprise (id), region, industry?, source, problem, kind, measures, goal, owner, opener, leader?, state`."""
    return _item(await tx.one(GET, id=int(await tx.value(ADD, **fields, now=tx.now))))


async def get(tx: Tx, item_id: int) -> Item | None:
    row = await tx.find(GET, id=item_id)
    return None if row is None else _item(row)


async def advance(tx: Tx, item: Item, state: State) -> Item | None:
    """Compare-and-set on the version. None: somebody else moved it first."""
    closed_at = tx.now if state == "closed" else None
    changed = await tx.run(ADVANCE, id=item.id, version=item.version, state=state, closed_at=closed_at)
    return await get(tx, item.id) if changed else None


async def mine(tx: Tx, seats: Collection[int], *, limit: int, offset: int) -> tuple[list[Item], int]:
    """Items these seats own, opened, or owe something about; and how many there are."""
    names, params = one_of("seat", seats)
    return await _page(tx, MINE.format(seats=names), params, limit, offset)


async def within(tx: Tx, reaches: Sequence[Reach], *, limit: int, offset: int) -> tuple[list[Item], int]:
    """Items in what somebody looks over; and how many there are."""
    parts, params = ["1 = 0"], {}
    for n, reach in enumerate(reaches):
        params[f"regime_{n}"] = reach.regime
        part = f"i.regime = :regime_{n}"
        if reach.regions is not None:
            names, regions = one_of(f"region_{n}", sorted(reach.regions))
            params |= regions
            part += f" AND i.region IN ({names})"
        parts.append(part)
    return await _page(tx, f"({' OR '.join(parts)})", params, limit, offset)


async def _page(tx: Tx, where: str, params: dict[str, Any], limit: int, offset: int) -> tuple[list[Item], int]:
    rows = await tx.all(PAGE.format(select=SELECT, where=where), **params, limit=limit, offset=offset)
    return [_item(row) for row in rows], int(await tx.value(COUNT.format(where=where), **params))


async def workers(tx: Tx, item: int) -> tuple[frozenset[int], frozenset[int]]:
    """Seats that reported on the item or asked for its closing, and the people who held them."""
    names, params = one_of("kind", WORK)
    rows = await tx.all(WORKERS.format(kinds=names), item=item, **params)
    return _ids(row["seat"] for row in rows), _ids(row["person"] for row in rows)


def _ids(values: Iterable[int | None]) -> frozenset[int]:
    return frozenset(value for value in values if value is not None)


async def last_due(tx: Tx, item: int) -> tuple[int, bool]:
    """The rectification's due instant, ended or not, and whether it is provisional."""
    row = await tx.one(LAST_DUE, item=item)
    return row["due_at"], bool(row["provisional"])


async def count_files(tx: Tx, item: int) -> int:
    return int(await tx.value(FILES, item=item))


async def piece(tx: Tx, evidence_id: int) -> Row | None:
    """A stored file of an item's history: its `item`, `kind` and `blob`."""
    return await tx.find(PIECE, id=evidence_id)
