"""To whom work may be given: the seats that the actor's own seats reach, and how a seat reads."""

from collections.abc import Callable
from functools import cache, partial

from actions.options import source
from actions.people import named, title_of
from domain.deadlines import local_date
from domain.forms import MOST_OFFERED, Draft, Option
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.regime import Regime
from domain.speech import Param, lines, term, text
from domain.tasks import may_hand_on, region_of
from storage import enterprises, people
from storage.tx import Row, Tx


@source("assignees")
async def assignees(tx: Tx, actor: Actor, _draft: Draft, query: str) -> list[Option]:
    """Whom one may give a task; never oneself."""
    found = []
    reached = cache(partial(reaches, tx, actor))  # the same for all of a role and region: a province has thousands of seats
    for regime_id in sorted({seat.regime for seat in actor.seats}):
        found += await options_for(tx, actor, regime_id, lambda seat, region: reached(seat.regime, seat.role, region), query)
    many = [Option("liaisons", text("task.to.liaisons")), Option("role", text("task.to.role"))]
    return [*many, *found] if len(found) > 1 else found


async def options_for(tx: Tx, actor: Actor, regime_id: str, allowed: Callable[[Seat, str], bool], query: str) -> list[Option]:
    """The regime's other seats that are `allowed(seat, its region)`, in order of region, so that a locality's people stand together.

    Without a query only those that a draft holds are described; the others are counted, and found by typing.
    """
    regime = tx.world.regime(regime_id)
    others = [seat for seat in await people.seats_in(tx, regime_id) if seat.person is None or seat.person != actor.person]
    plants = await enterprises.of_ids(tx, (int(seat.scope) for seat in others if seat.scope_kind == "enterprise"))
    found = [(region, seat.id, seat) for seat in others if allowed(seat, region := _region(seat, regime, plants))]
    found.sort(key=lambda each: each[:2])
    shown = found if query else found[:MOST_OFFERED]
    described = [_option(seat, regime, region, plants) for region, _, seat in shown]
    return described + [Option(str(number), "") for _, number, _ in found[len(shown) :]]


def reaches(tx: Tx, actor: Actor, regime: str, role: str, region: str) -> bool:
    """By right. A group's leader gives work to the place and to the own kind of group, not to one that nobody else knows of."""
    return permit(actor, "task.assign", Target(regime, region, owed_by=role), tx.world, local_date(tx.now)) is not None


def may_get(tx: Tx, actor: Actor, to: Seat, region: str) -> bool:
    """Whether this actor may make the seat owe a task: by right, or by handing on what was given to the own seats."""
    if to.person is not None and to.person == actor.person:
        return False
    regime, on = tx.world.regime(to.regime), local_date(tx.now)
    return reaches(tx, actor, to.regime, to.role, region) or any(may_hand_on(seat, to, region, regime, on) for seat in actor.seats)


@source("proof")
async def proof(_tx: Tx, _actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    return [Option("yes", text("task.proof.yes"))]


def _region(seat: Seat, regime: Regime, plants: dict[int, Row]) -> str:
    return region_of(seat, regime, plants[int(seat.scope)]["region"] if seat.scope_kind == "enterprise" else None)


def _option(seat: Seat, regime: Regime, region: str, plants: dict[int, Row]) -> Option:
    role = regime.role(seat.role).name
    title = term(seat.regime, "role", seat.role)
    words = [seat.holder, role.zh, role.en, *regime.places.own(region)]
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
    return Option(str(seat.id), _named(seat, title), tuple(words), regime.places.full(region))


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
