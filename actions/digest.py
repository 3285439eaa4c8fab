"""What a person is told at a slot: one message, whatever gathered. One matter alone is a full ping with its buttons; several are a list.

Every morning the digest joins in for those who owe something overdue or due today, for whom something waits, or in whose scope something
is overdue; nobody else hears anything.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from actions import group_news, pausing, settling
from actions.hours import Hours
from actions.scopes import Reds, Scope
from actions.stranded import Instead
from actions.telling import Matter, Picture, say
from domain.deadlines import end_of_day, local_date
from domain.obligations import Owed
from domain.overview import WATCHERS, View
from domain.people import Seat
from domain.regime import Regime
from domain.slots import first_slot, in_quiet
from domain.speech import To
from domain.weeks import is_summed_up
from storage import notices, obligations, overview, pauses, people
from storage.notices import Gathered, Held
from storage.tx import Tx

log = structlog.get_logger(__name__)
PEOPLE = 100  # told in one unit: few statements for many, and whoever presses a button still comes in between
AGAIN = 15 * 60_000  # when somebody is told whose message could not be made
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
        slot = first_slot(local_date(tx.now), regime.quiet)
        if tx.now < slot or not await notices.set_digested(tx, regime.id, slot):
            continue
        if in_quiet(tx.now, regime.quiet) or tx.world.calendar.off(local_date(tx.now)):
            continue  # a morning that was slept through; days off have no digest
        tonight = end_of_day(local_date(tx.now))
        concerned = await notices.concerned(tx, regime.id, tonight, slot) | await _watching(tx, regime, slot)
        concerned |= await Instead(tx).deciding(regime.id)
        deciders = await obligations.seats(tx, await overview.deciding(tx, regime.id, slot))
        concerned |= {seat.person for seat in deciders.values() if seat.person is not None and seat.to() is not None}
        if is_summed_up(local_date(tx.now), await notices.summed_up(tx, regime.id), tx.world.calendar):
            await notices.set_summed_up(tx, regime.id, local_date(tx.now))
            await group_news.sum_up(tx, regime)
            concerned |= {seat.person for seat in await _watchers(tx, regime) if seat.person is not None}
        hours = await Hours.of(tx, concerned)
        found = {person: hours.say_at(person, regime.id) for person in concerned}
        await notices.add_digests(tx, regime.id, found)
        told |= found.keys()
    return len(told)


async def _watching(tx: Tx, regime: Regime, slot: int) -> set[int]:
    """People in whose scope something is overdue."""
    red = Reds(tx, regime, before=slot)
    return {seat.person for seat in await _watchers(tx, regime) if seat.person is not None and await red.of(seat)}


async def _watchers(tx: Tx, regime: Regime) -> tuple[Seat, ...]:
    return await obligations.seats_of_roles(tx, regime.id, [role.id for role in regime.roles if role.rights in WATCHERS])


async def tell_due(tx: Tx, limit: int = PEOPLE) -> int:
    """Say what has gathered, to some of the people who are to hear now. Returns how many.

    Nothing is said while marks are still to fire: what belongs together would come in pieces.
    """
    if await obligations.any_due(tx):
        return 0
    held = await pausing.held_back(tx)
    found = await notices.people_due(tx, limit, held)
    if found and not await _told(tx, found, held):
        for person in found:
            if not await _told(tx, [person], held):
                await notices.put_off(tx, person, tx.now + AGAIN)
    return len(found)


async def _told(tx: Tx, found: Sequence[int], held: Held) -> bool:
    """All of them, in few statements. One whose message cannot be made must not hold up the others: then each is tried alone."""
    try:
        async with tx.savepoint():
            await say(tx, await _pictures(tx, found, held))
    except Exception:
        log.exception("digest.failed", person=found[0], among=len(found))
        return False
    return True


@dataclass(frozen=True)
class Person:
    """Whom we speak to, by the seats held now, and what has gathered."""

    to: To
    seats: Mapping[int, Seat]
    gathered: Gathered

    def in_regime(self, regime: str) -> Seat | None:
        return next((seat for seat in self.seats.values() if seat.regime == regime), None)

    def awake(self, held: Held) -> list[Seat]:
        """The seats of which a morning speaks; those of a paused province have theirs when it goes on."""
        return [] if self.gathered.morning is None else [seat for seat in self.seats.values() if seat.regime not in held.urgent]


@dataclass(frozen=True)
class Piece:
    """What is known of the people told in one unit, read at once."""

    tx: Tx
    held: Held
    named: Mapping[int, Owed]  # what notices are about
    pressing: "Pressing"
    scopes: Mapping[str, Scope]


async def _pictures(tx: Tx, found: Sequence[int], held: Held) -> list[Picture]:
    """What each hears; those whom nobody reaches, or for whom nothing is left to be said, are not among them."""
    gathered, seats = await notices.take(tx, found, held), await people.seats_of_people(tx, found)
    hearing = []
    for person in found:
        to = next((to for seat in seats[person] if (to := seat.to()) is not None), None)
        if to is not None:
            hearing.append(Person(to, {seat.id: seat for seat in seats[person]}, gathered[person]))
    pressing = await Pressing.read(tx, [seat.id for person in hearing for seat in person.awake(held)])
    named = {owed.id: owed for of_seat in pressing.own.values() for owed in of_seat}  # in the morning most of what was noticed
    noticed = {owed for person in hearing for owed in person.gathered.kinds}
    named |= {owed.id: owed for owed in await obligations.several(tx, noticed - named.keys())}
    scopes = {regime.id: Scope.of(tx, regime) for regime in tx.world.regimes.values()}
    piece = Piece(tx, held, named, pressing, scopes)
    pictures = [await _picture(piece, person) for person in hearing]
    return [picture for picture in pictures if picture.matters or picture.red or picture.weekly]


async def _picture(piece: Piece, person: Person) -> Picture:
    matters = _noticed(piece, person)
    red, weekly, drawn, morning = 0, [], 0, person.gathered.morning
    if morning is not None:
        awake = person.awake(piece.held)
        matters += await piece.pressing.of(awake)
        for seat in _watch_seats(awake):
            scope = piece.scopes[seat.regime]
            red += await scope.reds.of(seat)
            matters += [Matter(owed, seat, piece.tx.now, watched=True) for owed in await scope.reds.longest(seat)]
            week = await scope.weeks.of(seat, morning)
            if week is not None:
                weekly.append(week)
                drawn = drawn or View(seat.id).id
    return Picture(_addressed(person, matters), _once_each(matters), red, morning is not None, weekly, drawn)


def _noticed(piece: Piece, person: Person) -> list[Matter]:
    """What has gathered, in the order in which it is due; what is over by now is not spoken of."""
    kinds, found = person.gathered.kinds, []
    for owed in sorted((piece.named[each] for each in kinds if each in piece.named), key=_by_due):
        viewer = person.seats.get(owed.owner) or person.in_regime(owed.regime)
        if owed.state == "open" and viewer is not None:
            found.append(Matter(owed, viewer, piece.tx.now, frozenset(kinds[owed.id])))
    return found


def _addressed(person: Person, matters: Sequence[Matter]) -> To:
    """In the province that it is about; what is about several is no single office's to hold back."""
    about = {matter.owed.regime for matter in matters}
    regimes = about or {seat.regime for seat in person.seats.values()}
    regime = regimes.pop() if len(regimes) == 1 else ""
    return person.to if person.to.regime == regime else replace(person.to, regime=regime)


