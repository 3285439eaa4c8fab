"""Whether somebody who looks at a matter may pass on a word about it: its cards ask here."""

from collections.abc import Sequence

from domain.deadlines import local_date
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.speech import Button
from storage.tx import Tx


def is_close(seats: Sequence[Seat], of: Target) -> bool:
    """Who owes it or waits for it has ways of their own to speak about it."""
    return any(seat.id in of.owners | of.askers for seat in seats)


def relay_button(tx: Tx, seats: Sequence[Seat], of: Target, kind: str, subject: int) -> tuple[Button, ...]:
    actor = Actor(account=0, language="", lane="", seats=tuple(seats))
    if is_close(seats, of) or permit(actor, "matter.relay", of, tx.world, local_date(tx.now)) is None:
        return ()
    return (Button("button.relay", "vr", subject, arg=kind),)


def beside(rows: Sequence[Sequence[Button]], button: Button) -> tuple[tuple[Button, ...], ...]:
    """A button in the last row if it stands there alone, else below: cards stay short."""
    kept = [tuple(row) for row in rows if row]
    if kept and len(kept[-1]) == 1:
        return (*kept[:-1], (*kept[-1], button))
    return (*kept, (button,))
