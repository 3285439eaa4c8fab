"""To whom work may be given: the seats that the actor's own seats reach, and how a seat reads."""

from datetime import date

from actions.options import source
from actions.people import named, title_of
from domain.deadlines import local_date
from domain.forms import Draft, Option
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.regime import Regime
from domain.speech import Param, lines, term, text
from domain.tasks import region_of
from storage import enterprises, people
from storage.tx import Row, Tx


@source("assignees")
async def assignees(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """In order of region, so that a locality's people stand together; never the actor: nobody gives work to oneself."""
    found: list[tuple[str, int, Option]] = []
    today = local_date(tx.now)
    for regime_id in sorted({seat.regime for seat in actor.seats}):
        regime = tx.world.regime(regime_id)
        others = [seat for seat in await people.seats_in(tx, regime_id) if seat.person is None or seat.person != actor.person]
        plants = await enterprises.of_ids(tx, (int(seat.scope) for seat in others if seat.scope_kind == "enterprise"))
        found += [
            (region, seat.id, _option(seat, regime, region, plants))
            for seat in others
            if _reaches(tx, actor, regime_id, region := _region(seat, regime, plants), today)
        ]
    return [option for _, _, option in sorted(found, key=lambda each: each[:2])]


def _reaches(tx: Tx, actor: Actor, regime: str, region: str, today: date) -> bool:
    return permit(actor, "task.assign", Target(regime, region), tx.world, today) is not None


def _region(seat: Seat, regime: Regime, plants: dict[int, Row]) -> str:
    return region_of(seat, regime, plants[int(seat.scope)]["region"] if seat.scope_kind == "enterprise" else None)


def _option(seat: Seat, regime: Regime, region: str, plants: dict[int, Row]) -> Option:
    role, place = regime.role(seat.role).name, regime.region(region)
    title = term(seat.regime, "role", seat.role)
    words = [seat.holder, role.zh, role.en, place.name.zh, place.name.en, *place.aliases]
    if seat.scope_kind == "enterprise":
        name = str(plants[int(seat.scope)]["name"])
        words.append(name)
        title = lines([name, title], " ")
    elif seat.scope_kind == "unit":
        unit = regime.unit(seat.scope)
        words += [unit.name.zh, unit.name.en, *([unit.short] if unit.short else [])]
        title = lines([term(seat.regime, "unit", seat.scope), title], " ")
    elif seat.scope_kind != "province":
        title = lines([term(seat.regime, "region", region), title], " ")
    return Option(str(seat.id), _named(seat, title), tuple(words))


def _named(seat: Seat, title: Param) -> Param:
    if seat.person is None:
        return text("task.seat_vacant", who=named(seat), title=title)
    if seat.account is None:
        return text("task.seat_unreachable", who=named(seat), title=title)
    return text("task.seat", who=named(seat), title=title)


async def label(tx: Tx, seat: Seat) -> Param:
    """The holder and the title of a seat; vacant and unreachable ones are marked."""
    return _named(seat, await title_of(tx, seat))


async def work_region(tx: Tx, seat: Seat) -> str:
    plants = await enterprises.of_ids(tx, [int(seat.scope)] if seat.scope_kind == "enterprise" else [])
    return _region(seat, tx.world.regime(seat.regime), plants)
