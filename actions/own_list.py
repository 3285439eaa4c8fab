"""What I owe: every kind of matter in one list, the most pressing first."""

from dataclasses import dataclass

from actions.cards import card
from actions.matters import Words, in_rows
from actions.perform import action
from domain.outcome import Done, Outcome
from domain.people import Actor
from domain.speech import Button, Message, lines
from storage import cards, overview, people
from storage.tx import Tx

PAGE = 8


@dataclass(frozen=True)
class Turn:
    page: int = 0
    pressed: int | None = None


@action("obligation.mine")
async def show(tx: Tx, actor: Actor, given: Turn) -> Outcome:
    await cards.show(tx, f"mine:{given.page}", actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


@card("mine")
async def mine_card(tx: Tx, page: int, viewer: int | None) -> Message | None:
    if viewer is None:
        return None
    seats = {seat.id: seat for seat in await people.seats_of(tx, viewer)}
    found, total = await overview.mine(tx, list(seats), limit=PAGE, offset=page * PAGE)
    turn = [Button("button.page_back", "om", page - 1, arg="turn")] if page else []
    if (page + 1) * PAGE < total:
        turn.append(Button("button.page_on", "om", page + 1, arg="turn"))
    if not found:
        return Message("obligation.mine.none", {}, (tuple(turn),) if turn else ())
    words = await Words.of(tx, found)
    rows, opens = [], []
    for n, owed in enumerate(found, page * PAGE + 1):
        row, button = words.numbered("obligation.row_mine", n, owed, extra="")
        rows.append(row)
        opens.append(button)
    return Message("obligation.mine", {"n": total, "rows": lines(rows)}, (*in_rows(opens), *((tuple(turn),) if turn else ())))
