"""What the composition root hands to everybody at the edge."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.render import Renderer
from domain.speech import Param
from storage.db import Store
from storage.files import Files


class PressAnswerer(Protocol):
    def __call__(self, context: Any, key: str, params: Mapping[str, Param], *, alert: bool) -> Awaitable[None]: ...


@dataclass
class Services:
    store: Store
    files: Files
    renderer: Renderer
    answer_press: PressAnswerer
    username: str = ""  # the bot's, for deep links
    fetch: Callable[..., Any] | None = None
