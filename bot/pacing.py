"""How fast the bot may speak: below Telegram's 30 a second for all chats and 20 a minute in a group, evenly, since bursts draw 429s.

Somebody's answer in a private chat is paced by that person's own tempo; what the bot says by itself keeps a second's distance in a chat.
Real time throughout: Telegram does not know the business clock.
`DUBAN_SENDS_PER_SECOND` sets the pace for all chats; 0, for a server on this machine, waits only where it answers 429.
"""

import asyncio
import time
from collections import OrderedDict

ALL_PER_SECOND = 28.0
ALL_BURST = 10.0
GROUP_GAP = 60 / 18
PRIVATE_GAP = 1.05
IN_HAND = 64  # requests under way at most: enough for the usual pace where an answer takes two seconds
MOST_IN_HAND = 512  # where more is borne; after a crash each of them may come twice
REMEMBERED = 20_000  # chats whose last message is kept in mind; an older one is long past its gap


class Pacer:
    def __init__(self, per_second: float = ALL_PER_SECOND) -> None:
        self._per_second = per_second  # 0: unpaced
        self._tokens = ALL_BURST
        self._filled = time.monotonic()
        self._chat_free: OrderedDict[int, float] = OrderedDict()
        self._paused: dict[int, float] = {}

    @property
    def hands(self) -> int:
        """How many requests under way keep this pace where an answer takes a quarter of a second."""
        return max(IN_HAND, min(MOST_IN_HAND, int(self._per_second / 4))) if self._per_second else MOST_IN_HAND

    def pause(self, seconds: float, chat: int) -> None:
        """After a 429: this chat waits; edits and deletions in it, too."""
        self._paused[chat] = max(self._paused.get(chat, 0.0), time.monotonic() + seconds)

    async def chat_turn(self, chat: int, *, interactive: bool) -> None:
        """Wait until this chat may get a message. One caller a chat at a time (its lane)."""
        if not self._per_second:
            return
        await self._sleep_until(self._chat_free.get(chat, 0.0))
        gap = GROUP_GAP if chat < 0 else (0.0 if interactive else PRIVATE_GAP)
        self._chat_free[chat] = time.monotonic() + gap
        self._chat_free.move_to_end(chat)
        if len(self._chat_free) > REMEMBERED:
            self._chat_free.popitem(last=False)

    async def turn(self, chat: int) -> None:
        """Wait until Telegram's pause for this chat is over, then for one of the bot's tokens."""
        await self._sleep_until(self._paused.get(chat, 0.0))
        self._paused.pop(chat, None)
        while self._per_second:
            now = time.monotonic()
            self._tokens = min(ALL_BURST, self._tokens + (now - self._filled) * self._per_second)
            self._filled = now
            if self._tokens >= 1:
                self._tokens -= 1
                return
            await asyncio.sleep((1 - self._tokens) / self._per_second)

    async def _sleep_until(self, instant: float) -> None:
        wait = instant - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
