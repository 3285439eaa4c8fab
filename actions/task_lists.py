"""Lists of tasks: what I owe, what others owe me; narrowed by light, week, region or person where they are longer than a page."""

from collections.abc import Sequence
from typing import Literal

from actions import obligations
from actions.cards import card
from actions.inputs_tasks import Listing
from actions.perform import action
from actions.stranded import Instead
from actions.task_cards import cut, light_of
from domain import task_filters as filters
from domain.deadlines import local_date
from domain.obligations import yellow_until
from domain.outcome import Done, Outcome
from domain.people import Actor
from domain.speech import Button, Message, Param, lines, term, text
from domain.task_filters import By, Narrowed
from storage import cards, people
from storage import task_lists as store
from storage.task_lists import Narrow, Page, Side
from storage.tasks import Task
from storage.tx import Tx

Kind = Literal["tasks", "waiting"]
SIDES: dict[Kind, Side] = {"tasks": "owner", "waiting": "asker"}
PAGE = 8
TITLE = 30  # characters of a title in a list
CHOICES = 24  # places or people to choose from, those with the most


@action("obligation.mine")
async def show_list(tx: Tx, actor: Actor, given: Listing) -> Outcome:
    await cards.show(tx, f"{given.kind}:{given.page}", actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


@card("tasks")
async def owed_by_me(tx: Tx, code: int, viewer: int | None) -> Message:
    return await _made(tx, "tasks", code, viewer)


@card("waiting")
async def owed_to_me(tx: Tx, code: int, viewer: int | None) -> Message:
    return await _made(tx, "waiting", code, viewer)


async def _made(tx: Tx, kind: Kind, code: int, viewer: int | None) -> Message:
    asked = Narrowed.of(code)
    held = () if viewer is None else await people.seats_of(tx, viewer)
    seats = [seat.id for seat in held]
    if kind == "waiting":  # and what was asked for from seats on which nobody sits any more
        seats += sorted({owed.creditor for owed, _ in await Instead(tx).waiting_for(held) if owed.creditor is not None})
    if asked.by == "regions":
        return _choice(kind, "regions", await _regions(tx, kind, seats))
    if asked.by == "people":
        return _choice(kind, "people", await _people(tx, kind, seats))
    narrow = _narrow(tx, kind, asked)
    found = await store.page(tx, SIDES[kind], seats, narrow, limit=PAGE, offset=asked.page * PAGE)
    if asked.by == "person" and not found.total:  # made up, or nothing is left with them: nobody's name is told by number
        asked = Narrowed()
        found = await store.page(tx, SIDES[kind], seats, Narrow(), limit=PAGE, offset=0)
    return await _list(tx, kind, asked, found)


# The filter as a condition ---------------------------------------------------------------------------------------------------------


def _places(tx: Tx) -> list[tuple[str, str]]:
    """Every region served, in a fixed order: a button names one by its place in it."""
    return [(regime.id, region.id) for _, regime in sorted(tx.world.regimes.items()) for region in regime.regions]


def _narrow(tx: Tx, kind: Kind, asked: Narrowed) -> Narrow:
    match asked.by:
        case "red":
            return Narrow(store.RED)
        case "grey":
            return Narrow(store.GREY)
        case "week":
            return Narrow(store.WEEK, {"until": filters.end_of_week(tx.now)})
        case "yellow":
            return store.yellow(_bounds(tx))
        case "green":
            return store.green(_bounds(tx))
        case "done":
            return Narrow(states=store.OVER)
        case "region" if asked.value < len(_places(tx)):
            regime_id, code = _places(tx)[asked.value]
            regime, on = tx.world.regime(regime_id), local_date(tx.now)
            return store.in_regions(regime_id, [each.id for each in regime.regions if regime.covers(code, each.id, on)])
        case "person":
            return store.with_seat(SIDES[kind], asked.value)
    return Narrow()


def _bounds(tx: Tx) -> dict[str, int]:
    """Until when something due is due soon."""
    return {regime.id: yellow_until(tx.now, regime, tx.world.calendar) for regime in tx.world.regimes.values()}


# Choosing a place or a person ------------------------------------------------------------------------------------------------------


async def _regions(tx: Tx, kind: Kind, seats: Sequence[int]) -> list[Button]:
    order = {place: n for n, place in enumerate(_places(tx))}
    found = await store.regions(tx, SIDES[kind], seats, CHOICES)
    return [
        _to(kind, Narrowed("region", order[regime, region]), text("task.filter.choice", name=term(regime, "region", region), n=n))
        for regime, region, n in found
        if (regime, region) in order
    ]


async def _people(tx: Tx, kind: Kind, seats: Sequence[int]) -> list[Button]:
    found = await store.seats_opposite(tx, SIDES[kind], seats, CHOICES)
    return [
        _to(kind, Narrowed("person", seat), text("task.filter.choice", name=(await people.seat(tx, seat)).holder, n=n)) for seat, n in found
    ]


def _choice(kind: Kind, by: By, buttons: Sequence[Button]) -> Message:
    rows = [tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)]
    return Message(f"task.filter.which.{by}", {}, (*rows, (_by(kind, "all"),)))


