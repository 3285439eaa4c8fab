"""Obligations from the side of the nouns: put one on record, hand it in, accept, send back, withdraw. Called inside a unit of work."""

from datetime import date

from domain.obligations import Owed
from domain.people import Seat
from storage.tx import Tx


async def owe(
    tx: Tx,
    *,
    regime: str,
    duty: str,
    subject: tuple[str, int],
    owner: Seat,
    creditor: Seat | None,
    region: str,
    due: date | None = None,
    due_at: int | None = None,
    parent: int | None = None,
) -> int:
    """Put a duty on record and plan its countdown. Without `due` the duty's own limit counts from today; `due_at` is an exact instant."""
    raise NotImplementedError


async def get(tx: Tx, obligation_id: int) -> Owed:
    raise NotImplementedError


async def hand_in(tx: Tx, obligation_id: int) -> None:
    """open → handed_in: the clock stands. Where the duty is accepted automatically the noun calls `finish` instead."""
    raise NotImplementedError


async def accept(tx: Tx, obligation_id: int) -> None:
    """handed_in → done."""
    raise NotImplementedError


async def send_back(tx: Tx, obligation_id: int) -> None:
    """handed_in → open, with the old due date."""
    raise NotImplementedError


async def withdraw(tx: Tx, obligation_id: int) -> None:
    """open or handed_in → withdrawn."""
    raise NotImplementedError


async def finish(tx: Tx, obligation_id: int) -> None:
    """open or handed_in → done."""
    raise NotImplementedError


async def reschedule(tx: Tx, obligation_id: int, due: date) -> None:
    """A new due date, in the same transaction planned again."""
    raise NotImplementedError


async def live_of(tx: Tx, kind: str, subject_id: int, duty: str | None = None) -> list[Owed]:
    """What is open or handed in about this subject, oldest first."""
    raise NotImplementedError
