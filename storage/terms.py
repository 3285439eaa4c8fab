"""Terms that are spoken of soon: which seats, and what is open on them."""

from collections.abc import Iterable

from domain.obligations import Owed
from storage.obligations import owed_of
from storage.tx import Row, Tx, one_of

# The index on term_at: the cost follows what is due and not how many seats there are. A seat that was ended by hand is over already.
DUE = """
SELECT a.*, p.account, p.language, p.unreachable_at FROM appointment a LEFT JOIN person p ON p.id = a.person
WHERE a.term_at <= :now AND a.regime IN ({regimes}) ORDER BY a.term_at, a.id LIMIT :limit
"""
NEXT_AT = "SELECT term_at FROM appointment WHERE term_at IS NOT NULL AND regime IN ({regimes}) ORDER BY term_at LIMIT 1"
SET_NEXT = "UPDATE appointment SET term_at = :term_at WHERE id = :id"
OPEN_COUNTS = "SELECT owner, count(*) AS n FROM obligation WHERE state = 'open' AND owner IN ({owners}) GROUP BY owner"
OPEN_OF = "SELECT * FROM obligation WHERE state = 'open' AND owner IN ({owners}) ORDER BY due_at, id"


async def due(tx: Tx, limit: int) -> list[Row]:
    names, params = one_of("regime", tx.world.regimes)
    return await tx.all(DUE.format(regimes=names), now=tx.now, limit=limit, **params)


async def next_at(tx: Tx) -> int | None:
    names, params = one_of("regime", tx.world.regimes)
    found = await tx.value(NEXT_AT.format(regimes=names), **params)
    return None if found is None else int(found)


async def set_next(tx: Tx, seat: int, term_at: int | None) -> None:
    await tx.run(SET_NEXT, id=seat, term_at=term_at)


async def open_counts(tx: Tx, owners: Iterable[int]) -> dict[int, int]:
    """How much is open on each seat that has anything open."""
    names, params = one_of("owner", owners)
    return {row["owner"]: row["n"] for row in await tx.all(OPEN_COUNTS.format(owners=names), **params)}


async def open_of(tx: Tx, owners: Iterable[int]) -> list[Owed]:
    names, params = one_of("owner", owners)
    return [owed_of(row) for row in await tx.all(OPEN_OF.format(owners=names), **params)]
