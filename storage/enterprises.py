"""Enterprises by the name people give them. One row per name and region: width, case and blanks do not make another enterprise."""

from collections.abc import Iterable

from domain.words import fold
from storage.tx import Row, Tx, one_of

NAME = "SELECT name FROM enterprise WHERE id = :id"
IN_REGION = "SELECT * FROM enterprise WHERE regime = :regime AND region = :region ORDER BY folded, id"
OF_IDS = "SELECT id, name, region FROM enterprise WHERE id IN ({ids})"
NAMED = "SELECT folded, region FROM enterprise WHERE regime = :regime AND folded IN ({names}) ORDER BY id"
FIND_OR_ADD = """
INSERT INTO enterprise (regime, name, folded, region, industry, created_at) VALUES (:regime, :name, :folded, :region, :industry, :now)
ON CONFLICT (regime, folded, region) DO UPDATE SET industry = COALESCE(enterprise.industry, :industry) RETURNING id
"""


async def name(tx: Tx, enterprise: int) -> str:
    return str((await tx.one(NAME, id=enterprise))["name"])


async def of_ids(tx: Tx, ids: Iterable[int]) -> dict[int, Row]:
    """Name and region of many at once: lists of people would ask for each else."""
    names, params = one_of("id", ids)
    return {row["id"]: row for row in await tx.all(OF_IDS.format(ids=names), **params)}


async def places_of(tx: Tx, regime: str, names: Iterable[str]) -> dict[str, list[str]]:
    """Where enterprises of these names (folded) are on file."""
    found: dict[str, list[str]] = {}
    holders, params = one_of("name", names)
    for row in await tx.all(NAMED.format(names=holders), regime=regime, **params):
        found.setdefault(row["folded"], []).append(row["region"])
    return found


async def find_or_add(tx: Tx, regime: str, name: str, region: str, industry: str | None = None) -> int:
    """The enterprise of this name in this region; made where there is none yet."""
    return int(
        await tx.value(FIND_OR_ADD, regime=regime, name=name.strip(), folded=fold(name), region=region, industry=industry, now=tx.now)
    )


async def in_region(tx: Tx, regime: str, region: str) -> list[Row]:
    """Those on file in this region."""
    return await tx.all(IN_REGION, regime=regime, region=region)
