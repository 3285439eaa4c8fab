"""What is open in somebody's hands, as a list with a button for each: told to whoever takes over, joins or comes back."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.matters import in_rows, numbered
from actions.subjects import is_private
from domain.people import Seat
from domain.speech import Button, Keyboard, Param, lines, text
from storage import overview
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
    """What these seats owe, the most pressing first."""
    by_id = {seat.id: seat for seat in seats}
    found, total = await overview.mine(tx, list(by_id), limit=ROWS, offset=0)
    rows: list[Param] = []
    opens: list[Button] = []
    for n, owed in enumerate(found, 1):
        row, button = await numbered(tx, "obligation.row_mine", n, owed, by_id[owed.owner], extra="")
        rows.append(row)
        opens.append(button)
    if total > len(found):
        rows.append(text("obligation.digest.more", n=total - len(found)))
    buttons = (*in_rows(opens), (Button("button.mine", "om"),)) if found else ()
    return OpenMatters(total, lines(rows), buttons, any(is_private(owed.subject_kind) for owed in found))
