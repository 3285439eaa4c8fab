"""Where the options of a choice come from. A form names a source; a source is `async (tx, actor, draft, query) -> list[Option]`.

`query` is what the person typed to narrow the list ("" for all).
"""

from collections.abc import Awaitable, Callable

from domain.forms import Draft, Option
from domain.people import Actor
from domain.words import fold
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
    typed = fold(query)
    exact = [option for option in found if typed in {fold(word) for word in (*option.words, *option.longer)}]
    return exact or _parts(found, typed, lambda option: option.words) or _parts(found, typed, lambda option: option.longer)


def _parts(found: list[Option], typed: str, words: Callable[[Option], tuple[str, ...]]) -> list[Option]:
    return [option for option in found if any(typed in fold(word) for word in words(option))]
