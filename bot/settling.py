"""What Telegram's answer to a request means for the row it came from: gone, aside, or again another way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from actions import groups, reaching
from bot import traces
from bot.api import ApiError, ForbiddenError
from bot.insist import insist
from bot.parcels import Packer, Request
from storage import cards, group_chats, outbox
from storage.cards import Card
from storage.db import Store
from storage.outbox import Parcel
from storage.tx import Tx

log = structlog.get_logger()

# What says that the wish is fulfilled already, or can no longer be.
SETTLED = ("message is not modified", "message to delete not found")
TOO_OLD = ("message can't be deleted",)
GONE = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
NO_CHAT = ("chat not found", "PEER_ID_INVALID")
MUTED = ("not enough rights to send", "CHAT_WRITE_FORBIDDEN", "have no rights to send")  # a group that lets the bot look on only


@dataclass
class Counts:
    """What /metrics tells: sends by result; `ambiguous` may have doubled a message."""

    sent: int = 0
    retried: int = 0
    ambiguous: int = 0
    aside: int = 0
    slowed: int = 0


def is_gone(request: Request, error: ApiError) -> bool:
    """The card's old message is not there any more: a new one takes its place."""
    return request.card is not None and request.method.startswith("edit") and _says(error, GONE)


@dataclass
class Settling:
    store: Store
    packer: Packer
    counts: Counts

    async def over(self, parcel: Parcel) -> None:
        """Nothing is left to do."""
        await self._settle(lambda tx: outbox.sent(tx, parcel.id))

    async def accepted(self, parcel: Parcel, request: Request, result: Any) -> None:
        async def unit(tx: Tx) -> None:
            if request.taken_back is not None:
                await traces.taken_back(tx, parcel, request.taken_back)
                return
            await outbox.sent(tx, parcel.id)
            await traces.accepted(tx, parcel, request, result)
            if request.card is None:
                return
            message = int(result["message_id"])
            if not await cards.shown(tx, request.card, message, request.shown) and request.sends:
                await _left_over(tx, request.card, message)

        await self._settle(unit)

    async def refused(self, parcel: Parcel, request: Request, error: ApiError) -> None:
        batch = request.taken_back
        if batch is not None:
            await self._settle(lambda tx: traces.not_taken_back(tx, parcel, batch, error))
        elif isinstance(error, ForbiddenError):
            await self._unreachable(parcel, error)
        elif _says(error, SETTLED):
            await self._settled_before(parcel, request)
        elif _says(error, TOO_OLD):
            await self._too_old(parcel, request.payload["message_id"])
        elif request.method.startswith(("edit", "delete", "setMy")):
            await self.over(parcel)
        elif _says(error, NO_CHAT) or _says(error, MUTED):
            await self._unreachable(parcel, error)
        else:
            log.error("delivery.refused", row=parcel.id, method=request.method, description=error.description)
            await self.aside(parcel, error.description)

    async def _too_old(self, parcel: Parcel, message_id: int) -> None:
        async def unit(tx: Tx) -> None:
            await outbox.sent(tx, parcel.id)
            await traces.too_old_to_delete(tx, parcel, message_id)

        await self._settle(unit)

    async def _settled_before(self, parcel: Parcel, request: Request) -> None:
        """An earlier try did it, and its answer was lost."""

        async def unit(tx: Tx) -> None:
            await outbox.sent(tx, parcel.id)
            await traces.accepted(tx, parcel, request, None)
            if request.card is not None:
                await cards.shown(tx, request.card, int(request.payload["message_id"]), request.shown)

        await self._settle(unit)

    async def _unreachable(self, parcel: Parcel, error: ApiError) -> None:
        """Blocked, deactivated, never written, thrown out of a group: known at once, so that nothing more goes there."""

        async def unit(tx: Tx) -> None:
            await outbox.set_aside(tx, parcel.id, error.description)
            if parcel.body["person"] is not None:
                await reaching.lost(tx, parcel.body["person"], parcel.body["chat"])
            else:
                await groups.lost(tx, self.packer.now(parcel.body["chat"]))

        self.counts.aside += 1
        log.warning("delivery.unreachable", row=parcel.id, description=error.description)
        await self._settle(unit)

    async def follow(self, was: int, now: int) -> None:
        """A group that became a supergroup keeps what it was bound to."""
        await self._settle(lambda tx: group_chats.move(tx, was, now))

    async def aside(self, parcel: Parcel, error: str) -> None:
        self.counts.aside += 1
        await self._settle(lambda tx: outbox.set_aside(tx, parcel.id, error[:500]))

    async def _settle(self, unit: Callable[[Tx], Awaitable[None]]) -> None:
        """Insist on it: Telegram has the message, and what is not on record would be sent again.

        Nobody waits for it, but whoever answers at once would wait for its fsync: so it reaches the disk a moment later.
        """
        await insist(lambda: self.store.unit(unit, durable=False))


async def _left_over(tx: Tx, card: Card, message: int) -> None:
    """The card was moved or dropped while this was under way: the message is nobody's, unless it was moved here (by its own button)."""
    now = await cards.get(tx, card.id)
    if now is None or now.message_id != message:
        await outbox.strip(tx, card.to, message)


def _says(error: ApiError, words: tuple[str, ...]) -> bool:
    return any(word in error.description for word in words)
