"""The standing cast of a tour or demo, made from a regime alone: for each kind of rights the first role that has them, in one city.

Names are made up. Nothing here knows a province: a third regime gets its cast the same way.
"""

from dataclasses import dataclass
from datetime import date

from domain.regime import Regime

NAMES = {
    "office": "周办",
    "leader": "郑组长",
    "inspector": "孙检",
    "liaison": "李联络",
    "resident": "钱驻企",
    "supervisor": "吴分管",
    "provincial": "冯督导",
    "audit": "褚审计",
}


@dataclass(frozen=True)
class Part:
    """One seat of the cast. `scope` is a region's code, empty where the role works province-wide or in its own unit."""

    key: str
    name: str
    role: str
    scope_kind: str
    scope: str


def city_of(regime: Regime, on: date) -> str:
    """The city of the story: the first one that is judged and has two counties or more, else the first region below the province."""
    places = [region for region in regime.regions if region.level == "city" and len(regime.counties(region.id, on)) >= 2]
    below = [region for region in regime.regions if region.level != "province"]
    return (places or below)[0].id


def other_city(regime: Regime, city: str) -> str:
    return next(region.id for region in regime.regions if region.level == "city" and region.id != city)


def cast_of(regime: Regime, on: date) -> dict[str, Part]:
    city = city_of(regime, on)
    parts = {}
    for key, name in NAMES.items():
        roles = [role for role in regime.roles if role.rights == key]
        # A supervisor of the region hears of the region's duties; one of a unit or the whole province stands above.
        roles.sort(key=lambda role: {"region": 0, "group": 1, "province": 2, "unit": 3, "enterprise": 4}[role.scope])
        if roles:
            role = roles[0]
            scope = {"region": city, "group": city, "unit": role.unit or regime.units[0].id}.get(role.scope, "")
            parts[key] = Part(key, name, role.id, role.scope, scope)
    return parts
