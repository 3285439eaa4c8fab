"""A new master key: the keys that it wraps are wrapped anew, all in one transaction. What they seal stays as it is."""

from storage.tx import Tx
from storage.vault import NAMES, rewrapped

STORED = "SELECT name, sealed FROM secret"
PUT = "UPDATE secret SET sealed = :sealed WHERE name = :name"


async def rewrap(tx: Tx, old: bytes, new: bytes) -> int:
    """How many keys. Raises WrongMasterKeyError where `old` does not open them: then nothing has changed.

    A process that runs keeps the keys it has opened; only the next start needs the new master key.
    """
    # The same table keeps keys of a day, which are sealed with ours and not with the master key.
    stored = {row["name"]: bytes(row["sealed"]) for row in await tx.all(STORED) if row["name"] in NAMES}
    fresh = rewrapped(old, new, stored)
    for name, sealed in fresh.items():
        await tx.run(PUT, name=name, sealed=sealed)
    return len(fresh)
