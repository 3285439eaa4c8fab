"""Ledger items. Their deadlines are obligations, their history is in `entries`, lists of them in `ledger_lists`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from domain.deadlines import local_date
from domain.ledger import EXTRA, WORK, Item, Published, Source, State
from domain.proof import PROVES
from storage.tx import Row, Tx, one_of

SELECT = "SELECT i.*, e.name AS enterprise_name FROM item i JOIN enterprise e ON e.id = i.enterprise"
GET = f"{SELECT} WHERE i.id = :id"
NAMES = "SELECT i.id, i.number, e.name FROM item i JOIN enterprise e ON e.id = i.enterprise WHERE i.id IN ({ids})"
ADD = """
INSERT INTO item (
  id, regime, number, enterprise, region, industry, source, problem, class, measures, goal, owner, opener, leader, state, version,
  created_at, project, capacity, started, formalities, violation, duty_unit)
VALUES (
  :id, :regime, :number, :enterprise, :region, :industry, :source, :problem, :kind, :measures, :goal, :owner, :opener, :leader, :state, 1,
  :now, :project, :capacity, :started, :formalities, :violation, :duty_unit)
"""
ADVANCE = "UPDATE item SET state = :state, version = version + 1, closed_at = :closed_at WHERE id = :id AND version = :version"
# Columns that a person may change on an item that is open; the history says what was changed, from what to what.
CHANGE = "UPDATE item SET {sets}, version = version + 1 WHERE id = :id AND version = :version"
COLUMNS = {"kind": "class"}
CHANGEABLE = frozenset({"problem", "measures", "goal", "kind", "industry", "owner", "leader", *EXTRA})
PUBLISH = "UPDATE item SET published = :published, announced_on = :on, version = version + 1 WHERE id = :id AND version = :version"
GIVE = """
UPDATE obligation SET owner = :owner, unit = :unit, version = version + 1
WHERE subject_kind = 'item' AND subject = :item AND duty = 'item.rectify' AND state IN ('open', 'handed_in')
"""
WORKERS = """
SELECT DISTINCT a.id AS seat, a.person, n.acted_by FROM appointment a JOIN entry n ON n.author = a.id
WHERE n.subject_kind = 'item' AND n.subject = :item AND n.kind IN ({kinds}) ORDER BY a.id
"""
LAST_DUE = """
SELECT * FROM obligation WHERE subject_kind = 'item' AND subject = :item AND duty = 'item.rectify' ORDER BY id DESC LIMIT 1
"""
PROOF = """
SELECT count(*) AS n FROM evidence v JOIN entry n ON n.id = v.entry
WHERE n.subject_kind = 'item' AND n.subject = :item AND v.kind IN ({kinds})
"""
PIECE = """
SELECT v.*, n.subject AS item FROM evidence v JOIN entry n ON n.id = v.entry
WHERE v.id = :id AND n.subject_kind = 'item' AND v.blob IS NOT NULL
"""


def item_of(row: Row) -> Item:
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
        **{name: row[name] for name in EXTRA},
        published=row["published"],
        announced_on=None if row["announced_on"] is None else date.fromisoformat(row["announced_on"]),
    )


async def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """`regime, number, enterprise (id), region, industry?, source, problem, kind, measures, goal, owner, opener, leader?, state` of each.

    The fields of `EXTRA` may be left out. Their ids, in the same order.
    """
    ids = await tx.reserve("item", len(rows))
    extra = dict.fromkeys(EXTRA, "")
    await tx.many(ADD, [{**extra, **row, "id": each, "now": tx.now} for each, row in zip(ids, rows, strict=True)])
    return ids


async def get(tx: Tx, item_id: int) -> Item | None:
    row = await tx.find(GET, id=item_id)
    return None if row is None else item_of(row)


async def names(tx: Tx, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Number and enterprise."""
    listed, params = one_of("id", ids)
    return {row["id"]: (row["number"], row["name"]) for row in await tx.all(NAMES.format(ids=listed), **params)}


async def advance(tx: Tx, item: Item, state: State) -> Item | None:
    """Compare-and-set on the version. None: somebody else moved it first."""
    closed_at = tx.now if state == "closed" else None
    changed = await tx.run(ADVANCE, id=item.id, version=item.version, state=state, closed_at=closed_at)
    return await get(tx, item.id) if changed else None


async def change(tx: Tx, item: Item, values: Mapping[str, Any]) -> Item | None:
    """Compare-and-set of some of the `CHANGEABLE` fields. None: somebody else moved it first."""
    if not CHANGEABLE.issuperset(values):
        raise ValueError(f"not to be changed: {sorted(set(values) - CHANGEABLE)}")
    sets = ", ".join(f"{COLUMNS.get(name, name)} = :{name}" for name in values)
    changed = await tx.run(CHANGE.format(sets=sets), **values, id=item.id, version=item.version)
    return await get(tx, item.id) if changed else None


async def publish(tx: Tx, item: Item, published: Published) -> Item | None:
    """Compare-and-set; the day on which it was announced stays until it is opened again."""
    on = None if published == "none" else (item.announced_on or local_date(tx.now)).isoformat()
    changed = await tx.run(PUBLISH, id=item.id, version=item.version, published=published, on=on)
    return await get(tx, item.id) if changed else None


async def touch(tx: Tx, item: Item) -> Item | None:
    """Its deadline moved: whoever still looks at the old one must not write over it."""
    return await advance(tx, item, item.state)


async def give(tx: Tx, item: int, owner: int, unit: str | None) -> None:
    """The rectification is owed by another seat from now on, with the same due date."""
    await tx.run(GIVE, item=item, owner=owner, unit=unit)


async def workers(tx: Tx, item: int) -> tuple[frozenset[int], frozenset[int]]:
    """Seats that reported on the item or asked for its closing, and the people who held them."""
    names, params = one_of("kind", WORK)
    rows = await tx.all(WORKERS.format(kinds=names), item=item, **params)
    return _ids(row["seat"] for row in rows), _ids(person for row in rows for person in (row["person"], row["acted_by"]))


def _ids(values: Iterable[int | None]) -> frozenset[int]:
    return frozenset(value for value in values if value is not None)


async def last_due(tx: Tx, item: int) -> tuple[int, bool]:
    """The rectification's due instant, ended or not, and whether it is provisional."""
    row = await tx.one(LAST_DUE, item=item)
    return row["due_at"], bool(row["provisional"])


async def last_owner(tx: Tx, item: int) -> int:
    return int((await tx.one(LAST_DUE, item=item))["owner"])


async def count_proof(tx: Tx, item: int) -> int:
    """How much stands in its history that shows the work."""
    kinds, params = one_of("kind", PROVES)
    return int(await tx.value(PROOF.format(kinds=kinds), item=item, **params))


async def piece(tx: Tx, evidence_id: int) -> Row | None:
    """A stored file of an item's history: its `item`, `kind` and `blob`."""
    return await tx.find(PIECE, id=evidence_id)
