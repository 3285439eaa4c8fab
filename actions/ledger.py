"""One item, one ledger: open, report, ask for closing, verify, return. What the conversations begin with is in `actions/ledger_start.py`.

Each verb moves the item by compare-and-set, writes the history, moves the obligations, and brings every card of the item up to date;
whoever has to act next gets a fresh card.
"""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from actions import ledger_view as view
from actions import obligations, subjects
from actions.inputs_ledger import CloseItem, OnItem, OpenItem, Progress, ReturnItem, VerifyItem
from actions.ledger_entering import enter
from actions.perform import action
from domain import ledger
from domain.deadlines import local_date
from domain.ledger import Item, State, Verb
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target, covers
from domain.proof import proves
from domain.regime import UnknownIdError
from domain.speech import PING, Button, Keyboard, Param, To, text
from domain.undoing import lapses
from storage import cards, entries, outbox, people
from storage import ledger as items
from storage.tx import Tx


class About(Protocol):
    @property
    def item(self) -> int: ...


async def place(tx: Tx, given: OpenItem) -> Target | None:
    return Target(given.regime, given.region) if given.regime in tx.world.regimes else None


async def to_work(tx: Tx, given: About) -> Target | None:
    item = await items.get(tx, given.item)
    return None if item is None else await view.target_to_work(tx, item)


async def to_verify(tx: Tx, given: About) -> Target | None:
    item = await items.get(tx, given.item)
    return None if item is None else await view.target_to_verify(tx, item)


@action("item.open", of=place)
async def open_item(tx: Tx, actor: Actor, given: OpenItem) -> Outcome:
    """Put an item on the ledger, owed by the responsible seat from now on. The result is its id."""
    regime, on = tx.world.regime(given.regime), local_date(tx.now)
    owner = next((seat for seat in await people.seats_in(tx, regime.id) if seat.id == given.owner), None)
    try:
        regime.region(given.region), regime.ledger_class(given.kind), given.industry and regime.industry(given.industry)
    except UnknownIdError:
        return Refusal("item_elsewhere")  # the place was changed to another province after the class was chosen
    if owner is None:
        return Refusal("item_owner_gone")
    if not covers(owner, given.region, tx.world, on):
        return Refusal("item_owner_elsewhere")
    item = await enter(tx, actor.seat, owner, given, await people.seats_in(tx, regime.id))
    await _push(tx, item, owner.to())
    await _show(tx, item, actor.to())
    return Done(("item", item.id), {"owner": owner.id, "class": item.kind, "state": item.state}, result=item.id)


@action("item.report", of=to_work)
async def report(tx: Tx, actor: Actor, given: Progress) -> Outcome:
    """Progress in words, files or both."""
    item = await _load(tx, given)
    if not given.text and not given.files:
        return Refusal("item_nothing_said")
    moved = await move(tx, item, "report", actor.seat, "report", given.text, given.files or ())
    if isinstance(moved, Refusal):
        return moved
    await _show(tx, moved, actor.to())
    return Done(("item", item.id), {"state": moved.state, "files": len(given.files or ())})


@action("item.request_closing", of=to_work)
async def request_closing(tx: Tx, actor: Actor, given: CloseItem) -> Outcome:
    """The owner says it is put right: the clock stands, and somebody who did not work on it owes the verification."""
    item = await _load(tx, given)
    if not await items.count_proof(tx, item.id) and not proves(given.files):
        return Refusal("item_needs_file")
    moved = await move(tx, item, "request_closing", actor.seat, "closing", given.text, given.files)
    if isinstance(moved, Refusal):
        return moved
    of = await view.parties(tx, moved)
    verifier = await _choose_verifier(tx, of)
    if verifier is None:
        return Refusal("item_no_verifier")
    for owed in _of(of, "item.rectify"):
        await obligations.hand_in(tx, owed.id)
    await _owe_verification(tx, moved, verifier)
    await _push(tx, moved, verifier.to())
    await _show(tx, moved, actor.to())
    await cards.look_again(tx, f"item:{item.id}", actor.to(), lapses(tx.now))
    return Done(("item", item.id), {"state": moved.state, "verifier": verifier.id, "files": len(given.files)})


async def _choose_verifier(tx: Tx, of: view.Parties) -> Seat | None:
    seats = await people.seats_in(tx, of.item.regime)
    return ledger.choose_verifier(seats, of.item, await view.barred(tx, of.item, of.owner), tx.world, local_date(tx.now))


async def _owe_verification(tx: Tx, item: Item, verifier: Seat) -> None:
    opener = await people.seat(tx, item.opener)
    await obligations.owe(
        tx,
        regime=item.regime,
        duty="item.verify",
        subject=("item", item.id),
        owner=verifier,
        creditor=None if opener.id == verifier.id else opener,
        region=item.region,
        span=str(tx.world.regime(item.regime).ledger.verify.within),
    )


@action("item.verify", of=to_verify)
async def start_check(tx: Tx, actor: Actor, given: OnItem) -> Outcome:
    """The verification has begun; the owner sees it on the card."""
    item = await _load(tx, given)
    if given.version not in {0, item.version}:
        return moved_on(item)
    moved = await move(tx, item, "start_check", actor.seat, "checking")
    if isinstance(moved, Refusal):
        return moved
    await cards.refresh_all(tx, f"item:{item.id}")
    return Done(("item", item.id), {"state": moved.state})


