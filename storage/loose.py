"""What a loose text may belong to: the matters that somebody owes."""

from collections.abc import Iterable

from storage.tx import Row, Tx, one_of

# The most urgent first; a matter under several duties shows once.
OWED = """
SELECT subject_kind, subject, min(due_at) AS due_at FROM obligation
WHERE state IN ('open', 'handed_in') AND owner IN ({owners}) AND subject_kind IN ({kinds})
GROUP BY subject_kind, subject ORDER BY min(due_at), subject_kind, subject LIMIT 200
"""


async def owed(tx: Tx, owners: Iterable[int], kinds: Iterable[str]) -> list[Row]:
    """`subject_kind, subject, due_at` of what these seats owe, of these kinds."""
    names, params = one_of("owner", owners)
    kind_names, kind_params = one_of("kind", kinds)
    return await tx.all(OWED.format(owners=names, kinds=kind_names), **params, **kind_params)
