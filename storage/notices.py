"""Notices: what a person is to be told and when, gathered so that it is one message; and whose morning digest is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.regime_parts import Quiet
from domain.slots import widened
from storage import people
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO notice (person, obligation, kind, slot_at, created_at) VALUES (:person, :obligation, :kind, :slot_at, :now)
ON CONFLICT (person, obligation, kind, slot_at) DO NOTHING
"""
# One digest a person: where two regimes make one due, the earlier slot counts.
ADD_DIGEST = """
INSERT INTO digest (person, slot_at) VALUES (:person, :slot_at)
ON CONFLICT (person) DO UPDATE SET slot_at = CASE WHEN excluded.slot_at < digest.slot_at THEN excluded.slot_at ELSE digest.slot_at END
"""
PEOPLE_DUE = """
SELECT person FROM notice WHERE slot_at <= :now UNION SELECT person FROM digest WHERE slot_at <= :now ORDER BY person LIMIT :limit
"""
PEOPLE_WAITING = """
SELECT count(*) AS n FROM (SELECT person FROM notice WHERE slot_at <= :now UNION SELECT person FROM digest WHERE slot_at <= :now) AS both_of
"""
# Taken by deleting, so that of two replicas one gets them; in the same transaction the message becomes a row.
TAKE = "DELETE FROM notice WHERE person = :person AND slot_at <= :now RETURNING obligation, kind"
TAKE_DIGEST = "DELETE FROM digest WHERE person = :person AND slot_at <= :now RETURNING slot_at"
NEXT_AT = "SELECT min(at) AS at FROM (SELECT min(slot_at) AS at FROM notice UNION ALL SELECT min(slot_at) AS at FROM digest) AS both_of"
OWN_TIMES = "SELECT id, digest_at FROM person WHERE id IN ({ids}) AND digest_at IS NOT NULL"
OWN_QUIETS = "SELECT id, quiet FROM person WHERE id IN ({ids}) AND quiet IS NOT NULL"
# Who owes something that is overdue or ends today.
OWING = f"""
SELECT DISTINCT COALESCE(d.id, a.person) AS person FROM obligation o JOIN appointment a ON a.id = o.owner {people.DEPUTY}
WHERE o.regime = :regime AND o.state = 'open' AND o.due_at <= :tonight AND o.created_at < :slot_at
AND a.person IS NOT NULL AND a.ended_at IS NULL ORDER BY 1
"""  # noqa: S608  constants of the storage modules
# Whom something that was handed in waits for.
WAITED_FOR = f"""
SELECT DISTINCT COALESCE(d.id, a.person) AS person FROM obligation o JOIN appointment a ON a.id = o.creditor {people.DEPUTY}
WHERE o.regime = :regime AND o.state = 'handed_in' AND o.handed_at < :slot_at
AND a.person IS NOT NULL AND a.ended_at IS NULL ORDER BY 1
"""  # noqa: S608  constants of the storage modules
EARLIEST_OPEN = "SELECT min(due_at) AS at FROM obligation WHERE regime = :regime AND state = 'open'"
ANY_HANDED_IN = "SELECT id FROM obligation WHERE regime = :regime AND state = 'handed_in' AND creditor IS NOT NULL LIMIT 1"
GET_META = "SELECT value FROM meta WHERE key = :key"
# Compare-and-set, so that of two replicas one gathers a morning's digests; instants in ms have 13 digits and, like dates, compare as text.
SET_META = """
INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE meta.value < excluded.value
"""


@dataclass(frozen=True)
class Notice:
    """`kind` is a word and perhaps what it is about: `ping`, `late`, `told:ROLE`, `climb:STEP`, `gap:STEP`."""

    person: int
    obligation: int
    kind: str
    slot_at: int


async def add(tx: Tx, notices: Iterable[Notice]) -> None:
    await tx.many(ADD, [{**vars(notice), "now": tx.now} for notice in notices])


async def add_digests(tx: Tx, slots: Mapping[int, int]) -> None:
    """Person → the slot at which the morning digest is said."""
    await tx.many(ADD_DIGEST, [{"person": person, "slot_at": slot_at} for person, slot_at in sorted(slots.items())])


async def people_due(tx: Tx, limit: int) -> list[int]:
    return [row["person"] for row in await tx.all(PEOPLE_DUE, now=tx.now, limit=limit)]


async def people_waiting(tx: Tx) -> int:
    return int(await tx.value(PEOPLE_WAITING, now=tx.now))


async def take(tx: Tx, person: int) -> tuple[dict[int, set[str]], int | None]:
    """What is to be said to this person now: kinds by obligation; and when the digest was due, where it is among it."""
    kinds: dict[int, set[str]] = {}
    for row in await tx.all(TAKE, person=person, now=tx.now):
        kinds.setdefault(row["obligation"], set()).add(row["kind"])
    digest = await tx.find(TAKE_DIGEST, person=person, now=tx.now)
    return kinds, None if digest is None else int(digest["slot_at"])


async def next_at(tx: Tx) -> int | None:
    found = await tx.value(NEXT_AT)
    return None if found is None else int(found)


async def own_times(tx: Tx, people: Sequence[int]) -> dict[int, str]:
    """The time of day at which each of these wants the digest, where they chose one."""
    names, params = one_of("id", set(people))
    rows: list[Row] = await tx.all(OWN_TIMES.format(ids=names), **params)
    return {row["id"]: row["digest_at"] for row in rows}


async def own_quiets(tx: Tx, people: Sequence[int]) -> dict[int, str]:
    """The quiet hours each of these wants besides the regime's, where they chose some (`domain/slots.widened`)."""
    names, params = one_of("id", set(people))
    rows: list[Row] = await tx.all(OWN_QUIETS.format(ids=names), **params)
    return {row["id"]: row["quiet"] for row in rows}


async def quiet_for(tx: Tx, regime: str, person: int | None) -> Quiet:
    """The hours in which this person hears nothing that is not urgent."""
    own = {} if person is None else await own_quiets(tx, [person])
    return widened(tx.world.regime(regime).quiet, own.get(person or 0))


async def concerned(tx: Tx, regime: str, tonight: int, slot_at: int) -> set[int]:
    """People with something overdue, due today, or handed in to them, as it stood at the slot."""
    owing = await tx.all(OWING, regime=regime, tonight=tonight, slot_at=slot_at, now=tx.now)
    return {row["person"] for row in (*owing, *await tx.all(WAITED_FOR, regime=regime, slot_at=slot_at, now=tx.now))}


async def earliest_open(tx: Tx, regime: str) -> int | None:
    found = await tx.value(EARLIEST_OPEN, regime=regime)
    return None if found is None else int(found)


async def any_handed_in(tx: Tx, regime: str) -> bool:
    return await tx.find(ANY_HANDED_IN, regime=regime) is not None


async def digested(tx: Tx, regime: str) -> int | None:
    """The slot whose digests were gathered last."""
    found = await tx.value(GET_META, key=f"digest:{regime}")
    return None if found is None else int(found)


async def set_digested(tx: Tx, regime: str, slot_at: int) -> bool:
    """False: it has been gathered already."""
    return await tx.run(SET_META, key=f"digest:{regime}", value=f"{slot_at:013}") == 1


async def summed_up(tx: Tx, regime: str) -> date | None:
    """The morning that brought the weekly summary last."""
    found = await tx.value(GET_META, key=f"week:{regime}")
    return None if found is None else date.fromisoformat(found)


async def set_summed_up(tx: Tx, regime: str, morning: date) -> bool:
    """False: it has been said for this morning already."""
    return await tx.run(SET_META, key=f"week:{regime}", value=morning.isoformat()) == 1
