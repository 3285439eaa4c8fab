"""Lists of live tasks, from the side of who owes them or of who asked, narrowed one way at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from storage.tasks import Task, task_of
from storage.tx import Tx, one_of

Side = Literal["owner", "asker"]

# The clock of a task is its one live obligation; where it was stopped there is none, and such tasks come last.
FROM = """
FROM task t
LEFT JOIN obligation o ON o.subject_kind = 'task' AND o.subject = t.id AND o.duty = 'task' AND o.state IN ('open', 'handed_in')
WHERE t.{side} IN ({seats}) AND t.state IN ({states}) {narrow}
"""
LISTED = f"""
SELECT t.* {FROM}
ORDER BY CASE t.state WHEN :first THEN 0 ELSE 1 END, CASE WHEN o.due_at IS NULL THEN 1 ELSE 0 END, o.due_at,
  CASE WHEN t.state IN ('open', 'handed_in') THEN t.id ELSE -t.id END
LIMIT :limit OFFSET :offset
"""
COUNT = f"SELECT count(*) AS n {FROM}"
REGIONS = f"SELECT t.regime, t.region, count(*) AS n {FROM} GROUP BY t.regime, t.region ORDER BY n DESC, t.region LIMIT :limit"
PEOPLE = f"SELECT t.{{other}} AS seat, count(*) AS n {FROM} GROUP BY t.{{other}} ORDER BY n DESC, t.{{other}} LIMIT :limit"

LIVE, OVER = "'open', 'handed_in'", "'done', 'withdrawn'"
ANY_OVER = "SELECT 1 AS found FROM task t WHERE t.{side} IN ({seats}) AND t.state IN ('done', 'withdrawn') LIMIT 1"

RED = "AND t.state = 'open' AND o.due_at <= :now"
GREY = "AND t.state = 'handed_in'"
WEEK = "AND t.state = 'open' AND o.due_at > :now AND o.due_at <= :until"


@dataclass(frozen=True)
class Page:
    """Some of a person's tasks, how many the filter lets through, how many live ones there are, and whether any is over."""

    tasks: tuple[Task, ...]
    total: int
    every: int
    over: bool


@dataclass(frozen=True)
class Narrow:
    """A condition on `t` and `o` and its parameters. `states`: of live tasks, or of those that are over (the newest first)."""

    sql: str = ""
    params: Mapping[str, Any] | None = None
    states: str = LIVE


def green(bounds: Mapping[str, int]) -> Narrow:
    """Open, and due after what is soon in its own regime."""
    found = _by_regime(bounds, ">")
    return Narrow(f"AND t.state = 'open' AND ({found.sql})", found.params)


def yellow(bounds: Mapping[str, int]) -> Narrow:
    """Open, not overdue, and due until the bound of its own regime."""
    found = _by_regime(bounds, "<=")
    return Narrow(f"AND t.state = 'open' AND o.due_at > :now AND ({found.sql})", found.params)


def _by_regime(bounds: Mapping[str, int], compared: Literal["<=", ">"]) -> Narrow:
    parts, params = ["1 = 0"], dict[str, Any]()
    for n, (regime, until) in enumerate(sorted(bounds.items())):
        params |= {f"regime_{n}": regime, f"until_{n}": until}
        parts.append(f"(t.regime = :regime_{n} AND o.due_at {compared} :until_{n})")
    return Narrow(" OR ".join(parts), params)


def in_regions(regime: str, codes: Sequence[str]) -> Narrow:
    names, params = one_of("place", codes)
    return Narrow(f"AND t.regime = :regime AND t.region IN ({names})", {**params, "regime": regime})


def with_seat(side: Side, seat: int) -> Narrow:
    return Narrow(f"AND t.{_other(side)} = :other", {"other": seat})


def _other(side: Side) -> Side:
    return "asker" if side == "owner" else "owner"


async def page(tx: Tx, side: Side, seats: Sequence[int], narrow: Narrow, *, limit: int, offset: int) -> Page:
    """What needs the reader first: as owner what is still to do, as asker what waits to be accepted; then by due date."""
    names, params = one_of("seat", seats)
    given = {**params, **_params(tx, narrow)}
    first = "open" if side == "owner" else "handed_in"
    which = {"side": side, "seats": names, "states": narrow.states, "narrow": narrow.sql}
    rows = await tx.all(LISTED.format(**which), first=first, limit=limit, offset=offset, **given)
    every = int(await tx.value(COUNT.format(side=side, seats=names, states=LIVE, narrow=""), **params))
    whole = not narrow.sql and narrow.states == LIVE
    total = every if whole else int(await tx.value(COUNT.format(**which), **given))
    over = await tx.find(ANY_OVER.format(side=side, seats=names), **params) is not None
    return Page(tuple(task_of(row) for row in rows), total, every, over)


def _params(tx: Tx, narrow: Narrow) -> dict[str, Any]:
    return {**(narrow.params or {}), **({"now": tx.now} if ":now" in narrow.sql else {})}


async def regions(tx: Tx, side: Side, seats: Sequence[int], limit: int) -> list[tuple[str, str, int]]:
    """Regime, region and how many, the most first."""
    names, params = one_of("seat", seats)
    rows = await tx.all(REGIONS.format(side=side, seats=names, states=LIVE, narrow=""), limit=limit, **params)
    return [(row["regime"], row["region"], row["n"]) for row in rows]


async def seats_opposite(tx: Tx, side: Side, seats: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Whoever is on the other side, and with how many."""
    names, params = one_of("seat", seats)
    rows = await tx.all(PEOPLE.format(side=side, other=_other(side), seats=names, states=LIVE, narrow=""), limit=limit, **params)
    return [(row["seat"], row["n"]) for row in rows]
