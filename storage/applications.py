"""Requests for an appointment. Who asked, from which account and why stands sealed, and only until the request is decided."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.speech import To
from storage.tx import Row, Tx

ADD = """
INSERT INTO application (regime, lane, sealed, role, scope_kind, scope, state, created_at)
VALUES (:regime, :lane, :sealed, :role, :scope_kind, :scope, 'open', :now) ON CONFLICT DO NOTHING RETURNING id
"""
GET = "SELECT * FROM application WHERE id = :id"
OF_LANE = "SELECT * FROM application WHERE lane = :lane AND state = 'open'"
# Compare-and-set, and the moment from which nothing here leads back to the account.
CLOSE = """
UPDATE application SET state = :state, lane = NULL, sealed = NULL, decider = :decider, seat = :seat, note = :note, decided_at = :now
WHERE id = :id AND state = 'open'
"""
OLD = "SELECT * FROM application WHERE state = 'open' AND created_at < :before ORDER BY id LIMIT :limit"


@dataclass(frozen=True)
class Asked:
    """`wish` is what was sealed; empty once the request is decided."""

    id: int
    regime: str
    role: str
    scope_kind: str
    scope: str  # for a seat at an enterprise its region
    state: str  # open | approved | refused | withdrawn | expired
    note: str
    decider: int | None
    seat: int | None
    created_at: int
    wish: Mapping[str, Any]

    @property
    def to(self) -> To:
        return To(self.wish["account"], self.wish["person"], self.wish["language"])


def _open(tx: Tx, row: Row) -> Asked:
    wish = {} if row["sealed"] is None else json.loads(tx.vault.unseal(row["sealed"], "application"))
    fields = ("id", "regime", "role", "scope_kind", "scope", "state", "decider", "seat", "created_at")
    return Asked(**{name: row[name] for name in fields}, note=row["note"] or "", wish=wish)


async def add(tx: Tx, *, account: int, wish: Mapping[str, Any], **fields: str) -> int | None:
    """None where this account has an open request already."""
    sealed = tx.vault.seal(json.dumps({**wish, "account": account}, ensure_ascii=False).encode(), "application")
    found = await tx.value(ADD, lane=tx.vault.lane(account), sealed=sealed, now=tx.now, **fields)
    return None if found is None else int(found)


async def get(tx: Tx, application: int) -> Asked | None:
    row = await tx.find(GET, id=application)
    return None if row is None else _open(tx, row)


async def of_lane(tx: Tx, lane: str) -> Asked | None:
    row = await tx.find(OF_LANE, lane=lane)
    return None if row is None else _open(tx, row)


async def close(
    tx: Tx, application: int, state: str, *, decider: int | None = None, seat: int | None = None, note: str | None = None
) -> bool:
    return await tx.run(CLOSE, id=application, state=state, decider=decider, seat=seat, note=note, now=tx.now) == 1


async def old(tx: Tx, before: int, limit: int) -> list[Asked]:
    return [_open(tx, row) for row in await tx.all(OLD, before=before, limit=limit)]
