"""How fast a bot may send. Telegram publishes the sizes, not the method, so the numbers below are the sandbox's reading of them:

- the whole bot: a bucket of 30 that refills with 30 a second;
- one chat: a bucket of 4 that refills with 1 a second ("short bursts pass");
- a group: besides, at most 20 in any 60 seconds.

Only what puts a new message into a chat counts; edits, deletions and answers do not. An album counts once in its chat and once per
picture for the bot and for a group. A refused request costs nothing.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.errors import ApiError

GROUP_WINDOW_S = 60.0


@dataclass(slots=True)
class _Bucket:
    size: float
    per_second: float
    level: float
    at: float

    def wait(self, now: float, count: float) -> float:
        """Seconds until `count` fit, 0 if they do."""
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        return max(0.0, (min(count, self.size) - self.level) / self.per_second)


class Rates:
    def __init__(self, real: Callable[[], float]) -> None:
        self._real = real
        self.enabled = True
        self.overall = 30.0
        self.chat_burst = 4.0
        self.chat_per_second = 1.0
        self.group_per_minute = 20
        self._bots: dict[int, _Bucket] = {}
        self._chats: dict[tuple[int, int], _Bucket] = {}
        self._groups: dict[tuple[int, int], deque[float]] = {}

    def forget(self) -> None:
        self._bots.clear()
        self._chats.clear()
        self._groups.clear()

    def take(self, bot: int, chat: int, count: int) -> None:
        """Count a send of `count` messages, or raise 429 and count nothing."""
        if not self.enabled:
            return
        now = self._real()
        whole = self._bots.setdefault(bot, _Bucket(self.overall, self.overall, self.overall, now))
        single = self._chats.setdefault((bot, chat), _Bucket(self.chat_burst, self.chat_per_second, self.chat_burst, now))
        waits = [whole.wait(now, count), single.wait(now, 1)]
        window = self._groups.setdefault((bot, chat), deque()) if chat < 0 else None
        if window is not None:
            waits.append(self._window_wait(window, now, count))
        if (longest := max(waits)) > 0:
            seconds = max(1, math.ceil(longest))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        whole.level -= count
        single.level -= 1
        if window is not None:
            window.extend([now] * count)

    def _window_wait(self, window: deque[float], now: float, count: int) -> float:
        while window and now - window[0] >= GROUP_WINDOW_S:
            window.popleft()
        excess = len(window) + min(count, self.group_per_minute) - self.group_per_minute
        return window[excess - 1] + GROUP_WINDOW_S - now if excess > 0 else 0.0
