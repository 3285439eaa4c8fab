"""What is seen of an item: its card and its history. Everything here depends on who looks; nothing here changes anything.

The history's card carries the page in its number: `itemlog:ITEM*1000+PAGE`. Lists are in `ledger_browse`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions import obligations
from actions.cards import card
from actions.extension_cards import ask_button, waiting_line
from actions.ledger_closed_view import closed_buttons, publication
from actions.ledger_options import seat_label
from actions.matters import when
from actions.obligations import due_words
from actions.people import by_whom, overseen
from actions.perform import SEES
from actions.relay_button import beside, relay_button
from actions.reminding import remind_button
from actions.stopping import stop_button, stopped_rows
from domain import ledger
from domain.dates import Until
from domain.deadlines import due_day, local_date
from domain.ledger import Item
from domain.markup import escape
from domain.obligations import Light, Owed, light, worst
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.speech import Button, Message, Param, by, cut, lines, moment, term, text
from domain.undoing import can_undo
from storage import entries, people
from storage import ledger as items
from storage.entries import Entry, Evidence
from storage.tx import Tx

PAGES = 1000
UNDONE = {"closing": ("closing", "iu"), "closed": ("verified", "it")}  # by state: the entry that can be taken back, and the button
CELL = 60  # characters of a changed column that a card shows
LOG_CHARACTERS, LOG_ENTRIES, LOG_FILES = 2800, 12, 24  # of one page; each entry has some 160 characters of its own around its words


@dataclass(frozen=True)
class Parties:
    """Seats that stand to an item in some way, as its live obligations say; without one, as it was opened."""

    item: Item
    owed: tuple[Owed, ...]

    @property
    def rectify(self) -> Owed | None:
        return next((each for each in self.owed if each.duty == "item.rectify"), None)

    @property
    def owner(self) -> int:
        return self.item.owner if self.rectify is None else self.rectify.owner

    @property
    def verifier(self) -> int | None:
        return next((each.owner for each in self.owed if each.duty == "item.verify"), None)


async def parties(tx: Tx, item: Item) -> Parties:
    return Parties(item, tuple(await obligations.live_of(tx, "item", item.id)))


async def target_to_view(tx: Tx, item: Item) -> Target:
    of = await parties(tx, item)
    close = {of.owner, item.opener, of.verifier} - {None}
    seats = frozenset(seat for seat in close if seat is not None)
    seen = await overseen(tx, Target(item.regime, item.region, owners=seats, card=f"item:{item.id}"), of.owner)
    return replace(seen, owed_by="")  # whoever owes it, an item is the place's own ledger


async def target_to_work(tx: Tx, item: Item) -> Target:
    return Target(item.regime, item.region, owners=frozenset({(await parties(tx, item)).owner}), card=f"item:{item.id}")


async def target_to_verify(tx: Tx, item: Item) -> Target:
    """Nobody verifies the own work; the regime's roles alone may."""
    of = await parties(tx, item)
    asked = frozenset() if of.verifier is None else frozenset({of.verifier})
    return Target(item.regime, item.region, askers=asked, barred=await barred(tx, item, of.owner), card=f"item:{item.id}")


async def barred(tx: Tx, item: Item, owner: int) -> frozenset[int]:
    """Seats that must not verify: whoever owns the item or worked on it, on whatever seat, and roles the regime does not name."""
    seats = await people.seats_in(tx, item.regime)
    roles = ledger.verifying_roles(tx.world.regime(item.regime))
    worked, persons = await items.workers(tx, item.id)
    own = persons | (await people.seat(tx, owner)).people
    return ledger.conflicted(seats, worked | {owner}, own) | {seat.id for seat in seats if seat.role not in roles}


async def _sees(tx: Tx, actor: Actor, item_id: int) -> bool:
    item = await items.get(tx, item_id)
    return item is not None and permit(actor, "item.view", await target_to_view(tx, item), tx.world, local_date(tx.now)) is not None


SEES["item"] = _sees


async def viewer_of(tx: Tx, person: int | None) -> Actor:
    seats = () if person is None else await people.seats_of(tx, person)
    return Actor(0, "", "", person, seats=seats)


