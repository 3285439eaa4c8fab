"""What was set aside: updates that no try could handle, messages that can never be sent. The operator looks, and decides."""

from storage.tx import Row, Tx

INBOX = "SELECT update_id AS id, received_at AS at, error, reference FROM inbox WHERE state = 'aside' ORDER BY update_id LIMIT :limit"
OUTBOX = "SELECT id, created_at AS at, error FROM outbox WHERE state = 'aside' ORDER BY id LIMIT :limit"
INBOX_COUNT = "SELECT count(*) AS n FROM inbox WHERE state = 'aside'"
OUTBOX_COUNT = "SELECT count(*) AS n FROM outbox WHERE state = 'aside'"
RETRY_INBOX = "UPDATE inbox SET state = 'waiting', tries = 0, error = NULL, reference = NULL WHERE state = 'aside'"
RETRY_OUTBOX = "UPDATE outbox SET state = 'waiting', error = NULL WHERE state = 'aside'"
DROP_INBOX = "DELETE FROM inbox WHERE state = 'aside'"
DROP_OUTBOX = "DELETE FROM outbox WHERE state = 'aside'"


async def counts(tx: Tx) -> tuple[int, int]:
    """Of the inbox and of the outbox."""
    return int(await tx.value(INBOX_COUNT)), int(await tx.value(OUTBOX_COUNT))


async def inbox(tx: Tx, limit: int) -> list[Row]:
    """`id`, `at`, `error` (a type's name), `reference` (what the person was given)."""
    return await tx.all(INBOX, limit=limit)


async def outbox(tx: Tx, limit: int) -> list[Row]:
    """`id`, `at`, `error` (Telegram's words or a type's name)."""
    return await tx.all(OUTBOX, limit=limit)


async def retry(tx: Tx) -> tuple[int, int]:
    """Messages go at once; updates are handled at the next start."""
    tx.touch("outbox")
    return await tx.run(RETRY_INBOX), await tx.run(RETRY_OUTBOX)


async def drop(tx: Tx) -> tuple[int, int]:
    return await tx.run(DROP_INBOX), await tx.run(DROP_OUTBOX)
