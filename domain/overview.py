"""Who sees which part of the whole picture, and into which heaps it is sorted: places, units, classes, lights. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from domain.obligations import LIGHTS, Light
from domain.people import Seat
from domain.regime import Regime
from domain.sides import roles_seen

# Those whose morning digest counts what is overdue in their scope. Audit looks when it wants to.
WATCHERS = frozenset({"office", "supervisor", "provincial", "leader"})

Tab = Literal["region", "unit", "class", "light"]
TABS: tuple[Tab, ...] = ("region", "unit", "class", "light")
KINDS = ("task", "item")  # named in the totals; all else together
NO_UNIT = ""  # the heap of what stands under no unit
TASKS, OTHERS = ":task", ":other"  # heaps of what has no class, beside the ledger's classes; no code of a regime begins so


@dataclass(frozen=True)
class Sight:
    """What a seat sees: a region and what lies in it; of it only one unit's matters, or only those that some roles owe.

    `roles`: nobody must infer from an overview what others are about to do there (`domain/sides.py`); None: whoever owes it.
    """

    regime: str
    scope: str
    unit: str | None = None
    roles: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Count:
    """So many matters are alike. `kind` is a noun; `klass` the class of a ledger item, empty for anything else."""

    region: str
    kind: str
    klass: str
    unit: str
    light: Light
    n: int


@dataclass(frozen=True)
class Heap:
    """What is listed: the matters of some regions, and of these one heap. `known`: the codes that are heaps of their own."""

    regions: tuple[str, ...]
    tab: Tab = "region"
    code: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """A page: whose sight, sorted how, which heap (its number in `heaps` from 1; 0 for all), which page of it.

    Its `id` fits into a card's subject and a button: old pages are asked for by number.
    """

    seat: int = 0
    tab: Tab = "region"
    heap: int = 0
    page: int = 0

    @property
    def id(self) -> int:
        return ((self.seat * len(TABS) + TABS.index(self.tab)) * 10_000 + self.heap) * 1_000 + self.page

    @classmethod
    def of(cls, view_id: int) -> "View":
        rest, page = divmod(view_id, 1_000)
        rest, heap = divmod(rest, 10_000)
        seat, tab = divmod(rest, len(TABS))
        return cls(seat, TABS[tab], heap, page)

    def top(self, tab: Tab | None = None) -> "View":
        return View(self.seat, tab or self.tab)

    def turned(self, page: int) -> "View":
        return replace(self, page=page)


def is_decision(duty: str) -> bool:
    """Duties that ask their owner for a yes or no are called so: `extension.decide`."""
    return duty.endswith(".decide")


def sight_of(seat: Seat, regime: Regime) -> Sight | None:
    province = regime.province.id
    if seat.scope_kind == "province" or seat.rights == "office":
        return Sight(regime.id, province)
    if seat.scope_kind == "unit":
        return Sight(regime.id, province, unit=seat.scope)
    if seat.scope_kind == "enterprise":
        return None
    return Sight(regime.id, seat.scope, roles=roles_seen(seat, regime))


def heaps(tab: Tab, regime: Regime) -> list[str]:
    """The codes of all heaps there can be, in a lasting order: a view names one by its place here."""
    if tab == "region":
        return [each.id for each in regime.regions]
    if tab == "unit":
        return [NO_UNIT, *(each.id for each in regime.units)]
    if tab == "class":
        return [TASKS, OTHERS, *(each.id for each in regime.ledger.classes)]
    return list(LIGHTS)


def heap_of(tab: Tab, count: Count, scope: str, regime: Regime, on: date) -> str | None:
    """Where it is counted; None where its region lies outside of what is seen."""
    place = bucket(count.region, scope, regime, on)
    if place is None or tab == "region":
        return place
    if tab == "unit":
        return count.unit if count.unit in heaps("unit", regime) else NO_UNIT
    if tab == "light":
        return count.light
    if count.kind == "item" and count.klass in heaps("class", regime):
        return count.klass
    return TASKS if count.kind == "task" else OTHERS


def heap_named(tab: Tab, code: str, scope: str, regime: Regime, on: date) -> Heap:
    if tab == "region":
        return Heap(regions_of(code, scope, regime, on))
    return Heap(regions_within(scope, regime, on), tab, code, tuple(heaps(tab, regime)))


def sorted_out(tab: Tab, counts: Sequence[Count], scope: str, regime: Regime, on: date) -> dict[str, list[Count]]:
    """The heaps that hold something."""
    found: dict[str, list[Count]] = {}
    for each in counts:
        heap = heap_of(tab, each, scope, regime, on)
        if heap is not None:
            found.setdefault(heap, []).append(each)
    return found


def by_light(counts: Sequence[Count]) -> tuple[int, ...]:
    """In the order of `LIGHTS`."""
    return tuple(sum(each.n for each in counts if each.light == light) for light in LIGHTS)


def lights_of(counts: Sequence[Count], regime: Regime, on: date) -> dict[str, Counter[Light]]:
    """For every place how many matters of each light lie in it, at whatever depth: each count is looked at once, however many ask."""
    found: dict[str, Counter[Light]] = {}
    for each in counts:
        for place in regime.above(each.region, on) if _known(each.region, regime) else ():
            found.setdefault(place.id, Counter())[each.light] += each.n
    return found


def bucket(region: str, scope: str, regime: Regime, on: date) -> str | None:
    """The place right below `scope` that a region counts for, itself where it is judged in its own right; None where it lies outside."""
    path = [each.id for each in regime.above(region, on)] if _known(region, regime) else [region]
    if scope not in path:
        return None
    below = path[: path.index(scope)]
    if not below:
        return region
    return next((code for code in below if regime.region(code).scored), below[-1])


def regions_of(code: str, scope: str, regime: Regime, on: date) -> tuple[str, ...]:
    """All regions that count for this place."""
    return tuple(each.id for each in regime.regions if bucket(each.id, scope, regime, on) == code)


def regions_within(scope: str, regime: Regime, on: date) -> tuple[str, ...]:
    """All regions that are seen."""
    return tuple(each.id for each in regime.regions if bucket(each.id, scope, regime, on) is not None)


def _known(code: str, regime: Regime) -> bool:
    return any(each.id == code for each in regime.regions)
