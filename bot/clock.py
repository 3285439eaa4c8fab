"""Business time. The real one, or (loopback only) the local Telegram's movable one; pacing, leases and retries always use real time."""

import asyncio
import json
import time
from collections.abc import Callable

import structlog

from bot.transport import BrokenError, NotSentError, Transport

log = structlog.get_logger()


def real_now() -> int:
    return time.time_ns() // 1_000_000


class ClockAwayError(Exception):
    """Nobody answers where the sandbox's clock should be."""


class FollowedClock:
    """Real time plus the offset that a sandbox's clock was moved by; `moved` is called after each move."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/control/clock"
        self._offset = 0
        self._version: int | None = None

    def __call__(self) -> int:
        return real_now() + self._offset

    async def read(self) -> None:
        """Take the offset over once; at start, before anything is timed."""
        async with Transport(connections=1) as transport:
            await self._ask(transport, self._url)

    async def follow(self, moved: Callable[[], None]) -> None:
        async with Transport(connections=1) as transport:
            while True:
                try:
                    before = self._version
                    await self._ask(transport, f"{self._url}?timeout=20" + ("" if before is None else f"&known={before}"))
                    if self._version != before:
                        moved()
                except ClockAwayError:
                    log.warning("clock.unavailable")
                    await asyncio.sleep(0.5)

    async def _ask(self, transport: Transport, url: str) -> None:
        try:
            _, body = await transport.get(url, 30)
            answer = json.loads(body)
            self._offset, self._version = int(answer["offset"]), int(answer["version"])
        except (NotSentError, BrokenError, ValueError, KeyError, TypeError) as error:
            raise ClockAwayError from error
