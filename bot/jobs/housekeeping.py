"""What is cleared away from time to time."""

from actions import housekeeping
from bot.jobs.tick import until_none
from storage.db import Store


async def clean(store: Store) -> int:
    """Returns how many rows went."""
    return await until_none(store, housekeeping.expire_drafts) + await store.unit(housekeeping.forget_updates)
