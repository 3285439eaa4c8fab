"""Dispatch: updates of one lane in order, different lanes at the same time, each handled exactly once.

Success is that the unit marked the row done, not that nothing was raised. A row that fails is tried three times within ten seconds,
then set aside with a reference number that the person is given, and the lane goes on.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from actions.perform import DoneBeforeError
from bot.insist import insist
from domain.speech import To
from storage import inbox, outbox
from storage.db import Store, StoreClosedError
from storage.inbox import Stored
from storage.tx import Tx

log = structlog.get_logger()

PAUSES = (0.5, 3.0)  # between the three tries
AT_ONCE = 256


class Dispatch:
    """`handle` processes one raw update; it returns after its unit is committed. `broken` hears of a lane that cannot go on."""

    def __init__(self, store: Store, handle: Callable[[Stored], Awaitable[None]], broken: Callable[[BaseException], None]) -> None:
        self._store = store
        self._handle = handle
        self._broken = broken
        self._lanes: dict[str, deque[Stored]] = {}
        self._held: set[int] = set()  # what waits or runs here: offered again, it is passed over
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)

    def take(self, updates: Sequence[Stored]) -> None:
        for stored in updates:
            if stored.update_id in self._held:
                continue
            self._held.add(stored.update_id)
            if stored.lane in self._lanes:
                self._lanes[stored.lane].append(stored)
                continue
            self._lanes[stored.lane] = deque([stored])
            task = asyncio.create_task(self._run_lane(stored.lane))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A lane that ends by an error (the database is away for good) would stay silent: the program must end, the next start goes on."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._broken(error)

    @property
    def busy(self) -> int:
        return len(self._lanes)

    async def _run_lane(self, lane: str) -> None:
        waiting = self._lanes[lane]
        try:
            while waiting:
                async with self._slots:
                    await self._try(waiting[0])
                self._held.discard(waiting.popleft().update_id)
        except StoreClosedError:
            log.info("dispatch.closed")  # the rows are still in the inbox: the next start finds them
        finally:
            self._held.difference_update(stored.update_id for stored in waiting)
            del self._lanes[lane]

    async def _try(self, stored: Stored) -> None:
        for pause in (*PAUSES, None):
            try:
                await self._handle(stored)
            except DoneBeforeError:
                return
            except StoreClosedError:
                raise
            except Exception as error:  # noqa: BLE001  whatever a handler raises must not stop the lane
                await self._failed(stored, error, last=pause is None)
                if pause is not None:
                    await asyncio.sleep(pause)
            else:
                return

    async def _failed(self, stored: Stored, error: Exception, *, last: bool) -> None:
        reference = secrets.token_hex(4).upper()
        # The traceback names code and types; messages of exceptions may quote what a person typed, so they stay out.
        log.error(
            "dispatch.failed", update_id=stored.update_id, error=type(error).__name__, last=last, reference=reference, where=_where(error)
        )

        async def unit(tx: Tx) -> None:
            if not last:
                await inbox.tried(tx, stored.update_id, type(error).__name__)
                return
            await inbox.set_aside(tx, stored.update_id, type(error).__name__, reference)
            to = _answer_to(stored.raw)
            if to is not None:
                tx.answering = tx.vault.lane(to.chat)
                await outbox.say(tx, to, "error.reference", {"reference": reference}, once=f"aside:{stored.update_id}")

        await insist(lambda: self._store.unit(unit))

    async def close(self) -> None:
        """Finish nothing new; what is cut short is in the inbox still."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _where(error: BaseException) -> list[str]:
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {trace.tb_frame.f_code.co_name}")
        trace = trace.tb_next
    return frames[-6:]


def _answer_to(raw: dict[str, Any]) -> To | None:
    body = raw.get("message") or raw.get("callback_query") or raw.get("edited_message")
    if body is None or "from" not in body:
        return None
    sender = body["from"]
    return To(int(sender["id"]), None, str(sender.get("language_code", "zh")))
