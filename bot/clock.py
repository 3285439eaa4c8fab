"""Business time. The real one, or (loopback only) the local Telegram's movable one; pacing, leases and retries always use real time."""

import asyncio
import time
from collections.abc import Callable

import aiohttp
import structlog

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
        try:
            async with aiohttp.ClientSession() as session:
                await self._ask(session, {})
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            raise ClockAwayError from error

    async def follow(self, moved: Callable[[], None]) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    query = {"timeout": "20"} | ({} if self._version is None else {"known": str(self._version)})
                    before = self._version
                    await self._ask(session, query)
                    if self._version != before:
                        moved()
                except (aiohttp.ClientError, TimeoutError):
                    log.warning("clock.unavailable")
                    await asyncio.sleep(0.5)

    async def _ask(self, session: aiohttp.ClientSession, query: dict[str, str]) -> None:
        async with session.get(self._url, params=query, timeout=aiohttp.ClientTimeout(total=30)) as response:
            answer = await response.json()
        self._offset, self._version = int(answer["offset"]), int(answer["version"])
