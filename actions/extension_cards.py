"""What is seen of a request for more time: its card, and a line and a button on the matter it is about."""

from collections.abc import Sequence

from actions.assignees import label
from actions.cards import card
from actions.people import overseen
from actions.stopping import stop_button, stopped_rows
from actions.subjects import describe, is_private
from domain.dates import Counted, Until
from domain.deadlines import local_date
from domain.escalation import Around
from domain.extensions import Room, entitled, room
from domain.obligations import Owed
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.speech import Button, Keyboard, Message, Param, by, lines, text
from storage import extensions, people
from storage import obligations as owing
from storage.extensions import Extension
from storage.tx import Tx


async def deciders(tx: Tx, owed: Owed) -> tuple[Seat, ...]:
    """Seats that may decide about more time for this, the first choice first."""
    regime = tx.world.regime(owed.regime)
    roles = {role.id for to in regime.extensions.by for role in regime.chain_roles(to)}
    seats = await owing.seats_of_roles(tx, regime.id, roles)
    known = await owing.seats(tx, [owed.owner] if owed.creditor is None else [owed.owner, owed.creditor])
    creditor = None if owed.creditor is None else known[owed.creditor]
    around = Around(known[owed.owner], creditor, owed.region, regime, local_date(tx.now))
    return entitled(regime.extensions, around, seats)


async def decide_target(tx: Tx, extension: Extension) -> Target:
    """Whoever is entitled, and whose duty it has become."""
    owed = await owing.get(tx, extension.obligation)
    mine = [each.owner for each in await owing.live_of(tx, "extension", extension.id)]
    may = {seat.id for seat in await deciders(tx, owed)}
    return Target(owed.regime, owed.region, frozenset({*mine, *may} - {owed.owner}))


async def view_target(tx: Tx, extension: Extension) -> Target:
    target = await decide_target(tx, extension)
    owed = await owing.get(tx, extension.obligation)
    close = {extension.asker, owed.owner, owed.creditor, extension.decider} - {None}
    seats = target.owners | {seat for seat in close if seat is not None}
    return await overseen(tx, Target(target.regime, target.region, seats), owed.owner)


async def room_of(tx: Tx, owed: Owed) -> Room:
    parent = None if owed.parent is None else await owing.find(tx, owed.parent)
    rules = tx.world.regime(owed.regime).extensions
    bound = parent.due_at if parent is not None and parent.state == "open" else None
    return room(owed.due_at, local_date(tx.now), rules, tx.world.calendar, bound)


async def may_ask(tx: Tx, owed: Owed) -> str | None:
    """None where more time may be asked for, else the code of the sentence that says why not."""
    if owed.state != "open" or is_private(owed.subject_kind) or owed.subject_kind in {"extension", "receipt"}:
        return "extension_not_open"
    if await extensions.waiting(tx, owed.id) is not None:
        return "extension_waits"
    most = tx.world.regime(owed.regime).extensions.most
    if await extensions.granted(tx, owed.id) >= most:
        return "extension_most"
    return "extension_no_room" if (await room_of(tx, owed)).none else None


async def ask_button(tx: Tx, owed: Owed | None, seats: Sequence[Seat]) -> tuple[Button, ...]:
    """On the card of the matter, for whoever owes it and may still ask."""
    if owed is None or owed.owner not in {seat.id for seat in seats} or await may_ask(tx, owed) is not None:
        return ()
    return (Button("button.extension_ask", "oe", owed.id),)


async def waiting_line(tx: Tx, owed: Owed | None) -> list[Param]:
    """On the card of the matter: that more time was asked for and nobody has decided yet."""
    extension = None if owed is None else await extensions.waiting(tx, owed.id)
    return [] if extension is None else [text("extension.waiting", day=_date(tx, extension))]


def _date(tx: Tx, extension: Extension) -> Param:
    """By the calendar of now while it waits; once decided, as it was."""
    found = extension.wanted.by(tx.world.calendar) if extension.state == "asked" else Counted(extension.wanted, provisional=False)
    return by(found.until, provisional=found.provisional)


@card("extension")
async def extension_card(tx: Tx, extension_id: int, viewer: int | None) -> Message | None:
    extension = await extensions.find(tx, extension_id)
    if extension is None:
        return None
    owed = await owing.get(tx, extension.obligation)
    seats = () if viewer is None else await people.seats_of(tx, viewer)
    actor, on = Actor(0, "", "", viewer, seats=tuple(seats)), local_date(tx.now)
    seen = permit(actor, "extension.view", await view_target(tx, extension), tx.world, on)
    if seen is None:
        return None
    about, mine = await describe(tx, owed.subject_kind, owed.subject), await owing.live_of(tx, "extension", extension.id)
    params: dict[str, Param] = {
        "title": about.title,
        "number": about.number,
        "state": text(f"extension.state.{extension.state}"),
        "was": by(Until.ending(extension.was_due_at)),
        "wanted": _date(tx, extension),
        "who": await label(tx, await people.seat(tx, extension.asker)),
        "reason": extension.reason,
        "extra": lines([*await _extra(tx, owed, extension), *await stopped_rows(tx, mine, lambda seat: _who(tx, seat))]),
    }
    decides = extension.state == "asked" and permit(actor, "extension.decide", await decide_target(tx, extension), tx.world, on) is not None
    opens = Button("button.open_matter", about.open.verb, about.open.id, arg=about.open.arg)
    stops = await stop_button(tx, seats, mine)
    return Message("extension.card", params, (*(buttons(extension.id) if decides else ()), (*stops, opens)))


async def _who(tx: Tx, seat: int) -> Param:
    return await label(tx, await people.seat(tx, seat))


async def _extra(tx: Tx, owed: Owed, extension: Extension) -> list[Param]:
    if extension.state == "asked":
        most = tx.world.regime(owed.regime).extensions.most
        return [text("extension.count", n=await extensions.granted(tx, owed.id) + 1, most=most)]
    if extension.decider is None:
        return []
    rows: list[Param] = [text("extension.decider", who=await label(tx, await people.seat(tx, extension.decider)))]
    return [*rows, text("extension.note", words=extension.note)] if extension.note else rows


def buttons(extension: int) -> Keyboard:
    return ((Button("button.extension_grant", "og", extension), Button("button.extension_refuse", "on", extension)),)
