"""Delivery: the one sender of a bot. Takes rows of the outbox, best first, keeps each chat's order, and paces.

What Telegram's answer means for a row: `bot/settling.py`.
The promise is at-least-once: a row goes only after Telegram accepted it, so a message doubles only where the process died between the
two, or the power went within a second. Rows in hand of a sender that died are counted when the next one takes over.
"""

import asyncio
import contextlib
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.api import Api, ApiError, MigratedError, SlowDownError, UnauthorizedError, UnavailableError
from bot.holder import is_dead
from bot.pacing import SPARE, Pacer, goes_first
from bot.parcels import Packer, Request, as_new
from bot.settling import Counts, Settling, is_gone
from storage import lease, outbox
from storage.db import Store
from storage.lease import Lease
from storage.outbox import Parcel
from storage.tx import Tx

log = structlog.get_logger()

LEASE_MS = 10_000
RENEW_SECONDS = 3.0
POLL_SECONDS = 0.1  # for rows another process wrote, and for business time that reached a `not_before`
PER_LANE = 4  # rows of one chat in hand: one that Telegram slows down must not keep the others waiting
LANDING_SECONDS = 3.0  # at the end: what is on its way gets this long to be answered, else it would be sent again
PACK_TRIES = 3


class ClosingError(Exception):
    """This process ends: the row is given back unsent."""


