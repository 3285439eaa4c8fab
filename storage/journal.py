"""The journal: who did what to which thing when. Append-only; each row's hash covers the one before, so a changed row shows.

Ids and codes only. On SQLite there is one chain; on PostgreSQL one a replica, since one for all would serialise every commit.
"""

import hashlib
import json
from collections.abc import Mapping

from storage.tx import Row, Tx

TAIL = "SELECT seq, hash FROM journal WHERE chain = :chain ORDER BY seq DESC LIMIT 1"
ADD = """
INSERT INTO journal (chain, seq, at, actor, action, subject_kind, subject, data, hash)
VALUES (:chain, :seq, :at, :actor, :action, :subject_kind, :subject, :data, :hash)
"""
ALL = "SELECT * FROM journal WHERE chain = :chain ORDER BY seq"
CHAINS = "SELECT DISTINCT chain FROM journal ORDER BY chain"
OF_SUBJECT = "SELECT * FROM journal WHERE subject_kind = :kind AND subject = :id ORDER BY at, seq"
START = "0" * 64


def digest(previous: str, row: Mapping[str, object]) -> str:
    fields = [previous, *(row[name] for name in ("chain", "seq", "at", "actor", "action", "subject_kind", "subject", "data"))]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


async def append(tx: Tx, actor: int | None, action: str, subject: tuple[str, int], data: Mapping[str, str | int | None]) -> None:
    tail = await tx.find(TAIL, chain=tx.chain)
    row = {
        "chain": tx.chain,
        "seq": 1 if tail is None else tail["seq"] + 1,
        "at": tx.now,
        "actor": actor,
        "action": action,
        "subject_kind": subject[0],
        "subject": subject[1],
        "data": json.dumps(dict(data), ensure_ascii=False, sort_keys=True),
    }
    await tx.run(ADD, **row, hash=digest(START if tail is None else tail["hash"], row))


async def first_break(tx: Tx) -> Row | None:
    """The first row whose hash does not follow from the one before; None where every chain holds."""
    for chain in await tx.all(CHAINS):
        previous, seq = START, 0
        for row in await tx.all(ALL, chain=chain["chain"]):
            if row["seq"] != seq + 1 or digest(previous, row) != row["hash"]:
                return row
            previous, seq = row["hash"], row["seq"]
    return None


async def of_subject(tx: Tx, kind: str, subject: int) -> list[Row]:
    return await tx.all(OF_SUBJECT, kind=kind, id=subject)
