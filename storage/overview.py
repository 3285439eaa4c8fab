"""The whole picture in counts, and the lists behind them. A matter under several duties counts once, with its worst light."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.obligations import LIGHTS, Light, Owed
from domain.overview import Sight
from storage.obligations import owed_of
from storage.tx import Row, Tx, one_of

FOREVER = 2**62

# The order of `LIGHTS`: worst first.
RANK = "CASE WHEN o.state <> 'open' THEN 3 WHEN o.due_at <= :now THEN 0 WHEN o.due_at <= :yellow THEN 1 ELSE 2 END"
SEEN = """
FROM obligation o JOIN appointment a ON a.id = o.owner
WHERE o.regime = :regime AND o.state IN ('open', 'handed_in') AND o.subject_kind NOT IN ({private})
AND (CAST(:unit AS TEXT) IS NULL OR o.unit = :unit) AND (:everyone = 1 OR a.scope_kind IN ('region', 'enterprise'))
AND o.created_at < :before
"""
COUNTS = f"""
SELECT region, subject_kind, light, count(*) AS n FROM (
  SELECT o.region, o.subject_kind, o.subject, min({RANK}) AS light {SEEN} GROUP BY o.region, o.subject_kind, o.subject) AS matter
GROUP BY region, subject_kind, light ORDER BY region, subject_kind, light
"""  # noqa: S608  constants of this module
LISTED = f"""
SELECT o.* {SEEN} AND o.region IN ({{regions}}) ORDER BY CASE o.state WHEN 'open' THEN 0 ELSE 1 END, o.due_at, o.id
LIMIT :limit OFFSET :offset
"""
LIST_COUNT = f"SELECT count(*) AS n {SEEN} AND o.region IN ({{regions}})"
PRESSING = """
SELECT * FROM obligation WHERE owner IN ({seats}) AND state = 'open' AND due_at <= :tonight ORDER BY due_at, id LIMIT :limit
"""
WAITING = "SELECT * FROM obligation WHERE creditor IN ({seats}) AND state = 'handed_in' ORDER BY handed_at, id LIMIT :limit"
MINE = """
SELECT * FROM obligation WHERE owner IN ({seats}) AND state IN ('open', 'handed_in')
ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, due_at, id LIMIT :limit OFFSET :offset
"""
MINE_COUNT = "SELECT count(*) AS n FROM obligation WHERE owner IN ({seats}) AND state IN ('open', 'handed_in')"


@dataclass(frozen=True)
class Count:
    region: str
    kind: str
    light: Light
    n: int


async def counts(tx: Tx, sight: Sight, yellow: int, private: Sequence[str], *, before: int | None = None) -> list[Count]:
    """`yellow`: until when a due instant is yellow (`domain.obligations.yellow_until`). `before`: only what was on record then."""
    names, params = _private(private)
    rows = await tx.all(COUNTS.format(private=names), now=tx.now, yellow=yellow, **_sight(sight, before), **params)
    return [Count(row["region"], row["subject_kind"], LIGHTS[row["light"]], row["n"]) for row in rows]


async def listed(
    tx: Tx, sight: Sight, regions: Sequence[str], private: Sequence[str], *, limit: int, offset: int
) -> tuple[list[Owed], int]:
    """A page of what is owed in these regions, what is overdue longest first; and how much there is in all."""
    names, params = _private(private)
    places, more = one_of("region", regions)
    given = {**_sight(sight), **params, **more}
    rows = await tx.all(LISTED.format(private=names, regions=places), limit=limit, offset=offset, **given)
    total = await tx.value(LIST_COUNT.format(private=names, regions=places), **given)
    return [owed_of(row) for row in rows], int(total)


async def pressing(tx: Tx, seats: Sequence[int], tonight: int, limit: int) -> list[Owed]:
    """What these seats owe that is overdue or ends today."""
    return _owed(await _of_seats(tx, PRESSING, seats, tonight=tonight, limit=limit))


async def waiting(tx: Tx, seats: Sequence[int], limit: int) -> list[Owed]:
    """What was handed in to these seats."""
    return _owed(await _of_seats(tx, WAITING, seats, limit=limit))


async def mine(tx: Tx, seats: Sequence[int], *, limit: int, offset: int) -> tuple[list[Owed], int]:
    found = _owed(await _of_seats(tx, MINE, seats, limit=limit, offset=offset))
    return found, int((await _of_seats(tx, MINE_COUNT, seats))[0]["n"])


async def _of_seats(tx: Tx, sql: str, seats: Sequence[int], **given: int) -> list[Row]:
    names, params = one_of("seat", seats)
    return await tx.all(sql.format(seats=names), **given, **params)


def _owed(rows: Sequence[Row]) -> list[Owed]:
    return [owed_of(row) for row in rows]


def _private(kinds: Sequence[str]) -> tuple[str, dict[str, str]]:
    return one_of("private", [*kinds, ""])  # never empty: nothing is NOT IN an empty list


def _sight(sight: Sight, before: int | None = None) -> dict[str, str | int | None]:
    return {"regime": sight.regime, "unit": sight.unit, "everyone": int(not sight.local), "before": FOREVER if before is None else before}
