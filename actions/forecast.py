"""Who will hear how much on a day, and why: the clock is played forward on copies (`storage/rehearsal.py`), so what is foretold is what the
same code then says, unless somebody does something before.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions import pausing
from actions.catching_up import catch_up
from actions.people import title_of
from actions.perform import action
from actions.waking import wake_at
from domain.deadlines import DAY_MS, at, local_time
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.speech import Button, Keyboard, Param, lines, text
from storage import outbox, pauses, people
from storage.tx import Tx

MOST_TURNS = 20_000
MINUTE = 60_000
PAGE = 12  # people of one message
NAMED = 3  # matters of one message that are named

Turn = Callable[[Tx], Awaitable[None]]


@dataclass(frozen=True)
class Foreseen:
    """One message to a person. `matters` are numbers, empty where they are nobody else's business."""

    at: int
    key: str
    counts: Param
    matters: tuple[str, ...]


@dataclass(frozen=True)
class Hearer:
    person: int
    name: str
    seats: tuple[Seat, ...]
    messages: tuple[Foreseen, ...]


@dataclass(frozen=True)
class Forecast:
    day: date
    paused: frozenset[str]  # provinces; `pauses.ALL` among them where everything is
    hearers: tuple[Hearer, ...]

    @property
    def messages(self) -> int:
        return sum(len(each.messages) for each in self.hearers)


async def foresee(tx: Tx, day: date, turn: Turn) -> Forecast:
    """`tx` is a rehearsal's. A pause is taken as ended at once: what it holds back is foretold, too, put together as it then would be.

    Not foretold is what only answers: that a conversation somebody left open has expired.
    """
    since, until = at(day, "00:00"), at(day, "00:00") + DAY_MS
    paused = await pauses.paused(tx)
    for regime in paused:
        await pausing.end_pause(tx, regime)
    while await catch_up(tx):
        pass
    heard: dict[int, list[Foreseen]] = {}
    last = await _collect(tx, 0, heard)
    for _ in range(MOST_TURNS):
        wake = await wake_at(tx)
        if wake is None or wake >= until:
            break
        tx.now = max(tx.now, wake)
        await turn(tx)
        last = await _collect(tx, last, heard)
        if (again := await wake_at(tx)) is not None and again <= tx.now:
            tx.now += MINUTE  # what cannot be worked out is looked at again later
    in_day = {person: [each for each in found if since <= each.at < until] for person, found in heard.items()}
    hearers = [await _hearer(tx, person, found) for person, found in in_day.items() if found]
    return Forecast(day, paused, tuple(sorted(hearers, key=lambda each: (-len(each.messages), each.name, each.person))))


async def _collect(tx: Tx, after: int, heard: dict[int, list[Foreseen]]) -> int:
    """Messages said since; edits and cards are none. Complainants are not listed."""
    for parcel, not_before in await outbox.said_after(tx, after):
        after, body = parcel.id, parcel.body
        if body["op"] != "send" or body["person"] is None:
            continue
        hidden = bool(body.get("protect"))
        params: Mapping[str, Any] = {} if hidden else body["params"]
        told = Foreseen(max(tx.now, not_before), body["key"], params.get("counts"), tuple(dict.fromkeys(_numbers(params))))
        heard.setdefault(body["person"], []).append(told)
    return after


def _numbers(params: Any) -> Iterator[str]:
    """The visible numbers that a message names, however deep they stand in it."""
    if isinstance(params, Mapping):
        number = params.get("number")
        if isinstance(number, str) and number:
            yield number
        for each in params.values():
            yield from _numbers(each)
    elif isinstance(params, Sequence) and not isinstance(params, str):
        for each in params:
            yield from _numbers(each)


async def _hearer(tx: Tx, person: int, found: Sequence[Foreseen]) -> Hearer:
    return Hearer(person, (await people.person(tx, person))["name"], await people.seats_of(tx, person), tuple(found))


# In the chat ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    forecast: Forecast
    page: int = 0


@action("sending.forecast")
async def show(tx: Tx, actor: Actor, given: Shown) -> Outcome:
    """The people of the office's own regimes; of somebody with a seat elsewhere only how many messages."""
    mine = {seat.regime for seat in actor.seats if seat.rights == "office"}
    known = [each for each in given.forecast.hearers if mine & {seat.regime for seat in each.seats}]
    page = known[given.page * PAGE : (given.page + 1) * PAGE]
    rows = [await _row(tx, each, open_=all(seat.regime in mine for seat in each.seats)) for each in page]
    params: dict[str, Param] = {
        "day": {"$": "date", "date": given.forecast.day.isoformat()},
        "people": len(known),
        "messages": sum(len(each.messages) for each in known),
        "rows": lines(rows, "\n\n"),
        "paused": text("forecast.paused") if given.forecast.paused & {pauses.ALL, *mine} else "",
    }
    key = "forecast.shown" if known else "forecast.none"
    await outbox.say(tx, actor.to(), key, params, _turns(given, len(known)))
    return Done()


@action("sending.forecast")
async def past(_tx: Tx, _actor: Actor, _given: None) -> Outcome:
    return Refusal("forecast_past")


def _turns(given: Shown, total: int) -> Keyboard:
    day = given.forecast.day.isoformat()
    row = [Button("button.page_back", "zf", given.page - 1, arg=day)] if given.page else []
    if (given.page + 1) * PAGE < total:
        row.append(Button("button.page_on", "zf", given.page + 1, arg=day))
    return (tuple(row),) if row else ()


async def _row(tx: Tx, hearer: Hearer, *, open_: bool) -> Param:
    title: Param = await title_of(tx, hearer.seats[0])
    told = [why(each, open_=open_) for each in hearer.messages]
    return lines([text("forecast.person", name=hearer.name, title=title, n=len(hearer.messages)), *told])


def why(told: Foreseen, *, open_: bool = True) -> Param:
    """The hour, what sort of message, how many of what, and the first matters."""
    parts: list[Param] = [text(REASONS.get(told.key, "forecast.why.other"))]
    if open_ and told.counts is not None:
        parts.append(told.counts)
    if open_ and told.matters:
        more = f" +{len(told.matters) - NAMED}" if len(told.matters) > NAMED else ""
        parts.append(", ".join(told.matters[:NAMED]) + more)
    return text("forecast.message", clock=f"{local_time(told.at):%H:%M}", what=lines(parts, " · "))


REASONS = {
    "obligation.ping": "forecast.why.ping",
    "obligation.late": "forecast.why.late",
    "obligation.climb": "forecast.why.climb",
    "obligation.gap": "forecast.why.gap",
    "obligation.moved": "forecast.why.moved",
    "obligation.digest": "forecast.why.digest",
}
