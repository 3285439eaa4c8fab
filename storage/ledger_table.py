"""Everything a sheet says of many items at once: a query a kind of thing, not one an item."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.obligations import Owed
from domain.people import Seat
from storage import obligations
from storage.tx import Row, Tx, one_of

OWED = "SELECT * FROM obligation WHERE subject_kind = 'item' AND subject IN ({items}) ORDER BY id"
ENTRIES = """
SELECT subject, at, author, kind, body, day, to_state FROM entry WHERE subject_kind = 'item' AND subject IN ({items}) ORDER BY id
"""
FILES = """
SELECT n.subject, count(*) AS n FROM evidence v JOIN entry n ON n.id = v.entry
WHERE n.subject_kind = 'item' AND n.subject IN ({items}) GROUP BY n.subject
"""


@dataclass(frozen=True)
class Known:
    """`owed` also holds what is over; `files` counts places, too."""

    owed: dict[int, list[Owed]]
    entries: dict[int, list[Row]]
    files: dict[int, int]
    seats: dict[int, Seat]


async def known(tx: Tx, items: Sequence[int], seats: set[int]) -> Known:
    """Of these items; `seats` are those that the items themselves name."""
    names, params = one_of("item", items)
    owed: dict[int, list[Owed]] = defaultdict(list)
    for row in await tx.all(OWED.format(items=names), **params):
        owed[row["subject"]].append(obligations.owed_of(row))
    entries: dict[int, list[Row]] = defaultdict(list)
    for row in await tx.all(ENTRIES.format(items=names), **params):
        entries[row["subject"]].append(row)
    files = {row["subject"]: row["n"] for row in await tx.all(FILES.format(items=names), **params)}
    found = seats | {each.owner for held in owed.values() for each in held}
    found |= {row["author"] for held in entries.values() for row in held if row["author"] is not None}
    return Known(owed, entries, files, await obligations.seats(tx, found))
