"""Every request of a bot, in the order in which they were answered."""

from collections import deque
from typing import Any

JSON = dict[str, Any]


class RequestLog:
    # A long benchmark must not eat the memory; the oldest entries go first.
    KEPT = 200_000

    def __init__(self) -> None:
        self._n = 0
        self._entries: deque[JSON] = deque(maxlen=self.KEPT)

    def add(self, entry: JSON) -> None:
        self._n += 1
        self._entries.append({"n": self._n, **entry})

    def after(self, n: int, method: str | None) -> list[JSON]:
        missing = min(self._n - n, len(self._entries))
        newer = (self._entries[i] for i in range(-missing, 0)) if missing > 0 else iter(())
        wanted = method.lower() if method else None
        return [entry for entry in newer if wanted is None or entry["method"].lower() == wanted]
