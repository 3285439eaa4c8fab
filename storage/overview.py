"""The whole picture in counts, and the lists behind them. A matter under several duties counts once, with its worst light."""

from collections.abc import Sequence
from typing import Any, cast

from domain.obligations import LIGHTS, Light, Owed
from domain.overview import NO_UNIT, OTHERS, TASKS, Count, Heap, Sight
from storage.obligations import owed_of
from storage.tx import Row, Tx, one_of

FOREVER = 2**62

# The order of `LIGHTS`: worst first.
RANK = "CASE WHEN o.state <> 'open' THEN 3 WHEN o.due_at <= :now THEN 0 WHEN o.due_at <= :yellow THEN 1 ELSE 2 END"
SEEN = """
FROM obligation o JOIN appointment a ON a.id = o.owner
WHERE o.regime = :regime AND o.subject_kind NOT IN ({private})
AND (CAST(:unit AS TEXT) IS NULL OR o.unit = :unit) AND (:everyone = 1 OR a.role IN ({roles}))
"""
# Each matter once: of its duties the one that is worst off.
MATTERS = f"""
SELECT matter.*, CASE WHEN matter.subject_kind = 'item' THEN i.class ELSE '' END AS class FROM (
  SELECT o.*, COALESCE(o.unit, '') AS of_unit, {RANK} AS light,
    row_number() OVER (PARTITION BY o.region, o.subject_kind, o.subject ORDER BY {RANK}, o.due_at, o.id) AS nth
  {SEEN} AND o.state IN ('open', 'handed_in') AND o.created_at < :before) AS matter
LEFT JOIN item i ON matter.subject_kind = 'item' AND i.id = matter.subject WHERE matter.nth = 1
"""  # noqa: S608  constants of this module
COUNTS = f"""
SELECT region, subject_kind, class, of_unit, light, count(*) AS n FROM ({MATTERS}) AS seen
GROUP BY region, subject_kind, class, of_unit, light ORDER BY region, subject_kind, class, of_unit, light
"""  # noqa: S608  constants of this module
LISTED = f"SELECT * FROM ({MATTERS}) AS seen WHERE {{heap}} ORDER BY light, due_at, id LIMIT :limit OFFSET :offset"  # noqa: S608  constants
LIST_COUNT = f"SELECT count(*) AS n FROM ({MATTERS}) AS seen WHERE {{heap}}"  # noqa: S608  constants of this module
# What is overdue alone: the cost follows how much that is, not how much is open; mornings ask it for everybody who looks over others.
RED = f"{SEEN} AND o.state = 'open' AND o.due_at <= :now AND o.created_at < :before"
RED_COUNTS = f"""
SELECT region, count(*) AS n FROM (SELECT DISTINCT o.region, o.subject_kind, o.subject {RED}) AS matter GROUP BY region ORDER BY region
"""  # noqa: S608  constants of this module
RED_LISTED = f"""
SELECT * FROM (
  SELECT o.*, row_number() OVER (PARTITION BY o.region, o.subject_kind, o.subject ORDER BY o.due_at, o.id) AS nth {RED}
  AND o.region IN ({{regions}})) AS matter
WHERE nth = 1 ORDER BY due_at, id LIMIT :limit
"""  # noqa: S608  constants of this module
BESIDES = ("of_unit", "light", "nth", "class")  # columns of a matter that an obligation does not have
# Of many seats at once, some of each.
OF_EACH = (
    "SELECT * FROM (SELECT o.*, row_number() OVER (PARTITION BY {of} ORDER BY {order}) AS nth FROM obligation o WHERE {which}) AS each_of"
)
SOME_OF_EACH = f"{OF_EACH} WHERE nth <= :limit ORDER BY {{order}}"
PRESSING = SOME_OF_EACH.format(of="owner", order="due_at, id", which="owner IN ({seats}) AND state = 'open' AND due_at <= :tonight")
WAITING = SOME_OF_EACH.format(of="creditor", order="handed_at, id", which="creditor IN ({seats}) AND state = 'handed_in'")
# Duties that ask for a yes or no (`domain.overview.is_decision`); whoever asked waits from the first day on.
# The same words as the index of them, else the databases would go through all that is open. `+ 0`: not by the index of that column.
DECISION = "state = 'open' AND substr(duty, length(duty) - 6) = '.decide'"
DECISIONS = SOME_OF_EACH.format(of="owner", order="due_at, id", which=f"regime IN ({{regimes}}) AND owner IN ({{seats}}) AND {DECISION}")
DECIDING = f"SELECT DISTINCT owner FROM obligation WHERE regime = :regime AND {DECISION} AND created_at + 0 < :before ORDER BY owner"  # noqa: S608
MINE = """
SELECT * FROM obligation WHERE owner IN ({seats}) AND state IN ('open', 'handed_in')
ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, due_at, id LIMIT :limit OFFSET :offset
"""
MINE_COUNT = "SELECT count(*) AS n FROM obligation WHERE owner IN ({seats}) AND state IN ('open', 'handed_in')"


async def counts(tx: Tx, sight: Sight, yellow: int, kept: Sequence[str], *, before: int = FOREVER) -> list[Count]:
    """`yellow`: until when a due instant is yellow (`domain.obligations.yellow_until`).

    `kept`: the private kinds, of which nobody who looks over others hears. `before`: only what was on record then.
    """
    names, params = sight_names(sight, kept)
    given = {**params, "now": tx.now, "yellow": yellow, "before": before}
    rows = await tx.all(COUNTS.format(**names), **given)
    return [Count(row["region"], row["subject_kind"], row["class"], row["of_unit"], LIGHTS[row["light"]], row["n"]) for row in rows]