@action("item.verify", of=to_verify)
async def verify(tx: Tx, actor: Actor, given: VerifyItem) -> Outcome:
    """Closed: both obligations are over, the owner, the opener and whoever verified hear it once each."""
    item = await _load(tx, given)
    if given.version != item.version:
        return moved_on(item)
    of = await view.parties(tx, item)
    moved = await move(tx, item, "verify", actor.seat, "verified", given.note or "", given.files or ())
    if isinstance(moved, Refusal):
        return moved
    for owed in of.owed:
        await obligations.finish(tx, owed.id)
    await cards.refresh_all(tx, f"item:{item.id}")
    await tell_parties(tx, moved, of.owner, "item.told.closed", actor.to())
    await cards.look_again(tx, f"item:{item.id}", actor.to(), lapses(tx.now))
    return Done(("item", item.id), {"state": moved.state, "owner": of.owner})


@action("item.return", of=to_verify)
async def send_back(tx: Tx, actor: Actor, given: ReturnItem) -> Outcome:
    """Not good enough: the rectification is open again with its old due date, the owner gets the reason."""
    item = await _load(tx, given)
    if given.version != item.version:
        return moved_on(item)
    of = await view.parties(tx, item)
    moved = await move(tx, item, "send_back", actor.seat, "returned", given.reason)
    if isinstance(moved, Refusal):
        return moved
    for owed in _of(of, "item.rectify"):
        await obligations.send_back(tx, owed.id)
    for owed in _of(of, "item.verify"):
        await obligations.finish(tx, owed.id)
    owner = await people.seat(tx, of.owner)
    await _push(tx, moved, owner.to())
    await _tell(tx, moved, actor.to(), "item.told.returned" if owner.to() is not None else "item.told.returned_unheard")
    return Done(("item", item.id), {"state": moved.state, "owner": of.owner})


async def tell_parties(tx: Tx, item: Item, owner: int, key: str, *others: To, but: int | None = None) -> None:
    """Who owes it and who opened it, each chat once; `but`: not whoever did it and sees it."""
    seats = [await people.seat(tx, seat) for seat in (owner, item.opener)]
    told = {to.chat: to for to in [*(seat.to() for seat in seats), *others] if to is not None}
    for to in told.values():
        if but is None or to.person != but:
            await _tell(tx, item, to, key)


async def move(tx: Tx, item: Item, verb: Verb, by: Seat, kind: str, body: str = "", files: Sequence[Any] = ()) -> Item | Refusal:
    """Along the verb's path, one entry a step; the words and files stand with the last. A verb that keeps the state is one entry, too."""
    path = ledger.path(verb, item.state)
    if path is None:
        return wrong_state(item)
    for n, state in enumerate(path):
        before = item.state
        advanced = await items.advance(tx, item, state)
        if advanced is None:
            return moved_on(item)
        item = advanced
        last = n == len(path) - 1
        await _enter(tx, item, by, kind if last else state, body if last else "", files if last else (), (before, state))
    if not path:
        await _enter(tx, item, by, kind, body, files, (None, None))
    return item


async def _enter(
    tx: Tx, item: Item, by: Seat, kind: str, body: str, files: Sequence[Any], change: tuple[State | None, State | None]
) -> None:
    before, after = change
    await entries.add(tx, "item", item.id, author=by.id, kind=kind, body=body, from_state=before, to_state=after, files=files)


def wrong_state(item: Item) -> Refusal:
    return Refusal("item_state", {"number": item.number, "state": text(f"item.state.{item.state}")})


def moved_on(item: Item) -> Refusal:
    return Refusal("item_moved", {"number": item.number, "state": text(f"item.state.{item.state}")})


async def _load(tx: Tx, given: About) -> Item:
    item = await items.get(tx, given.item)
    assert item is not None  # the target finder has found it in this unit
    return item


def _of(of: view.Parties, duty: str) -> list[Owed]:
    return [owed for owed in of.owed if owed.duty == duty]


async def _push(tx: Tx, item: Item, to: To | None) -> None:
    """To whoever has to act next: the card anew, at once; every other card follows."""
    await _show(tx, item, to, priority=PING)


async def _show(tx: Tx, item: Item, to: To | None, *, priority: int = 0) -> None:
    if to is not None:
        await fresh_card(tx, item.id, to, priority=priority)
    await cards.refresh_all(tx, f"item:{item.id}")


async def fresh_card(tx: Tx, item_id: int, to: To, *, priority: int = 0) -> None:
    """The card at the bottom of the chat; the one further up loses its buttons."""
    subject = f"item:{item_id}"
    for shown in await cards.of_subject(tx, subject):
        if shown.to.chat == to.chat and shown.message_id is not None:
            await outbox.strip(tx, to, shown.message_id)
    await cards.show(tx, subject, to, fresh=True, priority=priority)


async def _tell(tx: Tx, item: Item, to: To, key: str) -> None:
    params: dict[str, Param] = {"number": item.number, "where": view.enterprise_text(item)}
    await outbox.say(tx, to, key, params, ((Button("button.item.open", "io", item.id),),))


# What pings, digests and lists know of an item ------------------------------------------------------------------------------------


def _ping_buttons(owed: Owed, _seat: Seat) -> Keyboard:
    if owed.state != "open":
        return ()
    if owed.duty == "item.verify":
        return ((Button("button.item.verify", "iv", owed.subject), Button("button.item.send_back", "ir", owed.subject)),)
    report, closing = Button("button.item.report", "ip", owed.subject), Button("button.item.request_closing", "ic", owed.subject)
    return (report, closing), (Button("button.extension_ask", "oe", owed.id),)


def _attach(item_id: int, words: str, files: list[dict[str, Any]]) -> tuple[Any, Any]:
    return report, Progress(item=item_id, text=words, files=files)


@subjects.subject("item", buttons=_ping_buttons, attach=_attach)
async def described(tx: Tx, ids: Collection[int]) -> dict[int, subjects.Subject]:
    named = await items.names(tx, ids)
    return {
        item: subjects.Subject(number, enterprise, Button("items.open", "io", item, params={"number": number}))
        for item, (number, enterprise) in named.items()
    }
