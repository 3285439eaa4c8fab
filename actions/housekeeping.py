"""What time takes away: conversations nobody came back to, the ids of updates done long ago."""

from actions import complaints, converse
from domain.deadlines import DAY_MS
from storage import inbox
from storage.tx import Tx

KEEP_UPDATES = 7 * DAY_MS  # decisions, "Intake": done rows keep id and time so long, against repeats
BATCH = 100


async def expire_drafts(tx: Tx) -> int:
    return await converse.expire(tx, BATCH)


async def forget_updates(tx: Tx) -> int:
    """Also the keys of rates that are two days old: what they counted can then be tied to nobody."""
    await complaints.forget_tallies(tx)
    return await inbox.forget(tx, tx.now - KEEP_UPDATES)