async def listed(
    tx: Tx, sight: Sight, heap: Heap, kept: Sequence[str], *, limit: int, offset: int, yellow: int = 0
) -> tuple[list[Owed], int]:
    """A page of the matters of a heap, what is overdue longest first; and how many there are in all. Each is its worst duty."""
    names, params = sight_names(sight, kept)
    which, more = _heap(heap)
    given = {**params, **more, "now": tx.now, "yellow": yellow, "before": FOREVER}
    rows = await tx.all(LISTED.format(**names, heap=which), limit=limit, offset=offset, **given)
    total = await tx.value(LIST_COUNT.format(**names, heap=which), **given)
    return [owed_of({name: value for name, value in row.items() if name not in BESIDES}) for row in rows], int(total)


def _heap(heap: Heap) -> tuple[str, dict[str, Any]]:
    """The condition that `domain.overview.heap_of` counts by."""
    places, params = one_of("region", heap.regions or ("",))
    known, codes = one_of("known", heap.known)
    inside = f"region IN ({places})"
    if heap.tab == "region":
        return inside, params
    if heap.tab == "light":
        return f"{inside} AND light = :heap", params | {"heap": LIGHTS.index(cast(Light, heap.code))}
    if heap.code == TASKS:
        return f"{inside} AND subject_kind = 'task'", params
    if heap.code == OTHERS:
        return f"{inside} AND subject_kind <> 'task' AND class NOT IN ({known})", params | codes
    column = "of_unit" if heap.tab == "unit" else "class"
    if heap.code == NO_UNIT:
        return f"{inside} AND ({column} = '' OR {column} NOT IN ({known}))", params | codes
    return f"{inside} AND {column} = :heap", params | {"heap": heap.code}


async def red_counts(tx: Tx, sight: Sight, kept: Sequence[str], *, before: int = FOREVER) -> dict[str, int]:
    """By region, how many matters are overdue: what `counts` says of red ones."""
    names, params = sight_names(sight, kept)
    rows = await tx.all(RED_COUNTS.format(**names), **params, now=tx.now, before=before)
    return {row["region"]: row["n"] for row in rows}


async def red_listed(tx: Tx, sight: Sight, regions: Sequence[str], kept: Sequence[str], limit: int) -> list[Owed]:
    """What is overdue longest in these regions, each matter once."""
    names, params = sight_names(sight, kept)
    places, where = one_of("region", regions or ("",))
    given = {**params, **where, "now": tx.now, "before": FOREVER, "limit": limit}
    rows = await tx.all(RED_LISTED.format(**names, regions=places), **given)
    return [owed_of({name: value for name, value in row.items() if name != "nth"}) for row in rows]


async def pressing(tx: Tx, seats: Sequence[int], tonight: int, limit: int) -> list[Owed]:
    """What these seats owe that is overdue or ends today: of each at most `limit`, the oldest first."""
    return _owed(_bare(await _of_seats(tx, PRESSING, seats, tonight=tonight, limit=limit)))


async def waiting(tx: Tx, seats: Sequence[int], limit: int) -> list[Owed]:
    """What was handed in to these seats, of each at most `limit`."""
    return _owed(_bare(await _of_seats(tx, WAITING, seats, limit=limit)))


async def decisions(tx: Tx, seats: Sequence[int], limit: int) -> list[Owed]:
    """What these seats are to decide, of each at most `limit`."""
    regimes, served = one_of("regime", tx.world.regimes)
    names, params = one_of("seat", seats)
    return _owed(_bare(await tx.all(DECISIONS.format(regimes=regimes, seats=names), limit=limit, **served, **params)))


async def deciding(tx: Tx, regime: str, before: int) -> list[int]:
    """Seats that are asked for a decision."""
    return [row["owner"] for row in await tx.all(DECIDING, regime=regime, before=before)]


async def mine(tx: Tx, seats: Sequence[int], *, limit: int, offset: int) -> tuple[list[Owed], int]:
    found = _owed(await _of_seats(tx, MINE, seats, limit=limit, offset=offset))
    return found, int((await _of_seats(tx, MINE_COUNT, seats))[0]["n"])


async def _of_seats(tx: Tx, sql: str, seats: Sequence[int], **given: int) -> list[Row]:
    names, params = one_of("seat", seats)
    return await tx.all(sql.format(seats=names), **given, **params)


def _bare(rows: Sequence[Row]) -> Sequence[Row]:
    """Without the column that counted them. As copies: a read may be given these rows again (`storage/tx.py`)."""
    return [{name: value for name, value in row.items() if name != "nth"} for row in rows]


def _owed(rows: Sequence[Row]) -> list[Owed]:
    return [owed_of(row) for row in rows]


def sight_names(sight: Sight, kept: Sequence[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """What the statements over a sight name, and their parameters. Neither list is ever empty: nothing is NOT IN an empty list."""
    kinds, private = one_of("private", [*kept, ""])
    roles, seen = one_of("role", sight.roles or ("",))
    given = {**private, **seen, "regime": sight.regime, "unit": sight.unit, "everyone": int(sight.roles is None)}
    return {"private": kinds, "roles": roles}, given
