"""Requests to the Bot API over libcurl: a third of the time that Python's HTTP clients take (docs/decisions/0002-transport.md).

Nothing but transport: what an answer means is decided by whoever asked. What surely did not arrive is told apart from what may have:
after the latter Telegram may have done what was asked.
"""

import io
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pycurl

# Shorter than servers keep idle connections: one reused while the server closes it failed 2 of 15 times.
KEEP_ALIVE_SECONDS = 3
# Without `Expect` curl does not ask first whether it may send a large body.
JSON = ["Content-Type: application/json", "Expect:"]


class NotSentError(Exception):
    """No connection could be made: Telegram has surely not got it."""


class BrokenError(Exception):
    """The line broke, or it took too long, after the request went out: Telegram may have done what was asked."""


@dataclass(frozen=True)
class Upload:
    field: str
    name: str
    content: bytes
    mime: str


class Transport:
    """One pool of connections for everything; `connections` bounds how many requests run at the same time."""

    def __init__(self, *, connections: int = 100, proxy: str = "") -> None:
        self._connections = connections
        self._proxy = proxy
        self._multi: Any = None
        self._posts: list[Any] = []  # handles that posted JSON and will again: making one costs more than a request
        self._trusted = trusted()

    async def initialize(self) -> None:
        if self._multi is None:
            self._multi = pycurl.AsyncCurlMulti()
            self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, self._connections)
            self._multi.setopt(pycurl.M_MAXCONNECTS, self._connections)

    async def shutdown(self) -> None:
        if self._multi is not None:
            await self._multi.aclose()
            self._multi = None
            self._posts.clear()

    async def post(self, url: str, content: bytes, seconds: float) -> tuple[int, bytes]:
        """JSON to this address; status and body of the answer."""
        handle = self._posts.pop() if self._posts else self._json_handle()
        # Read from here, not handed over: curl then cannot begin anew by itself when a used connection breaks under it, which would do
        # things twice behind our back.
        handle.setopt(pycurl.READFUNCTION, io.BytesIO(content).read)
        handle.setopt(pycurl.POSTFIELDSIZE, len(content))
        answer = await self._perform(handle, url, seconds)
        self._posts.append(handle)  # one that failed is not used again
        return answer

    async def post_form(self, url: str, fields: Mapping[str, str], upload: Upload, seconds: float) -> tuple[int, bytes]:
        handle = self._handle()
        content = (pycurl.FORM_BUFFER, upload.name, pycurl.FORM_BUFFERPTR, upload.content, pycurl.FORM_CONTENTTYPE, upload.mime)
        form = [(name, (pycurl.FORM_CONTENTS, value.encode("utf-8", "replace"))) for name, value in fields.items()]
        handle.setopt(pycurl.HTTPPOST, [*form, (upload.field, content)])
        handle.setopt(pycurl.HTTPHEADER, ["Expect:"])
        return await self._perform(handle, url, seconds)

    async def get(self, url: str, seconds: float, hear: Callable[[bytes], object] | None = None) -> tuple[int, bytes]:
        """`hear` is told each line of the answer's head."""
        handle = self._handle()
        if hear is not None:
            handle.setopt(pycurl.HEADERFUNCTION, hear)
        return await self._perform(handle, url, seconds)

    async def _perform(self, handle: Any, url: str, seconds: float) -> tuple[int, bytes]:
        assert self._multi is not None  # initialize() runs before anything is sent
        body: list[bytes] = []
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.TIMEOUT_MS, int(seconds * 1000))
        handle.setopt(pycurl.WRITEFUNCTION, body.append)
        try:
            await self._multi.perform(handle)
        except pycurl.error as error:
            # The message may hold the URL, and the URL holds the token: only the kind of error goes on.
            kind = BrokenError if handle.getinfo(pycurl.REQUEST_SIZE) else NotSentError
            raise kind(f"curl {error.args[0]}") from None
        return handle.getinfo(pycurl.RESPONSE_CODE), b"".join(body)

    def _json_handle(self) -> Any:
        handle = self._handle()
        handle.setopt(pycurl.POST, 1)
        handle.setopt(pycurl.HTTPHEADER, JSON)
        return handle

    def _handle(self) -> Any:
        handle = pycurl.Curl()
        handle.setopt(pycurl.NOSIGNAL, 1)
        handle.setopt(pycurl.MAXAGE_CONN, KEEP_ALIVE_SECONDS)
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        handle.setopt(pycurl.ACCEPT_ENCODING, "gzip")
        # Also where it is empty, else curl would take the proxy of the environment, which is not ours to follow.
        handle.setopt(pycurl.PROXY, self._proxy)
        handle.setopt(pycurl.NOPROXY, "")
        for option, path in self._trusted.items():
            handle.setopt(option, path)
        return handle


def trusted() -> dict[int, str]:
    """Where the certificates of authorities are: where Python looks (also SSL_CERT_FILE), or those that come with certifi.

    A wheel's libcurl has been built on another machine and knows no place on this one.
    """
    paths = ssl.get_default_verify_paths()
    found = {pycurl.CAINFO: paths.cafile, pycurl.CAPATH: paths.capath}
    if any(found.values()):
        return {option: path for option, path in found.items() if path}
    import certifi

    return {pycurl.CAINFO: certifi.where()}
