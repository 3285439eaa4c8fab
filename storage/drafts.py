"""Drafts: one open conversation a lane, sealed, with a version for compare-and-set."""

from dataclasses import dataclass
from typing import Any

from domain.compact import pack, unpack
from domain.forms import Draft
from storage.tx import Row, Tx

GET = "SELECT * FROM draft WHERE lane = :lane"
FORM_OF = "SELECT form FROM draft WHERE lane = :lane"
BY_ID = "SELECT * FROM draft WHERE id = :id"
ADD = """
INSERT INTO draft (lane, form, body, version, expires_at, updated_at) VALUES (:lane, :form, :body, 1, :expires_at, :now)
ON CONFLICT (lane) DO NOTHING RETURNING id
"""
SAVE = """
UPDATE draft SET body = :body, version = version + 1, expires_at = :expires_at, updated_at = :now WHERE id = :id AND version = :version
"""
DROP = "DELETE FROM draft WHERE id = :id"
EXPIRED = "SELECT * FROM draft WHERE expires_at <= :now ORDER BY id LIMIT :limit"


@dataclass(frozen=True)
class StoredDraft:
    id: int
    lane: str
    version: int
    draft: Draft


def _pack(tx: Tx, draft: Draft) -> bytes:
    return tx.vault.seal(pack(draft.dump()), "draft")


def _open(tx: Tx, row: Row) -> StoredDraft:
    body: dict[str, Any] = unpack(tx.vault.unseal(row["body"], "draft"))
    return StoredDraft(row["id"], row["lane"], row["version"], Draft.load(body))


async def get(tx: Tx, lane: str) -> StoredDraft | None:
    row = await tx.find(GET, lane=lane)
    return None if row is None else _open(tx, row)


async def form_of(tx: Tx, lane: str) -> str | None:
    """The form of the lane's open conversation."""
    found = await tx.value(FORM_OF, lane=lane)
    return None if found is None else str(found)


async def by_id(tx: Tx, draft_id: int) -> StoredDraft | None:
    row = await tx.find(BY_ID, id=draft_id)
    return None if row is None else _open(tx, row)


async def add(tx: Tx, lane: str, draft: Draft, lifetime_ms: int) -> StoredDraft | None:
    """None: this lane has an open conversation already."""
    row = await tx.find(ADD, lane=lane, form=draft.form, body=_pack(tx, draft), expires_at=tx.now + lifetime_ms, now=tx.now)
    return None if row is None else StoredDraft(int(row["id"]), lane, 1, draft)


async def save(tx: Tx, stored: StoredDraft, draft: Draft, lifetime_ms: int) -> StoredDraft | None:
    """Compare-and-set on the version. None: somebody else stepped it first."""
    changed = await tx.run(SAVE, id=stored.id, version=stored.version, body=_pack(tx, draft), expires_at=tx.now + lifetime_ms, now=tx.now)
    return StoredDraft(stored.id, stored.lane, stored.version + 1, draft) if changed else None


async def drop(tx: Tx, draft_id: int) -> None:
    await tx.run(DROP, id=draft_id)


async def expired(tx: Tx, limit: int) -> list[StoredDraft]:
    return [_open(tx, row) for row in await tx.all(EXPIRED, now=tx.now, limit=limit)]
