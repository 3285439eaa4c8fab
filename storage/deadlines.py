"""What stands in a person's calendar: the own deadlines, and those that were there and no longer hold."""

from collections.abc import Sequence

from domain.obligations import Owed
from storage.obligations import owed_of
from storage.tx import Tx, one_of

# Handed in, done and withdrawn ones are named for a while, so that the entry of an earlier file goes.
OF_SEATS = """
SELECT * FROM obligation WHERE owner IN ({seats}) AND subject_kind NOT IN ({private})
AND (state = 'open' OR COALESCE(ended_at, handed_at) > :since)
ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, due_at, id LIMIT :limit
"""


async def of_seats(tx: Tx, seats: Sequence[int], private: Sequence[str], *, since: int, limit: int) -> list[Owed]:
    names, params = one_of("seat", seats)
    kinds, more = one_of("private", [*private, ""])  # never empty: nothing is NOT IN an empty list
    rows = await tx.all(OF_SEATS.format(seats=names, private=kinds), since=since, limit=limit, **params, **more)
    return [owed_of(row) for row in rows]
