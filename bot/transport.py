"""python-telegram-bot's requests over aiohttp: its httpx transport is two thirds of its time (docs/decisions/0002-transport.md).

Nothing but transport: what an answer means is decided by whoever asked. A refused connection is told apart from a broken one, since
after the latter Telegram may have done what was asked.
"""

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

# Shorter than servers keep idle connections: one reused while the server closes it failed 2 of 15 times.
KEEP_ALIVE_SECONDS = 3.0


class NotSentError(NetworkError):
    """No connection could be made: Telegram has surely not got it."""


class AiohttpRequest(BaseRequest):
    """One session for everything; `connections` bounds how many requests run at the same time."""

    def __init__(self, *, connections: int = 100, proxy: str = "", read_timeout: float = 20.0) -> None:
        self._connections = connections
        self._proxy = proxy or None
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,  # noqa: ARG002  the base class's signature
        connect_timeout: Any = None,  # noqa: ARG002
        pool_timeout: Any = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._read_timeout
        return await self.send(method, url, _form(request_data), seconds)

    async def call(self, url: str, payload: dict[str, Any], seconds: float) -> tuple[int, dict[str, Any]]:
        """A call with a JSON body, answered as it came: for intake, which stores raw updates."""
        status, body = await self.send("POST", url, json.dumps(payload).encode(), seconds, {"Content-Type": "application/json"})
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise NetworkError(f"no JSON in an answer of status {status}") from error
        return status, answer

    async def send(self, method: str, url: str, data: Any, seconds: float, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        assert self._session is not None  # initialize() runs before anything is sent
        timeout = aiohttp.ClientTimeout(total=seconds + 5, sock_read=seconds)
        try:
            async with self._session.request(method, url, data=data, timeout=timeout, proxy=self._proxy, headers=headers) as response:
                return response.status, await response.read()
        except aiohttp.ClientConnectorError as error:
            raise NotSentError(type(error).__name__) from error
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            # The message may hold the URL, and the URL holds the token: only the kind of error goes on.
            raise NetworkError(type(error).__name__) from None


def _form(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData(quote_fields=False)  # else Chinese file names arrive percent-encoded
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime) in (request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=file_name, content_type=mime)
    return form
