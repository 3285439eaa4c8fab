"""Notices: what a person is to be told and when, gathered so that it is one message; and whose morning digest is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.regime_parts import Quiet
from domain.slots import widened
from storage import people
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO notice (person, obligation, kind, slot_at, created_at) VALUES (:person, :obligation, :kind, :slot_at, :now)
ON CONFLICT (person, obligation, kind, slot_at) DO NOTHING
"""
ADD_DIGEST = """
INSERT INTO digest (person, regime, slot_at) VALUES (:person, :regime, :slot_at)
ON CONFLICT (person, regime) DO UPDATE SET
  slot_at = CASE WHEN excluded.slot_at < digest.slot_at THEN excluded.slot_at ELSE digest.slot_at END
"""
DUE = """
SELECT person FROM notice WHERE slot_at <= :now {notices} UNION SELECT person FROM digest WHERE slot_at <= :now {digests}
"""
PEOPLE_DUE = f"{DUE} ORDER BY person LIMIT :limit"
PEOPLE_WAITING = """
SELECT count(*) AS n FROM (
  SELECT n.person FROM notice n JOIN obligation o ON o.id = n.obligation WHERE n.slot_at <= :now AND (:regime = '' OR o.regime = :regime)
  UNION SELECT person FROM digest WHERE slot_at <= :now AND (:regime = '' OR regime = :regime)) AS both_of
"""
# Taken by deleting, so that of two replicas one gets them; in the same transaction the message becomes a row.
TAKE = "DELETE FROM notice WHERE person IN ({people}) AND slot_at <= :now {notices} RETURNING person, obligation, kind"
# One digest a person: where several provinces make one due, the first that has come brings the others along.
TAKE_DIGEST = """
DELETE FROM digest WHERE person IN ({people}) {digests} AND EXISTS (
  SELECT 1 FROM digest d WHERE d.person = digest.person AND d.slot_at <= :now {due}) RETURNING person, slot_at
"""
PUT_OFF = """
INSERT INTO notice (person, obligation, kind, slot_at, created_at)
SELECT person, obligation, kind, :later, created_at FROM notice WHERE person = :person AND slot_at <= :now
ON CONFLICT (person, obligation, kind, slot_at) DO NOTHING
"""
DROP_DUE = "DELETE FROM notice WHERE person = :person AND slot_at <= :now"
PUT_OFF_DIGEST = "UPDATE digest SET slot_at = :later WHERE person = :person AND slot_at <= :now"
NEXT_AT = """
SELECT min(at) AS at FROM (
  SELECT min(slot_at) AS at FROM notice WHERE 1 = 1 {notices}
  UNION ALL SELECT min(slot_at) AS at FROM digest WHERE 1 = 1 {digests}) AS both_of
"""
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


@dataclass
class Gathered:
    """What one person is to be told: kinds of notices by obligation; and when the morning's digest was due, where it is among it."""

    kinds: dict[int, set[str]] = field(default_factory=dict)
    morning: int | None = None


@dataclass(frozen=True)
class Held:
    """What pauses hold back of what has gathered: of each paused province all but its `urgent` duties and the `private` kinds."""

    urgent: Mapping[str, Iterable[str]] = field(default_factory=dict)  # paused province → duties that are said nevertheless
    private: Iterable[str] = ()

    def clauses(self) -> tuple[dict[str, str], dict[str, str]]:
        """The conditions to put into the statements above, with their parameters; empty where nothing is paused."""
        if not self.urgent:
            return {"notices": "", "digests": "", "due": ""}, {}
        kinds, params = one_of("kind", [*self.private, ""])  # never empty: nothing is NOT IN an empty list
        ors = []
        for n, (regime, duties) in enumerate(sorted(self.urgent.items())):
            names, more = one_of(f"duty_{n}", [*duties, ""])
            ors.append(f"(o.regime = :paused_{n} AND o.duty NOT IN ({names}))")
            params |= {**more, f"paused_{n}": regime}
        held = f"o.subject_kind NOT IN ({kinds}) AND ({' OR '.join(ors)})"
        paused = ", ".join(f":paused_{n}" for n in range(len(ors)))
        return {
            "notices": f"AND NOT EXISTS (SELECT 1 FROM obligation o WHERE o.id = notice.obligation AND {held})",  # noqa: S608  placeholders
            "digests": f"AND regime NOT IN ({paused})",
            "due": f"AND d.regime NOT IN ({paused})",
        }, params


NOTHING_HELD = Held()


async def add(tx: Tx, notices: Iterable[Notice]) -> None:
    await tx.many(ADD, [{**vars(notice), "now": tx.now} for notice in notices])


async def add_digests(tx: Tx, regime: str, slots: Mapping[int, int]) -> None:
    """Person → the slot at which the morning digest is said."""
    await tx.many(ADD_DIGEST, [{"person": person, "regime": regime, "slot_at": slot_at} for person, slot_at in sorted(slots.items())])


async def people_due(tx: Tx, limit: int, held: Held = NOTHING_HELD) -> list[int]:
    clauses, params = held.clauses()
    return [row["person"] for row in await tx.all(PEOPLE_DUE.format(**clauses), now=tx.now, limit=limit, **params)]


async def people_waiting(tx: Tx, regime: str) -> int:
    """For how many people something of this province (of any, where it is empty) has gathered that could be said now."""
    return int(await tx.value(PEOPLE_WAITING, now=tx.now, regime=regime))


async def take(tx: Tx, people: Sequence[int], held: Held = NOTHING_HELD) -> dict[int, Gathered]:
    """What is to be said to these people now."""
    clauses, params = held.clauses()
    names, those = one_of("person", people)
    found = {person: Gathered() for person in people}
    for row in await tx.all(TAKE.format(people=names, **clauses), now=tx.now, **those, **params):
        found[row["person"]].kinds.setdefault(row["obligation"], set()).add(row["kind"])
    for row in await tx.all(TAKE_DIGEST.format(people=names, **clauses), now=tx.now, **those, **params):
        gathered = found[row["person"]]
        gathered.morning = row["slot_at"] if gathered.morning is None else min(gathered.morning, row["slot_at"])
    return found


async def put_off(tx: Tx, person: int, later: int) -> None:
    """What is to be said to this person now is said later."""
    await tx.run(PUT_OFF, person=person, now=tx.now, later=later)
    await tx.run(DROP_DUE, person=person, now=tx.now)
    await tx.run(PUT_OFF_DIGEST, person=person, now=tx.now, later=later)


async def next_at(tx: Tx, held: Held = NOTHING_HELD) -> int | None:
    clauses, params = held.clauses()
    found = await tx.value(NEXT_AT.format(**clauses), **params)
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
