"""Waking those who wait: long polls must answer the moment something happens."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any


class Bell:
    """Wakes everyone who waits at it."""

    def __init__(self) -> None:
        self._sleepers: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for sleeper in self._sleepers:
            if not sleeper.done():
                sleeper.set_result(None)
        self._sleepers.clear()

    async def wait(self, seconds: float) -> None:
        """Return at the next ring or after `seconds`."""
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.add(sleeper)
        try:
            await asyncio.wait_for(sleeper, seconds)
        except TimeoutError:
            pass
        finally:
            self._sleepers.discard(sleeper)

    async def until(self, seconds: float, ready: Callable[[], bool]) -> None:
        """Return when `ready` says so, asked again at each ring, or after `seconds`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not ready() and (rest := end - loop.time()) > 0:
            await self.wait(rest)


class Events:
    """Numbered notes that something changed in a chat, for whoever watches (`/control/wait`)."""

    # Enough for a watcher who looks away for a while; one who missed more reads the chat anew anyway.
    KEPT = 20_000

    def __init__(self) -> None:
        self.n = 0
        self._notes: deque[dict[str, Any]] = deque(maxlen=self.KEPT)
        self._bell = Bell()

    def add(self, kind: str, chat: int, user: int) -> None:
        self.n += 1
        self._notes.append({"n": self.n, "kind": kind, "chat": chat, "user": user})
        self._bell.ring()

    def after(self, n: int) -> list[dict[str, Any]]:
        missing = min(self.n - n, len(self._notes))
        return [self._notes[i] for i in range(-missing, 0)] if missing > 0 else []

    async def wait(self, after: int, seconds: float) -> list[dict[str, Any]]:
        await self._bell.until(seconds, lambda: self.n > after)
        return self.after(after)
