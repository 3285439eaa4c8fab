"""What the clock sets off: marks that have come fire, the morning's digests are gathered, and what has gathered is said.

Each is a unit of bounded size that answers how much it did; `bot/jobs/tick.py` repeats them until nothing is due.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import structlog

from actions.hours import Hours
from actions.obligations import duty_of
from actions.subjects import NOUNS, card_of
from domain.deadlines import local_date
from domain.escalation import Around, climb, first_up, office, reachable, roles_of
from domain.obligations import Advance, Fired, Mark, Owed, advance
from domain.people import Seat
from domain.regime import Regime
from domain.regime_parts import Duty
from domain.speech import DIGEST
from storage import cards, notices, obligations
from storage.notices import Notice
from storage.tx import Tx

log = structlog.get_logger(__name__)
AGAIN = 15 * 60_000  # when an obligation is looked at again that could not be worked out
BATCH = 200  # rows a unit, so that nobody who presses a button waits long for the writer


@dataclass(frozen=True)
class Told:
    """Somebody is to hear of an obligation; when, the slots say."""

    seat: Seat
    owed: Owed
    kind: str
    exact: bool
    urgent: bool


@dataclass
class Round:
    """What one unit looks up once: the obligations' seats, the seats of the roles that chains name."""

    tx: Tx
    seats: dict[int, Seat]
    marks: dict[int, Fired] = field(default_factory=dict)  # what has fired of each
    of_roles: dict[tuple[str, frozenset[str]], tuple[Seat, ...]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    steps: dict[Hashable, Advance] = field(default_factory=dict)

    def duty(self, owed: Owed) -> Duty | None:
        return duty_of(self.tx.world.regime(owed.regime), owed.duty)

    def step(self, owed: Owed) -> Advance:
        """What fires; worked out once for all that share duty, due instant and what has fired (many are due on the same day)."""
        fired = self.marks.get(owed.id, {})
        alike = (owed.regime, owed.duty, owed.due_at, owed.state, owed.stopped_at is None, tuple(sorted(fired.items())))
        if alike not in self.steps:
            regime = self.tx.world.regime(owed.regime)
            calendar = self.tx.world.calendar
            self.steps[alike] = advance(owed, self.duty(owed), fired, now=self.tx.now, regime=regime, calendar=calendar)
        return self.steps[alike]

    async def chain_seats(self, regime: Regime, duty: Duty, owed: Owed) -> Sequence[Seat]:
        """Those that this chain may reach; a noun may keep its matters from some of them."""
        roles = roles_of(duty, regime)
        key = (regime.id, roles)
        if key not in self.of_roles:
            self.of_roles[key] = await obligations.seats_of_roles(self.tx, regime.id, roles)
        noun = NOUNS.get(owed.subject_kind)
        if noun is None or not noun.private:
            return self.of_roles[key]
        return [seat for seat in self.of_roles[key] if await noun.reaches(self.tx, owed.subject, seat)]


@dataclass(frozen=True)
class Case:
    """One mark of one obligation that is spoken."""

    this: Round
    owed: Owed
    regime: Regime
    duty: Duty
    mark: Mark

    @property
    def owner(self) -> Seat:
        return self.this.seats[self.owed.owner]

    @cached_property
    def around(self) -> Around:
        creditor = None if self.owed.creditor is None else self.this.seats[self.owed.creditor]
        return Around(self.owner, creditor, self.owed.region, self.regime, local_date(self.this.tx.now))

    def tell(self, seats: Iterable[Seat], kind: str) -> None:
        once = {seat.person: seat for seat in reachable(seats)}
        self.this.told += [Told(seat, self.owed, kind, self.mark.exact, self.duty.urgent) for seat in once.values()]

    async def once(self, name: str) -> bool:
        return await obligations.note_once(self.this.tx, self.owed.id, name, self.owed.due_at)


async def fire_due(tx: Tx, limit: int = BATCH) -> int:
    """Claim what is due, fire its marks, and plan its next: all in this unit. Returns how many were due."""
    due = await obligations.due(tx, limit)
    if not due:
        return 0
    seat_ids = {seat for owed in due for seat in (owed.owner, owed.creditor) if seat is not None}
    this = Round(tx, await obligations.seats(tx, seat_ids), await obligations.fired(tx, [owed.id for owed in due]))
    if not await _fired(this, due):
        for owed in due:
            if not await _fired(this, [owed]):
                await obligations.set_next(tx, {owed.id: tx.now + AGAIN})
    await notices.add(tx, await _slotted(tx, this.told))
    return len(due)


async def _fired(this: Round, due: Sequence[Owed]) -> bool:
    """All of them, in few statements. One that cannot be worked out must not hold up the others: then each is tried alone."""
    heard = len(this.told)
    try:
        async with this.tx.savepoint():
            await _fire(this, due)
    except Exception:
        log.exception("tick.failed", obligation=due[0].id, duty=due[0].duty, among=len(due))
        del this.told[heard:]
        return False
    return True


async def _fire(this: Round, due: Sequence[Owed]) -> None:
    steps = [(owed, this.step(owed)) for owed in due]
    await obligations.record(this.tx, [(owed.id, mark) for owed, step in steps for mark in step.fired])
    await obligations.set_next(this.tx, {owed.id: step.next_at for owed, step in steps})
    for owed, step in steps:
        regime = this.tx.world.regime(owed.regime)
        duty = this.duty(owed)
        for mark in step.spoken if duty is not None else ():
            assert duty is not None
            case = Case(this, owed, regime, duty, mark)
            await (_climb(case) if mark.kind == "chain" else _ping(case))
    await cards.refresh_several(this.tx, [card_of(owed) for owed, step in steps if step.fired], priority=DIGEST)


async def _ping(case: Case) -> None:
    """The owner is pinged, before the due date or at its hour. Where nobody can be, the first seat of the chain and the office hear so."""
    if reachable((case.owner,)):
        case.tell((case.owner,), "ping")
    else:
        await _gap(case)


async def _gap(case: Case) -> None:
    if await case.once("gap:owner"):
        seats = await case.this.chain_seats(case.regime, case.duty, case.owed)
        case.tell((*first_up(case.duty, case.around, seats), *office(case.around, seats)), "gap:owner")


async def owners_gone(tx: Tx, left: Sequence[Owed]) -> None:
    """The seats of these have just ended: who is next above and the office hear at once, not only at the next mark."""
    seat_ids = {seat for owed in left for seat in (owed.owner, owed.creditor) if seat is not None}
    this = Round(tx, await obligations.seats(tx, seat_ids))
    for owed in left:
        regime = tx.world.regime(owed.regime)
        duty = duty_of(regime, owed.duty)
        if duty is not None and owed.stopped_at is None:
            await _gap(Case(this, owed, regime, duty, Mark(tx.now, "gap:owner", "ping")))
    await notices.add(tx, await _slotted(tx, this.told))


async def _climb(case: Case) -> None:
    """A step up. Its seats hear what is overdue; the owner hears that it went up, and to which role."""
    step = case.duty.chain[case.mark.index]
    if step.to == "owner" and reachable((case.owner,)):
        case.tell((case.owner,), "late")
        return
    seats = await case.this.chain_seats(case.regime, case.duty, case.owed)
    found = climb(case.duty, case.mark.index, case.around, seats)
    others = [seat for seat in found.seats if seat.person != case.owner.person]
    case.tell(others, f"climb:{case.mark.index}")
    if len(others) < len(found.seats):
        case.tell((case.owner,), "late")
    for role in sorted({seat.role for seat in others}):
        case.tell((case.owner,), f"told:{role}")
    for gap in found.gaps:
        if await case.once(f"gap:{case.duty.chain[gap].to}"):
            case.tell(office(case.around, seats), f"gap:{gap}")


async def _slotted(tx: Tx, told: Sequence[Told]) -> list[Notice]:
    """Each with the instant at which it is said."""
    hours = await Hours.of(tx, (each.seat.person for each in told if each.seat.person is not None))
    found = []
    for each in told:
        assert each.seat.person is not None  # only reachable seats are told
        slot_at = hours.say_at(each.seat.person, each.owed.regime, exact=each.exact, urgent=each.urgent)
        found.append(Notice(each.seat.person, each.owed.id, each.kind, slot_at))
    return found
