"""Files that nothing refers to: brought to a question that was left, an export that was sent. They go once they are a day old.

A file is swept in two strides, so that a crash in between loses nothing: first its row goes, in a unit that looks again at everything that
refers to it; then, outside of any unit, the file without a row (`storage/files.py`). Bringing the same file again makes both young.
"""

import re
from collections.abc import Sequence

from storage.tx import Tx, one_of

# Evidence of tasks and items; what complaints keep.
REFERRED = """
(EXISTS (SELECT 1 FROM evidence e WHERE e.blob = blob.hash) OR EXISTS (SELECT 1 FROM kept_blob k WHERE k.hash = blob.hash))
"""
IDLE = f"SELECT hash FROM blob WHERE hash IN ({{hashes}}) AND created_at < :before AND NOT {REFERRED} ORDER BY hash"  # noqa: S608  a constant
DROP = f"DELETE FROM blob WHERE hash IN ({{hashes}}) AND created_at < :before AND NOT {REFERRED}"  # noqa: S608  a constant
ON_RECORD = "SELECT hash FROM blob WHERE hash IN ({hashes})"
DRAFTS = "SELECT body FROM draft"
UNSENT = "SELECT payload FROM outbox"
HASH = re.compile(rb"[A-Za-z0-9_-]{27}")  # 160 bits in url-safe base 64


async def idle(tx: Tx, hashes: Sequence[str], before: int) -> list[str]:
    """Which of these are on record since before then, and nothing refers to them: no evidence, no open question, no message to be sent."""
    names, params = one_of("hash", hashes)
    found = [row["hash"] for row in await tx.all(IDLE.format(hashes=names), before=before, **params)]
    if not found:
        return []
    mentioned = await _mentioned(tx)
    return [each for each in found if each not in mentioned]


async def _mentioned(tx: Tx) -> set[str]:
    """All that could be a file's name in what is sealed."""
    bodies = [tx.vault.unseal(row["body"], "draft") for row in await tx.all(DRAFTS)]
    bodies += [tx.vault.unseal(row["payload"], "outbox") for row in await tx.all(UNSENT)]
    return {name.decode() for body in bodies for name in HASH.findall(body)}


async def drop(tx: Tx, hashes: Sequence[str], before: int) -> None:
    """Forget these, unless something refers to them by now or they were brought again."""
    names, params = one_of("hash", hashes)
    await tx.run(DROP.format(hashes=names), before=before, **params)


async def on_record(tx: Tx, hashes: Sequence[str]) -> set[str]:
    names, params = one_of("hash", hashes)
    return {row["hash"] for row in await tx.all(ON_RECORD.format(hashes=names), **params)}
