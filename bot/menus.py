"""The commands as menus show them: what somebody does every day, by the kind of rights, and the rest behind 更多."""

from collections.abc import Mapping
from typing import get_args

from actions.menu import Entry
from bot.routes import in_order
from domain.regime_parts import Rights

# In the order they stand; `menu.SHOWN` says how many. The key "" is for somebody without a seat; kinds not named here do the usual.
USUAL = ("mine", "tasks", "items", "calendar", "find", "settings", "help")
DAILY: Mapping[str, tuple[str, ...]] = {
    "": ("complain", "check", "apply", "help", "settings"),
    "office": ("mine", "overview", "assign", "waiting", "item", "items", "find"),
    "leader": ("mine", "overview", "assign", "waiting", "item", "items", "find"),
    "provincial": ("mine", "overview", "assign", "waiting", "item", "items", "find"),
    "inspector": ("mine", "item", "items", "tasks", "find", "calendar", "settings"),
    "supervisor": ("overview", "mine", "items", "tasks", "find", "calendar", "settings"),
    "audit": ("overview", "items", "tasks", "find", "mine", "settings", "help"),
}
KINDS = ("", *get_args(Rights))


def entries() -> tuple[Entry, ...]:
    """The commands that stand in menus; which of them a person sees is decided by the action."""
    return tuple(Entry(each.name, each.needs, each.members, _places(each.name)) for each in in_order() if each.menu)


def _places(name: str) -> dict[str, int]:
    """Where a command stands in the menu of each kind of rights; where it is not named, it is behind 更多."""
    daily = {kind: DAILY.get(kind, USUAL) for kind in KINDS}
    return {kind: names.index(name) for kind, names in daily.items() if name in names}