def _watch_seats(seats: Iterable[Seat]) -> list[Seat]:
    """Of several seats in one regime the first that watches; counting each would count matters twice."""
    found: dict[str, Seat] = {}
    for seat in seats:
        if seat.rights in WATCHERS:
            found.setdefault(seat.regime, seat)
    return list(found.values())


@dataclass(frozen=True)
class Pressing:
    """What is overdue or due today, what is to be decided, and what was handed in; by seat, and what waits in somebody's stead."""

    tx: Tx
    own: Mapping[int, Sequence[Owed]]
    decisions: Mapping[int, Sequence[Owed]]
    handed: Mapping[int, Sequence[Owed]]
    instead: Instead

    @classmethod
    async def read(cls, tx: Tx, seats: Collection[int]) -> "Pressing":
        """For these seats at once."""
        listed = sorted(set(seats))
        own = await overview.pressing(tx, listed, end_of_day(local_date(tx.now)), MOST) if listed else []
        decisions = await overview.decisions(tx, listed, MOST) if listed else []
        handed = await overview.waiting(tx, listed, MOST) if listed else []
        return cls(tx, _by_owner(own), _by_owner(decisions), _by_creditor(handed), Instead(tx))

    async def of(self, seats: Sequence[Seat]) -> list[Matter]:
        """As these seats of one person hear of it."""
        by_id, now = {seat.id: seat for seat in seats}, self.tx.now
        found = [Matter(owed, by_id[owed.owner], now) for each in (self.own, self.decisions) for owed in _first(each, by_id)]
        found += [Matter(owed, seat, now, waiting=True) for owed, seat in await self.instead.waiting_for(seats)]
        handed = [(owed, by_id[seat]) for seat in by_id for owed in self.handed.get(seat, ())]
        handed.sort(key=lambda each: (each[0].handed_at or 0, each[0].id))
        return found + [Matter(owed, seat, now, waiting=True) for owed, seat in handed[:MOST]]


def _by_due(owed: Owed) -> tuple[int, int]:
    return owed.due_at, owed.id


def _first(of_seats: Mapping[int, Sequence[Owed]], seats: Iterable[int]) -> list[Owed]:
    return sorted((owed for seat in seats for owed in of_seats.get(seat, ())), key=_by_due)[:MOST]


def _by_owner(found: Iterable[Owed]) -> dict[int, list[Owed]]:
    of: dict[int, list[Owed]] = {}
    for owed in found:
        of.setdefault(owed.owner, []).append(owed)
    return of


def _by_creditor(found: Iterable[Owed]) -> dict[int, list[Owed]]:
    of: dict[int, list[Owed]] = {}
    for owed in found:
        assert owed.creditor is not None  # it was found by its creditor
        of.setdefault(owed.creditor, []).append(owed)
    return of


def _once_each(matters: list[Matter]) -> list[Matter]:
    """One line a matter, whatever duties it has; what climbed comes before what is one's own, notices before the digest."""
    found: dict[tuple[str, int], Matter] = {}
    for matter in matters:
        found.setdefault((matter.owed.subject_kind, matter.owed.subject), matter)
    return list(found.values())
