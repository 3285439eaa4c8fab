"""What a card shows: for each kind of subject one function that reads the state and answers a message, or None once it is gone."""

from collections.abc import Awaitable, Callable

from domain.speech import Message
from storage.tx import Tx

Maker = Callable[[Tx, int, int | None], Awaitable[Message | None]]
CARDS: dict[str, Maker] = {}


def card(kind: str) -> Callable[[Maker], Maker]:
    """Register the maker of `kind`: `async (tx, subject id, viewing person or None) -> Message | None`."""

    def register(fn: Maker) -> Maker:
        CARDS[kind] = fn
        return fn

    return register


async def make(tx: Tx, kind: str, subject: int, viewer: int | None) -> Message | None:
    return await CARDS[kind](tx, subject, viewer)