def item_light(tx: Tx, of: Parties) -> Light:
    """The worst of what is owed about it."""
    regime = tx.world.regime(of.item.regime)
    return worst(tuple(light(each, tx.now, regime, tx.world.calendar) for each in of.owed))


def state_text(tx: Tx, of: Parties) -> Param:
    state = text(f"item.state.{of.item.state}")
    return state if ledger.is_over(of.item.state) else text("item.state_and_light", state=state, light=text(f"light.{item_light(tx, of)}"))


def enterprise_text(item: Item) -> Param:
    region = term(item.regime, "region", item.region)
    if item.industry is None:
        return text("item.where", enterprise=item.enterprise, region=region)
    return text("item.where_industry", enterprise=item.enterprise, region=region, industry=term(item.regime, "industry", item.industry))


async def seat_text(tx: Tx, item: Item, seat_id: int, viewers: Sequence[Seat]) -> Param:
    """Title and name of a seat, as this viewer may read it."""
    seat = await people.seat(tx, seat_id)
    if not ledger.is_covered(item, seat, viewers, tx.world, local_date(tx.now)):
        return await seat_label(tx, seat)
    office = next(iter(tx.world.regime(item.regime).roles_with("office")), None)
    return await seat_label(tx, seat, text("item.source.routine") if office is None else term(item.regime, "role", office.id))


@card("item")
async def item_card(tx: Tx, item_id: int, viewer: int | None) -> Message | None:
    item = await items.get(tx, item_id)
    if item is None:
        return None
    actor, of, on = await viewer_of(tx, viewer), await parties(tx, item), local_date(tx.now)
    if permit(actor, "item.view", await target_to_view(tx, item), tx.world, on) is None:
        return await _looked_on(tx, of, viewer)
    verifies = (
        item.state in ledger.MOVES["verify"].paths
        and permit(actor, "item.verify", await target_to_verify(tx, item), tx.world, on) is not None
    )
    role = "owner" if of.owner in {seat.id for seat in actor.seats} else "verifier" if verifies else ""
    rectify = of.rectify
    more_time = (*await ask_button(tx, rectify, actor.seats), *remind_button(tx, rectify, actor.seats))
    params = await _words(tx, of, actor.seats, role)
    relays = () if ledger.is_over(item.state) else relay_button(tx, actor.seats, await target_to_view(tx, item), "item", item.id)
    stops = await stop_button(tx, actor.seats, of.owed)
    rows = (*_buttons(item, role), await _undo(tx, item, actor.seats), more_time, stops, relays, *closed_buttons(tx, actor, item))
    return Message("item.card", params, beside(rows, Button("button.seen_by", "is", item.id)))


async def _looked_on(tx: Tx, of: Parties, viewer: int | None) -> Message:
    """Who is away reads on and presses nothing. Where the seat was handed on, the card must not go on telling."""
    own = () if viewer is None else await people.held_by(tx, viewer)
    away = Actor(0, "", "", viewer, seats=own)
    if permit(away, "item.view", await target_to_view(tx, of.item), tx.world, local_date(tx.now)) is None:
        return Message("item.not_yours", {"number": of.item.number})
    return Message("item.card", await _words(tx, of, own, ""))


async def _words(tx: Tx, of: Parties, viewers: Sequence[Seat], role: str) -> dict[str, Param]:
    item = of.item
    return {
        "number": item.number,
        "state": state_text(tx, of),
        "where": enterprise_text(item),
        "rows": lines([*await _rows(tx, of, viewers), *await waiting_line(tx, of.rectify)]),
        "hint": text(f"item.hint.{item.state}.{role}") if role and not ledger.is_over(item.state) else "",
    }


