"""What is open in somebody's hands, as a list with a button for each: told to whoever takes over, joins or comes back."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.matters import Words, in_rows, seat_words
from actions.stranded import Instead
from actions.subjects import is_private
from domain.people import Seat
from domain.speech import Button, Keyboard, Param, lines, text
from storage import overview, people
from storage.tx import Tx

ROWS = 8


@dataclass(frozen=True)
class OpenMatters:
    """`total` counts all of it; `rows` and `buttons` show the most pressing."""

    total: int
    rows: Param
    buttons: Keyboard
    protect: bool


async def open_matters(tx: Tx, seats: Sequence[Seat]) -> OpenMatters:
    """What these seats owe, the most pressing first; then what was handed in to them, or waits for them in somebody's stead."""
    by_id = {seat.id: seat for seat in seats}
    found, total = await overview.mine(tx, list(by_id), limit=ROWS, offset=0)
    rows: list[Param] = []
    opens: list[Button] = []
    handed = (await overview.waiting(tx, list(by_id), ROWS))[:ROWS]
    handed += [owed for owed, _ in await Instead(tx).waiting_for(seats)]
    words = await Words.of(tx, (*found, *handed[:ROWS]))
    for n, owed in enumerate(found, 1):
        row, button = words.numbered("obligation.row_mine", n, owed, extra="")
        rows.append(row)
        opens.append(button)
    if total > len(found):
        rows.append(text("obligation.digest.more", n=total - len(found)))
    theirs: list[Param] = []
    for owed in handed[: ROWS - len(opens)]:
        who = await seat_words(tx, await people.seat(tx, owed.owner))
        row, button = words.numbered("obligation.row_theirs", len(opens) + 1, owed, owner=who, extra="")
        theirs.append(row)
        opens.append(button)
    if len(handed) > len(theirs):
        theirs.append(text("obligation.digest.more", n=len(handed) - len(theirs)))
    blocks = [lines(rows)] if rows else []
    if theirs:
        blocks.append(text("obligation.group.waiting", rows=lines(theirs)))
    buttons = (*in_rows(opens), (Button("button.mine", "om"),)) if opens else ()
    private = any(is_private(owed.subject_kind) for owed in (*found, *handed))
    return OpenMatters(total + len(handed), lines(blocks, "\n\n"), buttons, private)
