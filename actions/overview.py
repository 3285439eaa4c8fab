"""The whole picture: how many matters are red, yellow and green, place by place; behind each place the list of its matters.

The page is a card, so turning it edits the one message. Which page it is stands in the card's id; whose sight it shows is asked anew each
time it is made, since seats end and buttons live for ever.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions.cards import card
from actions.matters import in_rows, numbered, seat_words
from actions.perform import action
from actions.subjects import private_kinds
from domain.deadlines import local_date
from domain.obligations import LIGHTS, yellow_until
from domain.outcome import Done, Outcome, Refusal
from domain.overview import Sight, bucket, regions_of, sight_of
from domain.people import Actor, Seat
from domain.permissions import may_start
from domain.speech import Button, Keyboard, Message, Param, lines, term, text
from storage import cards, obligations, overview, people
from storage.overview import Count
from storage.tx import Tx

MATTERS = 8  # a page of one place
PLACES = 16  # a page of all places
KINDS = ("task", "item")  # named in the totals; all else together


@dataclass(frozen=True)
class View:
    """A page: whose sight, which place (its number in the regime file from 1; 0 for all), which page of it."""

    seat: int = 0
    place: int = 0
    page: int = 0

    @property
    def id(self) -> int:
        return (self.seat * 10_000 + self.place) * 1_000 + self.page

    @classmethod
    def of(cls, view_id: int) -> "View":
        rest, page = divmod(view_id, 1_000)
        seat, place = divmod(rest, 10_000)
        return cls(seat, place, page)


@dataclass(frozen=True)
class Look:
    """`view` 0: from the top. `pressed`: the message that becomes the page."""

    view: int = 0
    pressed: int | None = None


@action("overview.view")
async def show(tx: Tx, actor: Actor, given: Look) -> Outcome:
    view = View.of(given.view)
    seats = _entitled(tx, actor.seats)
    if not seats:
        return Refusal("forbidden")
    if view.seat not in {seat.id for seat in seats}:
        view = View(seats[0].id)
    await cards.show(tx, f"overview:{view.id}", actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


def _entitled(tx: Tx, seats: Sequence[Seat]) -> list[Seat]:
    """The seats that look over something, one a regime."""
    found: dict[str, Seat] = {}
    for seat in seats:
        if may_start((seat,), "overview.view") and sight_of(seat, tx.world.regime(seat.regime)) is not None:
            found.setdefault(seat.regime, seat)
    return list(found.values())


@card("overview")
async def overview_card(tx: Tx, view_id: int, viewer: int | None) -> Message | None:
    view = View.of(view_id)
    seats = _entitled(tx, await people.seats_of(tx, viewer)) if viewer is not None else []
    seat = next((each for each in seats if each.id == view.seat), None)
    sight = None if seat is None else sight_of(seat, tx.world.regime(seat.regime))
    if seat is None or sight is None:
        return None
    regime = tx.world.regime(seat.regime)
    counts = await overview.counts(tx, sight, yellow_until(tx.now, regime, tx.world.calendar), private_kinds())
    by_place: dict[str, list[Count]] = {}
    for each in counts:
        place = bucket(each.region, sight.scope, regime, local_date(tx.now))
        if place is not None:
            by_place.setdefault(place, []).append(each)
    if view.place:
        return await _place(tx, view, seat, sight, by_place)
    others = [each for each in seats if each.id != seat.id]
    return _all(tx, view, sight, by_place, others)


def _all(tx: Tx, view: View, sight: Sight, by_place: dict[str, list[Count]], others: Sequence[Seat]) -> Message:
    """Places with something, the reddest first; then what kinds of matters there are."""
    switch = [Button("button.overview_of", "vo", View(seat.id).id, params={"regime": term(seat.regime, "regime", "")}) for seat in others]
    head: dict[str, Param] = {"regime": term(sight.regime, "regime", ""), "scope": term(sight.regime, "region", sight.scope)}
    if not by_place:
        return Message("overview.none", head, (tuple(switch),) if switch else ())
    places = sorted(by_place, key=lambda code: (*(-n for n in _numbers(by_place[code])), code))
    shown = places[view.page * PLACES : (view.page + 1) * PLACES] or places[:PLACES]
    everything = [each for counts in by_place.values() for each in counts]
    rows = [text("overview.line", place=term(sight.regime, "region", code), lights=_lights(by_place[code])) for code in shown]
    kinds = [text("overview.line", place=text(f"overview.kind.{kind}"), lights=_lights(found)) for kind, found in _by_kind(everything)]
    params = head | {"total": _lights(everything), "kinds": lines(kinds), "rows": lines(rows)}
    order = [region.id for region in tx.world.regime(sight.regime).regions]
    drills = [
        Button(
            "button.overview_place", "vo", View(view.seat, order.index(code) + 1).id, params={"place": term(sight.regime, "region", code)}
        )
        for code in shown
    ]
    return Message("overview.all", params, (*in_rows(drills, 3), *_turns(view, len(places), PLACES), *((tuple(switch),) if switch else ())))


async def _place(tx: Tx, view: View, seat: Seat, sight: Sight, by_place: dict[str, list[Count]]) -> Message:
    regime, on = tx.world.regime(sight.regime), local_date(tx.now)
    code = regime.regions[view.place - 1].id if view.place <= len(regime.regions) else ""
    back = (Button("button.overview_back", "vo", View(view.seat).id),)
    if code not in by_place:
        return Message("overview.place_none", {"place": term(sight.regime, "region", code or sight.scope)}, (back,))
    within = regions_of(code, sight.scope, regime, on)
    found, total = await overview.listed(tx, sight, within, private_kinds(), limit=MATTERS, offset=view.page * MATTERS)
    owners = await obligations.seats(tx, [owed.owner for owed in found])
    rows, opens = [], []
    for n, owed in enumerate(found, view.page * MATTERS + 1):
        owner = await seat_words(tx, owners[owed.owner])
        row, button = await numbered(tx, "obligation.row_theirs", n, owed, seat, owner=owner, extra="")
        rows.append(row)
        opens.append(button)
    params: dict[str, Param] = {
        "place": term(sight.regime, "region", code),
        "total": _lights(by_place[code]),
        "n": total,
        "rows": lines(rows),
    }
    return Message("overview.place", params, (*in_rows(opens), *_turns(view, total, MATTERS), back))


def _turns(view: View, total: int, size: int) -> Keyboard:
    row = []
    if view.page:
        row.append(Button("button.page_back", "vo", replace(view, page=view.page - 1).id))
    if (view.page + 1) * size < total and view.page < 999:
        row.append(Button("button.page_on", "vo", replace(view, page=view.page + 1).id))
    return (tuple(row),) if row else ()


def _numbers(counts: Sequence[Count]) -> list[int]:
    found: Counter[str] = Counter()
    for each in counts:
        found[each.light] += each.n
    return [found[light] for light in LIGHTS]


def _lights(counts: Sequence[Count]) -> Param:
    """The word stands beside each colour: colours alone do not reach everyone."""
    parts = [text("overview.light", light=text(f"light.{light}"), n=n) for light, n in zip(LIGHTS, _numbers(counts), strict=True) if n]
    return lines(parts, "　")


def _by_kind(counts: Sequence[Count]) -> list[tuple[str, list[Count]]]:
    found: dict[str, list[Count]] = {}
    for each in counts:
        found.setdefault(each.kind if each.kind in KINDS else "other", []).append(each)
    return [(kind, found[kind]) for kind in (*KINDS, "other") if kind in found]