async def _rows(tx: Tx, of: Parties, viewers: Sequence[Seat]) -> list[Param]:
    item = of.item
    due_at, provisional = await items.last_due(tx, item.id)
    values: list[tuple[str, Param]] = [
        ("problem", item.problem),
        ("kind", term(item.regime, "class", item.kind)),
        ("measures", item.measures),
        ("goal", item.goal),
        *((name, cut(getattr(item, name), CELL)) for name in ledger.EXTRA),
        ("due", _due(tx, of, {"$": "date", "date": due_day(due_at).isoformat(), "provisional": provisional})),
        ("owner", await seat_text(tx, item, of.owner, viewers)),
        ("leader", None if item.leader is None else await seat_text(tx, item, item.leader, viewers)),
        ("source", text(f"item.source.{ledger.shown_source(item, viewers, tx.world, local_date(tx.now))}")),
        ("verifier", None if of.verifier is None else _verifier(tx, of, await seat_text(tx, item, of.verifier, viewers))),
        ("closed", None if item.closed_at is None else moment(item.closed_at)),
        ("published", publication(item)),
    ]
    rows: list[Param] = [text("item.row", name=_name(name), value=value) for name, value in values if value]
    stopped = await stopped_rows(tx, of.owed, lambda seat: seat_text(tx, item, seat, viewers))
    told = {"opened", "stop"} if stopped else {"opened"}
    return rows + stopped + [_last(entry) for entry in await entries.latest(tx, "item", item.id) if entry.kind not in told]


def _due(tx: Tx, of: Parties, day: Param) -> Param:
    """With what is left, while the rectification itself is owed."""
    rectify = next((each for each in of.owed if each.duty == "item.rectify" and each.state == "open"), None)
    return day if rectify is None else text("item.due", day=day, when=when(tx, rectify))


def _verifier(tx: Tx, of: Parties, who: Param) -> Param:
    """With the verifier's own due date: the light may be red because of it, while the owner is in time."""
    owed = next(each for each in of.owed if each.duty == "item.verify")
    return text("item.verifier", who=who, due=due_words(owed), when=when(tx, owed))


def _name(row: str) -> Param:
    return text(f"ledger.column.{row}" if row in ledger.EXTRA else f"item.row.{row}")


def _last(entry: Entry) -> Param:
    return text(
        "item.last",
        what=text(f"item.entry.{entry.kind}"),
        at=moment(entry.at),
        said=lines(["", lines([body_words(entry.kind, entry.body, entry.day), _count(entry)], "")]) if entry.body or entry.evidence else "",
    )


def _count(entry: Entry) -> Param:
    return text("item.files", n=len(entry.evidence)) if entry.evidence else ""


def _buttons(item: Item, role: str) -> tuple[tuple[Button, ...], ...]:
    history = Button("button.item.history", "ih", item.id)
    if role == "owner" and item.state in ledger.MOVES["report"].paths:
        return ((_press("report", "ip", item), _press("request_closing", "ic", item)), (history,))
    if role == "verifier":
        first = (_press("start_check", "ik", item),) if item.state in ledger.MOVES["start_check"].paths else ()
        return tuple(row for row in (first, (_press("verify", "iv", item), _press("send_back", "ir", item)), (history,)) if row)
    return ((history,),)


async def _undo(tx: Tx, item: Item, seats: Sequence[Seat]) -> tuple[Button, ...]:
    """For two minutes after the request for closing, for whoever sent it; after the closing, for whoever passed it."""
    last = next(iter(await entries.latest(tx, "item", item.id)), None)
    if item.state not in UNDONE or last is None:
        return ()
    wanted, verb = UNDONE[item.state]
    mine = {seat.id for seat in seats}
    may = can_undo(kind=last.kind, wanted=wanted, author=last.author, seats=mine, at=last.at, now=tx.now)
    return (Button("button.undo", verb, item.id, item.version),) if may else ()


def _press(name: str, verb: str, item: Item) -> Button:
    return Button(f"button.item.{name}", verb, item.id, item.version)


# History -----------------------------------------------------------------------------------------------------------------------


