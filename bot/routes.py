"""Which function hears what. A handler parses and calls one action; it registers itself here by decorator."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.context import Context

Handler = Callable[["Context"], Awaitable[None]]


@dataclass(frozen=True)
class Command:
    """`needs` is an action of the permission table: the menu shows the command to those who may. `listed` puts it into Telegram's list.

    `members`: it means nothing to somebody who has not joined. `group`: heard in groups, too; of all others a group learns nothing.
    """

    name: str
    handler: Handler
    needs: str = ""
    listed: bool = True
    menu: bool = True
    members: bool = False
    group: bool = False


COMMANDS: dict[str, Command] = {}
PRESSES: dict[str, Handler] = {}
GROUP_PRESSES: set[str] = set()

# How commands stand in menus and in Telegram's list: what is mine, what I give out and look up, what anybody may, what is about me.
ORDER = (
    "menu", "mine", "overview",
    "assign", "tasks", "waiting", "calendar", "item", "items", "complaints", "find",
    "invite", "invites", "roster", "relink", "ledger_import", "holidays", "bind", "unbind", "post", "forecast", "pause", "resume",
    "absence", "handover",
    "complain", "check", "apply",
    "settings", "whoami", "language", "help", "privacy", "leave", "cancel",
)  # fmt: skip


def command(
    name: str, *, needs: str = "", listed: bool = True, menu: bool = True, members: bool = False, group: bool = False
) -> Callable[[Handler], Handler]:
    """`/name`; the catalogue has `command.NAME` (Telegram's list and the menu's button), and `ORDER` its place there."""

    def register(handler: Handler) -> Handler:
        COMMANDS[name] = Command(name, handler, needs, listed, menu, members, group)
        return handler

    return register


def in_order() -> list[Command]:
    """All commands as people meet them; one that has no place yet comes before what anybody may."""
    last = ORDER.index("complain")
    return sorted(COMMANDS.values(), key=lambda each: (ORDER.index(each.name) if each.name in ORDER else last - 0.5, each.name))


def press(verb: str, *, group: bool = False) -> Callable[[Handler], Handler]:
    """A button whose callback data names `verb` (1 to 3 letters, one registry for the whole bot). `group`: it stands in groups."""
    if verb in PRESSES or not 1 <= len(verb) <= 3:
        raise ValueError(f"the button verb {verb!r} is taken or too long")
    if group:
        GROUP_PRESSES.add(verb)

    def register(handler: Handler) -> Handler:
        PRESSES[verb] = handler
        return handler

    return register
