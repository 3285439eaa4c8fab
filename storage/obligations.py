"""Obligations, the marks that have fired, and the notices that wait to be said together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.obligations import Fired, Mark, Owed, State
from domain.people import Seat
from storage import people
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO obligation (id, regime, duty, subject_kind, subject, owner, creditor, region, unit, start_at, span, due_at, provisional, state,
  next_at, version, parent, created_at)
VALUES (:id, :regime, :duty, :subject_kind, :subject, :owner, :creditor, :region, :unit, :start_at, :span, :due_at, :provisional, 'open',
  :next_at, 1, :parent, :now)
"""
GET = "SELECT * FROM obligation WHERE id = :id"
LIVE_OF = """
SELECT * FROM obligation WHERE subject_kind = :kind AND subject = :subject AND state IN ('open', 'handed_in')
AND (CAST(:duty AS TEXT) IS NULL OR duty = :duty) ORDER BY id
"""
LATEST_OF = """
SELECT * FROM obligation WHERE subject_kind = :kind AND subject IN ({subjects}) AND state <> 'withdrawn' ORDER BY id
"""
# `|| ''`: by id from where the last piece ended; by an index of the regime each piece would read and sort all that lives.
LIVE_OF_REGIME = """
SELECT * FROM obligation WHERE regime || '' = :regime AND state IN ('open', 'handed_in') AND id > :after ORDER BY id LIMIT :limit
"""
MOVE = """
UPDATE obligation SET state = :state, next_at = NULL, version = version + 1,
  handed_at = CASE WHEN :state = 'handed_in' THEN :now ELSE handed_at END,
  ended_at = CASE WHEN :state IN ('done', 'withdrawn') THEN :now ELSE ended_at END
WHERE id = :id AND state IN ({states}) RETURNING *
"""
UNACCEPT = """
UPDATE obligation SET state = 'handed_in', ended_at = NULL, version = version + 1
WHERE id = :id AND state = 'done' AND handed_at IS NOT NULL
"""
UNFINISH = "UPDATE obligation SET state = 'open', ended_at = NULL, version = version + 1 WHERE id = :id AND state = 'done' RETURNING *"
# What a press finished at that instant, the newest first.
FINISHED = """
SELECT * FROM obligation WHERE subject_kind = :kind AND subject = :subject AND state = 'done' AND ended_at = :at ORDER BY id DESC
"""
# What a press withdrew at that instant is open again when the press is taken back.
REVIVE = """
UPDATE obligation SET state = 'open', ended_at = NULL, version = version + 1
WHERE subject_kind = :kind AND subject = :subject AND state = 'withdrawn' AND ended_at = :at RETURNING *
"""
SET_DUE = """
UPDATE obligation SET due_at = :due_at, provisional = :provisional, span = :span, start_at = :start_at, stopped_at = NULL,
  version = version + 1
WHERE id = :id AND state IN ('open', 'handed_in') RETURNING *
"""
SET_PROVISIONAL = "UPDATE obligation SET provisional = :provisional, version = version + 1 WHERE id = :id RETURNING *"
SET_NEXT = "UPDATE obligation SET next_at = :next_at WHERE id = :id"
STOP = """
UPDATE obligation SET stopped_at = :now, next_at = NULL, version = version + 1
WHERE id = :id AND state = 'open' AND stopped_at IS NULL
"""
GIVE = """
UPDATE obligation SET owner = :owner, unit = :unit, region = :region, acked_at = NULL, version = version + 1
WHERE id = :id AND state IN ('open', 'handed_in') RETURNING *
"""
OWE_TO = "UPDATE obligation SET creditor = :creditor, version = version + 1 WHERE id = :id AND state IN ('open', 'handed_in')"
ACK = "UPDATE obligation SET acked_at = :now, version = version + 1 WHERE id = :id AND acked_at IS NULL AND state IN ('open', 'handed_in')"
# What the clock has to look at now: the index on next_at, so the cost follows what is due and not what exists.
DUE = "SELECT * FROM obligation WHERE next_at <= :now AND regime IN ({regimes}) ORDER BY next_at, id LIMIT :limit /*skip_locked*/"
ANY_DUE = "SELECT id FROM obligation WHERE next_at <= :now AND regime IN ({regimes}) LIMIT 1"
# The first entry of the index, not the minimum of all rows: it is asked every second.
NEXT_AT = "SELECT next_at FROM obligation WHERE next_at IS NOT NULL AND regime IN ({regimes}) ORDER BY next_at LIMIT 1"
COUNT_OWED = """
SELECT count(*) AS n, count(CASE WHEN due_at <= :now THEN 1 END) AS overdue FROM obligation
WHERE owner = :seat AND state = 'open' AND subject_kind NOT IN ({kinds})
"""
STEPS = "SELECT obligation, name, planned_at FROM step WHERE obligation IN ({ids}) ORDER BY obligation, planned_at"
ADD_STEP = """
INSERT INTO step (obligation, name, planned_at, fired_at) VALUES (:obligation, :name, :planned_at, :now)
ON CONFLICT (obligation, name, planned_at) DO NOTHING
"""
# Seats that left (term over, ended) keep their row; nobody is reached through them.
SEATS = f"""
SELECT {people.COLUMNS},
  (a.from_at <= :now AND (a.until_at IS NULL OR a.until_at > :now) AND a.ended_at IS NULL) AS in_force
FROM appointment a LEFT JOIN person p ON p.id = a.person {people.DEPUTY}
"""  # noqa: S608  constants of the storage modules
SEATS_BY_ID = f"{SEATS} WHERE a.id IN ({{ids}})"
SEATS_OF_ROLES = f"{SEATS} WHERE a.regime = :regime AND a.role IN ({{roles}}) AND {people.IN_FORCE} ORDER BY a.id"