@dataclass
class Delivery:
    store: Store
    api: Api
    packer: Packer
    holder: str
    pacer: Pacer = field(default_factory=Pacer)
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self._settling = Settling(self.store, self.packer, self.counts)
        self._lease: Lease | None = None
        self._lanes: dict[str, deque[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsent: list[Parcel] = []  # of lanes that ended before their rows did
        self._news = self.store.listen("outbox")
        self._on_air = 0
        self._landed = asyncio.Event()
        self._closing = False
        self._broken: BaseException | None = None
        self._left = False  # when rows were last claimed, some may have been left because of lanes or hands that were busy
        self.fence = 0
        self.in_hand = 0
        self.sending = False  # this process holds the sender's lease

    async def run(self) -> None:
        """Send for as long as this process holds the sender's lease; wait for it otherwise."""
        try:
            while True:
                self._lease = await self._take()
                if self._lease is None:
                    await asyncio.sleep(RENEW_SECONDS)
                    continue
                await self._send_while_held(self._lease)
                await self._put_down()  # the rows are in another sender's hand now
        finally:
            await self._stop()

    async def _take(self) -> Lease | None:
        before = await self.store.read(lambda tx: lease.holder_of(tx, "sender"))
        dead = before if is_dead(before, self.holder) else ""
        return await self.store.unit(lambda tx: lease.take(tx, "sender", self.holder, LEASE_MS, dead))

    async def _send_while_held(self, held: Lease) -> None:
        stranded = await self.store.unit(lambda tx: outbox.reclaim(tx, held.fence))
        if stranded:
            self.counts.ambiguous += stranded
            log.warning("delivery.taken_over", in_hand_of_the_last_sender=stranded)
        renewing = asyncio.create_task(self._renew(held))
        self.fence = held.fence
        self.store.sender = self
        self.sending = told = True
        try:
            while not renewing.done():
                self._news.clear()
                if self._broken is not None:
                    raise self._broken
                if not await self._claim(held, sure=told):
                    told = await self._wait_for_news()
            renewing.result()
        finally:
            self.sending = False
            renewing.cancel()

    async def _wait_for_news(self) -> bool:
        # Not wait_for: until Python 3.12 it can swallow a cancellation that comes together with the news.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._news.wait()
        return self._news.is_set()

    async def _renew(self, held: Lease) -> None:
        """Ends when the lease is lost: then another sends, and this process must not."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if not await self.store.unit(lambda tx: lease.renew(tx, held, LEASE_MS)):
                log.warning("delivery.lease_lost")
                return

    async def _claim(self, held: Lease, *, sure: bool) -> bool:
        """Take what is due; whether there may be more at once. Without news it looks first: an idle bot must not keep the writer busy."""
        room = self.pacer.hands - self.in_hand
        full = room <= 0
        room += SPARE if full else 0
        self._left = room <= 0 or full or bool(self._lanes)
        if room <= 0 or not (sure or await self.store.read(outbox.first_waiting if full else outbox.due_waiting)):
            return False
        busy, most = list(self._lanes), 1 if full else PER_LANE

        async def unit(tx: Tx) -> list[Parcel]:
            if not await lease.held(tx, held):
                return []
            if full:
                return await outbox.claim_first(tx, held.fence, room, busy=busy)
            return await outbox.claim(tx, held.fence, room, busy=busy, per_lane=most)

        parcels = await self.store.unit(unit, durable=False)  # a claim that is lost leaves the row waiting, as it was
        for parcel in parcels:
            self._begin(parcel)
        more = len(parcels) >= room or most in Counter(parcel.lane for parcel in parcels).values()
        self._left = self._left or more
        return more

    def has_room(self, lane: str) -> bool:
        """Whether an answer need not wait to be claimed. Asked in the writer's thread: it only looks."""
        return self.sending and not self._closing and self.in_hand < self.pacer.hands and len(self._lanes.get(lane, ())) < PER_LANE

    def receive(self, parcels: Sequence[Parcel]) -> None:
        """Answers that were this sender's from the start, best first."""
        for parcel in sorted(parcels, key=lambda parcel: (parcel.priority, parcel.id)):
            if self.sending:
                self._begin(parcel)
            else:
                self._unsent.append(parcel)

    def _begin(self, parcel: Parcel) -> None:
        self.in_hand += 1
        if parcel.lane in self._lanes:
            self._lanes[parcel.lane].append(parcel)
            return
        self._lanes[parcel.lane] = deque([parcel])
        task = asyncio.create_task(self._send_lane(parcel.lane))
        self._tasks.add(task)
        task.add_done_callback(self._lane_ended)

    def _lane_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._broken = self._broken or error
        if self._left or error is not None:
            self._news.set()

    async def _send_lane(self, lane: str) -> None:
        """One chat's rows, one after the other."""
        waiting = self._lanes[lane]
        try:
            while waiting:
                await self._send_until_settled(waiting[0])
                waiting.popleft()
                self.in_hand -= 1
        except ClosingError:
            pass
        finally:
            self.in_hand -= len(waiting)
            self._unsent += waiting
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
                self.packer.moved(parcel.body["chat"], error.chat)
                await self._settling.follow(parcel.body["chat"], error.chat)
            else:
                return

    async def _send_once(self, parcel: Parcel) -> None:
        """Pack, send, settle. Raises what calls for another try; anything else is settled here."""
        try:
            request = await self._pack(parcel)
        except Exception as error:  # noqa: BLE001  whatever a text's maker raises must not stop the chat
            # The traceback names code and types; messages of exceptions may quote what a person typed, so they stay out.
            log.error("delivery.cannot_pack", row=parcel.id, error=type(error).__name__)  # noqa: TRY400
            await self._settling.aside(parcel, type(error).__name__)
            return
        if request is None:
            await self._settling.over(parcel)
            return
        if request.counts:
            await self.pacer.chat_turn(parcel.body["chat"], interactive=parcel.priority == 0)
        await self.pacer.turn(parcel.body["chat"], first=goes_first(parcel.priority))
        if self._closing:
            raise ClosingError
        self._on_air += 1
        try:
            await self._exchange(parcel, request)
        finally:
            self._on_air -= 1
            self._landed.set()

    async def _pack(self, parcel: Parcel) -> Request | None:
        """The request; tried again, since reading may fail in passing. A text that cannot be made will never be: the row goes aside."""
        for pause in (0.2,) * (PACK_TRIES - 1):
            try:
                return await self.packer.pack(parcel)
            except (KeyError, ValueError, TypeError, AttributeError, LookupError):
                raise
            except Exception as error:  # noqa: BLE001  the last try raises it
                log.warning("delivery.pack_again", row=parcel.id, error=type(error).__name__)
                await asyncio.sleep(pause)
        return await self.packer.pack(parcel)

    async def _exchange(self, parcel: Parcel, request: Request) -> None:
        """One request, and what Telegram's answer means for the row."""
        try:
            result = await self.api.call(request.method, request.payload, upload=request.upload)
        except (SlowDownError, MigratedError, UnauthorizedError):
            raise
        except ApiError as error:
            if is_gone(request, error):
                await self._exchange(parcel, as_new(request))
            else:
                await self._settling.refused(parcel, request, error)
        else:
            self.counts.sent += 1
            await self._settling.accepted(parcel, request, result)

    async def _put_down(self) -> None:
        """Let go of every row in hand without touching it."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._unsent.clear()

    async def _stop(self) -> None:
        """Hear the answers that are on their way, give back the rest, so that the next sender need not guess."""
        self._closing = True
        end = time.monotonic() + LANDING_SECONDS
        while self._on_air and (rest := end - time.monotonic()) > 0:
            self._landed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._landed.wait()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._lease is not None:
            await self.store.unit(_after_all_before)
            await self.store.unit(self._give_back)
        self.store.sender = None

    async def _give_back(self, tx: Tx) -> None:
        assert self._lease is not None
        for parcel in self._unsent:
            await outbox.give_back(tx, parcel.id, self._lease.fence)
        await lease.drop(tx, self._lease)


async def _after_all_before(_tx: Tx) -> None:
    """What earlier units answered has been received once this one is through."""
