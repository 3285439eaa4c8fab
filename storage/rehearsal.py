"""A rehearsal: a unit runs on copies of what the clock changes, in a transaction of its own that is taken back. Nothing real is written,
and nobody waits for it.

The copies are temporary tables, which both databases find before the real ones of the same name; so the very same code runs.
"""

import re

LIVE = "state IN ('open', 'handed_in')"
# What the clock writes, and which rows of it are needed; "" is all, FEW is none: written, and never read back.
FEW = "1 = 0"
COPIED = {
    "obligation": LIVE,
    "step": f"obligation IN (SELECT id FROM obligation WHERE {LIVE})",  # noqa: S608  constants
    "notice": "",
    "digest": "",
    "meta": "",
    "outbox": "state = 'waiting'",
    "card": FEW,
    "journal": FEW,
    "journal_tail": "",
    "person": "",
    "appointment": "",
    "absence": "",
    "extension": "",
    "group_chat": "",
}
_TABLE = re.compile(r"^CREATE TABLE (?:IF NOT EXISTS )?")
_INDEX = re.compile(r"^CREATE (UNIQUE )?INDEX (\w+)")
FIRST_ID = 1_000_000_000_000  # of rows made in a rehearsal, where the sequence does not know the copies


def temporary(sql: str) -> str:
    """SQLite's own statement that made a table or an index, for the temporary schema."""
    return _INDEX.sub(r"CREATE \1INDEX temp.\2", _TABLE.sub("CREATE TEMP TABLE ", sql))


def copied(table: str, home: str) -> str:
    """Fill the copy. `home` is the schema of the real tables."""
    where = COPIED[table].replace("FROM obligation", f"FROM {home}.obligation")
    return f"SELECT * FROM {home}.{table} WHERE {where or '1 = 1'}"  # noqa: S608  constants of this module
