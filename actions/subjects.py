"""How lists, pings and digests speak of what an obligation is about, without knowing its noun.

Each noun registers one function; what it answers is all that anybody sees of the matter before opening it. A noun whose matters must not
show at all to those who merely look over a region (complaints) registers as `private`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from domain.obligations import Owed
from domain.people import Actor, Seat
from domain.speech import Button, Keyboard, Param
from storage.tx import Tx


@dataclass(frozen=True)
class Subject:
    """`number` is the visible one, `title` a short name (somebody's words or a typed parameter), `open` the button that shows the matter.

    `open` needs a verb and an id only; its text is made by the list it stands in.
    """

    number: str
    title: Param
    open: Button


Describe = Callable[[Tx, int, Seat | None], Awaitable[Subject]]
Buttons = Callable[[Owed, Seat], Keyboard]
Reaches = Callable[[Tx, int, Seat], Awaitable[bool]]
# `(tx, owed, the creditor's seat)` → what settles something that was handed in, in one press.
Settle = Callable[[Tx, Owed, Seat], Awaitable[Keyboard]]
# `(tx, actor, owed)`: what follows from 收到, beside its being on record.
Acked = Callable[[Tx, Actor, Owed], Awaitable[None]]
# `(subject id, words, files)` → the action that adds them to the matter's history, and its input.
Attach = Callable[[int, str, list[dict[str, Any]]], tuple[Any, Any]]


def no_buttons(_owed: Owed, _seat: Seat) -> Keyboard:
    return ()


async def everyone(_tx: Tx, _subject: int, _seat: Seat) -> bool:
    return True


@dataclass(frozen=True)
class Noun:
    describe: Describe
    buttons: Buttons
    reaches: Reaches
    private: bool
    attach: Attach | None = None
    acked: Acked | None = None
    shown_on: str = ""
    hours: bool = False


NOUNS: dict[str, Noun] = {}
SETTLES: dict[str, Settle] = {}


def subject(
    kind: str,
    *,
    buttons: Buttons = no_buttons,
    reaches: Reaches = everyone,
    private: bool = False,
    attach: Attach | None = None,
    acked: Acked | None = None,
    shown_on: str = "",
    hours: bool = False,
) -> Callable[[Describe], Describe]:
    """Register a noun: `async (tx, subject id, viewing seat or None) -> Subject`.

    `buttons(owed, seat)`: what the owner may press under a ping, beside opening the matter. `reaches`: whether an escalation may come
    to this seat at all (a complaint never reaches whom it is about). `private`: left out of overviews and of digests over a region.
    `attach`: how words or files that came without a conversation become progress of this matter (without it they cannot).
    `acked`: what follows when its receipt is confirmed. `shown_on`: the kind of card it stands on, where it has none of its own.
    `hours`: people give its due date a time of day where they want to.
    """

    def register(fn: Describe) -> Describe:
        NOUNS[kind] = Noun(fn, buttons, reaches, private, attach, acked, shown_on, hours)
        return fn

    return register


def settles(kind: str) -> Callable[[Settle], Settle]:
    """Register what whoever a noun's matter was handed in to may press right under the digest."""

    def register(fn: Settle) -> Settle:
        SETTLES[kind] = fn
        return fn

    return register


async def describe(tx: Tx, kind: str, subject_id: int, viewer: Seat | None) -> Subject:
    return await NOUNS[kind].describe(tx, subject_id, viewer)


def card_of(owed: Owed) -> str:
    """The card that shows how an obligation stands."""
    noun = NOUNS.get(owed.subject_kind)
    return f"{(noun.shown_on if noun else '') or owed.subject_kind}:{owed.subject}"


def is_private(kind: str) -> bool:
    return kind in NOUNS and NOUNS[kind].private


def private_kinds() -> tuple[str, ...]:
    return tuple(kind for kind, noun in NOUNS.items() if noun.private)
