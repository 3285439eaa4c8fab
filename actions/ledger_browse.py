"""Lists of items: one's own or all one looks over, narrowed by a filter that each person keeps until it is taken back.

Cards carry their page in their number: `items:PAGE*2+TAB` (TAB 1: all), `itemfilter:PAGE` (0: the choices; else a page of places).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from actions.cards import card
from actions.inputs_ledger import Listing, Pick, Sift, Wanted
from actions.ledger_view import enterprise_text, parties, state_text, turn, viewer_of
from actions.perform import action
from actions.place_words import several
from domain import ledger
from domain.deadlines import due_day, local_date
from domain.ledger import Item
from domain.obligations import Light, yellow_until
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import TABLE, covers
from domain.regime import Regime
from domain.regime_parts import Region
from domain.speech import Button, Message, Param, lines, term, text
from storage import cards, people
from storage import ledger as items
from storage import ledger_lists as lists
from storage.ledger_lists import Filter, Narrow, Reach, Where
from storage.tx import Tx

PER_LIST = 8
PLACES = 16  # a page of places, two in a row
SHORT = 24  # characters of a search that a button shows

Tab = Literal["mine", "all"]
# An item is never grey: while its closing is asked for, the verification runs.
BY_LIGHT: tuple[Light, ...] = ("red", "yellow", "green")


def reaches(tx: Tx, actor: Actor) -> list[Reach]:
    """What the actor's seats look over by the permission table."""
    grants, on = TABLE["item.view"], local_date(tx.now)
    found = []
    for seat in actor.seats:
        relation = grants.get(seat.rights)
        if relation == "any":
            found.append(Reach(seat.regime))
        elif relation == "scope" and seat.scope_kind != "unit":  # a department's matters are counted by what it owes (/overview)
            places = frozenset(each.id for each in tx.world.regime(seat.regime).regions if covers(seat, each.id, tx.world, on))
            found.append(Reach(seat.regime, places))
    return found


async def seen(tx: Tx, actor: Actor, *, wide: bool) -> Where:
    """Everything the actor may list, narrowed by their own filter."""
    where = lists.within(reaches(tx, actor)) if wide else lists.of_mine([seat.id for seat in actor.seats])
    return lists.narrowed(where, narrow(tx, await _filter(tx, actor)), tx.now)


def as_seen(account: int, *, wide: bool) -> Callable[[Tx], Awaitable[Where]]:
    """What the account's person may list whenever it is asked: rights may end while a long sheet is made."""

    async def now(tx: Tx) -> Where:
        return await seen(tx, await people.actor(tx, account, ""), wide=wide)

    return now


async def find(tx: Tx, actor: Actor, words: str, limit: int = PER_LIST) -> list[Item]:
    """Items by number or enterprise, of all that the actor owns, opened, owes something about or looks over; the filter does not count."""
    where = lists.either(lists.of_mine([seat.id for seat in actor.seats]), lists.within(reaches(tx, actor)))
    return await lists.search(tx, words, where, limit=limit)


def narrow(tx: Tx, wanted: Filter) -> Narrow:
    regions: tuple[str, ...] = ()
    if wanted.region and wanted.regime in tx.world.regimes:
        regime, on = tx.world.regime(wanted.regime), local_date(tx.now)
        regions = tuple(each.id for each in regime.regions if regime.covers(wanted.region, each.id, on))
    yellow = [(regime.id, yellow_until(tx.now, regime, tx.world.calendar)) for regime in tx.world.regimes.values()]
    return Narrow(wanted, regions, tuple(yellow))


async def _filter(tx: Tx, actor: Actor) -> Filter:
    return Filter() if actor.person is None else await lists.filter_of(tx, actor.person)


@action("obligation.mine")
async def list_items(tx: Tx, actor: Actor, given: Listing) -> Outcome:
    """Asked for anew, somebody without items of their own sees at once what they look over."""
    wide = given.all
    if given.pressed is None and not wide and reaches(tx, actor):
        wide = await lists.count(tx, lists.of_mine([seat.id for seat in actor.seats])) == 0
    await _show_list(tx, actor, given.page, wide=wide, pressed=given.pressed)
    return Done()


async def _show_list(tx: Tx, actor: Actor, page: int, *, wide: bool, pressed: int | None) -> None:
    await cards.show(tx, f"items:{page * 2 + int(wide)}", actor.to(), fresh=pressed is None, message_id=pressed)


