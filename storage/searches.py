"""What each person looked for last, so that turning a page and opening a find need no words in a button."""

from storage.tx import Tx

KEEP = """
INSERT INTO search (person, words) VALUES (:person, :words) ON CONFLICT (person) DO UPDATE SET words = :words
"""
LAST = "SELECT words FROM search WHERE person = :person"


async def keep(tx: Tx, person: int, words: str) -> None:
    await tx.run(KEEP, person=person, words=words)


async def last(tx: Tx, person: int) -> str:
    return str(await tx.value(LAST, person=person) or "")
