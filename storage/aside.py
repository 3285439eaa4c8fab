"""How much was set aside: updates that no try could handle, messages that can never be sent."""

from storage.tx import Tx

INBOX = "SELECT count(*) AS n FROM inbox WHERE state = 'aside'"
OUTBOX = "SELECT count(*) AS n FROM outbox WHERE state = 'aside'"


async def counts(tx: Tx) -> tuple[int, int]:
    """Of the inbox and of the outbox."""
    return int(await tx.value(INBOX)), int(await tx.value(OUTBOX))
