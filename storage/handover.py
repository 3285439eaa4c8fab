"""From one seat to another: everything open that names a seat. What is over keeps the seat it had: the record of duties.

`MOVED` and `KEPT` together name every column that refers to an appointment; a test reads the schema and fails on one that is in neither.
"""

from dataclasses import dataclass

from domain.people import Seat
from storage.tx import Tx

LIVE = "state IN ('open', 'handed_in')"
# Where a seat is named as long as something is open. A complaint needs its key wrapped anew, so it moves by `storage/complaints.py`.
MOVED: tuple[tuple[str, str, str], ...] = (
    ("obligation", "owner", f"{LIVE} AND subject_kind <> 'complaint'"),
    ("obligation", "creditor", LIVE),
    ("task", "owner", LIVE),
    ("task", "asker", LIVE),
    ("task_batch", "asker", "state <> 'dropped'"),
    ("extension", "asker", "state = 'asked'"),
    ("item", "owner", "state <> 'closed'"),
    ("item", "opener", "state <> 'closed'"),
    ("item", "leader", "state <> 'closed'"),
    ("invite", "issued_by", "used_at IS NULL AND withdrawn_at IS NULL"),
    ("relink", "issued_by", "used_at IS NULL AND withdrawn_at IS NULL"),
    ("group_chat", "bound_by", "1 = 1"),
)
KEPT = frozenset(
    {
        ("absence", "appointment"), ("absence", "deputy"), ("application", "seat"), ("application", "decider"),
        ("appointment", "successor"), ("complaint_key", "appointment"),
        ("entry", "author"), ("extension", "decider"), ("handler_key", "appointment"), ("invite", "appointment"),
        ("ledger_import", "appointment"), ("roster", "appointment"),
    }
)  # fmt: skip
# These move, too, by statements of their own.
APART = frozenset({("complaint", "handler")})

MOVE = "UPDATE {table} SET {column} = :new WHERE {column} = :old AND {live}"
SUBJECTS = f"""
SELECT DISTINCT subject_kind, subject FROM obligation WHERE (owner = :seat OR creditor = :seat) AND {LIVE}
UNION SELECT 'task', id FROM task WHERE (owner = :seat OR asker = :seat) AND {LIVE}
UNION SELECT 'item', id FROM item WHERE (owner = :seat OR opener = :seat OR leader = :seat) AND state <> 'closed'
ORDER BY 1, 2
"""  # noqa: S608  constants of this module
COMPLAINTS = "SELECT id FROM complaint WHERE handler = :seat AND closed_at IS NULL ORDER BY id"
# A unit's figures follow whoever owes now.
SET_UNIT = f"UPDATE obligation SET unit = :unit WHERE owner = :seat AND {LIVE} AND subject_kind <> 'complaint'"  # noqa: S608
OWED_ABOUT = (
    f"UPDATE obligation SET owner = :new, unit = :unit, region = :region WHERE subject_kind = :kind AND subject = :subject AND {LIVE}"  # noqa: S608
)
GIVE_DUTY = f"UPDATE obligation SET owner = :new, unit = :unit, version = version + 1 WHERE id = :id AND {LIVE}"  # noqa: S608
# What waits to be said to the one who leaves is said to the successor instead, unless that one hears it anyway.
COPY_NOTICES = """
INSERT INTO notice (person, obligation, kind, slot_at, created_at)
SELECT :new, n.obligation, n.kind, n.slot_at, n.created_at FROM notice n JOIN obligation o ON o.id = n.obligation
WHERE n.person = :old AND o.regime = :regime AND (:all = 1 OR o.owner = :seat OR o.creditor = :seat)
ON CONFLICT (person, obligation, kind, slot_at) DO NOTHING
"""
DROP_NOTICES = """
DELETE FROM notice WHERE person = :old AND obligation IN (
  SELECT o.id FROM obligation o WHERE o.regime = :regime AND (:all = 1 OR o.owner = :seat OR o.creditor = :seat))
"""
SUCCEED = "UPDATE appointment SET successor = :new, ended_at = :now WHERE id = :old AND ended_at IS NULL"
VERIFICATIONS = f"SELECT id, subject FROM obligation WHERE owner = :seat AND duty = 'item.verify' AND {LIVE} ORDER BY id"  # noqa: S608
COUNTS = f"""
SELECT
  (SELECT count(*) FROM task WHERE owner = :seat AND {LIVE}) AS tasks,
  (SELECT count(*) FROM task WHERE asker = :seat AND {LIVE}) AS asked,
  (SELECT count(*) FROM item WHERE (owner = :seat OR opener = :seat OR leader = :seat) AND state <> 'closed') AS items,
  (SELECT count(*) FROM complaint WHERE handler = :seat AND closed_at IS NULL) AS complaints,
  (SELECT count(*) FROM obligation WHERE owner = :seat AND {LIVE} AND subject_kind NOT IN ('task', 'complaint')
    AND NOT (subject_kind = 'item' AND subject IN (SELECT id FROM item WHERE owner = :seat OR opener = :seat OR leader = :seat))) AS others
"""  # noqa: S608  constants of this module


