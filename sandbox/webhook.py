"""Pushing updates to a bot's own address, with Telegram's retries."""

import asyncio
import contextlib
import time
from collections import deque
from typing import Any

import aiohttp

from sandbox.updates import Update, UpdateQueue

JSON = dict[str, Any]
MAX_PAUSE_S = 60.0
ANSWER_WITHIN_S = 60.0


def pause_after(failures: int) -> float:
    """Seconds before the next try: again at once, then 2, 4, 8 ... up to 60."""
    return 0.0 if failures <= 1 else min(MAX_PAUSE_S, 2.0 ** (failures - 1))


class Webhook:
    """Each lane (a chat's messages, a user's presses) is delivered in order; lanes go side by side, `connections` at most."""

    def __init__(self, queue: UpdateQueue, url: str, secret: str, connections: int) -> None:
        self.url = url
        self._queue = queue
        self._headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        self._connections = connections
        self._places = asyncio.Semaphore(connections)
        self._lanes: dict[str, deque[Update]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S))
        self._last_error: tuple[int, str] | None = None
        queue.push = self.add
        for update in queue.waiting():
            self.add(update)

    def info(self) -> JSON:
        info: JSON = {"url": self.url, "max_connections": self._connections, "ip_address": "127.0.0.1"}
        if self._last_error is not None:
            info["last_error_date"], info["last_error_message"] = self._last_error
        return info

    def add(self, update: Update) -> None:
        self._lanes.setdefault(update.lane, deque()).append(update)
        if update.lane not in self._tasks:
            self._tasks[update.lane] = asyncio.create_task(self._drain(update.lane))

    async def stop(self) -> None:
        """What was not delivered stays in the queue."""
        self._queue.push = None
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._session.close()

    async def _drain(self, lane: str) -> None:
        waiting = self._lanes[lane]
        while waiting:
            await self._deliver(waiting[0])
            waiting.popleft()
        del self._lanes[lane], self._tasks[lane]

    async def _deliver(self, update: Update) -> None:
        failures = 0
        while self._queue.alive(update):
            if await self._post(update):
                break
            failures += 1
            await asyncio.sleep(pause_after(failures))
        self._queue.confirm(update.id)

    async def _post(self, update: Update) -> bool:
        try:
            async with self._places, self._session.post(self.url, json=update.api(), headers=self._headers) as answer:
                if 200 <= answer.status < 300:
                    with contextlib.suppress(aiohttp.ClientError):
                        await answer.read()
                    return True
                problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            problem = "Read timeout expired"
        except aiohttp.ClientError as error:
            problem = f"Connection failed: {type(error).__name__}"
        self._last_error = (int(time.time()), problem)
        return False
