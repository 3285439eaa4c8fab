"""Which function hears what. A handler parses and calls one action; it registers itself here by decorator."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.context import Context

Handler = Callable[["Context"], Awaitable[None]]


@dataclass(frozen=True)
class Command:
    """`needs` is an action of the permission table: the menu shows the command to those who may. `listed` puts it into Telegram's menu."""

    name: str
    handler: Handler
    needs: str = ""
    listed: bool = True
    menu: bool = True


COMMANDS: dict[str, Command] = {}
PRESSES: dict[str, Handler] = {}


def command(name: str, *, needs: str = "", listed: bool = True, menu: bool = True) -> Callable[[Handler], Handler]:
    """`/name`; the catalogue has `command.NAME` (Telegram's list and the menu's button)."""

    def register(handler: Handler) -> Handler:
        COMMANDS[name] = Command(name, handler, needs, listed, menu)
        return handler

    return register


def press(verb: str) -> Callable[[Handler], Handler]:
    """A button whose callback data names `verb` (1 to 3 letters, one registry for the whole bot)."""
    if verb in PRESSES or not 1 <= len(verb) <= 3:
        raise ValueError(f"the button verb {verb!r} is taken or too long")

    def register(handler: Handler) -> Handler:
        PRESSES[verb] = handler
        return handler

    return register
