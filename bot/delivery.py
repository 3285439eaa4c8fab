"""Delivery: the one sender of a bot. Takes rows of the outbox, best first, keeps each chat's order, paces, and settles each row.

The promise is at-least-once: a row goes only after Telegram accepted it, so a message doubles only where the process died between the
two. Rows in hand of a sender that died are counted when the next one takes over.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.api import Api, ApiError, BadRequestError, ForbiddenError, MigratedError, SlowDownError, UnauthorizedError, UnavailableError
from bot.pacing import Pacer
from bot.parcels import Packer, Request, as_new
from storage import cards, lease, outbox, people
from storage.db import Store
from storage.lease import Lease
from storage.outbox import Parcel
from storage.tx import Tx

log = structlog.get_logger()

LEASE_MS = 10_000
RENEW_SECONDS = 3.0
POLL_SECONDS = 0.1  # for rows another process wrote, and for business time that reached a `not_before`
IN_HAND = 64
# What says that the wish is fulfilled already, or can no longer be.
SETTLED = (
    "message is not modified",
    "message to delete not found",
    "message can't be deleted",
)
GONE = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
NO_CHAT = ("chat not found", "PEER_ID_INVALID")


@dataclass
class Counts:
    """What /metrics tells: sends by result; `ambiguous` may have doubled a message."""

    sent: int = 0
    retried: int = 0
    ambiguous: int = 0
    aside: int = 0
    slowed: int = 0


@dataclass
class Delivery:
    store: Store
    api: Api
    packer: Packer
    holder: str
    pacer: Pacer = field(default_factory=Pacer)
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self._lease: Lease | None = None
        self._lanes: dict[str, deque[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = self.store.listen("outbox")
        self.in_hand = 0

    async def run(self) -> None:
        """Send for as long as this process holds the sender's lease; wait for it otherwise."""
        try:
            while True:
                self._lease = await self.store.unit(lambda tx: lease.take(tx, "sender", self.holder, LEASE_MS))
                if self._lease is None:
                    await asyncio.sleep(RENEW_SECONDS)
                    continue
                await self._send_while_held(self._lease)
        finally:
            await self._stop()

    async def _send_while_held(self, held: Lease) -> None:
        stranded = await self.store.unit(lambda tx: outbox.reclaim(tx, held.fence))
        if stranded:
            self.counts.ambiguous += stranded
            log.warning("delivery.taken_over", in_hand_of_the_last_sender=stranded)
        renewing = asyncio.create_task(self._renew(held))
        try:
            while not renewing.done():
                self._news.clear()
                if await self._claim(held) == 0:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), POLL_SECONDS)
        finally:
            renewing.cancel()

    async def _renew(self, held: Lease) -> None:
        """Ends when the lease is lost: then another sends, and this process must not."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if not await self.store.unit(lambda tx: lease.renew(tx, held, LEASE_MS)):
                log.warning("delivery.lease_lost")
                return

    async def _claim(self, held: Lease) -> int:
        room = IN_HAND - self.in_hand
        if room <= 0 or not await self.store.read(outbox.due_waiting):
            return 0

        async def unit(tx: Tx) -> list[Parcel]:
            return await outbox.claim(tx, held.fence, room) if await lease.held(tx, held) else []

        parcels = await self.store.unit(unit)
        for parcel in parcels:
            self.in_hand += 1
            if parcel.lane in self._lanes:
                self._lanes[parcel.lane].append(parcel)
                continue
            self._lanes[parcel.lane] = deque([parcel])
            task = asyncio.create_task(self._send_lane(parcel.lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(parcels)

    async def _send_lane(self, lane: str) -> None:
        """One chat's rows, one after the other."""
        waiting = self._lanes[lane]
        try:
            while waiting:
                await self._send_until_settled(waiting[0])
                waiting.popleft()
                self.in_hand -= 1
                self._news.set()
        finally:
            self.in_hand -= len(waiting)
            del self._lanes[lane]

    async def _send_until_settled(self, parcel: Parcel) -> None:
        backoff = 0.5
        while True:
            try:
                await self._send_once(parcel)
            except SlowDownError as error:
                self.counts.slowed += 1
                self.pacer.pause(error.retry_after, parcel.body["chat"])
            except UnavailableError as error:
                self.counts.ambiguous += error.ambiguous
                self.counts.retried += 1
                log.warning("delivery.unavailable", reason=str(error), again_in=backoff)
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, 30.0)
            except MigratedError as error:
                parcel.body["chat"] = error.chat
            else:
                return

    async def _send_once(self, parcel: Parcel) -> None:
        """Pack, send, settle. Raises what calls for another try; anything else is settled here."""
        try:
            request = await self.packer.pack(parcel)
        except (KeyError, ValueError, LookupError, OSError) as error:
            # A text that cannot be made will not be made by trying again; the row stays for whoever mends it.
            log.exception("delivery.cannot_pack", row=parcel.id)
            await self._aside(parcel, f"{type(error).__name__}: {error}")
            return
        if request is None:
            await self._settle(parcel, lambda tx: outbox.sent(tx, parcel.id))
            return
        try:
            await self._request(parcel, request)
        except (SlowDownError, MigratedError):
            raise
        except ForbiddenError as error:
            await self._unreachable(parcel, error)
        except UnauthorizedError:
            raise
        except BadRequestError as error:
            await self._refused(parcel, request, error)

    async def _request(self, parcel: Parcel, request: Request) -> None:
        if request.counts:
            await self.pacer.chat_turn(parcel.body["chat"], interactive=parcel.priority == 0)
        await self.pacer.turn()
        result = await self.api.call(request.method, request.payload, upload=request.upload)
        self.counts.sent += 1
        await self._accepted(parcel, request, result)

    async def _accepted(self, parcel: Parcel, request: Request, result: Any) -> None:
        async def unit(tx: Tx) -> None:
            await outbox.sent(tx, parcel.id)
            if request.card is not None:
                await cards.shown(tx, request.card.id, int(result["message_id"]), request.shown)

        await self._settle(parcel, unit)

    async def _refused(self, parcel: Parcel, request: Request, error: ApiError) -> None:
        if any(word in error.description for word in SETTLED):
            await self._settle(parcel, lambda tx: outbox.sent(tx, parcel.id))
        elif request.card is not None and request.method.startswith("edit") and any(word in error.description for word in GONE):
            await self._request(parcel, as_new(request))
        elif request.method.startswith(("edit", "delete")):
            await self._settle(parcel, lambda tx: outbox.sent(tx, parcel.id))
        elif any(word in error.description for word in NO_CHAT):
            await self._unreachable(parcel, error)
        else:
            log.error("delivery.refused", row=parcel.id, method=request.method, description=error.description)
            await self._aside(parcel, error.description)

    async def _unreachable(self, parcel: Parcel, error: ApiError) -> None:
        """Blocked, deactivated, never written: known at once, so that the next escalation step passes this person by."""

        async def unit(tx: Tx) -> None:
            await outbox.set_aside(tx, parcel.id, error.description)
            if parcel.body["person"] is not None:
                await people.set_unreachable(tx, parcel.body["person"], tx.now)
                tx.touch("obligations")

        self.counts.aside += 1
        log.warning("delivery.unreachable", row=parcel.id, description=error.description)
        await self._settle(parcel, unit)

    async def _aside(self, parcel: Parcel, error: str) -> None:
        self.counts.aside += 1
        await self._settle(parcel, lambda tx: outbox.set_aside(tx, parcel.id, error[:500]))

    async def _settle(self, parcel: Parcel, unit: Callable[[Tx], Awaitable[None]]) -> None:
        await self.store.unit(unit, origin=f"d{parcel.id}")

    async def _stop(self) -> None:
        """Give back what is not on its way, so that the next sender need not guess."""
        tasks = list(self._tasks)
        held = [parcel for lane in self._lanes.values() for parcel in lane]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._lease is not None:
            taken = self._lease

            async def unit(tx: Tx) -> None:
                for parcel in held:
                    await outbox.give_back(tx, parcel.id)
                await lease.drop(tx, taken)

            await self.store.unit(unit)