@dataclass(frozen=True)
class Holding:
    """What is open in a seat's hands, by how people call it. `others`: duties about neither an own task, item nor complaint."""

    tasks: int
    asked: int
    items: int
    complaints: int
    others: int

    @property
    def total(self) -> int:
        return self.tasks + self.asked + self.items + self.complaints + self.others


async def holding(tx: Tx, seat: int) -> Holding:
    return Holding(**await tx.one(COUNTS, seat=seat))


async def subjects(tx: Tx, seat: int) -> list[tuple[str, int]]:
    """Everything open that names the seat: `(kind, id)`."""
    return [(row["subject_kind"], row["subject"]) for row in await tx.all(SUBJECTS, seat=seat)]


async def complaints(tx: Tx, seat: int) -> list[int]:
    return [row["id"] for row in await tx.all(COMPLAINTS, seat=seat)]


async def move_all(tx: Tx, old: Seat, new: Seat, unit: str | None) -> None:
    """`unit`: whose figures the successor's duties count for."""
    for table, column, live in MOVED:
        await tx.run(MOVE.format(table=table, column=column, live=live), old=old.id, new=new.id)
    await tx.run(SET_UNIT, seat=new.id, unit=unit)


async def verifications(tx: Tx, seat: int) -> list[tuple[int, int]]:
    """Obligation and item of each verification the seat owes."""
    return [(row["id"], row["subject"]) for row in await tx.all(VERIFICATIONS, seat=seat)]


async def give_duty(tx: Tx, obligation: int, to: Seat, unit: str | None) -> None:
    await tx.run(GIVE_DUTY, id=obligation, new=to.id, unit=unit)


async def give_about(tx: Tx, subject: tuple[str, int], to: Seat, unit: str | None, region: str) -> None:
    """All live duties about one matter."""
    await tx.run(OWED_ABOUT, kind=subject[0], subject=subject[1], new=to.id, unit=unit, region=region)


async def move_notices(tx: Tx, successor: Seat, old: int, *, last: bool) -> None:
    """After the move, from person to person; where nobody sits there yet, they hear of it all when they join.

    `last`: it was the person's only seat in the regime, so what climbs to them about others' duties moves as well.
    """
    if successor.person == old:
        return
    where = {"regime": successor.regime, "seat": successor.id, "all": int(last), "old": old}
    if successor.person is not None:
        await tx.run(COPY_NOTICES, new=successor.person, **where)
    await tx.run(DROP_NOTICES, **where)


async def succeed(tx: Tx, old: int, new: int) -> bool:
    """Compare-and-set: a seat is handed over once."""
    return await tx.run(SUCCEED, old=old, new=new, now=tx.now) == 1
