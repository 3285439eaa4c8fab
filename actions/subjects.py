"""How lists, pings and digests speak of what an obligation is about, without knowing its noun.

Each noun registers one function; what it answers is all that anybody sees of the matter before opening it. A noun whose matters must not
show at all to those who merely look over a region (complaints) registers as `private`.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
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


Matter = tuple[str, int]  # a noun and its number
# `(tx, numbers)` → each: a list or a morning names many, and asks once.
Describe = Callable[[Tx, Collection[int]], Awaitable[Mapping[int, Subject]]]
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
    """Register a noun: `async (tx, subject ids) -> {id: Subject}`.

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


async def describe(tx: Tx, kind: str, subject_id: int) -> Subject:
    return (await NOUNS[kind].describe(tx, [subject_id]))[subject_id]


async def describe_all(tx: Tx, matters: Iterable[Matter]) -> dict[Matter, Subject]:
    """Many at once, a query or two a noun. What a noun does not find, or whose noun nobody registered, is not among them."""
    by_kind: dict[str, set[int]] = {}
    for kind, subject_id in matters:
        by_kind.setdefault(kind, set()).add(subject_id)
    found = {kind: await NOUNS[kind].describe(tx, sorted(ids)) for kind, ids in by_kind.items() if kind in NOUNS}
    return {(kind, subject_id): about for kind, abouts in found.items() for subject_id, about in abouts.items()}


def card_of(owed: Owed) -> str:
    """The card that shows how an obligation stands."""
    noun = NOUNS.get(owed.subject_kind)
    return f"{(noun.shown_on if noun else '') or owed.subject_kind}:{owed.subject}"


def is_private(kind: str) -> bool:
    return kind in NOUNS and NOUNS[kind].private


def private_kinds() -> tuple[str, ...]:
    return tuple(kind for kind, noun in NOUNS.items() if noun.private)
