"""The queue of updates of one bot: what waits, who polls, and what was confirmed."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.clock import Clock
from sandbox.errors import conflict

JSON = dict[str, Any]

# Unless asked for, these are not sent (Bot API, getUpdates, allowed_updates).
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MESSAGE_LIFE_MS = 24 * 3600 * 1000
CALLBACK_LIFE_S = 150.0

TAKEN_OVER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(slots=True)
class Update:
    """`lane` orders deliveries through a webhook: messages queue by chat, callbacks by user."""

    id: int
    kind: str
    body: JSON
    lane: str
    born_ms: int
    born_real: float

    def api(self) -> JSON:
        return {"update_id": self.id, self.kind: self.body}


class UpdateQueue:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: OrderedDict[int, Update] = OrderedDict()
        self._next_id = 100_000_001
        self._poll: asyncio.Future[None] | None = None
        self.allowed: frozenset[str] | None = None
        self.confirmed = 0
        # Set while a webhook is active; it is handed each new update.
        self.push: Callable[[Update], None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def allow(self, kinds: Iterable[object] | None) -> None:
        """None keeps the list; an empty one goes back to the default. Unknown names are ignored, as Telegram does."""
        if kinds is not None:
            self.allowed = frozenset(str(kind) for kind in kinds) or None

    def add(self, kind: str, body: JSON, lane: str) -> None:
        # The list is applied here, when the update is made: a later change does not touch what waits already.
        if not self.wanted(kind):
            return
        update = Update(self._next_id, kind, body, lane, self._clock.now(), self._clock.real())
        self._next_id += 1
        self._waiting[update.id] = update
        if self.push is not None:
            self.push(update)
        elif self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def alive(self, update: Update) -> bool:
        if update.kind == "callback_query":
            return self._clock.real() - update.born_real <= CALLBACK_LIFE_S
        return self._clock.now() - update.born_ms <= MESSAGE_LIFE_MS

    def confirm(self, update_id: int) -> None:
        if self._waiting.pop(update_id, None) is not None:
            self.confirmed += 1

    def clear(self) -> None:
        self._waiting.clear()

    def waiting(self) -> list[Update]:
        return list(self._waiting.values())

    def _forget(self, offset: int) -> None:
        if offset < 0:
            offset = self._next_id + offset
        while self._waiting and next(iter(self._waiting)) < offset:
            self._waiting.popitem(last=False)
            self.confirmed += 1

    def _ready(self, limit: int) -> list[JSON]:
        ready: list[JSON] = []
        dead: list[int] = []
        for update in self._waiting.values():
            if len(ready) == limit:
                break
            if self.alive(update):
                ready.append(update.api())
            else:
                dead.append(update.id)
        for update_id in dead:
            del self._waiting[update_id]
        return ready

    def interrupt(self, description: str) -> None:
        """Answer the waiting poll, if there is one, with 409."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict(description))
        self._poll = None

    async def poll(self, offset: int, limit: int, seconds: float) -> list[JSON]:
        """Answer as soon as something waits, else after `seconds`. A newer poll makes the older one fail."""
        if self.push is not None:
            raise conflict(WEBHOOK_ACTIVE)
        self.interrupt(TAKEN_OVER)
        self._forget(offset)
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not (ready := self._ready(limit)) and (rest := end - loop.time()) > 0:
            await self._sleep(rest)
        return ready

    async def _sleep(self, seconds: float) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = mine
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(mine, seconds)
        finally:
            if self._poll is mine:
                self._poll = None
