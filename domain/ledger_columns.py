"""The columns of a ledger as a sheet, in their order: one list for what goes out and what comes back. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """`key` is `ledger.column.KEY` of the catalogue. `given`: what stands here counts when the sheet comes back; else it is only shown."""

    key: str
    width: int
    given: bool = False
    hidden: bool = False


# The columns that the design notes found for such ledgers (facts.md), and what a ledger needs beside them.
COLUMNS = (
    Column("n", 6),
    Column("number", 18, given=True),
    Column("enterprise", 28, given=True),
    Column("project", 22, given=True),
    Column("city", 12, given=True),
    Column("county", 12, given=True),
    Column("industry", 12, given=True),
    Column("capacity", 16, given=True),
    Column("started", 14, given=True),
    Column("formalities", 22, given=True),
    Column("violation", 22, given=True),
    Column("problem", 36, given=True),
    Column("kind", 14, given=True),
    Column("goal", 24, given=True),
    Column("measures", 36, given=True),
    Column("duty_unit", 22, given=True),
    Column("owner", 12, given=True),
    Column("leader", 12, given=True),
    Column("due", 12, given=True),
    Column("state", 12),
    Column("light", 10),
    Column("progress", 36),
    Column("files", 8),
    Column("verified", 30),
    Column("closed", 12),
    Column("published", 14),
    Column("source", 12),
    Column("history", 60),
    Column("version", 8, given=True, hidden=True),
)
# Columns that lists of other origin head in other words: `ledger.column.KEY.also`, separated by bars.
ALSO = ("number", "enterprise", "project", "city", "county", "industry", "problem", "kind", "goal", "measures", "owner", "due")
GIVEN = tuple(column.key for column in COLUMNS if column.given)
