"""Requests to the Bot API over aiohttp: the httpx of python-telegram-bot is two thirds of its time (docs/decisions/0002-transport.md).

Nothing but transport: what an answer means is decided by whoever asked. A refused connection is told apart from a broken one, since
after the latter Telegram may have done what was asked.
"""

import asyncio
from functools import lru_cache
from typing import Any

import aiohttp
from yarl import URL

# Shorter than servers keep idle connections: one reused while the server closes it failed 2 of 15 times.
KEEP_ALIVE_SECONDS = 3.0
NONE = aiohttp.ClientTimeout(total=None)


class NotSentError(Exception):
    """No connection could be made: Telegram has surely not got it."""


class BrokenError(Exception):
    """The line broke, or it took too long, after the request went out: Telegram may have done what was asked."""


class AiohttpRequest:
    """One session for everything; `connections` bounds how many requests run at the same time."""

    def __init__(self, *, connections: int = 100, proxy: str = "") -> None:
        self._connections = connections
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE_SECONDS)
            # Bots get no cookies; looking for them took longer than the rest of a request's headers.
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, method: str, url: str, data: Any, seconds: float, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        assert self._session is not None  # initialize() runs before anything is sent
        try:
            # One timer for the whole of a request; aiohttp's own are entered and left for each piece that is read.
            async with (
                asyncio.timeout(seconds),
                self._session.request(method, _address(url), data=data, timeout=NONE, proxy=self._proxy, headers=headers) as response,
            ):
                return response.status, await response.read()
        except aiohttp.ClientConnectorError as error:
            raise NotSentError(type(error).__name__) from error
        except TimeoutError as error:
            raise BrokenError(type(error).__name__) from error
        except aiohttp.ClientError as error:
            # The message may hold the URL, and the URL holds the token: only the kind of error goes on.
            raise BrokenError(type(error).__name__) from None


@lru_cache(maxsize=256)
def _address(url: str) -> URL:
    """Taken apart once: there are few methods."""
    return URL(url)
