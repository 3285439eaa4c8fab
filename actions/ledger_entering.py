"""Items come on record: one that somebody opened, or thousands of a sheet; with the entry a history begins with, and what is owed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions import obligations
from actions.inputs_ledger import OpenItem
from domain import ledger
from domain.deadlines import local_date, local_time
from domain.ledger import Item, State
from domain.people import Seat
from storage import counters, enterprises, entries
from storage import ledger as items
from storage.tx import Tx

FIRST_STATE: State = "pending"


async def enter(tx: Tx, opener: Seat, owner: Seat, given: OpenItem, seats: Sequence[Seat]) -> Item:
    """On record with its first entry and its obligation; nobody is told. `seats`: those of the regime."""
    (item,) = await enter_many(tx, [Entered(opener, owner, given)], {given.regime: seats})
    found = await items.get(tx, item)
    assert found is not None  # put on record right now
    return found


@dataclass(frozen=True)
class Entered:
    """An item to be put on record."""

    opener: Seat
    owner: Seat
    given: OpenItem


async def enter_many(tx: Tx, entered: Sequence[Entered], seats: Mapping[str, Sequence[Seat]]) -> Sequence[int]:
    """The same for many, in few statements; their ids in the same order. `seats`: those of each regime."""
    numbers = await _numbers(tx, entered)
    found: dict[tuple[str, str, str, str | None], int] = {}
    leaders: dict[tuple[str, str], int | None] = {}
    rows = []
    for each, number in zip(entered, numbers, strict=True):
        given = each.given
        where, named = (given.regime, given.region), (given.regime, given.enterprise, given.region, given.industry)
        if where not in leaders:
            leaders[where] = _leader(tx, given, seats[given.regime])
        if named not in found:
            found[named] = await enterprises.find_or_add(tx, *named)
        rows.append(_row(each, number, found[named], leaders[where]))
    ids = await items.add(tx, rows)
    await entries.add_first(
        tx, "item", [(item, each.opener.id) for item, each in zip(ids, entered, strict=True)], kind="opened", to_state=FIRST_STATE
    )
    await obligations.owe_many(tx, [_rectify(item, each) for item, each in zip(ids, entered, strict=True)])
    return ids


async def _numbers(tx: Tx, entered: Sequence[Entered]) -> list[str]:
    """One row of numbers for all sources of a place: a gap or a row of its own would betray a hidden one."""
    year = local_time(tx.now).year
    places = Counter((each.given.regime, each.given.region) for each in entered)
    drawn = {place: iter(await counters.draw_many(tx, f"item:{place[0]}:{place[1]}:{year}", n)) for place, n in sorted(places.items())}
    return [
        tx.world.regime(each.given.regime).item_number(each.given.region, year, next(drawn[each.given.regime, each.given.region]))
        for each in entered
    ]


def _leader(tx: Tx, given: OpenItem, seats: Sequence[Seat]) -> int | None:
    above = [seat for seat in seats if seat.rights == "supervisor" and seat.scope_kind == "region"]
    leader = next(iter(ledger.nearest(above, given.region, tx.world, local_date(tx.now))), None)
    return None if leader is None else leader.id


def _row(each: Entered, number: str, enterprise: int, leader: int | None) -> dict[str, Any]:
    given = each.given
    return {
        "regime": given.regime,
        "number": number,
        "enterprise": enterprise,
        "region": given.region,
        "industry": given.industry,
        "source": given.source,
        "problem": given.problem,
        "kind": given.kind,
        "measures": given.measures,
        "goal": given.goal or "",
        "owner": each.owner.id,
        "opener": each.opener.id,
        "leader": leader,
        "state": FIRST_STATE,
        **{name: getattr(given, name) for name in ledger.EXTRA},
    }


def _rectify(item: int, each: Entered) -> obligations.Wanted:
    given = each.given
    return obligations.Wanted(given.regime, "item.rectify", ("item", item), each.owner, each.opener, given.region, due=given.due)
