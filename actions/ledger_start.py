"""What a press on an item begins: it is looked at, or a conversation opens about it. Refused before the first question is asked."""

from collections.abc import Mapping
from typing import Any

from actions import ledger_view as view
from actions.converse import Open, open_form
from actions.inputs_ledger import OnItem, Piece
from actions.ledger import fresh_card, moved_on, to_verify, to_work, wrong_state
from actions.perform import action
from domain import ledger
from domain.ledger import Item, Verb
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import Target
from storage import cards, outbox
from storage import ledger as items
from storage.tx import Tx


async def to_view(tx: Tx, given: OnItem) -> Target | None:
    item = await items.get(tx, given.item)
    return None if item is None else await view.target_to_view(tx, item)


async def piece_to_view(tx: Tx, given: Piece) -> Target | None:
    piece = await items.piece(tx, given.evidence)
    return None if piece is None else await to_view(tx, OnItem(piece["item"]))


@action("item.view", of=to_view)
async def show_item(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    await fresh_card(tx, given.item, actor.to())
    return Done()


@action("item.view", of=to_view)
async def show_history(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    """A page of the history; turning pages keeps to one message."""
    subject = f"itemlog:{given.item * view.PAGES + given.page}"
    await cards.show(tx, subject, actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


@action("item.view", of=piece_to_view)
async def show_file(tx: Tx, actor: Actor, given: Piece) -> Outcome:
    """A stored file once more, with the item it belongs to."""
    piece = await items.piece(tx, given.evidence)
    assert piece is not None  # the target finder has found it in this unit
    item = await items.get(tx, piece["item"])
    assert item is not None  # its evidence names it
    file = {"blob": piece["blob"], "kind": piece["kind"]}
    await outbox.say(tx, actor.to(), "item.file_caption", {"number": item.number, "where": view.enterprise_text(item)}, file=file)
    return Done()


@action("item.report", of=to_work)
async def start_report(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    return await _ask(tx, actor, given, "report", "item_report")


@action("item.request_closing", of=to_work)
async def start_closing(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    return await _ask(tx, actor, given, "request_closing", "item_closing", evidence=await items.count_proof(tx, given.item))


@action("item.verify", of=to_verify)
async def start_verify(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    return await _ask(tx, actor, given, "verify", "item_verify", exact=True)


@action("item.return", of=to_verify)
async def start_return(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    return await _ask(tx, actor, given, "send_back", "item_return", exact=True)


async def _ask(tx: Tx, actor: Actor, given: OnItem, verb: Verb, form: str, *, exact: bool = False, **preset: Any) -> Outcome:
    """`exact`: the button must be of this round. Reporting and asking for closing mean the same whenever they are pressed."""
    item = await items.get(tx, given.item)
    assert item is not None  # the target finder has found it in this unit
    refused = _refused(item, given, verb, exact=exact)
    if refused is not None:
        return refused
    known: Mapping[str, Any] = {"item": item.id, **({"version": item.version} if exact else {}), **preset}
    return await open_form(tx, actor, Open(form, known))


def _refused(item: Item, given: OnItem, verb: Verb, *, exact: bool) -> Refusal | None:
    if ledger.path(verb, item.state) is None:
        return wrong_state(item)
    return moved_on(item) if exact and given.version not in {0, item.version} else None
