"""What is cleared away from time to time."""

from actions import housekeeping
from bot.jobs.tick import until_none
from storage.db import Store


async def clean(store: Store) -> int:
    """Returns how many rows went. Deleted bytes leave SQLite's log, too: it is cut after the last of these units."""
    store.checkpoint_soon()
    await until_none(store, housekeeping.expire_links)
    gone = await until_none(store, housekeeping.expire_drafts) + await until_none(store, housekeeping.expire_applications)
    gone += await until_none(store, housekeeping.forget_sent)
    return gone + await store.unit(housekeeping.forget_rosters) + await store.unit(housekeeping.forget_updates)
