"""Erasing a person: what says who it was goes, what says which seat did what stays."""

from storage.tx import Tx

# The row itself stays, empty, since seats, entries and the journal name its id.
ERASE = """
UPDATE person SET account = NULL, name = '', language = 'zh', digest_at = NULL, quiet = NULL, commands = '', unreachable_at = NULL
WHERE id = :person AND account IS NOT NULL
"""
# Every seat ever held, those that ended long ago, too.
FORGET_HOLDER = "UPDATE appointment SET holder = '' WHERE person = :person"
OWN_ROWS = tuple(f"DELETE FROM {table} WHERE person = :person" for table in ("notice", "digest", "item_filter"))  # noqa: S608  constants


async def erase(tx: Tx, person: int) -> bool:
    """Compare-and-set: False where it was erased before."""
    if await tx.run(ERASE, person=person) != 1:
        return False
    await tx.run(FORGET_HOLDER, person=person)
    for statement in OWN_ROWS:
        await tx.run(statement, person=person)
    return True
