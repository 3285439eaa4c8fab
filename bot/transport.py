"""Requests to the Bot API over libcurl: a third of the time that Python's HTTP clients take (docs/decisions/0002-transport.md).

Nothing but transport: what an answer means is decided by whoever asked. What surely did not arrive is told apart from what may have:
after the latter Telegram may have done what was asked.
"""

import io
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

import pycurl

# Shorter than servers keep idle connections: one reused while the server closes it failed 2 of 15 times.
KEEP_ALIVE_SECONDS = 3
SENDING_BYTES = 16 * 1024
# Without `Expect` curl does not ask first whether it may send a large body.
JSON = ["Content-Type: application/json", "Expect:"]
# What would end a quoted name, or the line it stands in; Telegram undoes percents in it, so they are among them.
UNQUOTED = re.compile(r'[\x00-\x1f"%\\\x7f]')


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
    """One pool of connections for everything; `connections` bounds how many requests run at the same time, more wait for their turn."""

    def __init__(self, *, connections: int = 100, proxy: str = "") -> None:
        self._connections = connections
        self._proxy = proxy
        self._multi: pycurl.AsyncCurlMulti | None = None
        self._posts: list[pycurl.Curl] = []  # handles that posted JSON and will again: a fifth of a request is making one
        self._trusted = trusted()

    async def initialize(self) -> None:
        if self._multi is None:
            self._multi = pycurl.AsyncCurlMulti()
            self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, self._connections)
            self._multi.setopt(pycurl.M_MAXCONNECTS, self._connections)

    async def shutdown(self) -> None:
        """What is under way is cancelled."""
        if self._multi is not None:
            await self._multi.aclose()
            self._multi = None
            self._posts.clear()

    async def __aenter__(self) -> Self:
        await self.initialize()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shutdown()

    async def post(self, url: str, content: bytes, seconds: float) -> tuple[int, bytes]:
        """JSON to this address; status and body of the answer."""
        handle = self._posts.pop() if self._posts else self._post_handle(JSON)
        answer = await self._post(handle, url, content, seconds)
        self._posts.append(handle)  # one that failed or was cancelled is not used again
        return answer

    async def post_form(self, url: str, fields: Mapping[str, str], upload: Upload, seconds: float) -> tuple[int, bytes]:
        """The form is made here: of one that it made itself curl would send a second copy (see `_post`)."""
        boundary = uuid4().hex
        handle = self._post_handle([f"Content-Type: multipart/form-data; boundary={boundary}", "Expect:"])
        return await self._post(handle, url, _form(boundary, fields, upload), seconds)

    async def get(self, url: str, seconds: float, hear: Callable[[bytes], object] | None = None) -> tuple[int, bytes]:
        """`hear` is told each line of the answer's head; of a proxy's before, too."""
        handle = self._handle()
        if hear is not None:
            handle.setopt(pycurl.HEADERFUNCTION, hear)
        return await self._perform(handle, url, seconds)

    async def _post(self, handle: pycurl.Curl, url: str, content: bytes, seconds: float) -> tuple[int, bytes]:
        """Read from here, not handed over: what it cannot read anew curl cannot send again by itself when a used connection breaks under
        it, which would do things twice behind our back.
        """
        with io.BytesIO(content) as sending:  # closed at the end: the handle outlives the request, the content need not
            handle.setopt(pycurl.READFUNCTION, sending.read)
            handle.setopt(pycurl.POSTFIELDSIZE_LARGE, len(content))
            return await self._perform(handle, url, seconds)

    async def _perform(self, handle: pycurl.Curl, url: str, seconds: float) -> tuple[int, bytes]:
        assert self._multi is not None  # initialize() runs before anything is sent
        received: list[bytes] = []
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.TIMEOUT_MS, int(seconds * 1000))
        handle.setopt(pycurl.WRITEFUNCTION, received.append)
        try:
            await self._multi.perform(handle)
        except pycurl.error as error:
            # The message may hold the URL, and the URL holds the token: only the kind of error goes on.
            kind = BrokenError if handle.getinfo(pycurl.REQUEST_SIZE) else NotSentError
            raise kind(f"curl {error.args[0]}") from None
        body = b"".join(received)
        received.clear()  # the handle holds on to it
        return handle.getinfo(pycurl.RESPONSE_CODE), body

    def _post_handle(self, head: list[str]) -> pycurl.Curl:
        handle = self._handle()
        handle.setopt(pycurl.POST, 1)
        handle.setopt(pycurl.HTTPHEADER, head)
        # Kept by each handle: curl's usual 64 KB were half the memory of a connection, and few requests fill a quarter.
        handle.setopt(pycurl.UPLOAD_BUFFERSIZE, SENDING_BYTES)
        return handle

    def _handle(self) -> pycurl.Curl:
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


def _form(boundary: str, fields: Mapping[str, str], upload: Upload) -> bytes:
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="%s"'
    lines = [f"{part % name}\r\n\r\n{value}\r\n" for name, value in fields.items()]
    name = UNQUOTED.sub(lambda found: f"%{ord(found[0]):02X}", upload.name)
    lines.append(f'{part % upload.field}; filename="{name}"\r\nContent-Type: {upload.mime}\r\n\r\n')
    # A lone surrogate can never be sent: it becomes a question mark.
    return b"".join(("".join(lines).encode("utf-8", "replace"), upload.content, f"\r\n--{boundary}--\r\n".encode()))


def trusted() -> dict[int, str]:
    """Where the certificates of authorities are: where Python looks (also SSL_CERT_FILE and SSL_CERT_DIR), or those of certifi.

    A wheel's libcurl has been built on another machine and knows no place on this one.
    """
    paths = ssl.get_default_verify_paths()
    file, folder = paths.cafile or "", paths.capath or ""
    if folder and not any(Path(folder).iterdir()):  # Debian's without ca-certificates
        folder = ""
    if not file and not folder:
        import certifi

        file = certifi.where()
    found = {pycurl.CAINFO: file, pycurl.PROXY_CAINFO: file, pycurl.CAPATH: folder, pycurl.PROXY_CAPATH: folder}
    return {option: path for option, path in found.items() if path}
