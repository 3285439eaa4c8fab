"""What the form that opens an item offers: places one may open items in, enterprises on file, classes, industries, who is responsible."""

from datetime import date

from actions.options import source
from actions.people import named, title_of
from domain.deadlines import local_date
from domain.forms import Draft, Option
from domain.ledger import nearest
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.regime import Regime
from domain.regime_parts import Named, Region
from domain.speech import Param, bare_place, term, text
from domain.words import fold
from storage import enterprises, people
from storage.tx import Tx

# Those who watch, judge or only receive are not made responsible for putting something right.
NEVER_OWNERS = frozenset({"audit", "receiver", "provincial"})
LEVELS = {"province": 0, "city": 1, "county": 2}


def _regime(tx: Tx, draft: Draft) -> tuple[Regime, str]:
    regime, _, region = str(draft.answers["place"]).partition(":")
    return tx.world.regime(regime), region


@source("regions")
async def regions(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """Places below the province in which one of the actor's seats may open an item, cities first. The code is "regime:region"."""
    on = local_date(tx.now)
    found = []
    for regime_id in dict.fromkeys(seat.regime for seat in actor.seats):
        regime = tx.world.regime(regime_id)
        places = [region for region in regime.regions if region.level != "province"]
        found += [
            _place(regime, region, on)
            for region in sorted(places, key=lambda region: LEVELS[region.level])
            if permit(actor, "item.open", Target(regime.id, region.id), tx.world, on)
        ]
    return found


def _place(regime: Regime, region: Region, on: date) -> Option:
    above = regime.parent(region.id, on)
    label = term(regime.id, "region", region.id)
    if above is not None and above.level != "province":
        label = text("item.place", region=bare_place(regime.id, region.id), above=term(regime.id, "region", above.id))
    return Option(f"{regime.id}:{region.id}", label, (region.id, *regime.places.own(region.id)), regime.places.full(region.id))


@source("enterprises")
async def on_file(tx: Tx, _actor: Actor, draft: Draft, query: str) -> list[Option]:
    """Those on file in the place. Typed words that are nobody's exact name stand as a new name beside the names they are part of."""
    regime, region = _regime(tx, draft)
    names = [str(row["name"]) for row in await enterprises.in_region(tx, regime.id, region)]
    if not query:
        return [Option(name, name, (name,)) for name in names]
    typed = fold(query)
    same = [name for name in names if fold(name) == typed]
    if same:
        return [Option(same[0], same[0], (query,))]
    near = [Option(name, name, (query,)) for name in names if typed in fold(name)]
    label: Param = text("item.new_enterprise", name=query) if near else query
    return [*near, Option(query, label, (query,))]


@source("industries")
async def industries(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    regime, _ = _regime(tx, draft)
    return [_named(regime, "industry", each) for each in regime.industries]


@source("ledger_classes")
async def classes(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    regime, _ = _regime(tx, draft)
    return [_named(regime, "class", each) for each in regime.ledger.classes]


def _named(regime: Regime, kind: str, thing: Named) -> Option:
    return Option(thing.id, term(regime.id, kind, thing.id), (thing.name.zh, thing.name.en))


@source("owners")
async def owners(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    """Who may be made responsible: the place's liaisons first, the nearest before those above, then everyone else whose scope covers it."""
    regime, region = _regime(tx, draft)
    seats = [seat for seat in await people.seats_in(tx, regime.id) if seat.rights not in NEVER_OWNERS]
    ranked = nearest(seats, region, tx.world, local_date(tx.now))
    ranked.sort(key=lambda seat: seat.rights != "liaison")
    return [Option(str(seat.id), await seat_label(tx, seat), (seat.holder,)) for seat in ranked]


async def seat_label(tx: Tx, seat: Seat, title: Param = None) -> Param:
    """Title and name; a seat nobody has taken yet says so, since nobody is told then."""
    key = "item.seat" if seat.person is not None else "item.seat_vacant"
    return text(key, title=title or await title_of(tx, seat), holder=named(seat))
