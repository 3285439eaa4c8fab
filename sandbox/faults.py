"""Failing on request: the next matching calls of a bot go wrong in the way that was ordered."""

import itertools
import random
import re
from dataclasses import dataclass
from typing import Any

from sandbox.errors import ApiError, ControlError

KINDS = ("429", "5xx", "403", "400", "timeout", "drop", "delay")
DEFAULT_SECONDS = {"429": 1.0, "timeout": 30.0, "delay": 1.0}
DESCRIPTIONS = {
    400: "Bad Request: wrong parameter in request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """`left` is None where the fault lasts until it is deleted."""

    id: int
    kind: str
    method: str | None
    chat: int | None
    left: int | None
    seconds: float
    probability: float
    description: str

    def matches(self, method: str, chat: int | None) -> bool:
        # A fault for any method spares getUpdates: the poll that always waits would swallow what was meant for a send.
        named = method == self.method if self.method else method != "getupdates"
        return named and self.chat in {None, chat}

    def error(self) -> ApiError | None:
        """What the bot is told, for the kinds that only tell."""
        if self.kind == "429":
            seconds = max(1, round(self.seconds))
            return ApiError(429, self.description or f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        code = 502 if self.kind == "5xx" else int(self.kind) if self.kind.isdigit() else 0
        return ApiError(code, self.description or DESCRIPTIONS.get(code, "Bad Request")) if code else None


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, order: dict[str, Any]) -> int:
        kind = str(order.get("kind", ""))
        if kind not in KINDS and not re.fullmatch(r"[45]\d\d", kind):
            raise ControlError(f"kind is one of {', '.join(KINDS)}, or a status from 400 to 599")
        times = int(order.get("times", 1))
        method = order.get("method")
        chat = order.get("chat")
        fault = Fault(
            id=next(self._ids),
            kind=kind,
            method=str(method).lower() if method else None,
            chat=int(chat) if chat is not None else None,
            left=times or None,
            seconds=float(order.get("seconds") or DEFAULT_SECONDS.get(kind, 0.0)),
            probability=float(order.get("probability", 1.0)),
            description=str(order.get("description") or ""),
        )
        self._faults.append(fault)
        return fault.id

    def clear(self) -> None:
        self._faults.clear()

    def find(self, method: str, chat: int | None) -> Fault | None:
        """The first fault that fits this call; it is used up by one."""
        for fault in self._faults:
            if not fault.matches(method, chat) or random.random() >= fault.probability:  # noqa: S311 - chance, no secret
                continue
            if fault.left is not None:
                fault.left -= 1
                if fault.left == 0:
                    self._faults.remove(fault)
            return fault
        return None
