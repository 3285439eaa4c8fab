"""The whole picture: how many matters are red, yellow and green, by place, unit, class or light; behind each heap the list of its matters.

The page is a card, so turning it edits the one message. Which page it is stands in the card's id; whose sight it shows is asked anew each
time it is made, since seats end and buttons live for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.cards import card
from actions.matters import Words, in_rows, seat_words
from actions.perform import action
from actions.subjects import private_kinds
from domain.charts import ROWS
from domain.deadlines import local_date, local_time
from domain.obligations import LIGHTS, yellow_until
from domain.outcome import Done, Outcome, Refusal
from domain.overview import NO_UNIT, OTHERS, TABS, TASKS, Count, Sight, Tab, View, by_light, heap_named, heaps, sight_of, sorted_out
from domain.people import Actor, Seat
from domain.permissions import may_start
from domain.regime import Regime
from domain.speech import Button, Keyboard, Message, Param, lines, term, text
from storage import cards, obligations, outbox, overview, people
from storage.tx import Tx

MATTERS = 8  # a page of one heap
HEAPS = 16  # a page of all heaps
KINDS = ("task", "item")  # named in the totals; all else together
DRAWN = ("region", "unit", "class")  # tabs that have a picture: by light there is only its first bar


@dataclass(frozen=True)
class Look:
    """`view` 0: from the top. `pressed`: the message that becomes the page."""

    view: int = 0
    pressed: int | None = None


@dataclass(frozen=True)
class Heaped:
    """What one seat sees, sorted as one view asks."""

    view: View
    seat: Seat
    sight: Sight
    regime: Regime
    heaps: Mapping[str, list[Count]]

    @property
    def everything(self) -> list[Count]:
        return [each for counts in self.heaps.values() for each in counts]

    @property
    def worst_first(self) -> list[str]:
        """By light the lights' own order, else what has most red, then most yellow …"""
        if self.view.tab == "light":
            return [light for light in LIGHTS if light in self.heaps]
        return sorted(self.heaps, key=lambda code: (*(-n for n in by_light(self.heaps[code])), code))

    def name(self, code: str) -> Param:
        if self.view.tab == "light":
            return text(f"light.{code}")
        if code in {TASKS, OTHERS}:
            return text("overview.kind.task" if code == TASKS else "overview.kind.other")
        if self.view.tab == "unit" and code == NO_UNIT:
            return text("overview.no_unit")
        return term(self.regime.id, self.view.tab, code)

    def line(self, code: str) -> Param:
        if self.view.tab == "light":
            n = sum(by_light(self.heaps[code]))
            return text("overview.line_light", light=self.name(code), meaning=text(f"overview.meaning.{code}"), n=n)
        return text("overview.line", place=self.name(code), lights=_lights(self.heaps[code]))


