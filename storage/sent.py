"""What stands in the chats of those who hold seats: message ids, so that all of it can be taken back once an account loses its rights.

Neither words nor accounts: the lane, the id, what kind of message it is, when it was sent. What somebody is told about a complaint of their
own is never listed here (`storage/shown.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.deadlines import HOUR_MS
from storage.tx import Tx, one_of

DELETABLE = 48 * HOUR_MS - HOUR_MS // 6  # Telegram lets a bot delete for 48 hours; the way there takes its time
MOST = 100  # ids that one deleteMessages takes

# A message that was in the sender's hand while its reader lost the account goes back at once.
ARRIVED = """
INSERT INTO sent (lane, message_id, kind, sent_at, fate) VALUES (:lane, :message_id, :kind, :now, CASE
  WHEN CAST(:person AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM person WHERE id = CAST(:person AS BIGINT) AND account = :chat)
  THEN NULL ELSE 'delete' END)
ON CONFLICT (lane, message_id) DO UPDATE SET kind = excluded.kind, sent_at = excluded.sent_at, fate = excluded.fate RETURNING fate
"""
RECALL = "UPDATE sent SET fate = 'delete' WHERE lane = :lane AND fate IS NULL"
TAKE_BACK = """
INSERT INTO sent (lane, message_id, kind, sent_at, fate) VALUES (:lane, :message_id, 'message', :now, 'edit')
ON CONFLICT (lane, message_id) DO UPDATE SET fate = 'edit'
"""
STANDING_CARD = """
INSERT INTO sent (lane, message_id, kind, sent_at, fate) VALUES (:lane, :message_id, 'message', :now, 'edit')
ON CONFLICT (lane, message_id) DO NOTHING
"""
# The newest first: they matter most, and what can be deleted is there no longer after two days.
NEXT = """
SELECT message_id, kind, sent_at, fate FROM sent WHERE lane = :lane AND fate IS NOT NULL ORDER BY fate, message_id DESC LIMIT :limit
"""
TOO_LATE = "UPDATE sent SET fate = 'edit' WHERE lane = :lane AND message_id IN ({ids})"
GONE = "DELETE FROM sent WHERE lane = :lane AND message_id IN ({ids})"
OUT_OF_REACH = "DELETE FROM sent WHERE lane = :lane AND fate IS NOT NULL"
# Ids rise with time, so the oldest are found without an index on the time.
FORGET = """
DELETE FROM sent WHERE id IN (SELECT o.id FROM (SELECT id, sent_at FROM sent ORDER BY id LIMIT :limit) o WHERE o.sent_at < :before)
"""


@dataclass(frozen=True)
class Batch:
    """What goes next: many at once where they can be deleted (`kind` is empty), else one that is written over."""

    ids: tuple[int, ...]
    kind: str = ""


async def arrived(tx: Tx, lane: str, message_id: int, kind: str, chat: int, person: int | None) -> bool:
    """Remember it. False where the chat is not this person's any more: it has to be taken back."""
    fate = await tx.value(ARRIVED, lane=lane, message_id=message_id, kind=kind, now=tx.now, person=person, chat=chat)
    return fate is None


async def recall(tx: Tx, lane: str, cards: Sequence[int] = ()) -> None:
    """All that stands in this chat is to go. `cards`: live ones, which may be older than what is remembered."""
    await tx.run(RECALL, lane=lane)
    await tx.many(STANDING_CARD, [{"lane": lane, "message_id": message_id, "now": tx.now} for message_id in cards])


async def take_back(tx: Tx, lane: str, message_id: int) -> None:
    """One message that is too old to be deleted."""
    await tx.run(TAKE_BACK, lane=lane, message_id=message_id, now=tx.now)


async def next_of(tx: Tx, lane: str) -> Batch | None:
    rows = await tx.all(NEXT, lane=lane, limit=MOST)
    young = tuple(row["message_id"] for row in rows if row["fate"] == "delete" and tx.now - row["sent_at"] < DELETABLE)
    if young:
        return Batch(young)
    return Batch((rows[0]["message_id"],), rows[0]["kind"]) if rows else None


async def gone(tx: Tx, lane: str, ids: Sequence[int]) -> None:
    names, params = one_of("id", ids)
    await tx.run(GONE.format(ids=names), lane=lane, **params)


async def too_late(tx: Tx, lane: str, ids: Sequence[int]) -> None:
    """Telegram does not delete them any more: they are written over."""
    names, params = one_of("id", ids)
    await tx.run(TOO_LATE.format(ids=names), lane=lane, **params)


async def out_of_reach(tx: Tx, lane: str) -> None:
    """Nobody reads this chat any more."""
    await tx.run(OUT_OF_REACH, lane=lane)


async def forget(tx: Tx, before: int, limit: int) -> int:
    return await tx.run(FORGET, before=before, limit=limit)