@card("itemlog")
async def history_card(tx: Tx, coded: int, viewer: int | None) -> Message | None:
    """The whole history, oldest first, some entries a page; stored files are numbered through and come back at a press."""
    item_id, page = divmod(coded, PAGES)
    item = await items.get(tx, item_id)
    actor = await viewer_of(tx, viewer)
    if item is None or permit(actor, "item.view", await target_to_view(tx, item), tx.world, local_date(tx.now)) is None:
        return None
    pages = split(await entries.of_subject(tx, "item", item.id))
    page = min(page, len(pages) - 1)
    numbers = _numbers([entry for each in pages for entry in each])
    authors = {entry.author for entry in pages[page]} - {None}
    names = {author: await seat_text(tx, item, author, actor.seats) for author in authors if author is not None}
    body = [_entry(entry, by_whom(names.get(entry.author or 0, text("item.by_itself")), entry.by), numbers) for entry in pages[page]]
    files = [_file_button(piece, numbers[piece.id]) for entry in pages[page] for piece in entry.evidence if piece.id in numbers]
    turning = turn("ih", item.id, page, len(pages))
    rows = [tuple(files[n : n + 3]) for n in range(0, len(files), 3)]
    may_edit = permit(actor, "item.edit", await target_to_work(tx, item), tx.world, local_date(tx.now)) is not None
    edit = (Button("button.item.extra", "ie", item.id),) if may_edit and not ledger.is_over(item.state) else ()
    below = (Button("button.item.open", "io", item.id), *edit)
    params: dict[str, Param] = {"number": item.number, "page": page + 1, "pages": len(pages), "entries": lines(body, "\n\n")}
    return Message("item.history", params, tuple(row for row in (*rows, turning, below) if row))


def split(log: Sequence[Entry]) -> list[list[Entry]]:
    """Pages that surely fit into a message, markup and escapes counted, and a keyboard."""
    pages: list[list[Entry]] = [[]]
    used = files = 0
    for entry in log:
        cost = 160 + len(escape(entry.body)) + 24 * len(entry.evidence)
        if pages[-1] and (used + cost > LOG_CHARACTERS or files + len(entry.evidence) > LOG_FILES or len(pages[-1]) == LOG_ENTRIES):
            pages.append([])
            used = files = 0
        pages[-1].append(entry)
        used, files = used + cost, files + len(entry.evidence)
    return pages


def _numbers(log: Sequence[Entry]) -> dict[int, int]:
    stored = [piece.id for entry in log for piece in entry.evidence if piece.blob is not None]
    return {piece: n for n, piece in enumerate(stored, 1)}


def _entry(entry: Entry, who: Param, numbers: dict[int, int]) -> Param:
    change = text("item.change", before=text(f"item.state.{entry.from_state}"), after=text(f"item.state.{entry.to_state}"))
    parts: list[Param] = [text("item.entry", at=moment(entry.at), who=who, what=text(f"item.entry.{entry.kind}"))]
    if entry.to_state is not None:
        parts.append(change if entry.from_state is not None else text("item.began", state=text(f"item.state.{entry.to_state}")))
    if entry.body or entry.day:
        parts.append(text("item.said", words=body_words(entry.kind, entry.body, entry.day)))
    if entry.evidence:
        parts.append(text("item.evidence", pieces=lines([_piece(piece, numbers) for piece in entry.evidence], " · ")))
    return lines(parts)


def body_words(kind: str, body: str, day: Until | None, most: int = CELL) -> Param:
    """The date it is about and what somebody wrote.

    Of a change of columns, each with what it was and what it is (`actions/ledger_import.py` put it so).
    """
    if day is not None:
        return text("entry.day_and_words", day=by(day), words=body) if body else by(day)
    if kind != "edited":
        return body
    cells = [
        text("items.import.cell", column=text(f"ledger.column.{column}"), old=cut(old, most), new=cut(new, most))
        for column, old, new in json.loads(body)
    ]
    return lines(cells, "；")


def _piece(piece: Evidence, numbers: dict[int, int]) -> Param:
    if piece.blob is None:
        return text("item.file.location", place=f"{piece.latitude:.5f}, {piece.longitude:.5f}")
    return text(f"item.file.{piece.kind}", n=numbers[piece.id])


def _file_button(piece: Evidence, number: int) -> Button:
    return Button(f"item.file.{piece.kind}", "if", piece.id, params={"n": number})


def turn(verb: str, about: int, page: int, pages: int, arg: str = "") -> tuple[Button, ...]:
    back = Button("button.page_back", verb, about, arg=f"{page - 1}{arg}")
    on = Button("button.page_on", verb, about, arg=f"{page + 1}{arg}")
    return (*((back,) if page > 0 else ()), *((on,) if page + 1 < pages else ()))
