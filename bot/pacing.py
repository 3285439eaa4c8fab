"""How fast the bot may speak: below Telegram's 30 a second for all chats and 20 a minute in a group, evenly, since bursts draw 429s.

Nobody outside knows how Telegram counts the 30: a bucket that refills, or every second strictly. The usual pace is clean under either, the
way to Telegram taking now 30 ms and now 90: evenly spaced, never more than 30 within 1.04 s. Somebody's answer goes before all else and may
follow at once where that leaves room. An answer in a private chat is paced by that person's own tempo; what the bot says by itself keeps a
second's distance in a chat. Real time throughout: Telegram does not know the business clock.
`DUBAN_SENDS_PER_SECOND` sets the pace for all chats; 0, for a server on this machine, waits only where it answers 429.
"""

import asyncio
import heapq
import itertools
import time
from collections import OrderedDict, deque

from domain.speech import URGENT

ALL_PER_SECOND = 28.8
WINDOW = 1.04  # seconds in which a second's worth may reach Telegram, however the ways differ
LATE = 0.008  # a turn that the loop gave late does not put off the next ones, by so much at most
GROUP_GAP = 60 / 18
PRIVATE_GAP = 1.05
IN_HAND = 64  # requests under way at most: enough for the usual pace where an answer takes two seconds
SPARE = 16  # hands that take answers only: a circular to thousands must not keep anybody waiting who pressed a button
MOST_IN_HAND = 512  # where more is borne; after a crash each of them may come twice
REMEMBERED = 20_000  # chats whose last message is kept in mind; an older one is long past its gap


def goes_first(priority: int) -> bool:
    """Somebody waits for it, or it is urgent."""
    return priority <= URGENT


class Pacer:
    def __init__(self, per_second: float = ALL_PER_SECOND) -> None:
        self._per_second = per_second  # 0: unpaced
        self._gap = 1 / per_second if per_second else 0.0
        self._even = 0.0  # when the next one may go that nobody waits for
        self._gone: deque[float] = deque(maxlen=int(per_second * WINDOW) + 1)
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
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

    async def turn(self, chat: int, *, first: bool = False) -> None:
        """Wait until Telegram's pause for this chat is over, then for one of the bot's turns. Answers and what is urgent come first."""
        await self._sleep_until(self._paused.get(chat, 0.0))
        self._paused.pop(chat, None)
        if not self._per_second:
            return
        mine = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (0 if first else 1, next(self._order), mine))
        self._give_turns()
        await mine

    def _give_turns(self) -> None:
        """To whoever may go now; a timer comes back for the next one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            rank, _, turn = self._waiting[0]
            if not turn.done():
                now = time.monotonic()
                wait = self._free_at(first=rank == 0) - now
                if wait > 0:
                    self._timer = asyncio.get_running_loop().call_later(wait, self._give_turns)
                    return
                self._even = max(self._even, now - LATE) + self._gap
                self._gone.append(now)
                turn.set_result(None)
            heapq.heappop(self._waiting)

    def _free_at(self, *, first: bool) -> float:
        room = self._gone[0] + WINDOW if len(self._gone) == self._gone.maxlen else 0.0
        return room if first else max(room, self._even)

    async def _sleep_until(self, instant: float) -> None:
        wait = instant - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
