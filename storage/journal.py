"""The journal: who did what to which thing when. Append-only; each row's hash covers the one before, so a changed row shows.

Ids and codes only. On SQLite there is one chain; on PostgreSQL one a replica, since one for all would serialise every commit. Where a chain
ends stands in `journal_tail` under a keyed hash, so that removed last rows, or a chain hashed anew by somebody without the key, show, too.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from storage.tx import Row, Tx

TAIL = "SELECT seq, hash, mac FROM journal_tail WHERE chain = :chain"
ADD = """
INSERT INTO journal (chain, seq, at, actor, action, subject_kind, subject, data, hash)
VALUES (:chain, :seq, :at, :actor, :action, :subject_kind, :subject, :data, :hash)
"""
SET_TAIL = """
INSERT INTO journal_tail (chain, seq, hash, mac) VALUES (:chain, :seq, :hash, :mac)
ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac
"""
# Which chains there are stands in a row of the same table. Writing it first makes a second replica that begins its chain wait.
LOCK_CHAINS = (
    "INSERT INTO journal_tail (chain, seq, hash, mac) VALUES ('', 0, '', '') ON CONFLICT (chain) DO UPDATE SET seq = journal_tail.seq"
)
TAILS = "SELECT * FROM journal_tail WHERE chain <> ''"
CHAINS = "SELECT DISTINCT chain FROM journal"
# What never comes to be without a row in the journal: one that was emptied altogether shows, too.
ANY_MADE = "SELECT id FROM task UNION ALL SELECT id FROM item LIMIT 1"
SOME = "SELECT * FROM journal WHERE chain = :chain AND seq > :after ORDER BY seq LIMIT :limit"
OF_SUBJECT = "SELECT * FROM journal WHERE subject_kind = :kind AND subject = :id ORDER BY at, seq"
START = "0" * 64
READ_AT_ONCE = 5000


@dataclass(frozen=True)
class Break:
    """What does not hold. `why`: `row` (changed, removed before it, or moved), `end` (last rows removed, or added past the books),
    `tail` (the note of the end was changed or is missing), `chains` (a whole chain was removed or slipped in).
    """

    chain: str
    seq: int
    why: str


def digest(previous: str, row: Mapping[str, object]) -> str:
    fields = [previous, *(row[name] for name in ("chain", "seq", "at", "actor", "action", "subject_kind", "subject", "data"))]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Fact:
    """One row to be: ids and codes only."""

    actor: int | None
    action: str
    subject: tuple[str, int]
    data: Mapping[str, str | int | None]


async def append(tx: Tx, actor: int | None, action: str, subject: tuple[str, int], data: Mapping[str, str | int | None]) -> None:
    await append_many(tx, [Fact(actor, action, subject, data)])


async def append_many(tx: Tx, facts: Sequence[Fact]) -> None:
    """In this order; the end of the chain is written once."""
    if not facts:
        return
    tail = await tx.find(TAIL, chain=tx.chain)
    seq, previous = (0, START) if tail is None else (int(tail["seq"]), str(tail["hash"]))
    rows = []
    for fact in facts:
        seq += 1
        row = {
            "chain": tx.chain,
            "seq": seq,
            "at": tx.now,
            "actor": fact.actor,
            "action": fact.action,
            "subject_kind": fact.subject[0],
            "subject": fact.subject[1],
            "data": json.dumps(dict(fact.data), ensure_ascii=False, sort_keys=True),
        }
        previous = digest(previous, row)
        rows.append({**row, "hash": previous})
    await tx.many(ADD, rows)
    await _set_tail(tx, tx.chain, seq, previous)
    if tail is None:
        await _note_chains(tx)


async def _set_tail(tx: Tx, chain: str, seq: int, hash_: str) -> None:
    await tx.run(SET_TAIL, chain=chain, seq=seq, hash=hash_, mac=_mac(tx, chain, seq, hash_))


def _mac(tx: Tx, chain: str, seq: int, hash_: str) -> str:
    return tx.vault.mac("journal", f"{chain} {seq} {hash_}")


async def _note_chains(tx: Tx) -> None:
    await tx.run(LOCK_CHAINS)
    names = [tail["chain"] for tail in await tx.all(TAILS)]
    await _set_tail(tx, "", len(names), _names(names))


def _names(chains: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps(sorted(chains)).encode()).hexdigest()


async def first_break(tx: Tx) -> Break | None:
    """The first place that does not hold; None where every chain is whole from its first row to its last."""
    tails = {tail["chain"]: tail for tail in await tx.all(TAILS)}
    chains = {row["chain"] for row in await tx.all(CHAINS)}
    noted = await tx.find(TAIL, chain="")
    if not chains and not tails and noted is None:
        return None if await tx.find(ANY_MADE) is None else Break("", 0, "chains")
    if chains != set(tails) or noted is None or not _holds(tx, "", noted) or noted["hash"] != _names(chains):
        return Break(min(chains ^ set(tails), default=""), 0, "chains")
    for chain in sorted(chains):
        found = await _break_of(tx, chain, tails[chain])
        if found is not None:
            return found
    return None


def _holds(tx: Tx, chain: str, tail: Row) -> bool:
    return bool(tail["mac"] == _mac(tx, chain, tail["seq"], tail["hash"]))


async def _break_of(tx: Tx, chain: str, tail: Row) -> Break | None:
    previous, seq = START, 0
    while rows := await tx.all(SOME, chain=chain, after=seq, limit=READ_AT_ONCE):
        for row in rows:
            if row["seq"] != seq + 1 or digest(previous, row) != row["hash"]:
                return Break(chain, row["seq"], "row")
            previous, seq = row["hash"], row["seq"]
    if not _holds(tx, chain, tail):
        return Break(chain, tail["seq"], "tail")
    return None if (seq, previous) == (tail["seq"], tail["hash"]) else Break(chain, seq, "end")


async def of_subject(tx: Tx, kind: str, subject: int) -> list[Row]:
    return await tx.all(OF_SUBJECT, kind=kind, id=subject)
