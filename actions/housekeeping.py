"""What time takes away: conversations nobody came back to, the ids of updates done long ago."""

from actions import converse
from domain.deadlines import DAY_MS
from storage import inbox
from storage.tx import Tx

KEEP_UPDATES = 7 * DAY_MS  # decisions, "Intake": done rows keep id and time so long, against repeats
BATCH = 100


async def expire_drafts(tx: Tx) -> int:
    return await converse.expire(tx, BATCH)


async def forget_updates(tx: Tx) -> int:
    return await inbox.forget(tx, tx.now - KEEP_UPDATES)
