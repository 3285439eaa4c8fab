"""How Telegram may count the 30 messages a second that a bot has, and how far away it is."""

import random
from abc import ABC, abstractmethod
from collections import Counter, deque
from typing import Any

MOST = 30


class Far(ABC):
    """Every request takes 30 to 90 ms, half of it on the way there. What was accepted is counted by chat."""

    def __init__(self, seed: int = 7, nearest: float = 0.03, farthest: float = 0.09) -> None:
        self._random = random.Random(seed)  # noqa: S311  the same ways in each run
        self._span = (nearest / 2, farthest / 2)
        self._told: Counter[int] = Counter()
        self._refused = 0
        self._first = self._last = 0.0

    def before(self, method: str) -> float:
        return 0.0 if method == "getUpdates" else self._random.uniform(*self._span)

    seconds = before

    def refuse(self, method: str, chat: int, now: float) -> int:
        if not method.startswith("send"):
            return 0
        if not self.fits(now):
            self._refused += 1
            return 1
        self._first, self._last = self._first or now, now
        self._told[chat] += 1
        return 0

    @abstractmethod
    def fits(self, now: float) -> bool:
        """Count it where one more is borne."""

    def report(self) -> dict[str, Any]:
        return {"told": dict(self._told), "refused": self._refused, "seconds": self._last - self._first}


class Bucket(Far):
    """Thirty that refill with thirty a second."""

    level = float(MOST)
    at = 0.0

    def fits(self, now: float) -> bool:
        self.level = min(float(MOST), self.level + (now - (self.at or now)) * MOST)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Strict(Far):
    """Never more than thirty within any second."""

    def __init__(self, seed: int = 7) -> None:
        super().__init__(seed)
        self._lately: deque[float] = deque()

    def fits(self, now: float) -> bool:
        while self._lately and now - self._lately[0] >= 1.0:
            self._lately.popleft()
        if len(self._lately) >= MOST:
            return False
        self._lately.append(now)
        return True