class WrongStateError(Exception):
    """An obligation is asked to move from a state that it is not in: the noun's own state should have refused first."""


def owed_of(row: Row) -> Owed:
    """The columns are the fields. Put in all at once: setting each of 22 on something frozen took as long as reading the row."""
    owed = object.__new__(Owed)
    owed.__dict__.update(row)
    owed.__dict__["provisional"] = bool(row["provisional"])
    return owed


async def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Columns by name, with the plan in `next_at`; their ids, in the same order."""
    ids = await tx.reserve("obligation", len(rows))
    await tx.many(ADD, [{**row, "id": each, "now": tx.now} for each, row in zip(ids, rows, strict=True)])
    return ids


async def find(tx: Tx, obligation_id: int) -> Owed | None:
    row = await tx.find(GET, id=obligation_id)
    return None if row is None else owed_of(row)


async def get(tx: Tx, obligation_id: int) -> Owed:
    return owed_of(await tx.one(GET, id=obligation_id))


async def several(tx: Tx, ids: Iterable[int]) -> list[Owed]:
    names, params = one_of("id", ids)
    return [owed_of(row) for row in await tx.all(f"SELECT * FROM obligation WHERE id IN ({names}) ORDER BY due_at, id", **params)]  # noqa: S608  names are placeholders


async def live_of(tx: Tx, kind: str, subject: int, duty: str | None = None) -> list[Owed]:
    return [owed_of(row) for row in await tx.all(LIVE_OF, kind=kind, subject=subject, duty=duty)]


async def latest_of(tx: Tx, kind: str, subjects: Iterable[int]) -> dict[int, Owed]:
    """Of each subject the last that was not withdrawn."""
    names, params = one_of("subject", subjects)
    if not params:
        return {}
    rows = await tx.all(LATEST_OF.format(subjects=names), kind=kind, **params)
    return {row["subject"]: owed_of(row) for row in rows}


async def live_of_regime(tx: Tx, regime: str, after: int, limit: int) -> list[Owed]:
    """Open or handed in, in the order of their ids: what is gone through in several units."""
    return [owed_of(row) for row in await tx.all(LIVE_OF_REGIME, regime=regime, after=after, limit=limit)]


async def move(tx: Tx, obligation_id: int, state: State, *, from_: Sequence[State]) -> Owed:
    """Compare-and-set on the state; whatever waited to be said about it is forgotten."""
    states, params = one_of("from", from_)
    row = await tx.find(MOVE.format(states=states), id=obligation_id, state=state, now=tx.now, **params)
    if row is None:
        raise WrongStateError(f"obligation {obligation_id} is not {' or '.join(from_)}")
    await tx.run("DELETE FROM notice WHERE obligation = :id", id=obligation_id)
    return owed_of(row)


async def unaccept(tx: Tx, obligation_id: int) -> None:
    if await tx.run(UNACCEPT, id=obligation_id) != 1:
        raise WrongStateError(f"obligation {obligation_id} was not accepted")


async def unfinish(tx: Tx, obligation_id: int) -> Owed:
    """From done to open: what was never handed in, and ended by a press that is taken back."""
    row = await tx.find(UNFINISH, id=obligation_id)
    if row is None:
        raise WrongStateError(f"obligation {obligation_id} is not done")
    return owed_of(row)


async def finished_at(tx: Tx, kind: str, subject: int, at: int) -> list[Owed]:
    return [owed_of(row) for row in await tx.all(FINISHED, kind=kind, subject=subject, at=at)]


async def revive(tx: Tx, kind: str, subject: int, at: int | None) -> list[Owed]:
    return [owed_of(row) for row in await tx.all(REVIVE, kind=kind, subject=subject, at=at)]


async def set_due(tx: Tx, owed: Owed, *, due_at: int, provisional: bool, span: str, start_at: int) -> Owed:
    row = await tx.find(SET_DUE, id=owed.id, due_at=due_at, provisional=int(provisional), span=span, start_at=start_at)
    if row is None:
        raise WrongStateError(f"obligation {owed.id} is over and has no due date any more")
    await tx.run("DELETE FROM notice WHERE obligation = :id", id=owed.id)
    return owed_of(row)


async def set_provisional(tx: Tx, owed: Owed, *, provisional: bool) -> Owed:
    """The date stands; only whether it may still move has changed."""
    return owed_of(await tx.one(SET_PROVISIONAL, id=owed.id, provisional=int(provisional)))


async def set_next(tx: Tx, planned: Mapping[int, int | None]) -> None:
    """When each of these obligations is looked at next."""
    await tx.many(SET_NEXT, [{"id": owed, "next_at": next_at} for owed, next_at in planned.items()])


async def stop(tx: Tx, obligation_id: int) -> bool:
    await tx.run("DELETE FROM notice WHERE obligation = :id", id=obligation_id)
    return await tx.run(STOP, id=obligation_id, now=tx.now) == 1


async def acknowledge(tx: Tx, obligation_id: int) -> bool:
    return await tx.run(ACK, id=obligation_id, now=tx.now) == 1


async def give(tx: Tx, obligation_id: int, *, owner: int, unit: str | None, region: str) -> Owed:
    row = await tx.find(GIVE, id=obligation_id, owner=owner, unit=unit, region=region)
    if row is None:
        raise WrongStateError(f"obligation {obligation_id} is over and nobody owes it any more")
    await tx.run("DELETE FROM notice WHERE obligation = :id", id=obligation_id)
    return owed_of(row)


async def owe_to(tx: Tx, obligation_id: int, creditor: int) -> None:
    await tx.run(OWE_TO, id=obligation_id, creditor=creditor)


def _served(tx: Tx) -> tuple[str, dict[str, Any]]:
    """Obligations of a regime that is no longer served stay on file and stand still."""
    return one_of("regime", tx.world.regimes)


async def due(tx: Tx, limit: int) -> list[Owed]:
    """Claim what is due, oldest first."""
    names, params = _served(tx)
    return [owed_of(row) for row in await tx.all(DUE.format(regimes=names), now=tx.now, limit=limit, **params)]


async def any_due(tx: Tx) -> bool:
    names, params = _served(tx)
    return await tx.find(ANY_DUE.format(regimes=names), now=tx.now, **params) is not None


async def count_owed(tx: Tx, seat: int, without: Iterable[str]) -> tuple[int, int]:
    """How much this seat has to do, and how much of it is overdue; matters of the kinds `without` are not counted."""
    names, params = one_of("kind", [*without, ""])  # never empty: nothing is NOT IN an empty list
    row = await tx.one(COUNT_OWED.format(kinds=names), seat=seat, now=tx.now, **params)
    return int(row["n"]), int(row["overdue"])


async def next_at(tx: Tx) -> int | None:
    names, params = _served(tx)
    found = await tx.value(NEXT_AT.format(regimes=names), **params)
    return None if found is None else int(found)


async def fired(tx: Tx, ids: Iterable[int]) -> dict[int, Fired]:
    """Which marks of these have fired, by obligation."""
    names, params = one_of("id", ids)
    marks: dict[int, dict[str, tuple[int, ...]]] = {}
    for row in await tx.all(STEPS.format(ids=names), **params):
        of = marks.setdefault(row["obligation"], {})
        of[row["name"]] = (*of.get(row["name"], ()), row["planned_at"])
    return dict(marks)


async def record(tx: Tx, marks: Iterable[tuple[int, Mark]]) -> None:
    """Marks that have fired, each with its obligation."""
    rows = [{"obligation": owed, "name": mark.name, "planned_at": mark.at, "now": tx.now} for owed, mark in marks]
    await tx.many(ADD_STEP, rows)


async def note_once(tx: Tx, obligation_id: int, name: str, planned_at: int) -> bool:
    """True the first time: what is said once an obligation and step asks here."""
    return await tx.run(ADD_STEP, obligation=obligation_id, name=name, planned_at=planned_at, now=tx.now) == 1


async def seats(tx: Tx, ids: Iterable[int]) -> dict[int, Seat]:
    """By id; nobody is reached through one that is not in force any more."""
    names, params = one_of("id", set(ids))
    rows = await tx.all(SEATS_BY_ID.format(ids=names), **params, now=tx.now)
    return {row["id"]: people.seat_of(tx, row if row["in_force"] else {**row, "account": None, "deputy_account": None}) for row in rows}


async def seats_of_roles(tx: Tx, regime: str, roles: Iterable[str]) -> tuple[Seat, ...]:
    """The seats in force in these roles, taken or vacant."""
    names, params = one_of("role", roles)
    rows = await tx.all(SEATS_OF_ROLES.format(roles=names), regime=regime, now=tx.now, **params)
    return tuple(people.seat_of(tx, row) for row in rows)
