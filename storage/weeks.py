"""What a week brought, by region: matters closed and newly opened in it, and those that climb now. Each matter counts once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.overview import Sight
from storage.overview import SEEN, sight_names
from storage.tx import Tx

CLOSED = f"""
SELECT region, count(*) AS n FROM (
  SELECT DISTINCT o.region, o.subject_kind, o.subject {SEEN}
  AND o.state = 'done' AND o.ended_at >= :since AND o.ended_at < :until AND NOT EXISTS (
    SELECT 1 FROM obligation l WHERE l.subject_kind = o.subject_kind AND l.subject = o.subject AND l.state IN ('open', 'handed_in'))
) AS matter GROUP BY region ORDER BY region
"""  # noqa: S608  constants
# Nothing about it was on record before (as far as it is seen, as `SEEN` says). What the week brought is looked up, not all that there is.
OPENED = f"""
SELECT region, count(*) AS n FROM (
  SELECT DISTINCT o.region, o.subject_kind, o.subject {SEEN} AND o.created_at >= :since AND o.created_at < :until AND NOT EXISTS (
    SELECT 1 FROM obligation e JOIN appointment b ON b.id = e.owner
    WHERE e.subject_kind = o.subject_kind AND e.subject = o.subject AND e.regime = o.regime AND e.region = o.region
    AND e.created_at + 0 < :since
    AND (CAST(:unit AS TEXT) IS NULL OR e.unit = :unit) AND (:everyone = 1 OR b.scope_kind IN ('region', 'enterprise')))
) AS matter GROUP BY region ORDER BY region
"""  # noqa: S608  constants
# It climbs when a step above the owner has been taken for the due date that holds now, and nobody stopped it.
CLIMBING = f"""
SELECT region, count(*) AS n FROM (
  SELECT DISTINCT o.region, o.subject_kind, o.subject {SEEN}
  AND o.state = 'open' AND o.stopped_at IS NULL AND o.due_at <= :now AND EXISTS (
    SELECT 1 FROM step s WHERE s.obligation = o.id AND s.planned_at >= o.due_at
    AND s.name LIKE 'chain:%' AND s.name NOT LIKE 'chain:%:owner')
) AS matter GROUP BY region ORDER BY region
"""  # noqa: S608  constants
ANY = """
SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM obligation WHERE regime = :regime AND ended_at >= :since AND ended_at < :until)
OR EXISTS (SELECT 1 FROM obligation WHERE regime = :regime AND created_at >= :since AND created_at < :until)
"""


@dataclass(frozen=True)
class Week:
    """Each by region."""

    closed: dict[str, int] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)
    climbing: dict[str, int] = field(default_factory=dict)


async def of(tx: Tx, sight: Sight, kept: Sequence[str], since: int, until: int) -> Week:
    """`kept`: the private kinds, which nobody who looks over a region hears of."""
    names, given = sight_names(sight, kept)

    async def by_region(sql: str, **more: int) -> dict[str, int]:
        return {row["region"]: row["n"] for row in await tx.all(sql.format(**names), **given, **more)}

    return Week(
        await by_region(CLOSED, since=since, until=until),
        await by_region(OPENED, since=since, until=until),
        await by_region(CLIMBING, now=tx.now),
    )


async def any_in(tx: Tx, regime: str, since: int, until: int) -> bool:
    """Whether anything was put on record or ended."""
    return await tx.find(ANY, regime=regime, since=since, until=until) is not None
