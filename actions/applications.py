"""Asking for an appointment without an invitation. The office approves or refuses with a reason; one request an account at a time.

The account is on record only while the request is open: with the decision everything that leads back to it goes.
"""

from dataclasses import dataclass
from typing import Any

from actions.cards import card
from actions.converse import Open, open_form
from actions.inputs_applications import Apply, Refuse
from actions.joining import MENU_BUTTONS, spoken
from actions.people import BadSeatError, NewSeat, add_seat, offices, seat_title
from actions.perform import action
from domain.deadlines import DAY_MS
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import Target
from domain.speech import Button, Message, Param, To, day, lines, term, text
from storage import applications, cards, enterprises, outbox, people, tally
from storage.applications import Asked
from storage.tx import Tx

KEEP = 30 * DAY_MS  # nobody decided: the request is put away, and with it the account


@action("people.apply")
async def begin(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """The form, or what became of the request that waits already."""
    waiting = await applications.of_lane(tx, actor.lane)
    if waiting is not None:
        params: dict[str, Param] = {"seat": _title(waiting), "day": day(waiting.created_at)}
        back = ((Button("button.application_withdraw", "pz", waiting.id),),)
        await outbox.say(tx, actor.to(), "application.waiting", params, back)
        return Done()
    regimes = list(tx.world.regimes)
    preset: dict[str, Any] = {"regime": regimes[0]} if len(regimes) == 1 else {}
    return await open_form(tx, actor, Open("apply", preset | ({"known": actor.name} if actor.person is not None else {})))


@action("people.apply")
async def apply(tx: Tx, actor: Actor, given: Apply) -> Outcome:
    regime = tx.world.regimes.get(given.chosen)
    role = None if regime is None else next((each for each in regime.roles if each.id == given.role_id), None)
    if regime is None or role is None or role.rights == "office":
        return Refusal("gone")
    scope = regime.province.id if role.scope == "province" else given.scope
    if not given.enterprise and any((seat.regime, seat.role, seat.scope) == (regime.id, role.id, scope) for seat in actor.seats):
        return Refusal("application_held")
    if not await tally.left(tx, "apply", actor.account):
        return Refusal("application_often")
    told = await offices(tx, regime.id)
    if not told:
        return Refusal("application_nobody")
    wish = {
        "person": actor.person,
        "language": spoken(actor.language),
        "name": given.known or given.name,
        "workplace": given.workplace or "",
        "enterprise": given.enterprise,
        "why": given.why,
    }
    made = await applications.add(tx, account=actor.account, wish=wish, regime=regime.id, role=role.id, scope_kind=role.scope, scope=scope)
    if made is None:
        return Refusal("application_waits")
    await tally.count(tx, "apply", actor.account)
    for to in told:
        await cards.show(tx, f"application:{made}", to, fresh=True)
    await outbox.say(tx, actor.to(), "application.sent", {}, ((Button("button.application_withdraw", "pz", made),),))
    return Done(("application", made))


def _title(asked: Asked) -> Param:
    """The place and the role; an enterprise is not on file before somebody sits there."""
    kind, named = asked.scope_kind, term(asked.regime, "role", asked.role)
    if kind == "province":
        return named
    place = term(asked.regime, "unit" if kind == "unit" else "region", asked.scope)
    enterprise = asked.wish.get("enterprise")
    return lines([place, enterprise, named] if enterprise else [place, named], " ")


# The office ------------------------------------------------------------------------------------------------------------------------


@card("application")
async def application_card(tx: Tx, application: int, _viewer: int | None) -> Message | None:
    """What is asked, with the two buttons; once decided, only how it ended."""
    asked = await applications.get(tx, application)
    if asked is None or asked.regime not in tx.world.regimes:
        return None
    if asked.state != "open":
        return Message("application.card_over", {"seat": _title(asked), "end": await _end(tx, asked)})
    params: dict[str, Param] = {
        "name": asked.wish["name"],
        "seat": _title(asked),
        "workplace": asked.wish["workplace"] or text("form.nothing"),
        "why": asked.wish["why"],
        "known": await _known(tx, asked),
    }
    yes, no = Button("button.application_approve", "py", asked.id), Button("button.application_refuse", "pf", asked.id)
    return Message("application.card", params, ((yes, no),))


async def _known(tx: Tx, asked: Asked) -> Param:
    """Whether this account has joined already, and as what."""
    if asked.wish["person"] is None:
        return text("application.unknown")
    seats = await people.seats_of(tx, asked.wish["person"])
    titles = [await seat_title(tx, seat.regime, seat.role, seat.scope_kind, seat.scope) for seat in seats]
    return text("application.known", seats=lines(titles, " / ")) if titles else text("application.known_none")


async def _end(tx: Tx, asked: Asked) -> Param:
    decider = "" if asked.decider is None else (await people.seat(tx, asked.decider)).holder
    name = "" if asked.seat is None else (await people.seat(tx, asked.seat)).holder
    return text(f"application.end.{asked.state}", decider=decider, name=name, reason=asked.note)


async def _target(tx: Tx, application: int) -> Target | None:
    asked = await applications.get(tx, application)
    return None if asked is None or asked.regime not in tx.world.regimes else Target(regime=asked.regime)


async def _refuse_target(tx: Tx, given: Refuse) -> Target | None:
    return await _target(tx, given.application)


@action("people.decide", of=_target)
async def approve(tx: Tx, actor: Actor, application: int) -> Outcome:
    """Seated at once, and told."""
    asked = await applications.get(tx, application)
    if asked is None or asked.state != "open":
        return Refusal("application_settled")
    person = await people.add_person(tx, asked.to.chat, asked.wish["name"], asked.to.language)
    try:
        seat = await add_seat(tx, await _new_seat(tx, asked), person["id"])
    except BadSeatError:
        return Refusal("gone")  # the regime was changed meanwhile
    if not await applications.close(tx, application, "approved", decider=actor.seat.id, seat=seat):
        return Refusal("application_settled")
    await cards.refresh_all(tx, f"application:{application}")
    to = To(asked.to.chat, person["id"], person["language"])
    await outbox.say(tx, to, "application.approved", {"name": person["name"], "seat": _title(asked)}, MENU_BUTTONS)
    return Done(("application", application), {"seat": seat})


async def _new_seat(tx: Tx, asked: Asked) -> NewSeat:
    scope = asked.scope
    if asked.wish["enterprise"]:
        scope = str(await enterprises.find_or_add(tx, asked.regime, asked.wish["enterprise"], asked.scope))
    return NewSeat(asked.regime, asked.role, asked.wish["name"], scope, workplace=asked.wish["workplace"])


@action("people.decide", of=_target)
async def ask_reason(tx: Tx, actor: Actor, application: int) -> Outcome:
    asked = await applications.get(tx, application)
    if asked is None or asked.state != "open":
        return Refusal("application_settled")
    return await open_form(tx, actor, Open("refuse_application", {"application": application}))


@action("people.decide", of=_refuse_target)
async def refuse(tx: Tx, actor: Actor, given: Refuse) -> Outcome:
    asked = await applications.get(tx, given.application)
    if asked is None or not await applications.close(tx, given.application, "refused", decider=actor.seat.id, note=given.reason):
        return Refusal("application_settled")
    await cards.refresh_all(tx, f"application:{given.application}")
    await outbox.say(tx, asked.to, "application.refused", {"seat": _title(asked), "reason": given.reason}, _AGAIN)
    return Done(("application", given.application))


_AGAIN = ((Button("command.apply", "m", arg="apply"),),)


# Its end without a decision --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnOwn:
    application: int
    message_id: int | None = None


@action("people.apply")
async def withdraw(tx: Tx, actor: Actor, given: OnOwn) -> Outcome:
    """By the one who asked; known by the chat it comes from."""
    asked = await applications.of_lane(tx, actor.lane)
    if asked is None or asked.id != given.application or not await applications.close(tx, asked.id, "withdrawn"):
        return Refusal("application_settled")
    await cards.refresh_all(tx, f"application:{asked.id}")
    if given.message_id is not None:
        await outbox.strip(tx, actor.to(), given.message_id)
    await outbox.say(tx, actor.to(), "application.withdrawn")
    return Done(("application", asked.id))


async def expire(tx: Tx, limit: int) -> int:
    found = await applications.old(tx, tx.now - KEEP, limit)
    for asked in found:
        await applications.close(tx, asked.id, "expired")
        await cards.refresh_all(tx, f"application:{asked.id}")
        await outbox.say(tx, asked.to, "application.expired", {"seat": _title(asked)}, _AGAIN)
    return len(found)
