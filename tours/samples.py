"""Places for a tour's items from a list of real plants: their industries and places only. Firms are made up, and so is what is found.

The list is a csv with the columns of the public data sets (企业或厂名, 市（州）, 县（市、区）, 行业, …); rows whose place or industry the
regime does not know are passed over and counted.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.regime import Regime

CITY, COUNTY, INDUSTRY = "市（州）", "县（市、区）", "行业"


@dataclass(frozen=True)
class Place:
    """Where an item is opened. `enterprise` is a made-up name; `region` and `industry` are codes of the regime."""

    enterprise: str
    region: str
    industry: str


@dataclass(frozen=True)
class Sample:
    places: tuple[Place, ...]
    rows: int
    unknown: int


def read_places(path: Path, regime: Regime, within: str, most: int) -> Sample:
    """Up to `most` places inside the region `within`, each industry in its turn. Raises ValueError for a file without the columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {CITY, COUNTY, INDUSTRY} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path.name} lacks the columns {', '.join(sorted(missing))}")
        rows = list(reader)
    known = [place for place in (_place(row, regime) for row in rows) if place is not None]
    inside = dict.fromkeys(each for each in known if _in(regime, within, each[0]))
    seen: Counter[str] = Counter()
    turns = []
    for region, industry in inside:
        turns.append((seen[industry], region, industry))
        seen[industry] += 1
    chosen = [(region, industry) for _, region, industry in sorted(turns, key=lambda each: each[0])]
    named = tuple(
        Place(f"样本企业{n}（{regime.name_of('industry', industry, 'zh')}）", region, industry)
        for n, (region, industry) in enumerate(chosen[:most], 1)
    )
    return Sample(named, len(rows), len(rows) - len(known))


def _place(row: dict[str, str], regime: Regime) -> tuple[str, str] | None:
    region = regime.find_region(row[COUNTY].strip()) or regime.find_region(row[CITY].strip())
    industry = next((each for each in regime.industries if each.name.zh == row[INDUSTRY].strip()), None)
    return None if region is None or industry is None else (region.id, industry.id)


def _in(regime: Regime, within: str, region: str) -> bool:
    return regime.covers(within, region, date(2026, 3, 2))
