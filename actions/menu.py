"""What a person may do, as buttons; and the few answers that only look: welcome, help, who am I, privacy.

The commands are known at the edge only, so a handler hands them over as entries; here is decided who sees which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from actions.people import term_date, title_of
from actions.perform import action
from domain.deadlines import due_day
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import may_start
from domain.speech import Button, Keyboard, Message, Param, To, lines, term, text
from storage import outbox, people
from storage.tx import Tx

WIDTH = 2  # buttons in a row: what a phone shows without cutting the words
SHOWN = 8  # buttons at once: what a thumb finds without reading a page; the last of them opens the rest


@dataclass(frozen=True)
class Entry:
    """A command and the action of the permission table that it begins. `daily`: its place in the menu, by the kind of rights ("": none)."""

    command: str
    needs: str = ""
    members: bool = False  # of no use to somebody who has not joined
    daily: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class InGroup:
    """`receipt`: the message that shows a complaint's receipt to everybody there."""

    chat: int
    receipt: int | None = None


Entries = Sequence[Entry]
MORE = Button("button.menu_more", "mm", arg="more")
BACK = Button("button.menu_back", "mm")


def allowed(actor: Actor, entries: Entries) -> list[Entry]:
    """What this person may begin, in the order of the entries."""
    joined = actor.person is not None
    return [entry for entry in entries if (joined or not entry.members) and (not entry.needs or may_start(actor.seats, entry.needs))]


def arranged(actor: Actor, entries: Entries) -> tuple[list[Entry], list[Entry]]:
    """What stands in the menu, and what behind 更多: nothing where all of it fits. Who holds several seats has the first of each."""
    mine = allowed(actor, entries)
    if len(mine) <= SHOWN:
        return mine, []
    kinds = {seat.rights for seat in actor.seats} or {""}
    places = {entry.command: min(entry.daily.get(kind, len(mine)) for kind in kinds) for entry in mine}
    daily = sorted(mine, key=lambda entry: places[entry.command])[: SHOWN - 1]
    return daily, [entry for entry in mine if entry not in daily]


def keyboard(actor: Actor, entries: Entries) -> Keyboard:
    daily, later = arranged(actor, entries)
    return _rows(daily, (MORE,) if later else ())


def _rows(entries: Entries, last: Sequence[Button]) -> Keyboard:
    buttons = [*(Button(f"command.{entry.command}", "m", arg=entry.command) for entry in entries), *last]
    return tuple(tuple(buttons[n : n + WIDTH]) for n in range(0, len(buttons), WIDTH))


async def menu_for(tx: Tx, actor: Actor, entries: Entries) -> Message:
    if not actor.seats:
        away = actor.person is not None and bool(await people.held_by(tx, actor.person))
        key = "people.menu.stranger" if actor.person is None else "people.menu.away" if away else "people.menu.no_seat"
        return Message(key, {}, keyboard(actor, entries))
    seats = lines([await title_of(tx, seat) for seat in actor.seats])
    return Message("people.menu", {"name": actor.name, "seats": seats}, keyboard(actor, entries))


@dataclass(frozen=True)
class Turn:
    """Between the daily part of the menu and the rest, in the message that was pressed."""

    entries: Entries
    later: bool
    message_id: int | None


@action("reply")
async def turn(tx: Tx, actor: Actor, given: Turn) -> Outcome:
    _, later = arranged(actor, given.entries)
    shown = Message("people.menu.more", {}, _rows(later, (BACK,))) if given.later and later else await menu_for(tx, actor, given.entries)
    if given.message_id is None:
        return await say(tx, actor, shown)
    await outbox.rewrite(tx, actor.to(), given.message_id, shown)
    return Done()


async def say(tx: Tx, actor: Actor, message: Message) -> Outcome:
    await outbox.say(tx, actor.to(), message.key, message.params, message.buttons)
    return Done()


@action("reply")
async def show(tx: Tx, actor: Actor, entries: Entries) -> Outcome:
    return await say(tx, actor, await menu_for(tx, actor, entries))


@action("reply")
async def help_(tx: Tx, actor: Actor, entries: Entries) -> Outcome:
    mine = [
        text("people.help.line", command=f"/{entry.command}", what=text(f"command.{entry.command}")) for entry in allowed(actor, entries)
    ]
    key = "people.help" if actor.seats else "people.help.stranger"
    return await say(tx, actor, Message(key, {"commands": lines(mine)}))


@action("reply")
async def whoami(tx: Tx, actor: Actor, _given: None) -> Outcome:
    if actor.person is None:
        return await say(tx, actor, Message("people.whoami.stranger"))
    ends = await people.terms_of(tx, actor.person)
    rows: list[Param] = [
        text(
            "people.whoami.seat",
            regime=term(seat.regime, "regime", seat.regime),
            seat=await title_of(tx, seat),
            until=until(ends.get(seat.id)),
        )
        for seat in actor.seats
    ]
    params: dict[str, Param] = {
        "name": actor.name,
        "seats": lines(rows) if rows else text("people.whoami.no_seat"),
        "language": text(f"language.{actor.language}"),
    }
    return await say(tx, actor, Message("people.whoami", params))


def until(at: int | None) -> Param:
    return text("people.term.open") if at is None else text("people.term.until", date=term_date(due_day(at)))


@action("reply")
async def privacy(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """What is kept and how long; the time a complaint is kept is each regime's own."""
    kept = [
        text(
            "people.privacy.kept",
            regime=term(regime.id, "regime", regime.id),
            span=text(f"people.span.{regime.complaints.keep.unit}", n=regime.complaints.keep.amount),
        )
        for regime in tx.world.regimes.values()
    ]
    return await say(tx, actor, Message("people.privacy", {"kept": lines(kept)}))


@action("reply")
async def in_group(tx: Tx, actor: Actor, given: InGroup) -> Outcome:
    """A group hears one sentence and a button into the private chat: nobody's matters are spoken of before others.

    A complaint's receipt is taken out of their sight, where the bot may delete there; else its owner hears to do so.
    """
    to, buttons = To(given.chat, None, actor.language), ((Button("button.private", url="join:menu"),),)
    if given.receipt is not None:
        await outbox.delete(tx, to, [given.receipt])
    await outbox.say(tx, to, "people.group" if given.receipt is None else "people.group.receipt", {}, buttons)
    return Done()


@action("reply")
async def gone(_tx: Tx, _actor: Actor, _given: None) -> Outcome:
    """A button of another release, whose command is no more."""
    return Refusal("gone")
