"""What a person is told at a slot: one message, whatever gathered. One matter alone is a full ping with its buttons; several are a list.

Every morning the digest joins in for those who owe something overdue or due today, for whom something waits, or in whose scope something
is overdue; nobody else hears anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from actions import group_news, pausing, settling, stranded
from actions.subjects import private_kinds
from actions.telling import Matter, Picture, say
from actions.weekly import Weeks
from domain.deadlines import end_of_day, local_date
from domain.obligations import Owed
from domain.overview import WATCHERS, Sight, View, bucket, regions_within, sight_of
from domain.people import Seat
from domain.regime import Regime
from domain.slots import first_slot, in_quiet, say_at, widened
from domain.speech import To
from domain.weeks import is_summed_up
from storage import notices, obligations, overview, pauses, people
from storage.notices import Held
from storage.tx import Tx

PEOPLE = 20  # told in one unit, so that it stays short
LONGEST = 3  # of what is overdue in a scope so many are named; the overview has the rest
SETTLING = settling  # imported for the buttons it registers
MOST = 60  # matters of one group that are looked at for one message; the rest is counted as "more" by the list itself


async def gather(tx: Tx) -> int:
    """Note whose digest is due, once a regime and morning; what came on record after the slot waits for the next one.

    Returns how many people. A paused province has its morning when it goes on.
    """
    told, paused = set[int](), await pauses.paused(tx)
    for regime in tx.world.regimes.values():
        if regime.id in paused:
            continue
        found: dict[int, int] = {}
        slot = first_slot(local_date(tx.now), regime.quiet)
        if tx.now < slot or not await notices.set_digested(tx, regime.id, slot):
            continue
        if in_quiet(tx.now, regime.quiet) or tx.world.calendar.off(local_date(tx.now)):
            continue  # a morning that was slept through; days off have no digest
        tonight = end_of_day(local_date(tx.now))
        concerned = await notices.concerned(tx, regime.id, tonight, slot) | await _watching(tx, regime, slot)
        concerned |= await stranded.deciding(tx, regime.id)
        deciders = await obligations.seats(tx, await overview.deciding(tx, regime.id, slot))
        concerned |= {seat.person for seat in deciders.values() if seat.person is not None and seat.to() is not None}
        if is_summed_up(local_date(tx.now), await notices.summed_up(tx, regime.id), tx.world.calendar):
            await notices.set_summed_up(tx, regime.id, local_date(tx.now))
            await group_news.sum_up(tx, regime)
            concerned |= {seat.person for seat in await _watchers(tx, regime) if seat.person is not None}
        own, quiets = await notices.own_times(tx, sorted(concerned)), await notices.own_quiets(tx, sorted(concerned))
        for person in concerned:
            found[person] = say_at(tx.now, widened(regime.quiet, quiets.get(person)), own.get(person), exact=False, urgent=False)
        await notices.add_digests(tx, regime.id, found)
        told |= found.keys()
    return len(told)


async def _watching(tx: Tx, regime: Regime, slot: int) -> set[int]:
    """People in whose scope something is overdue."""
    red = Reds(tx, regime, before=slot)
    return {seat.person for seat in await _watchers(tx, regime) if seat.person is not None and await red.of(seat)}


async def _watchers(tx: Tx, regime: Regime) -> tuple[Seat, ...]:
    return await obligations.seats_of_roles(tx, regime.id, [role.id for role in regime.roles if role.rights in WATCHERS])


class Reds:
    """How much is overdue in a seat's sight; each kind of sight is counted once a unit, however many people have it."""

    def __init__(self, tx: Tx, regime: Regime, *, before: int = overview.FOREVER) -> None:
        self.tx = tx
        self.before = before
        self.regime = regime
        self.on: date = local_date(tx.now)
        self._counts: dict[Sight, dict[str, int]] = {}
        self._longest: dict[Sight, list[Owed]] = {}

    async def of(self, seat: Seat) -> int:
        sight = sight_of(seat, self.regime)
        if sight is None or seat.rights not in WATCHERS:
            return 0
        alike = Sight(sight.regime, "", sight.unit, sight.roles)
        if alike not in self._counts:
            self._counts[alike] = await overview.red_counts(self.tx, alike, private_kinds(), before=self.before)
        found = self._counts[alike].items()
        return sum(n for region, n in found if bucket(region, sight.scope, self.regime, self.on) is not None)

    async def longest(self, seat: Seat) -> list[Owed]:
        """What is overdue longest in the seat's sight."""
        sight = sight_of(seat, self.regime)
        if sight is None or not await self.of(seat):
            return []
        if sight not in self._longest:
            within = regions_within(sight.scope, self.regime, self.on)
            self._longest[sight] = await overview.red_listed(self.tx, sight, within, private_kinds(), LONGEST)
        return self._longest[sight]


