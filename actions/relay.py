"""转达: somebody who looks over a matter passes a word on to whoever is responsible; it is said by the bot and kept with the matter."""

from dataclasses import dataclass

from actions import ledger_view, subjects, task_cards
from actions.converse import Open, open_form
from actions.inputs_relay import About, Relay
from actions.matters import opening, seat_words
from actions.perform import action
from actions.relay_button import is_close, relay_button
from domain import ledger
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target
from domain.slots import in_quiet
from domain.speech import PING, Button, Keyboard, Param, text
from storage import cards, entries, notices, obligations, outbox, tasks
from storage import ledger as items
from storage.tx import Tx


@dataclass(frozen=True)
class Matter:
    """What the word is about. `over`: there is nobody any more whom it could move."""

    kind: str
    id: int
    target: Target
    owner: int
    over: bool


async def find(tx: Tx, given: About | Relay) -> Matter | None:
    match given.kind:
        case "task":
            task = await tasks.find(tx, given.subject)
            if task is None or task.regime not in tx.world.regimes:
                return None
            return Matter("task", task.id, await task_cards.seen_target(tx, task), task.owner, over=task.state in {"done", "withdrawn"})
        case "item":
            item = await items.get(tx, given.subject)
            if item is None or item.regime not in tx.world.regimes:
                return None
            of = await ledger_view.parties(tx, item)
            return Matter("item", item.id, await ledger_view.target_to_view(tx, item), of.owner, over=ledger.is_over(item.state))
    return None


async def offered(tx: Tx, owed: Owed, viewer: Seat) -> tuple[Button, ...]:
    """For somebody to whom it has climbed: the word to whoever owes it is one press away."""
    matter = await find(tx, About(owed.subject_kind, owed.subject))
    if matter is None or matter.over or matter.owner != owed.owner:
        return ()
    return relay_button(tx, (viewer,), matter.target, matter.kind, matter.id)


async def _target(tx: Tx, given: About | Relay) -> Target | None:
    matter = await find(tx, given)
    return None if matter is None else matter.target


async def _load(tx: Tx, actor: Actor, given: About | Relay) -> Matter | Refusal:
    matter = await find(tx, given)
    assert matter is not None  # the target finder has found it in this unit
    if is_close(actor.seats, matter.target):
        return Refusal("relay_own")
    return Refusal("relay_over") if matter.over else matter


@action("matter.relay", of=_target)
async def begin(tx: Tx, actor: Actor, given: About) -> Outcome:
    """Whatever speaks against it is said before anything is asked."""
    found = await _load(tx, actor, given)
    if isinstance(found, Refusal):
        return found
    return await open_form(tx, actor, Open("relay", {"kind": given.kind, "subject": given.subject}))


@action("matter.relay", of=_target)
async def relay(tx: Tx, actor: Actor, given: Relay) -> Outcome:
    """Kept with the matter whoever hears it; said at once, in quiet hours without a sound, and the sender is told so."""
    matter = await _load(tx, actor, given)
    if isinstance(matter, Refusal):
        return matter
    await entries.add(tx, matter.kind, matter.id, author=actor.seat.id, kind="relay", body=given.words)
    owner = (await obligations.seats(tx, [matter.owner]))[matter.owner]
    heard = await _tell_owner(tx, matter, owner, actor.seat, given.words)
    await _tell_sender(tx, matter, owner, actor, given.words, heard=heard)
    await cards.refresh_all(tx, f"{matter.kind}:{matter.id}")
    return Done((matter.kind, matter.id), {"owner": owner.id, "heard": heard})


async def _tell_owner(tx: Tx, matter: Matter, owner: Seat, sender: Seat, words: str) -> bool:
    to = owner.to()
    if to is None:
        return False
    about = await subjects.describe(tx, matter.kind, matter.id)
    answers = await _answers(tx, matter, owner)
    params: dict[str, Param] = {
        "who": await _named(tx, matter, sender, owner),
        "words": words,
        "title": about.title,
        "number": about.number,
        "hint": text("relay.answer") if answers else "",
    }
    buttons = (*answers, (opening(about.open, "button.open_matter", {}),))
    await outbox.say(tx, to, "relay.told", params, buttons, priority=PING)
    return True


async def _answers(tx: Tx, matter: Matter, owner: Seat) -> Keyboard:
    """What the owner may press about it now."""
    live = await obligations.live_of(tx, matter.kind, matter.id)
    noun = subjects.NOUNS[matter.kind]
    return next((noun.buttons(owed, owner) for owed in live if owed.owner == owner.id), ())


async def _named(tx: Tx, matter: Matter, seat: Seat, reader: Seat) -> Param:
    """As the reader may know the seat: a special inspector's own title would tell where an item comes from."""
    item = await items.get(tx, matter.id) if matter.kind == "item" else None
    return await seat_words(tx, seat) if item is None else await ledger_view.seat_text(tx, item, seat.id, (reader,))


async def _tell_sender(tx: Tx, matter: Matter, owner: Seat, actor: Actor, words: str, *, heard: bool) -> None:
    about = await subjects.describe(tx, matter.kind, matter.id)
    quiet = await notices.quiet_for(tx, owner.regime, owner.person)
    key = "relay.kept" if not heard else "relay.sent_silently" if in_quiet(tx.now, quiet) else "relay.sent"
    params: dict[str, Param] = {
        "who": await _named(tx, matter, owner, actor.seat),
        "words": words,
        "title": about.title,
        "number": about.number,
    }
    await outbox.say(tx, actor.to(), key, params, ((opening(about.open, "button.open_matter", {}),),))