@action("overview.view")
async def show(tx: Tx, actor: Actor, given: Look) -> Outcome:
    view = _own_view(tx, actor.seats, given.view)
    if view is None:
        return Refusal("forbidden")
    await cards.show(tx, f"overview:{view.id}", actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


@action("overview.view")
async def picture(tx: Tx, actor: Actor, given: Look) -> Outcome:
    """The page as a picture; it is drawn when it is sent."""
    view = _own_view(tx, actor.seats, given.view)
    shown = None if view is None else await _heaped(tx, view.top(), actor.seats)
    if shown is None:
        return Refusal("forbidden")
    if not shown.heaps:
        return Refusal("overview_empty")
    await outbox.say(tx, actor.to(), "overview.picture", _head(shown), file={"make": "chart", "data": _chart(tx, shown)})
    return Done()


def _own_view(tx: Tx, seats: Sequence[Seat], view_id: int) -> View | None:
    """A view of a seat that is not (or no longer) one's own becomes the first of one's own."""
    entitled = _entitled(tx, seats)
    view = View.of(view_id)
    if view.seat in {seat.id for seat in entitled}:
        return view
    return View(entitled[0].id) if entitled else None


def _entitled(tx: Tx, seats: Sequence[Seat]) -> list[Seat]:
    """The seats that look over something, one a regime."""
    found: dict[str, Seat] = {}
    for seat in seats:
        if may_start((seat,), "overview.view") and sight_of(seat, tx.world.regime(seat.regime)) is not None:
            found.setdefault(seat.regime, seat)
    return list(found.values())


async def _heaped(tx: Tx, view: View, seats: Sequence[Seat]) -> Heaped | None:
    seat = next((each for each in _entitled(tx, seats) if each.id == view.seat), None)
    sight = None if seat is None else sight_of(seat, tx.world.regime(seat.regime))
    if seat is None or sight is None:
        return None
    regime = tx.world.regime(seat.regime)
    counts = await overview.counts(tx, sight, _yellow(tx, regime), private_kinds())
    return Heaped(view, seat, sight, regime, sorted_out(view.tab, counts, sight.scope, regime, local_date(tx.now)))


def _yellow(tx: Tx, regime: Regime) -> int:
    return yellow_until(tx.now, regime, tx.world.calendar)


@card("overview")
async def overview_card(tx: Tx, view_id: int, viewer: int | None) -> Message | None:
    view = View.of(view_id)
    seats = await people.seats_of(tx, viewer) if viewer is not None else ()
    shown = await _heaped(tx, view, seats)
    if shown is None:
        return None
    if view.heap:
        return await _heap(tx, shown)
    return _all(shown, [each for each in _entitled(tx, seats) if each.id != view.seat])


def _head(shown: Heaped) -> dict[str, Param]:
    sight = shown.sight
    scope = (
        text("overview.scope_unit", unit=term(sight.regime, "unit", sight.unit))
        if sight.unit
        else term(sight.regime, "region", sight.scope)
    )
    return {"regime": term(sight.regime, "regime", ""), "scope": scope, "by": text(f"overview.by.{shown.view.tab}")}


def _all(shown: Heaped, others: Sequence[Seat]) -> Message:
    """Heaps with something, the reddest first; then what kinds of matters there are."""
    view = shown.view
    switch = tuple(
        Button("button.overview_of", "vo", View(seat.id).id, params={"regime": term(seat.regime, "regime", "")}) for seat in others
    )
    if not shown.heaps:
        return Message("overview.none", _head(shown), _rows(switch))
    codes = shown.worst_first
    page = codes[view.page * HEAPS : (view.page + 1) * HEAPS] or codes[:HEAPS]
    kinds = [] if view.tab == "class" else _by_kind(shown.everything)
    params = _head(shown) | {
        "total": _lights(shown.everything),
        "kinds": lines(["", *kinds]),
        "rows": lines([shown.line(code) for code in page]),
    }
    order = heaps(view.tab, shown.regime)
    drills = [
        Button("button.overview_place", "vo", View(view.seat, view.tab, order.index(code) + 1).id, params={"place": shown.name(code)})
        for code in page
    ]
    across = 2 if view.tab in {"unit", "light"} else 3
    return Message(
        "overview.all",
        params,
        (*in_rows(drills, across), *_turns(view, len(codes), HEAPS), *_rows(_tabs(view), _pictured(view), switch)),
    )


def _rows(*rows: Sequence[Button]) -> Keyboard:
    return tuple(tuple(row) for row in rows if row)


def _tabs(view: View) -> tuple[Button, ...]:
    def tab(name: Tab) -> Button:
        by = text(f"overview.tab.{name}")
        return Button("button.overview_tab_on" if name == view.tab else "button.overview_tab", "vo", view.top(name).id, params={"by": by})

    return tuple(tab(name) for name in TABS)


def _pictured(view: View) -> tuple[Button, ...]:
    return (Button("button.overview_picture", "vc", view.top().id),) if view.tab in DRAWN else ()


async def _heap(tx: Tx, shown: Heaped) -> Message:
    """The matters of one heap, page by page."""
    view, order = shown.view, heaps(shown.view.tab, shown.regime)
    back = (Button(f"button.overview_back.{view.tab}", "vo", view.top().id),)
    code = order[view.heap - 1] if view.heap <= len(order) else None
    if code is None or code not in shown.heaps:
        return Message("overview.place_none", {"place": _head(shown)["scope"] if code is None else shown.name(code)}, (back,))
    heap = heap_named(view.tab, code, shown.sight.scope, shown.regime, local_date(tx.now))
    found, total = await overview.listed(
        tx, shown.sight, heap, private_kinds(), limit=MATTERS, offset=view.page * MATTERS, yellow=_yellow(tx, shown.regime)
    )
    owners, words = await obligations.seats(tx, [owed.owner for owed in found]), await Words.of(tx, found)
    rows, opens = [], []
    for n, owed in enumerate(found, view.page * MATTERS + 1):
        owner = await seat_words(tx, owners[owed.owner])
        row, button = words.numbered("obligation.row_theirs", n, owed, owner=owner, extra="")
        rows.append(row)
        opens.append(button)
    params: dict[str, Param] = {"place": shown.name(code), "total": _lights(shown.heaps[code]), "n": total, "rows": lines(rows)}
    if view.tab == "light":
        params["place"] = _head(shown)["scope"]
    return Message("overview.place", params, (*in_rows(opens), *_turns(view, total, MATTERS), back))


def _turns(view: View, total: int, size: int) -> Keyboard:
    row = []
    if view.page:
        row.append(Button("button.page_back", "vo", view.turned(view.page - 1).id))
    if (view.page + 1) * size < total and view.page < 999:
        row.append(Button("button.page_on", "vo", view.turned(view.page + 1).id))
    return _rows(row)


def _lights(counts: Sequence[Count]) -> Param:
    """The word stands beside each colour: colours alone do not reach everyone."""
    parts = [text("overview.light", light=text(f"light.{light}"), n=n) for light, n in zip(LIGHTS, by_light(counts), strict=True) if n]
    return lines(parts, "　")


def _by_kind(counts: Sequence[Count]) -> list[Param]:
    found: dict[str, list[Count]] = {}
    for each in counts:
        found.setdefault(each.kind if each.kind in KINDS else "other", []).append(each)
    named = [(kind, found[kind]) for kind in (*KINDS, "other") if kind in found]
    return [text("overview.line", place=text(f"overview.kind.{kind}"), lights=_lights(held)) for kind, held in named]


def _chart(tx: Tx, shown: Heaped) -> dict[str, Param]:
    """What `bot/pictures.py` draws, its words still to be put into the reader's language."""
    codes, at = shown.worst_first, local_time(tx.now)
    heads = [(text("overview.picture.total"), shown.everything), *((shown.name(code), shown.heaps[code]) for code in codes[:ROWS])]
    return {
        "title": text("overview.picture.title", **_head(shown)),
        "under": text("overview.picture.under", regime=_head(shown)["regime"], at=f"{at:%Y-%m-%d %H:%M}"),
        "bars": [[label, text("overview.picture.sum", n=sum(by_light(counts))), list(by_light(counts))] for label, counts in heads],
        "lights": [text(f"overview.picture.light.{light}") for light in LIGHTS],
        "meanings": [
            text("overview.picture.meaning", light=text(f"overview.picture.light.{light}"), meaning=text(f"overview.meaning.{light}"))
            for light in LIGHTS
        ],
        "rest": text("overview.picture.rest", n=len(codes) - ROWS) if len(codes) > ROWS else "",
    }
