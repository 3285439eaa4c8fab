"""Tasks that were handed in to a seat on which nobody can be reached."""

from domain.obligations import Owed
from storage import people
from storage.obligations import owed_of
from storage.tx import Tx

MOST = 200  # looked at for one message; the oldest first, so that none is passed over for ever

OF_REGIME = f"""
SELECT o.* FROM obligation o JOIN appointment a ON a.id = o.creditor LEFT JOIN person p ON p.id = a.person {people.DEPUTY}
WHERE o.regime = :regime AND o.subject_kind = 'task' AND o.state = 'handed_in'
AND (NOT ({people.IN_FORCE}) OR (d.id IS NULL AND (p.account IS NULL OR p.unreachable_at IS NOT NULL)))
ORDER BY o.handed_at, o.id LIMIT {MOST}
"""  # noqa: S608  constants of the storage modules


async def of_regime(tx: Tx, regime: str) -> list[Owed]:
    return [owed_of(row) for row in await tx.all(OF_REGIME, regime=regime, now=tx.now)]
