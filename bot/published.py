"""The lists of commands that Telegram offers: one for everybody in private chats, one in each member's own chat, a few in groups."""

import hashlib
from collections.abc import Sequence
from typing import Any

from bot.render import Renderer
from bot.routes import COMMANDS, Command, in_order
from domain.people import Seat
from domain.permissions import may_start

IN_GROUPS = ("bind", "unbind", "help")


def listed(seats: Sequence[Seat], *, joined: bool) -> list[Command]:
    """What somebody with these seats may begin."""
    may = [each for each in in_order() if not each.needs or may_start(seats, each.needs)]
    return [each for each in may if each.listed and (joined or not each.members)]


def in_groups() -> list[Command]:
    """What is offered to all in a group: how it is bound, and the way to the private chat."""
    return [COMMANDS[name] for name in IN_GROUPS]


def payload(renderer: Renderer, commands: Sequence[Command], language: str) -> list[dict[str, Any]]:
    return [{"command": each.name, "description": renderer.plain(f"command.{each.name}", {}, language)} for each in commands]


def release() -> str:
    """Changes with the commands there are and who may begin them."""
    named = [f"{each.name}:{each.needs}:{each.listed}:{each.members}" for each in in_order()]
    return hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]
