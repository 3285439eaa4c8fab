"""To which many: a role, and the places where somebody holds it. Answers are codes: `regime:role`, `regime|place,place`."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from actions.assignees import reaches, work_region
from actions.options import source
from domain.deadlines import local_date
from domain.forms import Draft, Option
from domain.people import Actor, Seat
from domain.regime import Regime
from domain.speech import Param, lines, term, text
from storage import people
from storage.tx import Tx

EVERYWHERE = "*"
CITIES, UNDER = "level:city", "under:"
BETWEEN = re.compile(r"[\s、，,;；]+")


@dataclass(frozen=True)
class Candidate:
    """A seat that the actor may give work to, and where it works."""

    seat: Seat
    region: str


def roles_of(regime: Regime, assignee: object, role: object) -> frozenset[str]:
    """The roles meant by the two answers: every liaison of a locality, or the one that was chosen."""
    if assignee == "liaisons":
        return frozenset(each.id for each in regime.roles_with("liaison"))
    wanted = str(role or "").partition(":")
    return frozenset({wanted[2]}) if wanted[0] == regime.id else frozenset()


async def candidates(tx: Tx, actor: Actor, regime: Regime, roles: frozenset[str]) -> list[Candidate]:
    found = []
    for seat in await people.seats_in(tx, regime.id):
        if seat.role not in roles or (seat.person is not None and seat.person == actor.person):
            continue
        region = await work_region(tx, seat)
        if reaches(tx, actor, seat.regime, seat.role, region):
            found.append(Candidate(seat, region))
    return sorted(found, key=lambda each: (each.region, each.seat.id))


def within(found: Iterable[Candidate], places: str, tx: Tx, regime: Regime) -> list[Candidate]:
    """Those whose place the second half of the answer names."""
    on = local_date(tx.now)
    if places == EVERYWHERE:
        return list(found)
    if places == CITIES:
        return [each for each in found if regime.region(each.region).level == "city"]
    if places.startswith(UNDER):
        city = places.removeprefix(UNDER)
        return [each for each in found if each.region != city and regime.covers(city, each.region, on)]
    named = set(places.split(","))
    return [each for each in found if each.region in named]


async def chosen(tx: Tx, actor: Actor, assignee: str, role: str | None, places: str) -> list[Candidate]:
    """Whom an order would reach now."""
    regime_id, _, where = places.partition("|")
    if regime_id not in tx.world.regimes:
        return []
    regime = tx.world.regime(regime_id)
    return within(await candidates(tx, actor, regime, roles_of(regime, assignee, role)), where, tx, regime)


@source("assign_roles")
async def assign_roles(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """Roles of localities that somebody within reach holds, or could hold, with how many; those that most hold first."""
    found = []
    for regime_id in sorted({seat.regime for seat in actor.seats}):
        regime = tx.world.regime(regime_id)
        held = await candidates(tx, actor, regime, frozenset(role.id for role in regime.roles))
        for role, n in Counter(each.seat.role for each in held).most_common():
            name = regime.role(role).name
            label = text("task.to.role_of", role=term(regime.id, "role", role), n=n)
            found.append(Option(f"{regime.id}:{role}", label, (name.zh, name.en)))
    return found


@source("assign_places")
async def assign_places(tx: Tx, actor: Actor, draft: Draft, query: str) -> list[Option]:
    """Everywhere, all cities, one city's counties, each place by itself; typed names, one or several, are taken as they are."""
    assignee, role = draft.answers.get("assignee"), draft.answers.get("role")
    found: list[Option] = []
    for regime_id in sorted({seat.regime for seat in actor.seats}):
        regime = tx.world.regime(regime_id)
        held = await candidates(tx, actor, regime, roles_of(regime, assignee, role))
        if query:
            found += _typed(regime, held, query)
        elif held:
            found += _sets(tx, regime, held)
    return found


def _sets(tx: Tx, regime: Regime, held: list[Candidate]) -> list[Option]:
    def option(where: str, label: Param) -> Option:
        return Option(f"{regime.id}|{where}", label)

    per_place = Counter(each.region for each in held)
    options = [option(EVERYWHERE, text("task.places.all", n=len(held)))]
    cities = within(held, CITIES, tx, regime)
    if 1 < len(cities) < len(held):
        options.append(option(CITIES, text("task.places.cities", n=len(cities))))
    for city in (region for region in regime.regions if region.level == "city"):
        below = within(held, UNDER + city.id, tx, regime)
        if len(below) > 1:
            options.append(option(UNDER + city.id, text("task.places.under", city=term(regime.id, "region", city.id), n=len(below))))
    singles = [option(code, text("task.places.one", place=term(regime.id, "region", code), n=n)) for code, n in per_place.items()]
    return options + (singles if len(per_place) > 1 else [])


def _typed(regime: Regime, held: list[Candidate], query: str) -> list[Option]:
    """Several names with anything between them; one that nobody here knows, and none is taken."""
    known = {each.region for each in held}
    named = [_place(regime, known, word) for word in BETWEEN.split(query.strip()) if word]
    codes = list(dict.fromkeys(code for code in named if code is not None))
    if not codes or None in named:
        return []
    return [Option(f"{regime.id}|{','.join(codes)}", lines([term(regime.id, "region", code) for code in codes], "、"), (query.strip(),))]


def _place(regime: Regime, known: set[str], word: str) -> str | None:
    """A place by its name, or by how it begins where only one begins so."""
    found = regime.find_region(word)
    if found is not None:
        return found.id if found.id in known else None
    begins = [code for code in known if any(name.startswith(word) for name in (*regime.places.own(code), *regime.places.full(code)))]
    return begins[0] if len(begins) == 1 else None
