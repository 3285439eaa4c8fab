"""What a handler gets: the update, who sent it, and the three things it may do: one action, a read, an answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from actions import reach
from actions.perform import Caller, Words, perform, reply
from bot.callbacks import Press
from bot.incoming import Incoming
from bot.services import Services
from domain.complaints import looks_like_receipt
from domain.forms import Reply
from domain.outcome import Outcome, Refusal
from domain.people import Actor
from domain.speech import Keyboard, Param
from domain.words import clean_text
from storage import people
from storage.tx import Tx

T = TypeVar("T")


@dataclass
class Context:
    services: Services
    incoming: Incoming
    account: int
    chat: int
    language: str  # Telegram's word for it; a registered person's own choice counts where text is made
    args: str = ""  # what stood behind a command
    press: Press | None = None
    content: Reply | None = None  # words, a stored file, a place, or something strange
    toast: str = ""
    acted: bool = field(default=False)

    @property
    def words(self) -> str:
        """What stood behind the command, fit to be kept."""
        return clean_text(self.args).strip()

    @property
    def private(self) -> bool:
        return self.chat == self.account

    @property
    def message_id(self) -> int | None:
        """The message that was written, or whose button was pressed."""
        return self.incoming.message_id

    @property
    def receipt_message(self) -> int | None:
        """This message, where it seems to hold a complaint's receipt."""
        words = self.incoming.message.get("text") or self.incoming.message.get("caption") or ""
        return self.message_id if looks_like_receipt(words) else None

    async def do(self, verb: Any, given: Any) -> Outcome:
        """Perform the one action of this update. A refusal is a toast on a press, else a sentence in the chat."""
        self.acted = True
        pressed = self.message_id if self.press is not None and self.private else None
        caller = Caller(self.account, self.chat, self.language, self.incoming.update_id, quiet=self.press is not None, pressed=pressed)
        outcome = await perform(self.services.store, caller, verb, given)
        if isinstance(outcome, Refusal) and self.press is not None and not outcome.buttons:
            await self.answer(f"refusal.{outcome.code}", outcome.data, alert=True)
        return outcome

    async def read(self, fn: Callable[[Tx, Actor], Awaitable[T]]) -> T:
        """Read on a snapshot, with whoever sent the update as the actor."""

        async def unit(tx: Tx) -> T:
            return await fn(tx, await people.actor(tx, self.account, self.language))

        return await self.services.store.read(unit)

    async def reply(
        self, key: str, params: Mapping[str, Param] | None = None, buttons: Keyboard = (), file: dict[str, Any] | None = None
    ) -> None:
        """Say a catalogue text and mark the update done: the one action of an update that changes nothing."""
        await self.do(reply, Words(key, dict(params or {}), buttons, file))

    async def nothing(self) -> None:
        """Mark the update done and say nothing."""
        await self.do(reach.nothing, None)

    async def answer(self, key: str, params: Mapping[str, Param] | None = None, *, alert: bool = False) -> None:
        """The toast (or dialog) on a pressed button. Nothing depends on it: a press that is too old is not answered any more."""
        if self.incoming.press is None or self.toast:
            return
        self.toast = key or "-"
        if key:
            self.language = await self.read(_own_language)
        await self.services.answer_press(self, key, params or {}, alert=alert)


async def _own_language(_tx: Tx, actor: Actor) -> str:
    return actor.language
