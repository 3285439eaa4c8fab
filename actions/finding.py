"""/find: tasks and items by number, enterprise or person, and people; one list, only of what the person could open anyway.

The words looked for are kept one a person, so the pages are cards like all others: `found:PAGE`, `seat:ID`.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from actions import ledger_browse, task_cards
from actions.cards import card
from actions.ledger_view import enterprise_text, parties, state_text, target_to_view, viewer_of
from actions.matters import in_rows
from actions.people import title_of
from actions.perform import action
from domain.deadlines import local_date
from domain.finding import may_know_of
from domain.forms import Ask
from domain.outcome import Done, Outcome
from domain.people import Actor, Seat
from domain.permissions import permit
from domain.speech import Button, Message, Param, lines, term, text
from domain.words import fold
from storage import cards, ledger_lists, people, searches
from storage.tx import Tx

PAGE = 8
MOST = 40  # of each kind: who finds more writes more
TITLE = 30


class Find(BaseModel):
    words: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


@dataclass(frozen=True)
class Turn:
    page: int
    pressed: int | None = None


@dataclass(frozen=True)
class Hit:
    """A line of the list and the button that opens it."""

    group: str
    line: Param
    verb: str
    id: int


@action("obligation.mine")
async def find(tx: Tx, actor: Actor, given: Find) -> Outcome:
    assert actor.person is not None  # a seat was found for the action
    await searches.keep(tx, actor.person, given.words)
    await cards.show(tx, "found:0", actor.to(), fresh=True)
    return Done()


@action("obligation.mine")
async def turn(tx: Tx, actor: Actor, given: Turn) -> Outcome:
    await cards.show(tx, f"found:{given.page}", actor.to(), message_id=given.pressed)
    return Done()


@card("found")
async def found_card(tx: Tx, page: int, viewer: int | None) -> Message | None:
    if viewer is None:
        return None
    words, actor = await searches.last(tx, viewer), await viewer_of(tx, viewer)
    hits = [*await _tasks(tx, actor, words), *await _items(tx, actor, words), *await _people(tx, actor, words)] if fold(words) else []
    if not hits:
        return Message("find.none", {"words": words})
    page = min(page, (len(hits) - 1) // PAGE)
    shown = hits[page * PAGE : (page + 1) * PAGE]
    blocks = []
    for group in ("task", "item", "person"):
        rows = [text("find.line", n=n, what=hit.line) for n, hit in enumerate(shown, page * PAGE + 1) if hit.group == group]
        if rows:
            blocks.append(text(f"find.group.{group}", rows=lines(rows)))
    opens = [Button("button.open_nth", hit.verb, hit.id, params={"n": n}) for n, hit in enumerate(shown, page * PAGE + 1)]
    turns = [Button("button.page_back", "wf", page - 1)] if page else []
    turns += [Button("button.page_on", "wf", page + 1)] if (page + 1) * PAGE < len(hits) else []
    params: dict[str, Param] = {"words": words, "n": len(hits), "blocks": lines(blocks, "\n\n")}
    return Message("find.found", params, (*in_rows(opens), *((tuple(turns),) if turns else ())))


async def _tasks(tx: Tx, actor: Actor, words: str) -> list[Hit]:
    hits, on = [], local_date(tx.now)
    for task in await searches.tasks(tx, words, sorted({seat.regime for seat in actor.seats}), 5 * MOST):
        if permit(actor, "task.view", await task_cards.line_target(tx, task), tx.world, on) is None:
            continue
        owner = await people.seat(tx, task.owner)
        state = text(f"find.task.{task.state}")
        line = text("find.task", number=task.number, title=task_cards.cut(task.title, TITLE), who=owner.holder, state=state)
        hits.append(Hit("task", line, "to", task.id))
        if len(hits) == MOST:
            break
    return hits


async def _items(tx: Tx, actor: Actor, words: str) -> list[Hit]:
    """By number or enterprise; and those whose owner the words name."""
    found = {item.id: item for item in await ledger_browse.find(tx, actor, words, MOST)}
    owners = [seat.id for seat in await _named(tx, actor, words)]
    if owners:
        theirs, _ = await ledger_lists.page(tx, ledger_lists.of_mine(owners), limit=MOST, offset=0)
        found |= {item.id: item for item in theirs}
    hits, on = [], local_date(tx.now)
    for item in found.values():
        if permit(actor, "item.view", await target_to_view(tx, item), tx.world, on) is not None:
            state = state_text(tx, await parties(tx, item))
            line = text("find.item", number=item.number, where=enterprise_text(item), state=state)
            hits.append(Hit("item", line, "io", item.id))
    return hits[:MOST]


async def _people(tx: Tx, actor: Actor, words: str) -> list[Hit]:
    named = await _named(tx, actor, words)
    return [Hit("person", text("find.person", name=seat.holder, seat=await title_of(tx, seat)), "ws", seat.id) for seat in named[:MOST]]


async def _named(tx: Tx, actor: Actor, words: str) -> list[Seat]:
    """Seats whose holder's name has these words, of those the actor may know of."""
    wanted, found = fold(words), []
    for regime in dict.fromkeys(seat.regime for seat in actor.seats):
        found += [seat for seat in await people.seats_in(tx, regime) if wanted in fold(seat.holder)]
    return [seat for seat in found if may_know_of(actor.seats, seat, tx.world)]


@action("obligation.mine")
async def show_seat(tx: Tx, actor: Actor, seat_id: int) -> Outcome:
    await cards.show(tx, f"seat:{seat_id}", actor.to(), fresh=True)
    return Done()


@card("seat")
async def seat_card(tx: Tx, seat_id: int, viewer: int | None) -> Message | None:
    """Who it is, every seat they hold that the viewer may know of, and whether the bot reaches them. Never an account."""
    seat = await people.in_force(tx, seat_id)
    actor = await viewer_of(tx, viewer)
    if seat is None or not may_know_of(actor.seats, seat, tx.world):
        return Message("find.gone")
    person = seat.person if seat.sitter is None else seat.sitter
    held = [seat] if person is None else [each for each in await people.held_by(tx, person) if may_know_of(actor.seats, each, tx.world)]
    rows = [text("find.seat", seat=await title_of(tx, each), regime=term(each.regime, "regime", each.regime)) for each in held or [seat]]
    return Message("find.card", {"name": seat.holder, "seats": lines(rows), "reach": _reach(seat, person)})


def _reach(seat: Seat, person: int | None) -> Param:
    if person is None:
        return text("find.reach.not_joined")
    if seat.deputy:
        return text("find.reach.deputy", name=seat.deputy)
    return text("find.reach.bot" if seat.to() is not None else "find.reach.lost")
