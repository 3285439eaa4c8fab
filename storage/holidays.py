"""The years that the office imported, and how many imports there have been: by that other processes see that they are behind."""

import json
from collections.abc import Iterable, Sequence
from datetime import date

from domain.calendar import YearDays
from storage import meta
from storage.tx import Tx, one_of

ALL = "SELECT * FROM holiday ORDER BY year"
PUT = """
INSERT INTO holiday (year, off_days, working_weekends, imported_at) VALUES (:year, :off_days, :working_weekends, :now)
ON CONFLICT (year) DO UPDATE
SET off_days = excluded.off_days, working_weekends = excluded.working_weekends, imported_at = excluded.imported_at
"""
PROVISIONAL = "SELECT count(*) AS n FROM obligation WHERE regime IN ({regimes}) AND state IN ('open', 'handed_in') AND provisional = 1"
IMPORTS = "holiday_imports"


async def imported(tx: Tx) -> list[YearDays]:
    return [YearDays(row["year"], _days(row["off_days"]), _days(row["working_weekends"])) for row in await tx.all(ALL)]


async def imports(tx: Tx) -> int:
    return int(await meta.get(tx, IMPORTS) or 0)


async def put(tx: Tx, year: YearDays) -> None:
    await tx.run(PUT, year=year.year, off_days=_text(year.off_days), working_weekends=_text(year.working_weekends), now=tx.now)
    await meta.put(tx, IMPORTS, await imports(tx) + 1)


async def provisional(tx: Tx, regimes: Sequence[str]) -> int:
    """How many live obligations rest on a guess."""
    names, params = one_of("regime", regimes)
    return int(await tx.value(PROVISIONAL.format(regimes=names), **params))


def _text(days: Iterable[date]) -> str:
    return json.dumps([day.isoformat() for day in sorted(days)])


def _days(stored: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, json.loads(stored)))
