"""Intake: an update is acknowledged to Telegram only after its row is committed.

Polling: the offset moves after the insert. python-telegram-bot's own updater confirms it while handlers still run and loses what was in
memory at a crash, so it is not used. A webhook answers 200 after the insert (`bot/web/`). Both hand over only what the insert found new.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.api import Api, ApiError, ConflictError, UnauthorizedError, UnavailableError
from storage import inbox
from storage.db import Store
from storage.inbox import Stored
from storage.tx import Tx

log = structlog.get_logger()

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
YOUNG_SECONDS = 30  # a 409 in the first seconds of life: the other poller was here first, so we leave
PATIENCE_SECONDS = 60  # later it may be somebody who is about to leave: back off, leave when it stays
QUIET_SECONDS = 30  # without a 409 for so long, the next one is a new matter
# Telegram cuts off the poll that waits, so a newcomer's first poll hits the old hand. It polls again soon; that one hits the newcomer,
# who is young and leaves.
AGAIN_SECONDS = 1.0

STRANDED_MS = 120_000  # longer than the three tries of one that fails
STRAYS_AT_ONCE = 200

Take = Callable[[Sequence[Stored]], None]


class SecondPollerError(Exception):
    """Another process polls with this token."""


class WrongTokenError(Exception):
    """Telegram does not know the token."""


class Intake:
    """Stores raw updates and passes on the new ones. `take` is dispatch's door; it must not block."""

    def __init__(self, store: Store, take: Take) -> None:
        self._store = store
        self._take = take
        self._early: list[Stored] | None = None  # not None: nobody can handle anything yet

    def hold(self) -> None:
        """Until `leftovers`, store only: an earlier life's updates come first."""
        self._early = []

    async def store(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Returns after a durable commit. An answer does not wait for that one: it has a durable commit of its own, which holds this."""
        rows = [(self._store.vault.lane(sender(raw)), raw) for raw in updates]
        new = set(await self._store.unit(lambda tx: inbox.add(tx, rows), durable=False))
        stored = [Stored(raw["update_id"], lane, dict(raw)) for lane, raw in rows if raw["update_id"] in new]
        if self._early is None:
            self._take(stored)
            await asyncio.sleep(0)  # what a press asks for is in the row of units now, and shares the commit
        else:
            self._early += stored
        await self._store.unit(lambda tx: inbox.keep(tx, [raw["update_id"] for raw in updates]))

    async def leftovers(self) -> None:
        """What an earlier life stored and did not finish."""

        async def unit(tx: Tx) -> list[Stored]:
            return await inbox.waiting(tx)

        found = await self._store.read(unit)
        early, self._early = self._early or [], None
        self._take([*found, *early])  # one that is in both is passed over

    async def strays(self) -> None:
        """What another replica stored and did not finish: it died, or is slow.

        Nobody needs to know which: it cannot be done twice, since marking it done is part of the unit.
        """

        async def unit(tx: Tx) -> list[Stored]:
            return await inbox.stranded(tx, tx.now - STRANDED_MS, STRAYS_AT_ONCE)

        self._take(await self._store.read(unit))


class Rivalry:
    """Whether a 409 means that this process is the one to leave. Instants are seconds of a monotonic clock."""

    def __init__(self, born: float) -> None:
        self._born = born
        self._first = self._last = float(-QUIET_SECONDS)

    def must_leave(self, now: float) -> bool:
        """After each 409. Polls that came through in between do not end a rivalry: with traffic both get some."""
        if now - self._last > QUIET_SECONDS:
            self._first = now
        self._last = now
        return now - self._born < YOUNG_SECONDS or now - self._first > PATIENCE_SECONDS


class Poller:
    """`age`: for how many seconds this process polls already, so that tests need not wait until it is grown up."""

    def __init__(self, api: Api, store: Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]], *, age: float = 0.0) -> None:
        self._api = api
        self._store = store
        self._rivalry = Rivalry(time.monotonic() - age)

    async def run(self) -> None:
        offset, failures = 0, 0
        while True:
            try:
                updates = await self._poll(offset)
            except ConflictError as error:
                await self._stand_back(error)
                continue
            except UnauthorizedError as error:
                raise WrongTokenError from error
            except (UnavailableError, ApiError) as error:
                failures += 1
                log.warning("intake.unavailable", reason=str(error), failures=failures)
                await asyncio.sleep(min(15.0, 0.25 * 2 ** min(failures, 6)))
                continue
            failures = 0
            if updates:
                await self._store(updates)
                # Only now: the next getUpdates confirms everything below this offset.
                offset = updates[-1]["update_id"] + 1

    async def _poll(self, offset: int) -> list[dict[str, Any]]:
        payload = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": ALLOWED}
        found: list[dict[str, Any]] = await self._api.call("getUpdates", payload, seconds=POLL_SECONDS + 10)
        return found

    async def _stand_back(self, error: ConflictError) -> None:
        if "webhook" in error.description:
            raise SecondPollerError(
                "DUBAN_WEBHOOK_URL is empty, but a webhook is set for this token; set it, or call deleteWebhook"
            ) from error
        if self._rivalry.must_leave(time.monotonic()):
            raise SecondPollerError("DUBAN_BOT_TOKEN: another process polls with it; stop that one, or use a token of your own") from error
        log.warning("intake.rival")
        await asyncio.sleep(AGAIN_SECONDS)


def sender(raw: Mapping[str, Any]) -> int:
    """The lane's account: the sender's id, else the chat's, so that one person's texts and presses stay in order."""
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        if kind in raw:
            body = raw[kind]
            who = body.get("from") or body.get("chat") or {}
            return int(who.get("id", 0))
    return 0
