"""What time takes away: conversations nobody came back to, the ids of updates done long ago."""

from actions import applications, complaints, converse, links
from domain.deadlines import DAY_MS
from storage import inbox, ledger_imports, roster, sent
from storage.tx import Tx

KEEP_UPDATES = 7 * DAY_MS  # decisions, "Intake": done rows keep id and time so long, against repeats
KEEP_ROSTERS = DAY_MS  # shown and not confirmed
KEEP_SENT = 366 * DAY_MS  # what stands in chats can be taken back for a year of inspections (docs/decisions/0008-recall.md)
BATCH = 100
OLDEST = 1000  # ids of messages in one unit


async def expire_drafts(tx: Tx) -> int:
    return await converse.expire(tx, BATCH)


async def expire_applications(tx: Tx) -> int:
    return await applications.expire(tx, BATCH)


async def expire_links(tx: Tx) -> int:
    return await links.expire(tx)


async def forget_rosters(tx: Tx) -> int:
    """Ledgers, too."""
    return await roster.expire(tx, tx.now - KEEP_ROSTERS) + await ledger_imports.expire(tx, tx.now - KEEP_ROSTERS)


async def forget_sent(tx: Tx) -> int:
    return await sent.forget(tx, tx.now - KEEP_SENT, OLDEST)


async def forget_updates(tx: Tx) -> int:
    """Also the keys of rates that are two days old: what they counted can then be tied to nobody."""
    await complaints.forget_tallies(tx)
    return await inbox.forget(tx, tx.now - KEEP_UPDATES)
