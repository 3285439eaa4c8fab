"""After an item is closed: its publication (公示) is put on record; and where it was closed too early, it is opened again with a reason."""

from actions import obligations
from actions.converse import Open, open_form
from actions.inputs_ledger import OnItem, ReopenItem
from actions.ledger import fresh_card, move, moved_on, wrong_state
from actions.ledger_start import to_view
from actions.perform import action
from domain import ledger
from domain.deadlines import local_date
from domain.ledger import Item, Published
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target, covers
from domain.speech import PING
from storage import cards, entries, people
from storage import ledger as items
from storage.tx import Tx


async def to_reopen(tx: Tx, given: ReopenItem) -> Target | None:
    return await to_view(tx, OnItem(given.item))


@action("item.publish", of=to_view)
async def announce(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    """The closing is on public display from today."""
    return await _publish(tx, actor, given, "none", "announced")


@action("item.publish", of=to_view)
async def published(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    """The display is over and nothing came up."""
    return await _publish(tx, actor, given, "announced", "done")


async def _publish(tx: Tx, actor: Actor, given: OnItem, before: Published, after: Published) -> Outcome:
    item = await _load(tx, given.item)
    if item.state != "closed":
        return wrong_state(item)
    if item.published != before or given.version not in {0, item.version}:
        return moved_on(item)
    moved = await items.publish(tx, item, after)
    if moved is None:
        return moved_on(item)
    await entries.add(tx, "item", item.id, author=actor.seat.id, kind=f"published_{after}")
    await cards.refresh_all(tx, f"item:{item.id}")
    return Done(("item", item.id), {"published": after})


@action("item.reopen", of=to_view)
async def start_reopening(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    item = await _load(tx, given.item)
    if ledger.path("reopen", item.state) is None:
        return wrong_state(item)
    return await open_form(tx, actor, Open("item_reopen", {"item": item.id, "version": item.version}))


@action("item.reopen", of=to_reopen)
async def reopen(tx: Tx, actor: Actor, given: ReopenItem) -> Outcome:
    """Owed again until a new date, by whoever owed it last; where that seat is gone, by the nearest liaison."""
    item = await _load(tx, given.item)
    if given.version != item.version:
        return moved_on(item)
    owner = await _owner(tx, item)
    if owner is None:
        return Refusal("item_nobody")
    moved = await move(tx, item, "reopen", actor.seat, "reopened", given.reason)
    if isinstance(moved, Refusal):
        return moved
    if moved.published != "none":
        moved = await items.publish(tx, moved, "none") or moved
    subject = ("item", item.id)
    await obligations.owe(
        tx, regime=item.regime, duty="item.rectify", subject=subject, owner=owner, creditor=actor.seat, region=item.region, due=given.due
    )
    to = owner.to()
    if to is not None and to.person != actor.person:
        await fresh_card(tx, item.id, to, priority=PING)
    await fresh_card(tx, item.id, actor.to())
    await cards.refresh_all(tx, f"item:{item.id}")
    return Done(("item", item.id), {"state": moved.state, "owner": owner.id})


async def _owner(tx: Tx, item: Item) -> Seat | None:
    on = local_date(tx.now)
    seats = [seat for seat in await people.seats_in(tx, item.regime) if covers(seat, item.region, tx.world, on)]
    last = await items.last_owner(tx, item.id)
    liaisons = ledger.nearest([seat for seat in seats if seat.rights == "liaison"], item.region, tx.world, on)
    return next((seat for seat in seats if seat.id == last), next(iter(liaisons), None))


async def _load(tx: Tx, item_id: int) -> Item:
    item = await items.get(tx, item_id)
    assert item is not None  # the target finder has found it in this unit
    return item
