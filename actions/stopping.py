"""Stopping a climb with a reason: whoever is entitled does it; the cards of matters say so and offer the button."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from actions import obligations
from actions.converse import Open, open_form
from actions.inputs_obligations import StopInput
from actions.obligations import duty_of
from actions.people import by_whom
from actions.perform import action
from actions.subjects import NOUNS, card_of, describe, is_private
from domain.deadlines import local_date
from domain.obligations import Owed, climbs
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target, may_start, permit
from domain.speech import Button, Param, moment, term, text
from storage import cards, entries, outbox, people
from storage import obligations as owing
from storage.tx import Tx

Named = Callable[[int], Awaitable[Param]]


async def to_stop(tx: Tx, obligation_id: int) -> Target | None:
    """Nobody stops what climbs because of themselves, or what they must not hear of."""
    target, owed = await obligations.target_of(tx, obligation_id), await owing.find(tx, obligation_id)
    if target is None or owed is None:
        return target
    owner = await people.seat(tx, owed.owner)
    out = {seat.id for person in sorted(owner.people) for seat in await people.seats_of(tx, person)} | {owner.id}
    if is_private(owed.subject_kind):
        reaches = NOUNS[owed.subject_kind].reaches
        out |= {seat.id for seat in await people.seats_in(tx, owed.regime) if not await reaches(tx, owed.subject, seat)}
    return replace(target, barred=frozenset(out))


async def _stop_target(tx: Tx, given: StopInput) -> Target | None:
    return await to_stop(tx, given.obligation)


@action("obligation.stop", of=to_stop)
async def begin_stop(tx: Tx, actor: Actor, obligation_id: int) -> Outcome:
    """Authorised about this obligation before the reason is asked, not only when it is sent; and nobody writes one for nothing."""
    owed = await owing.get(tx, obligation_id)
    if owed.state != "open" or owed.stopped_at is not None:
        return Refusal("not_climbing")
    return await open_form(tx, actor, Open("stop", {"obligation": obligation_id}))


@action("obligation.stop", of=_stop_target)
async def stop(tx: Tx, actor: Actor, given: StopInput) -> Outcome:
    """Stop the climbing with a reason. The duty stays owed and its light stays what it is."""
    owed = await owing.get(tx, given.obligation)
    if not await owing.stop(tx, owed.id):
        return Refusal("not_climbing")
    kind, subject = ("obligation", owed.id) if is_private(owed.subject_kind) else (owed.subject_kind, owed.subject)
    await entries.add(tx, kind, subject, author=actor.seat.id, kind="stop", body=given.reason)
    await _tell_stopped(tx, actor, owed, given.reason)
    return Done((owed.subject_kind, owed.subject), {"obligation": owed.id})


async def _tell_stopped(tx: Tx, actor: Actor, owed: Owed, reason: str) -> None:
    """Whoever owes it hears that it no longer climbs, and that it is still owed."""
    owner = (await owing.seats(tx, [owed.owner])).get(owed.owner)
    about = await describe(tx, owed.subject_kind, owed.subject)
    words: dict[str, Param] = {
        "title": about.title,
        "number": about.number,
        "reason": reason,
        "role": term(owed.regime, "role", actor.seat.role),
    }
    await outbox.say(tx, actor.to(), "obligation.stopped", words)
    to = None if owner is None else owner.to()
    if to is not None and to.person != actor.person:
        await outbox.say(tx, to, "obligation.stopped_owner", words)
    await cards.refresh_all(tx, card_of(owed))


# On the cards of matters ------------------------------------------------------------------------------------------------------------


async def stop_button(tx: Tx, seats: Sequence[Seat], of: Iterable[Owed]) -> tuple[Button, ...]:
    """For whoever is entitled, wherever they look at a matter that climbs."""
    climbing = [owed for owed in of if climbs(owed, duty_of(tx.world.regime(owed.regime), owed.duty), tx.now)]
    if not climbing or not may_start(seats, "obligation.stop"):
        return ()
    actor, on = Actor(account=0, language="", lane="", seats=tuple(seats)), local_date(tx.now)
    targets = [(owed, await to_stop(tx, owed.id)) for owed in climbing]
    entitled = [owed for owed, of in targets if of is not None and permit(actor, "obligation.stop", of, tx.world, on) is not None]
    return tuple(Button("button.stop_climbing", "os", owed.id) for owed in entitled)


async def stopped_rows(tx: Tx, of: Iterable[Owed], named: Named) -> list[Param]:
    """`named` says a seat as the viewer of this card may read it."""
    rows: list[Param] = []
    for owed in of:
        if owed.state != "open" or owed.stopped_at is None:
            continue
        entry = await entries.of_kind_at(tx, owed.subject_kind, owed.subject, "stop", owed.stopped_at)
        if entry is not None and entry.author is not None:
            who = by_whom(await named(entry.author), entry.by)
            rows.append(text("obligation.stopped_row", who=who, at=moment(entry.at), reason=entry.body))
    return rows
