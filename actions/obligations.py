"""Obligations from the side of the nouns: put one on record, hand it in, accept, send back, withdraw. Called inside a unit of work.

What people do to an obligation itself: acknowledge it where a receipt is owed, at the end; stop its climbing, in `actions/stopping.py`.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from actions.people import overseen
from actions.perform import action
from actions.subjects import NOUNS, card_of, is_private
from domain.calendar import Calendar
from domain.dates import Until
from domain.deadlines import Due, Limit, at, due_day, due_from, local_date, parse_limit
from domain.obligations import LIVE, Owed, Plan, plan, plan_open
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target
from domain.regime import Regime
from domain.regime_parts import Duty
from domain.speech import Param, by
from storage import cards, extensions
from storage import obligations as store
from storage.tx import Tx


@dataclass(frozen=True)
class Term:
    """A due instant and how it came about. `span`: see `Owed`; it can be counted again with it from `start_at`."""

    start_at: int
    due_at: int
    provisional: bool
    span: str = ""


@dataclass(frozen=True)
class Wanted:
    """A duty to be put on record.

    `due` is a date (24:00, or its time of day where one was given), `due_at` an exact instant, `span` a limit such as "5wd" that counts
    from today; without any of them the duty's own limit counts. What was counted, a `due` that was given as a span, too, is counted again
    when holidays are announced.
    """

    regime: str
    duty: str
    subject: tuple[str, int]
    owner: Seat
    creditor: Seat | None
    region: str
    due: date | Until | None = None
    due_at: int | None = None
    span: str = ""
    parent: int | None = None


async def owe(
    tx: Tx,
    *,
    regime: str,
    duty: str,
    subject: tuple[str, int],
    owner: Seat,
    creditor: Seat | None,
    region: str,
    due: date | Until | None = None,
    due_at: int | None = None,
    span: str = "",
    parent: int | None = None,
) -> int:
    """Put a duty (`Wanted`) on record and plan its countdown."""
    (found,) = await owe_many(tx, [Wanted(regime, duty, subject, owner, creditor, region, due, due_at, span, parent)])
    return found


async def owe_many(tx: Tx, wanted: Sequence[Wanted]) -> Sequence[int]:
    """The same for many at once, in as few statements: a date that several share is counted and planned once. Ids in the same order."""
    terms: dict[Hashable, tuple[Term, Plan]] = {}
    units: dict[int, str | None] = {}
    rows, plans = [], []
    for each in wanted:
        key = (each.regime, each.duty, each.due, each.due_at, each.span)
        if key not in terms:
            due = each.due
            counted = _given(tx, Until.read(due)) if due is not None else _term(tx, each.regime, each.duty, each.due_at, each.span)
            terms[key] = counted, _first_plan(tx, each, counted.due_at)
        if each.owner.id not in units:
            units[each.owner.id] = unit_of(tx.world.regime(each.regime), each.owner)
        term, planned = terms[key]
        plans.append(planned)
        rows.append(_row(each, term, planned, units[each.owner.id]))
    ids = await store.add(tx, rows)
    await store.record(tx, [(owed, mark) for owed, planned in zip(ids, plans, strict=True) for mark in planned.skip])
    if any(planned.next_at is not None and planned.next_at <= tx.now for _, planned in terms.values()):
        tx.touch("obligations")
    return ids


def _row(wanted: Wanted, term: Term, planned: Plan, unit: str | None) -> dict[str, Any]:
    return {
        "regime": wanted.regime,
        "duty": wanted.duty,
        "subject_kind": wanted.subject[0],
        "subject": wanted.subject[1],
        "owner": wanted.owner.id,
        "creditor": None if wanted.creditor is None else wanted.creditor.id,
        "region": wanted.region,
        "unit": unit,
        "start_at": term.start_at,
        "span": term.span,
        "due_at": term.due_at,
        "provisional": int(term.provisional),
        "parent": wanted.parent,
        "next_at": planned.next_at,
    }


def _first_plan(tx: Tx, wanted: Wanted, due_at: int) -> Plan:
    regime = tx.world.regime(wanted.regime)
    return plan_open(due_at, duty_of(regime, wanted.duty), {}, now=tx.now, regime=regime, calendar=tx.world.calendar)


def _given(tx: Tx, due: Until) -> Term:
    """By the calendar of now: it may have changed since somebody chose the date."""
    found = due.by(tx.world.calendar)
    start_at = tx.now if due.since is None or due.since == local_date(tx.now) else at(due.since, "00:00")
    return Term(start_at, found.until.at, found.provisional, due.counts)


def _term(tx: Tx, regime: str, duty: str, due_at: int | None, span: str) -> Term:
    if due_at is not None:
        return Term(tx.now, due_at, provisional=False)
    limit = parse_limit(span) if span else tx.world.regime(regime).duty(duty).limit
    if limit is None:
        raise ValueError(f"the duty {duty} of {regime} has no limit of its own: say when it is due")
    found = due_in(tx, limit)
    return Term(tx.now, found.at, found.provisional, str(limit))


def due_in(tx: Tx, limit: Limit) -> Due:
    """When a limit that begins now ends."""
    return due_from(tx.now, limit, tx.world.calendar)


def unit_of(regime: Regime, owner: Seat) -> str | None:
    """The unit whose figures a duty of this seat counts for."""
    return owner.scope if owner.scope_kind == "unit" else owner.unit or regime.role(owner.role).unit


async def get(tx: Tx, obligation_id: int) -> Owed:
    return await store.get(tx, obligation_id)


async def hand_in(tx: Tx, obligation_id: int) -> None:
    """From open to handed_in: the clock stands. Where the duty is accepted automatically the noun calls `finish` instead."""
    await store.move(tx, obligation_id, "handed_in", from_=("open",))
    await _settle(tx, obligation_id)


async def accept(tx: Tx, obligation_id: int) -> None:
    """From handed_in to done."""
    await store.move(tx, obligation_id, "done", from_=("handed_in",))


async def send_back(tx: Tx, obligation_id: int) -> None:
    """From handed_in to open, with the old due date."""
    await _replan(tx, await store.move(tx, obligation_id, "open", from_=("handed_in",)))


async def take_back(tx: Tx, obligation_id: int) -> None:
    """From handed_in to open, as if it had not been handed in: a request for more time that lapsed by it waits again."""
    owed = await store.get(tx, obligation_id)
    await send_back(tx, obligation_id)
    await _ask_again(tx, obligation_id, owed.handed_at)


async def _ask_again(tx: Tx, obligation_id: int, at: int | None) -> None:
    """The requests for more time that lapsed at that instant wait again."""
    for extension in await extensions.revive(tx, obligation_id, at):
        for waiting in await store.revive(tx, "extension", extension, at):
            await _replan(tx, waiting)
        await cards.refresh_all(tx, f"extension:{extension}")


async def unaccept(tx: Tx, obligation_id: int) -> None:
    """From done to handed_in: the acceptance is taken back."""
    await store.unaccept(tx, obligation_id)


async def unfinish(tx: Tx, obligation_id: int) -> None:
    """From done to open, by the old date: what finished it is taken back."""
    owed = await store.get(tx, obligation_id)
    await _replan(tx, await store.unfinish(tx, obligation_id))
    await _ask_again(tx, obligation_id, owed.ended_at)


async def withdraw(tx: Tx, obligation_id: int) -> None:
    """From open or handed_in to withdrawn."""
    await store.move(tx, obligation_id, "withdrawn", from_=LIVE)
    await _settle(tx, obligation_id)


async def finish(tx: Tx, obligation_id: int) -> None:
    """From open or handed_in to done."""
    await store.move(tx, obligation_id, "done", from_=LIVE)
    await _settle(tx, obligation_id)


async def reschedule(tx: Tx, obligation_id: int, due: date | Until) -> None:
    """A new due date; a climbing that was stopped starts anew with it."""
    owed = await store.get(tx, obligation_id)
    await _set_term(tx, owed, _given(tx, Until.read(due)))
    await _settle(tx, obligation_id)


async def give(tx: Tx, obligation_id: int, to: Seat, region: str) -> None:
    """Another seat owes it from now on, by the same date. What waited to be told to the former owner is forgotten."""
    owed = await store.give(tx, obligation_id, owner=to.id, unit=unit_of(tx.world.regime(to.regime), to), region=region)
    await _settle(tx, obligation_id)
    await _replan(tx, owed)


async def owe_to(tx: Tx, obligation_id: int, creditor: int) -> None:
    """The same owner owes it to another seat."""
    await store.owe_to(tx, obligation_id, creditor)


async def _settle(tx: Tx, obligation_id: int) -> None:
    """A request for more time that still waits has nothing left to ask for."""
    for extension in await extensions.lapse(tx, obligation_id):
        for waiting in await store.live_of(tx, "extension", extension):
            await store.move(tx, waiting.id, "withdrawn", from_=LIVE)
        await cards.refresh_all(tx, f"extension:{extension}")


async def live_of(tx: Tx, kind: str, subject_id: int, duty: str | None = None) -> list[Owed]:
    """What is open or handed in about this subject, oldest first."""
    return await store.live_of(tx, kind, subject_id, duty)


def recounted(owed: Owed, calendar: Calendar) -> Term:
    """The due date by this calendar: what was counted with a limit is counted again, a date or a time of day that somebody gave stands."""
    span, _, clock = owed.span.partition(" ")
    if span:
        found = due_from(owed.start_at, parse_limit(span), calendar)
        return Term(owed.start_at, at(found.date, clock) if clock else found.at, found.provisional, owed.span)
    return Term(owed.start_at, owed.due_at, owed.provisional and not calendar.published(due_day(owed.due_at).year))


async def count_again(tx: Tx, owed: Owed) -> Owed:
    """The regime or the calendar changed: count the due date again, and plan the countdown anew."""
    term = await _within_parent(tx, owed, recounted(owed, tx.world.calendar))
    if term.due_at != owed.due_at:
        return await _set_term(tx, owed, term)
    if term.provisional != owed.provisional:
        owed = await store.set_provisional(tx, owed, provisional=term.provisional)
    await _replan(tx, owed)
    return owed


async def _within_parent(tx: Tx, owed: Owed, term: Term) -> Term:
    """What was handed on is due no later than what it was handed on from, which is older and so has been counted already."""
    parent = None if owed.parent is None else await store.get(tx, owed.parent)
    if parent is None or parent.duty != owed.duty or parent.state != "open" or term.due_at <= parent.due_at:
        return term
    return replace(term, due_at=parent.due_at, provisional=parent.provisional)


async def _set_term(tx: Tx, owed: Owed, term: Term) -> Owed:
    moved = await store.set_due(tx, owed, **vars(term))
    await _replan(tx, moved)
    return moved


async def _replan(tx: Tx, owed: Owed) -> None:
    regime = tx.world.regime(owed.regime)
    fired = (await store.fired(tx, [owed.id])).get(owed.id, {})
    found = plan(owed, duty_of(regime, owed.duty), fired, now=tx.now, regime=regime, calendar=tx.world.calendar)
    await store.record(tx, [(owed.id, mark) for mark in found.skip])
    await store.set_next(tx, {owed.id: found.next_at})
    if found.next_at is not None and found.next_at <= tx.now:
        tx.touch("obligations")


def duty_of(regime: Regime, code: str) -> Duty | None:
    """None where a newer regime file no longer has this duty: it stays owed, and nothing counts down."""
    return regime.duty(code) if regime.has_duty(code) else None


def until_of(owed: Owed) -> Until:
    """Its due date as it was given, to be given on."""
    span, _, clock = owed.span.partition(" ")
    if not span or parse_limit(span).unit == "h":
        return Until.ending(owed.due_at)
    return Until(due_day(owed.due_at), span, local_date(owed.start_at), clock)


def due_words(owed: Owed) -> Param:
    """The due date as people are told it: a day where it ends at 24:00, else with the time of day; marked where it may still move."""
    return by(Until.ending(owed.due_at), provisional=owed.provisional)


async def target_of(tx: Tx, obligation_id: int) -> Target | None:
    owed = await store.find(tx, obligation_id)
    if owed is None or owed.regime not in tx.world.regimes:
        return None
    askers = frozenset() if owed.creditor is None else frozenset({owed.creditor})
    card = "" if is_private(owed.subject_kind) else card_of(owed)
    return await overseen(tx, Target(owed.regime, owed.region, frozenset({owed.owner}), askers, card=card), owed.owner)


@action("obligation.ack", of=target_of)
async def ack(tx: Tx, actor: Actor, obligation_id: int) -> Outcome:
    """Confirm a receipt, only where the regime says one is owed: never for its own sake."""
    owed = await store.get(tx, obligation_id)
    duty = duty_of(tx.world.regime(owed.regime), owed.duty)
    if duty is None or not duty.receipt:
        return Refusal("no_receipt")
    if not await store.acknowledge(tx, obligation_id):
        return Refusal("receipt_over" if owed.acked_at is None else "acked")
    noun = NOUNS.get(owed.subject_kind)
    if noun is not None and noun.acked is not None:
        await noun.acked(tx, actor, owed)
    return Done((owed.subject_kind, owed.subject), {"obligation": owed.id})
