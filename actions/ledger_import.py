"""A ledger that comes back as a sheet: show what it would open and change, and on the second press do all of it in one unit.

What new rows leave out is asked once for all of them before it is shown. Where something moved between the two presses, it is shown anew.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from actions import obligations
from actions.converse import Open, open_form
from actions.inputs_ledger import BulkWords, OnImport, OpenItem, SheetIn
from actions.ledger_entering import FIRST_STATE, Entered, enter_many
from actions.ledger_import_view import SHOWN, cell_words, preview
from actions.perform import action
from domain.deadlines import local_date
from domain.ledger_desk import Desk, Held, Row
from domain.ledger_import import Change, New, Plan, compare
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.speech import DIGEST, Button, Param, lines, moment, text
from storage import cards, entries, journal, ledger_imports, outbox, people
from storage import ledger as items
from storage.ledger_imports import Waiting
from storage.tx import Tx

LOOK = ((Button("button.items.look", "m", arg="items"),),)


@action("item.import")
async def show(tx: Tx, actor: Actor, given: SheetIn) -> Outcome:
    """The first press: nothing changes yet."""
    return await _show(tx, actor, given.file, given.rows, {})


async def _show(tx: Tx, actor: Actor, file: str, rows: Sequence[Row], defaults: Mapping[str, str]) -> Outcome:
    plan, desk = await _plan(tx, actor, rows, defaults)
    held = await ledger_imports.add(tx, actor.seat.id, file, rows, defaults, plan.fingerprint())
    if plan.wanting and plan.new and not plan.refused and not plan.conflicts:
        place = f"{plan.new[0].given['regime']}:{plan.new[0].given['region']}"
        return await open_form(tx, actor, Open("item_bulk", {"id": held, "place": place, "wanting": sorted(plan.wanting)}))
    buttons = ((Button("button.item_import.take", "iy", held),), (Button("button.item_import.leave", "ij", held),)) if plan.fits else ()
    message = preview(file, plan, desk, {each.held.item.id: await _since(tx, each) for each in plan.conflicts[:SHOWN]})
    await outbox.say(tx, actor.to(), message.key, message.params, buttons)
    return Done()


async def _since(tx: Tx, change: Change) -> Param:
    """What somebody did to it after the sheet was made."""
    last = (await entries.latest(tx, "item", change.held.item.id))[0]
    return text("items.import.since", at=moment(last.at), what=text(f"item.entry.{last.kind}"))


async def _plan(tx: Tx, actor: Actor, rows: Sequence[Row], defaults: Mapping[str, str]) -> tuple[Plan, Desk]:
    regimes = list(dict.fromkeys(seat.regime for seat in actor.seats))
    held: dict[tuple[str, str], Held] = {}
    seats: dict[str, Sequence[Seat]] = {}
    known = frozenset[tuple[str, str, str, str]]()
    for regime in regimes:
        numbers = [row.cells["number"] for row in rows if row.cells.get("number") and row.cells.get("version", "").startswith(f"{regime}/")]
        held |= await ledger_imports.held(tx, regime, numbers)
        seats[regime] = await people.seats_in(tx, regime)
        known |= await ledger_imports.known(tx, regime)
    desk = Desk(actor, tx.world, local_date(tx.now), held, seats, known, defaults)
    return compare(rows, desk), desk


@action("item.import")
async def complete(tx: Tx, actor: Actor, given: BulkWords) -> Outcome:
    """What the list left out was answered once for all."""
    waiting = await _mine(tx, actor, given.id)
    if waiting is None:
        return Refusal("gone")
    due = None if given.due is None else given.due.code
    said = {"problem": given.problem, "kind": given.kind, "measures": given.measures, "due": due}
    return await _show(tx, actor, waiting.file, waiting.rows, {key: value for key, value in said.items() if value})


@action("item.import")
async def take(tx: Tx, actor: Actor, given: OnImport) -> Outcome:
    """The second press."""
    waiting = await _mine(tx, actor, given.id)
    if waiting is None or not await ledger_imports.drop(tx, waiting.id):
        return Refusal("gone")
    await _strip(tx, actor, given)
    plan, desk = await _plan(tx, actor, waiting.rows, waiting.defaults)
    if not plan.fits or plan.fingerprint() != waiting.fingerprint:
        await outbox.say(tx, actor.to(), "items.import.moved")
        return await _show(tx, actor, waiting.file, waiting.rows, waiting.defaults)
    new, changed = Counter[int](), Counter[int]()
    new.update(await _enter(tx, actor, plan.new, desk))
    for change in plan.changed:
        changed.update(await _amend(tx, actor, change))
    await _tell(tx, actor, new, changed, desk)
    counts = {"new": len(plan.new), "changed": len(plan.changed)}
    what = lines([text(f"items.import.taken.{sort}", n=n) for sort, n in counts.items() if n], " · ")
    await outbox.say(tx, actor.to(), "items.import.taken", {"what": what}, LOOK)
    return Done(("ledger_import", waiting.id), counts)


@action("item.import")
async def leave(tx: Tx, actor: Actor, given: OnImport) -> Outcome:
    waiting = await _mine(tx, actor, given.id)
    if waiting is None or not await ledger_imports.drop(tx, waiting.id):
        return Refusal("gone")
    await _strip(tx, actor, given)
    await outbox.say(tx, actor.to(), "items.import.left")
    return Done()


async def _mine(tx: Tx, actor: Actor, import_id: int) -> Waiting | None:
    waiting = await ledger_imports.get(tx, import_id)
    return waiting if waiting is not None and waiting.appointment in {seat.id for seat in actor.seats} else None


async def _strip(tx: Tx, actor: Actor, given: OnImport) -> None:
    if given.pressed is not None:
        await outbox.strip(tx, actor.to(), given.pressed)


async def _enter(tx: Tx, actor: Actor, new: Sequence[New], desk: Desk) -> list[int]:
    """New items, each by the seat that may open it there; the seats they are owed by."""
    seats = {seat.id: seat for held in desk.seats.values() for seat in held}
    openers = {seat.regime: seat for seat in reversed(actor.seats)}
    entered = []
    for each in new:
        given = OpenItem.model_validate({**each.given, "place": f"{each.given['regime']}:{each.given['region']}"})
        entered.append(Entered(openers[given.regime], seats[given.owner], given))
    ids = await enter_many(tx, entered, desk.seats)
    facts = []
    for item, made in zip(ids, entered, strict=True):
        data: dict[str, str | int | None] = {"owner": made.owner.id, "class": made.given.kind, "state": FIRST_STATE}
        facts.append(journal.Fact(made.opener.id, "item.open", ("item", item), data))
    await journal.append_many(tx, facts)
    return [made.owner.id for made in entered]


async def _amend(tx: Tx, actor: Actor, change: Change) -> list[int]:
    """One changed item; the seats that have to hear of it."""
    item = change.held.item
    if change.values:
        moved = await items.change(tx, item, change.values)
        assert moved is not None  # its version was compared in this unit
    owner = change.owner or change.held.owner
    if change.owner is not None:
        await items.give(tx, item.id, owner.id, _unit(tx, owner))
    if change.due is not None:
        await _reschedule(tx, item.id, change)
    body = json.dumps([[cell.column, *cell_words(change, cell)] for cell in change.cells], ensure_ascii=False)
    await entries.add(tx, "item", item.id, author=actor.seat.id, kind="edited", body=body)
    columns = ",".join(cell.column for cell in change.cells)
    await journal.append(tx, actor.seat.id, "item.import", ("item", item.id), {"columns": columns})
    await cards.refresh_all(tx, f"item:{item.id}")
    return list({owner.id, change.held.owner.id})


async def _reschedule(tx: Tx, item: int, change: Change) -> None:
    assert change.due is not None
    for owed in await obligations.live_of(tx, "item", item, "item.rectify"):
        await obligations.reschedule(tx, owed.id, change.due)
    if not change.values:
        touched = await items.touch(tx, change.held.item)
        assert touched is not None  # its version was compared in this unit


def _unit(tx: Tx, owner: Seat) -> str | None:
    """As `obligations.owe` would put it on record."""
    return owner.scope if owner.scope_kind == "unit" else owner.unit or tx.world.regime(owner.regime).role(owner.role).unit


async def _tell(tx: Tx, actor: Actor, new: Counter[int], changed: Counter[int], desk: Desk) -> None:
    """One message to each, however many items it is about."""
    seats = {seat.id: seat for held in desk.seats.values() for seat in held}
    told: dict[int, tuple[Seat, Counter[str]]] = {}
    for what, counts in (("new", new), ("changed", changed)):
        for seat_id, n in counts.items():
            seat = seats.get(seat_id)
            if seat is not None and seat.person not in {None, actor.person}:
                told.setdefault(seat.person or 0, (seat, Counter()))[1][what] += n
    for seat, found in told.values():
        to = seat.to()
        if to is not None:
            params: dict[str, Param] = {"new": found["new"], "changed": found["changed"]}
            key = (
                "items.import.told_both"
                if found["new"] and found["changed"]
                else "items.import.told_new"
                if found["new"]
                else "items.import.told_changed"
            )
            await outbox.say(tx, to, key, params, LOOK, priority=DIGEST)
