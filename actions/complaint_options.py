"""What the complaint forms offer to choose from."""

from datetime import date

from actions.inputs_complaints import province_of
from actions.options import source
from domain.complaints import ABOUT, OUTCOMES
from domain.deadlines import local_date
from domain.forms import Draft, Option
from domain.people import Actor
from domain.regime import Regime
from domain.regime_parts import Named, Region
from domain.speech import Param, bare_place, lines, term, text
from storage.tx import Tx


def _regime(tx: Tx, draft: Draft) -> Regime:
    return tx.world.regime(province_of(draft.answers))


def _named(regime: Regime, kind: str, thing: Named) -> Option:
    return Option(f"{regime.id}:{thing.id}", term(regime.id, kind, thing.id), (thing.name.zh, thing.name.en))


@source("complaint_consent")
async def consent(_tx: Tx, _actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    return [Option("yes", text("complaint.consent.yes"))]


@source("complaint_provinces")
async def provinces(tx: Tx, _actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """People know their province, not the name of its system."""
    return [
        Option(regime.id, term(regime.id, "region", regime.province.id), _words(regime.province)) for regime in tx.world.regimes.values()
    ]


@source("complaint_kinds")
async def kinds(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    regime = _regime(tx, draft)
    return [_named(regime, "complaint_kind", kind) for kind in regime.complaints.kinds]


@source("complaint_regions")
async def regions(tx: Tx, _actor: Actor, draft: Draft, query: str) -> list[Option]:
    """Cities to page through and, last, the whole province; whoever types a name finds counties as well."""
    regime, on = _regime(tx, draft), local_date(tx.now)
    cities = [region for region in regime.regions if region.level == "city"]
    if not query:
        return [*(_place(regime, each, on) for each in cities), _whole(regime)]
    counties = [region for region in regime.regions if region.level == "county"]
    return [_place(regime, each, on) for each in (*cities, *counties)]


def _whole(regime: Regime) -> Option:
    return Option(f"{regime.id}:{regime.province.id}", text("complaint.region.unsure"))


def _place(regime: Regime, region: Region, on: date) -> Option:
    """Counties carry their city: four provinces' worth of 市中区 look alike."""
    above = regime.parent(region.id, on)
    label: Param = term(regime.id, "region", region.id)
    if above is not None and above.level != "province":
        label = lines([term(regime.id, "region", above.id), bare_place(regime.id, region.id)], between=" ")
    return Option(f"{regime.id}:{region.id}", label, _words(region), regime.places.full(region.id))


def _words(region: Region) -> tuple[str, ...]:
    return (region.name.zh, region.name.en, *region.aliases)


@source("complaint_about")
async def about(_tx: Tx, _actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    return [Option(code, text(f"complaint.about.{code}")) for code in ABOUT]


@source("complaint_units")
async def units(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    regime = _regime(tx, draft)
    return [_named(regime, "unit", unit) for unit in regime.units]


@source("complaint_reach")
async def reach(_tx: Tx, _actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """The safe way stands first."""
    return [Option(code, text(f"complaint.reach.{code}")) for code in ("receipt", "chat")]


@source("complaint_outcomes")
async def outcomes(_tx: Tx, _actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    return [Option(code, text(f"complaint.outcome.{code}")) for code in OUTCOMES]