@card("items")
async def list_card(tx: Tx, coded: int, viewer: int | None) -> Message | None:
    """Items page by page, the most overdue first, closed ones last."""
    page, wide = divmod(coded, 2)
    actor = await viewer_of(tx, viewer)
    wanted = await _filter(tx, actor)
    found, total = await lists.page(tx, await seen(tx, actor, wide=bool(wide)), limit=PER_LIST, offset=page * PER_LIST)
    tab: Tab = "all" if wide else "mine"
    none = text("items.none.filtered") if wanted else text(f"items.none.{tab}")
    rows = [await _line(tx, n, item) for n, item in enumerate(found, page * PER_LIST + 1)]
    params: dict[str, Param] = {
        "title": text(f"items.title.{tab}"),
        "total": total,
        "filter": text("items.filtered", what=_filter_words(wanted)) if wanted else "",
        "rows": lines(rows, "\n\n") if rows else none,
    }
    opens = [Button("items.open", "io", item.id, params={"number": item.number}) for item in found]
    keys = [tuple(opens[n : n + 2]) for n in range(0, len(opens), 2)]
    turning = turn("il", wide, page, -(-total // PER_LIST))
    return Message("items.page", params, tuple(row for row in (*keys, turning, *_list_buttons(tx, actor, wanted, wide, total)) if row))


def _list_buttons(tx: Tx, actor: Actor, wanted: Filter, wide: int, total: int) -> list[tuple[Button, ...]]:
    sift = (Button("button.items.filter", "iw", wide),) if total or wanted else ()
    everything = (Button("button.items.clear", "iq", wide, arg="all"),) if wanted else ()
    other = (Button(f"button.items.{'mine' if wide else 'all'}", "il", 1 - wide, arg="0"),) if reaches(tx, actor) else ()
    sheet = (Button("button.items.sheet", "ix", wide),) if total else ()
    return [(*sift, *everything), (*other, *sheet)]


async def _line(tx: Tx, n: int, item: Item) -> Param:
    of = await parties(tx, item)
    due_at, provisional = await items.last_due(tx, item.id)
    due: Param = {"$": "date", "date": due_day(due_at).isoformat(), "provisional": provisional}
    return text("items.line", n=n, number=item.number, state=state_text(tx, of), where=enterprise_text(item), due=due)


def _filter_words(wanted: Filter) -> Param:
    parts: list[Param] = []
    if wanted.region:
        parts.append(term(wanted.regime, "region", wanted.region))
    elif wanted.regime and not wanted.kind:
        parts.append(term(wanted.regime, "regime", wanted.regime))
    if wanted.kind:
        parts.append(term(wanted.regime, "class", wanted.kind))
    if wanted.state:
        parts.append(text(f"item.state.{wanted.state}"))
    if wanted.light:
        parts.append(text(f"light.{wanted.light}"))
    if wanted.words:
        parts.append(text("items.words", words=wanted.words))
    return lines(parts, " · ")


# The filter's own screen ---------------------------------------------------------------------------------------------------------


@action("obligation.mine")
async def open_filter(tx: Tx, actor: Actor, given: Sift) -> Outcome:
    await cards.show(tx, f"itemfilter:{given.places}", actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


@action("obligation.mine")
async def pick(tx: Tx, actor: Actor, given: Pick) -> Outcome:
    """Choose, or take a choice back. A made-up code changes nothing."""
    if actor.person is None:
        return Refusal("stranger")
    before = await lists.filter_of(tx, actor.person)
    if given.by == "all":
        await lists.set_filter(tx, actor.person, Filter())
        await _show_list(tx, actor, 0, wide=bool(given.code), pressed=given.pressed)
        return Done()
    wanted = _picked(tx, actor, before, given)
    if wanted is None:
        return Refusal("gone")
    await lists.set_filter(tx, actor.person, wanted)
    await cards.show(tx, "itemfilter:0", actor.to(), message_id=given.pressed)
    return Done()


def _picked(tx: Tx, actor: Actor, before: Filter, given: Pick) -> Filter | None:
    regimes = _regimes(tx, actor)
    regime = next((each for each in regimes if each.id == before.regime), regimes[0] if len(regimes) == 1 else None)
    match given.by:
        case "regime" if given.code in {each.id for each in regimes}:
            wanted = Filter(state=before.state, light=before.light, words=before.words)
            return replace(wanted, regime="" if before.regime == given.code else given.code)
        case "state" if given.code in ledger.STATES:
            return replace(before, state="" if before.state == given.code else given.code)
        case "light" if given.code in BY_LIGHT:
            return replace(before, light="" if before.light == given.code else given.code)
        case "class" if regime and given.code in {each.id for each in regime.ledger.classes}:
            return replace(before, regime=regime.id, kind="" if before.kind == given.code else given.code)
        case "region" if regime and given.code in {"", *(each.id for each in regime.regions)}:
            return replace(before, regime=regime.id, region=given.code)
        case "words":
            return replace(before, words="")
    return None


@action("obligation.mine")
async def look_for(tx: Tx, actor: Actor, given: Wanted) -> Outcome:
    """Typed words narrow the list: a place's name means the place, anything else a number or an enterprise."""
    if actor.person is None:
        return Refusal("stranger")
    before = await lists.filter_of(tx, actor.person)
    for regime in _regimes(tx, actor):
        doubtful = several(regime, given.words)
        if doubtful is not None:
            return doubtful
        region = regime.find_region(given.words)
        if region is not None:
            wanted = replace(before, regime=regime.id, region=region.id, kind=before.kind if before.regime == regime.id else "")
            break
    else:
        wanted = replace(before, words=given.words)
    await lists.set_filter(tx, actor.person, wanted)
    await _show_list(tx, actor, 0, wide=bool(reaches(tx, actor)), pressed=None)
    return Done()


def _regimes(tx: Tx, actor: Actor) -> list[Regime]:
    return [tx.world.regime(code) for code in dict.fromkeys(seat.regime for seat in actor.seats)]


@card("itemfilter")
async def filter_card(tx: Tx, coded: int, viewer: int | None) -> Message | None:
    actor = await viewer_of(tx, viewer)
    wanted, regimes = await _filter(tx, actor), _regimes(tx, actor)
    regime = next((each for each in regimes if each.id == wanted.regime), regimes[0] if len(regimes) == 1 else None)
    if coded and regime is not None:
        return _places(tx, actor, regime, wanted, coded - 1)
    wide = bool(reaches(tx, actor))
    total = await lists.count(tx, await seen(tx, actor, wide=wide))
    rows: list[tuple[Button, ...]] = []
    if len(regimes) > 1:
        rows += [(_choice("regime", each.id, wanted.regime, term(each.id, "regime", each.id)),) for each in regimes]
    rows += _pairs([_choice("light", code, wanted.light, text(f"light.{code}")) for code in BY_LIGHT], of=3)
    rows += _pairs([_choice("state", code, wanted.state, text(f"item.state.{code}")) for code in ledger.STATES], of=3)
    if regime is not None:
        rows += _pairs([_choice("class", each.id, wanted.kind, term(regime.id, "class", each.id)) for each in regime.ledger.classes], of=3)
        place = text("items.any_place") if not wanted.region else term(regime.id, "region", wanted.region)
        rows.append((Button("button.items.place", "iw", arg="1", params={"place": place}),))
    rows.append((_words_button(wanted),))
    rows.append((Button("button.items.result", "il", int(wide), arg="0", params={"n": total}),))
    if wanted:
        rows.append((Button("button.items.clear", "iq", int(wide), arg="all"),))
    return Message("items.filter", {"what": _filter_words(wanted) if wanted else text("items.everything")}, tuple(rows))


def _choice(by: str, code: str, chosen: str, what: Param) -> Button:
    return Button(
        "button.items.choice", "iq", arg=f"{by}.{code}", params={"what": text("items.chosen", what=what) if code == chosen else what}
    )


def _words_button(wanted: Filter) -> Button:
    if wanted.words:
        return Button("button.items.no_words", "iq", arg="words.", params={"words": wanted.words[:SHORT]})
    return Button("button.items.words", "fo", arg="item_words")


def _pairs(buttons: Sequence[Button], of: int = 2) -> list[tuple[Button, ...]]:
    return [tuple(buttons[n : n + of]) for n in range(0, len(buttons), of)]


def _places(tx: Tx, actor: Actor, regime: Regime, wanted: Filter, page: int) -> Message:
    on = local_date(tx.now)
    found = _choices(tx, actor, regime, wanted.region, on)
    shown = found[page * PLACES : (page + 1) * PLACES]
    buttons = [
        Button("button.items.choice", "iq", arg=f"region.{each.id}", params={"what": term(regime.id, "region", each.id)}) for each in shown
    ]
    back = (Button("button.page_back", "iw", arg=str(page)),) if page else ()
    on_ = (Button("button.page_on", "iw", arg=str(page + 2)),) if (page + 1) * PLACES < len(found) else ()
    rows = (*_pairs(buttons), (*back, *on_), (Button("button.items.any_place", "iq", arg="region."),))
    return Message("items.places", {}, tuple(row for row in rows if row))


def _choices(tx: Tx, actor: Actor, regime: Regime, chosen: str, on: date) -> list[Region]:
    """The cities one looks over; with one chosen, or only one to look over, what lies in it."""
    reach = [each for each in reaches(tx, actor) if each.regime == regime.id]
    mine = [each for each in regime.regions if any(r.regions is None or each.id in r.regions for r in reach) or not reach]
    cities = [each for each in mine if each.level == "city"]
    if chosen and regime.region(chosen).level == "city":
        return list(regime.children(chosen, on))
    return cities if len(cities) > 1 else [*cities, *(each for each in mine if each.level == "county")]
