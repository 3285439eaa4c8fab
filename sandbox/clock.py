"""The clock of the local Telegram: stands at the real time until it is moved, and runs on from where it was put."""

import time

from sandbox.errors import ControlError
from sandbox.waiting import Bell


class Clock:
    def __init__(self) -> None:
        self.offset = 0
        self.version = 1
        self._bell = Bell()

    def now(self) -> int:
        """Milliseconds UTC on the sandbox's own clock."""
        return time.time_ns() // 1_000_000 + self.offset

    def real(self) -> float:
        """Seconds of a clock that nobody can move: rates, waits and the life of a callback query follow it."""
        return time.monotonic()

    def move(self, *, now: int | None, advance_ms: int | None, force: bool) -> None:
        if (now is None) == (advance_ms is None):
            raise ControlError("give either now or advance_ms")
        step = advance_ms if advance_ms is not None else (now or 0) - self.now()
        if step < 0 and not force:
            raise ControlError("the clock only goes forward unless force is true")
        self.offset += step
        self.version += 1
        self._bell.ring()

    def state(self) -> dict[str, int]:
        return {"now": self.now(), "version": self.version, "offset": self.offset}

    async def wait_moved(self, known: int, seconds: float) -> None:
        await self._bell.until(seconds, lambda: self.version != known)
