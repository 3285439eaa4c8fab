"""Where the options of a choice come from. A form names a source; a source is `async (tx, actor, draft, query) -> list[Option]`.

`query` is what the person typed to narrow the list ("" for all).
"""

from collections.abc import Awaitable, Callable

from domain.forms import Draft, Option
from domain.people import Actor
from storage.tx import Tx

Source = Callable[[Tx, Actor, Draft, str], Awaitable[list[Option]]]
SOURCES: dict[str, Source] = {}


def source(name: str) -> Callable[[Source], Source]:
    def register(fn: Source) -> Source:
        SOURCES[name] = fn
        return fn

    return register


async def options(tx: Tx, actor: Actor, name: str, draft: Draft, query: str = "") -> list[Option]:
    found = await SOURCES[name](tx, actor, draft, query)
    if not query:
        return found
    folded = query.casefold()
    exact = [option for option in found if folded in {word.casefold() for word in option.words}]
    return exact or [option for option in found if any(folded in word.casefold() for word in option.words)]
