"""The newcomer's side: open the link, say who one is, choose the language."""

from dataclasses import dataclass

from actions import commands, links, relinking
from actions.menu import Entries, menu_for
from actions.open_matters import open_matters
from actions.people import title_of
from actions.perform import action
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.speech import Button, Keyboard, Message, Param, To, moment, term, text
from storage import cards, outbox, people
from storage.tx import Row, Tx

LANGUAGES = ("zh", "en")
LANGUAGE_BUTTONS: Keyboard = (tuple(Button(f"language.{code}", "pl", arg=code) for code in LANGUAGES),)
FIRST_LANGUAGE_BUTTONS: Keyboard = (tuple(Button(f"language.{code}", "pl", version=1, arg=code) for code in LANGUAGES),)
MENU_BUTTONS: Keyboard = ((Button("command.menu", "m", arg="menu"),),)


def spoken(language: str) -> str:
    """Telegram's word for a language as one of ours: Chinese unless it is English."""
    return "en" if language.startswith("en") else "zh"


async def _usable(tx: Tx, actor: Actor, token: str) -> Row | Refusal:
    """The unused link and the seat it is for, or why it seats nobody any more."""
    row = await people.invited_by_token(tx, token)
    if row is None:
        return Refusal("link_unknown")
    if row["regime"] not in tx.world.regimes:
        return Refusal("link_elsewhere")
    if row["used_at"] is not None:
        return Refusal("link_yours" if row["person"] is not None and row["person"] == actor.person else "link_used")
    if row["withdrawn_at"] is not None or row["ended_at"] is not None:
        return Refusal("link_withdrawn")
    if row["expires_at"] <= tx.now or (row["until_at"] is not None and row["until_at"] <= tx.now):
        return Refusal("link_expired")
    return row


@action("people.join")
async def look(tx: Tx, actor: Actor, token: str) -> Outcome:
    """Who the link is for; nothing changes before the newcomer says so. The buttons carry the token: to press is to hold the link."""
    if await people.invited_by_token(tx, token) is None:
        return await relinking.look(tx, actor, token)
    row = await _usable(tx, actor, token)
    if isinstance(row, Refusal):
        return row
    params: dict[str, Param] = {
        "name": row["holder"],
        "seat": await title_of(tx, row),
        "regime": term(row["regime"], "regime", row["regime"]),
        "until": moment(row["expires_at"]),
    }
    yes, no = Button("button.thats_me", "pj", arg=token), Button("button.not_me", "pn", arg=token)
    await cards.say(tx, f"joining:{row['id']}", actor.to(), Message("people.join.ask", params, ((yes, no),)))
    return Done()


@dataclass(frozen=True)
class Pressed:
    token: str
    message_id: int | None = None


@action("people.join")
async def join(tx: Tx, actor: Actor, given: Pressed) -> Outcome:
    """Sit down. Both steps are compare-and-set, so of two who press at once one is seated and the other hears that the link is used."""
    row = await _usable(tx, actor, given.token)
    if isinstance(row, Refusal):
        return await links.too_late(tx, actor, row, given.message_id)
    if not await people.use_invite(tx, row["id"]):
        return Refusal("link_used")
    person = await people.add_person(tx, actor.account, row["holder"], spoken(actor.language))
    if not await people.sit(tx, row["appointment"], person["id"]):
        return Refusal("link_used")
    await _forget_buttons(tx, actor, given.message_id)
    await links.settled(tx, row, "used", actor)
    known = actor.person is not None
    seat = await title_of(tx, row)
    key, buttons = ("people.joined.further", MENU_BUTTONS) if known else ("people.joined", FIRST_LANGUAGE_BUTTONS)
    await outbox.say(tx, To(actor.account, person["id"], person["language"]), key, {"name": person["name"], "seat": seat}, buttons)
    await commands.publish(tx, person["id"])
    await _tell_issuer(tx, row, seat)
    await tell_waiting(tx, await people.seat(tx, row["appointment"]))
    return Done(("seat", row["appointment"]), {"invite": row["id"], "person": person["id"]})


async def tell_waiting(tx: Tx, seat: Seat) -> None:
    """What was waiting for whoever sits on this seat: handed over to it, or assigned while it was empty."""
    found, to = await open_matters(tx, [seat]), seat.to()
    if found.total and to is not None:
        params: dict[str, Param] = {"n": found.total, "rows": found.rows}
        await outbox.say(tx, to, "people.joined.waiting", params, found.buttons, protect=found.protect)


async def _tell_issuer(tx: Tx, row: Row, seat: Param) -> None:
    to = None if row["issued_by"] is None else (await people.seat(tx, row["issued_by"])).to()
    if to is not None:
        await outbox.say(tx, to, "people.joined.issuer", {"name": row["holder"], "seat": seat})


async def _forget_buttons(tx: Tx, actor: Actor, message_id: int | None) -> None:
    if message_id is not None:
        await outbox.strip(tx, actor.to(), message_id)


@action("people.join")
async def decline(tx: Tx, actor: Actor, given: Pressed) -> Outcome:
    """Not me: the link stays as it is for the one it was made for."""
    row = await _usable(tx, actor, given.token)
    if isinstance(row, Refusal):
        return await links.too_late(tx, actor, row, given.message_id)
    await _forget_buttons(tx, actor, given.message_id)
    await outbox.say(tx, actor.to(), "people.join.not_me", {"name": row["holder"]})
    return Done()


@dataclass(frozen=True)
class Language:
    """The menu of `then` (not empty) is shown after it: the newcomer's last step."""

    code: str
    message_id: int | None = None
    then: Entries = ()


@action("people.language")
async def set_language(tx: Tx, actor: Actor, given: Language) -> Outcome:
    if actor.person is None:
        return Refusal("no_language")
    if given.code not in LANGUAGES:
        return Refusal("gone")
    await people.set_language(tx, actor.person, given.code)
    await commands.publish(tx, actor.person)
    await _forget_buttons(tx, actor, given.message_id)
    to = To(actor.account, actor.person, given.code)
    await outbox.say(tx, to, "people.language.set", {"language": text(f"language.{given.code}")})
    if given.then:
        shown = await menu_for(tx, actor, given.then)
        await outbox.say(tx, to, shown.key, shown.params, shown.buttons)
    return Done(("person", actor.person), {"language": given.code})


@action("people.language")
async def ask_language(tx: Tx, actor: Actor, _given: None) -> Outcome:
    if actor.person is None:
        return Refusal("no_language")
    await outbox.say(tx, actor.to(), "people.language.ask", {}, LANGUAGE_BUTTONS)
    return Done()
