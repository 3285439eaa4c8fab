"""Words about an item beside what has to be known: project, capacity, when it began.

Put in or changed one at a time; the history keeps what it was and what it became.
"""

import json

from actions.converse import Open, open_form
from actions.inputs_ledger import ExtraWords, OnItem
from actions.ledger import fresh_card, moved_on, to_work, wrong_state
from actions.options import source
from actions.perform import action
from domain import ledger
from domain.forms import Draft, Option
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.speech import text
from storage import cards, entries
from storage import ledger as items
from storage.tx import Tx


@source("item_extras")
async def extras(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    """With what stands there now."""
    item = await items.get(tx, int(draft.answers["item"]))
    held = {} if item is None else {name: str(getattr(item, name)) for name in ledger.EXTRA}
    return [_option(name, held.get(name, "")) for name in ledger.EXTRA]


def _option(name: str, held: str) -> Option:
    column = text(f"ledger.column.{name}")
    return Option(name, text("item.extra", name=column, words=held) if held else column)


@action("item.edit", of=to_work)
async def start(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    item = await items.get(tx, given.item)
    assert item is not None  # the target finder has found it in this unit
    return wrong_state(item) if ledger.is_over(item.state) else await open_form(tx, actor, Open("item_extra", {"item": item.id}))


@action("item.edit", of=to_work)
async def edit(tx: Tx, actor: Actor, given: ExtraWords) -> Outcome:
    item = await items.get(tx, given.item)
    assert item is not None  # the target finder has found it in this unit
    if given.what not in ledger.EXTRA:
        return Refusal("gone")
    if ledger.is_over(item.state):
        return wrong_state(item)
    before, words = str(getattr(item, given.what)), given.words or ""
    if words != before:
        if await items.change(tx, item, {given.what: words}) is None:
            return moved_on(item)
        empty = text("items.import.blank")
        body = json.dumps([[given.what, before or empty, words or empty]], ensure_ascii=False)
        await entries.add(tx, "item", item.id, author=actor.seat.id, kind="edited", body=body)
    await cards.refresh_all(tx, f"item:{item.id}")
    await fresh_card(tx, item.id, actor.to())
    return Done(("item", item.id), {"column": given.what})
