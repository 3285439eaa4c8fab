"""What an update says, read from the JSON as it came. python-telegram-bot's types are made only where a handler asks for them.

Making them took a fifth of the time of an answer: a press carries the whole message that it stands in (docs/performance.md).
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telegram import Update

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")


class Incoming:
    """`account` and `chat` are 0 where the update names none; `message` is the one written, or whose button was pressed."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.update_id = int(raw["update_id"])
        self.kind = next((kind for kind in KINDS if kind in raw), "")
        body: Mapping[str, Any] = raw[self.kind] if self.kind else next((each for each in raw.values() if isinstance(each, dict)), {})
        self.message: Mapping[str, Any] = (body.get("message") or {}) if self.kind == "callback_query" else body
        user, chat = body.get("from") or body.get("user") or {}, self.message.get("chat") or {}
        self.account = int(user.get("id") or chat.get("id") or 0)
        self.chat = int(chat.get("id") or self.account)
        self.language = str(user.get("language_code") or "zh")

    @property
    def message_id(self) -> int | None:
        return self.message.get("message_id")

    @property
    def press(self) -> Mapping[str, Any] | None:
        """The press on a button: `id` and `data`."""
        return self.raw.get("callback_query")

    def command(self, username: str) -> tuple[str, str] | None:
        """The name and what stands behind it; None: no command. One for another bot has no name."""
        first = next(iter(self.message.get("entities") or ()), None)
        if first is None or first["type"] != "bot_command" or first["offset"] != 0:
            return None
        words = str(self.message.get("text") or "")
        name, _, bot = words[1 : first["length"]].partition("@")
        if bot and bot.lower() != username.lower():
            return "", ""
        return name.lower(), " ".join(words.split()[1:])

    @cached_property
    def types(self) -> "Update":
        from telegram import Update  # with its HTTP client it takes 8 MB, and a tenth of a start

        return Update.de_json(dict(self.raw), None)