async def tell_due(tx: Tx, limit: int = PEOPLE) -> int:
    """Say what has gathered, to some of the people who are to hear now. Returns how many.

    Nothing is said while marks are still to fire: what belongs together would come in pieces.
    """
    if await obligations.any_due(tx):
        return 0
    held = await pausing.held_back(tx)
    found = await notices.people_due(tx, limit, held)
    scopes = {regime.id: Scopes(Reds(tx, regime), Weeks(tx, regime)) for regime in tx.world.regimes.values()}
    for person in found:
        await _tell(tx, person, scopes, held)
    return len(found)


@dataclass(frozen=True)
class Scopes:
    """What is known of one regime's scopes, counted once a unit."""

    reds: Reds
    weeks: Weeks


@dataclass(frozen=True)
class Person:
    """Whom we speak to, by the seats held now."""

    seats: dict[int, Seat]

    def in_regime(self, regime: str) -> Seat | None:
        return next((seat for seat in self.seats.values() if seat.regime == regime), None)


async def _tell(tx: Tx, person: int, scopes: Mapping[str, Scopes], held: Held) -> None:
    kinds, morning = await notices.take(tx, person, held)
    to_whom = Person({seat.id: seat for seat in await people.seats_of(tx, person)})
    to = next((seat.to() for seat in to_whom.seats.values() if seat.to() is not None), None)
    if to is None:
        return
    matters = []
    for owed in await obligations.several(tx, kinds):
        viewer = to_whom.seats.get(owed.owner) or to_whom.in_regime(owed.regime)
        if owed.state == "open" and viewer is not None:
            matters.append(Matter(owed, viewer, frozenset(kinds[owed.id])))
    red, weekly, drawn = 0, [], 0
    if morning is not None:
        heard = Person({seat.id: seat for seat in to_whom.seats.values() if seat.regime not in held.urgent})
        matters += await _pressing(tx, heard)
        for seat in _watch_seats(heard):
            scope = scopes[seat.regime]
            red += await scope.reds.of(seat)
            matters += [Matter(owed, seat, watched=True) for owed in await scope.reds.longest(seat)]
            week = await scope.weeks.of(seat, morning)
            if week is not None:
                weekly.append(week)
                drawn = drawn or View(seat.id).id
    picture = Picture(_addressed(to, to_whom, matters), _once_each(matters), red, morning is not None, weekly, drawn)
    if picture.matters or picture.red or picture.weekly:
        await say(tx, picture)


def _addressed(to: To, person: Person, matters: Sequence[Matter]) -> To:
    """In the province that it is about; what is about several is no single office's to hold back."""
    about = {matter.owed.regime for matter in matters}
    regimes = about or {seat.regime for seat in person.seats.values()}
    return replace(to, regime=regimes.pop() if len(regimes) == 1 else "")


def _watch_seats(person: Person) -> list[Seat]:
    """Of several seats in one regime the first that watches; counting each would count matters twice."""
    found: dict[str, Seat] = {}
    for seat in person.seats.values():
        if seat.rights in WATCHERS:
            found.setdefault(seat.regime, seat)
    return list(found.values())


async def _pressing(tx: Tx, person: Person) -> list[Matter]:
    """What is overdue or due today, what this person is to decide, and what was handed in to them."""
    seats, tonight = list(person.seats), end_of_day(local_date(tx.now))
    own = [Matter(owed, person.seats[owed.owner]) for owed in await overview.pressing(tx, seats, tonight, MOST)]
    handed = await overview.waiting(tx, seats, MOST)
    own += [Matter(owed, person.seats[owed.owner]) for owed in await overview.decisions(tx, seats, MOST)]
    own += [Matter(owed, seat, waiting=True) for owed, seat in await stranded.waiting_for(tx, list(person.seats.values()))]
    return own + [Matter(owed, person.seats[owed.creditor], waiting=True) for owed in handed if owed.creditor is not None]


def _once_each(matters: list[Matter]) -> list[Matter]:
    """One line a matter, whatever duties it has; what climbed comes before what is one's own, notices before the digest."""
    found: dict[tuple[str, int], Matter] = {}
    for matter in matters:
        found.setdefault((matter.owed.subject_kind, matter.owed.subject), matter)
    return list(found.values())
