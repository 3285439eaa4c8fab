"""What the invitation's form asks, and where its choices come from."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, ValidationInfo, field_validator

from actions.options import source
from actions.people import term_date
from domain.dates import read_date
from domain.deadlines import local_date
from domain.forms import Ask, Draft, Option
from domain.people import Actor
from domain.permissions import may_start
from domain.regime import Regime
from domain.regime_parts import Named, Region
from domain.speech import Param, bare_place, lines, term, text
from storage.tx import Tx

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]


# Conditions see raw answers only, so the codes of a choice say what the next question depends on: `region:local_liaison`, `city:3714`.
def _head(answers: Mapping[str, Any], name: str) -> str:
    return str(answers.get(name) or "").partition(":")[0]


def _wants_region(answers: Mapping[str, Any]) -> bool:
    return _head(answers, "role") in {"region", "group", "enterprise"}


def _wants_county(answers: Mapping[str, Any]) -> bool:
    return _wants_region(answers) and _head(answers, "region") == "city"


class Invite(BaseModel):
    """`regime` is preset where the person is the office of one province only."""

    regime: str = ""
    province: Annotated[str, Ask("choice", source="office_regimes", when=lambda answers: not answers.get("regime"))] = ""
    name: Annotated[Short, Ask()]
    role: Annotated[str, Ask("choice", source="roles")]
    region: Annotated[str, Ask("choice", source="seat_regions", when=_wants_region)] = ""
    county: Annotated[str, Ask("choice", source="seat_counties", when=_wants_county)] = ""
    unit: Annotated[str, Ask("choice", source="seat_units", when=lambda answers: _head(answers, "role") == "unit")] = ""
    enterprise: Annotated[Long, Ask(when=lambda answers: _head(answers, "role") == "enterprise")] = ""
    until: Annotated[date | None, Ask("choice", source="terms", optional=True)] = None

    @field_validator("county")
    @classmethod
    def _of_the_city(cls, value: str, info: ValidationInfo) -> str:
        """An edit may have changed the city behind the county's back."""
        if value and value.partition("/")[0] != str(info.data.get("region")).partition(":")[2]:
            raise ValueError("form.invite.error.county")
        return value

    @property
    def chosen(self) -> str:
        return self.regime or self.province

    @property
    def place(self) -> str:
        return self.role.partition(":")[0]

    @property
    def role_id(self) -> str:
        return self.role.partition(":")[2]

    @property
    def region_code(self) -> str:
        return self.county.partition("/")[2] or self.region.partition(":")[2]

    @property
    def scope(self) -> str:
        return self.unit if self.place == "unit" else self.region_code


def _regime(tx: Tx, draft: Draft) -> Regime:
    return tx.world.regime(draft.answers.get("regime") or draft.answers["province"])


def _option(regime: Regime, kind: str, thing: Named, code: str = "", words: tuple[str, ...] = ()) -> Option:
    return Option(code or thing.id, term(regime.id, kind, thing.id), (thing.name.zh, thing.name.en, *words))


@source("office_regimes")
async def office_regimes(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """The provinces whose office the person is."""
    mine = dict.fromkeys(seat.regime for seat in actor.seats if may_start([seat], "people.invite"))
    regimes = [tx.world.regime(each) for each in mine]
    return [Option(each.id, term(each.id, "regime", each.id), (each.name.zh, each.name.en, each.id)) for each in regimes]


@source("roles")
async def roles(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    regime = _regime(tx, draft)
    return [_option(regime, "role", role, f"{role.scope}:{role.id}") for role in regime.roles_to_choose()]


@source("seat_regions")
async def seat_regions(tx: Tx, _actor: Actor, draft: Draft, query: str) -> list[Option]:
    """The cities to press, every county to type; the whole province where a group may get it."""
    regime, on = _regime(tx, draft), local_date(tx.now)
    tops = [region for region in regime.regions if region.level == "city" or region.scored]
    if _head(draft.answers, "role") == "group":
        tops.append(regime.province)
    shown = dict.fromkeys(region.id for region in tops) | (dict.fromkeys(region.id for region in regime.regions) if query else {})
    return [_region_option(regime, regime.region(code), on) for code in shown if code != regime.province.id or regime.province in tops]


def _region_option(regime: Regime, region: Region, on: date) -> Option:
    has_counties = region.level == "city" and bool(regime.counties(region.id, on))
    code = f"{'city' if has_counties else 'place'}:{region.id}"
    label: Param = term(regime.id, "region", region.id)
    above = regime.parent(region.id, on)
    if region.level == "county" and above is not None and above.level == "city":
        label = lines([term(regime.id, "region", above.id), bare_place(regime.id, region.id)], " ")
    return Option(code, label, (region.id, *regime.places.own(region.id)), regime.places.full(region.id))


@source("seat_counties")
async def seat_counties(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    """The whole city first, then its counties; a code is `city/county`."""
    regime, on = _regime(tx, draft), local_date(tx.now)
    city = regime.region(str(draft.answers["region"]).partition(":")[2])
    whole = Option(
        f"{city.id}/{city.id}", text("people.whole_region", region=term(regime.id, "region", city.id)), (city.name.zh, city.name.en)
    )
    return [
        whole,
        *(_county(regime, county.id, f"{city.id}/{county.id}") for county in regime.counties(city.id, on)),
    ]


def _county(regime: Regime, county: str, code: str) -> Option:
    return Option(code, term(regime.id, "region", county), regime.places.own(county), regime.places.full(county))


@source("seat_units")
async def seat_units(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    regime = _regime(tx, draft)
    return [_option(regime, "unit", unit, words=(unit.short,) if unit.short else ()) for unit in regime.units]


@source("terms")
async def terms(tx: Tx, _actor: Actor, _draft: Draft, query: str) -> list[Option]:
    """How long appointments usually run; any other date is typed."""
    today = local_date(tx.now)
    if query:
        typed = read_date(query, today, tx.world.calendar)
        return [] if typed is None else [_until(typed, query)]
    ends = [date(today.year, 12, 31), *(date(today.year + years, today.month, min(today.day, 28)) for years in (1, 2, 3))]
    return [_until(end) for end in ends]


def _until(end: date, *words: str) -> Option:
    return Option(end.isoformat(), term_date(end), words)