# The list --------------------------------------------------------------------------------------------------------------------------


async def _list(tx: Tx, kind: Kind, asked: Narrowed, found: Page) -> Message:
    turn = []
    if asked.page > 0:
        turn.append(Button("button.page_back", "tl", Narrowed(asked.by, asked.value, asked.page - 1).code(), arg=kind))
    if (asked.page + 1) * PAGE < found.total:
        turn.append(Button("button.page_on", "tl", Narrowed(asked.by, asked.value, asked.page + 1).code(), arg=kind))
    narrowing = _filters(kind, asked, found)
    if not found.tasks:
        key = f"task.list.{kind}.none" if asked.by == "all" else "task.filter.none"
        return Message(
            key, {"by": await _words(tx, asked)} if asked.by != "all" else {}, tuple(row for row in (tuple(turn), *narrowing) if row)
        )
    first = asked.page * PAGE + 1
    rows = [await _row(tx, kind, n, task) for n, task in enumerate(found.tasks, first)]
    opens = [Button("button.task_open", "to", task.id, params={"n": n}) for n, task in enumerate(found.tasks, first)]
    params: dict[str, Param] = {"total": found.total, "by": await _words(tx, asked), "rows": lines(rows)}
    return Message(
        "task.list.done" if asked.by == "done" else f"task.list.{kind}",
        params,
        tuple(tuple(each) for each in (opens[:4], opens[4:], turn, *narrowing) if each),
    )


def _filters(kind: Kind, asked: Narrowed, found: Page) -> list[tuple[Button, ...]]:
    """None for a list that is one page, but for what is over: that stands in no list by itself."""
    over: list[By] = ["done"] if found.over else []
    if found.every <= PAGE:
        rows: list[list[By]] = [[*over, "all"] if asked.by != "all" else over]
    else:
        rows = [["red", "yellow", "green", "grey"], ["week", "regions", "people"], [*over, "all"]]
    offered = [[by for by in row if by != asked.by] for row in rows]
    whole = "live" if asked.by == "done" else ""
    return [tuple(_by(kind, by, whole if by == "all" else "") for by in row) for row in offered if row]


def _by(kind: Kind, by: By, name: str = "") -> Button:
    return Button(f"button.task_filter.{name or by}", "tl", Narrowed(by).code(), arg=kind)


def _to(kind: Kind, asked: Narrowed, shown: Param) -> Button:
    return Button("button.option", "tl", asked.code(), arg=kind, params={"label": shown})


async def _words(tx: Tx, asked: Narrowed) -> Param:
    """By what the list is narrowed, for its head."""
    if asked.by == "region" and asked.value < len(_places(tx)):
        regime, code = _places(tx)[asked.value]
        return text("task.filter.by", by=term(regime, "region", code))
    if asked.by == "person":
        return text("task.filter.by", by=(await people.seat(tx, asked.value)).holder)
    return "" if asked.by in {"all", "region"} else text("task.filter.by", by=text(f"task.filter.{asked.by}"))


async def _row(tx: Tx, kind: Kind, n: int, task: Task) -> Param:
    owed = next(iter(await obligations.live_of(tx, "task", task.id, "task")), None)
    light = light_of(tx, task, owed) if task.live else text(f"task.batch.is.{task.state}")
    shown: Param = "" if owed is None else text("task.row_due", day=obligations.due_words(owed))
    who: Param = text("task.row_who", who=(await people.seat(tx, task.owner)).holder) if kind == "waiting" else ""
    return text("task.row", n=n, light=light, title=cut(task.title, TITLE), due=shown, who=who)
