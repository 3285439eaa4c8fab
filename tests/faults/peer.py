"""What a request may meet on the wire: a server on this machine that answers, stays silent or hangs up as it is told."""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Peer:
    """`script` says what is done with each request in turn: answer, last (answer, then hang up), drop (hang up without an answer),
    silence. When it has run out, all are answered.
    """

    script: list[str] = field(default_factory=list)
    answer: bytes = b"{}"
    head: str = "HTTP/1.1 200 OK"
    secured: ssl.SSLContext | None = None
    got: list[tuple[str, bytes]] = field(default_factory=list)  # first line and body of each whole request
    connections: int = 0
    most: int = 0  # connections at a time
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.secured)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http{'s' if self.secured else ''}://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for end in self._ends:
            end.transport.abort()
        await self.left()

    async def has(self, requests: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.got) >= requests)

    async def left(self) -> None:
        """Every connection is at its end."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._ends)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        self.connections += 1
        self.most = max(self.most, len(self._ends))
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._treat(*await _request(reader), reader, writer):
                pass
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        self._ends.discard(writer)
        async with self._changed:
            self._changed.notify_all()

    async def _treat(self, line: str, body: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether another request may come on this connection."""
        does = self.script.pop(0) if self.script else "answer"
        async with self._changed:
            self.got.append((line, body))
            self._changed.notify_all()
        if does in {"answer", "last"}:
            writer.write(f"{self.head}\r\nContent-Length: {len(self.answer)}\r\n\r\n".encode() + self.answer)
            await writer.drain()
        return does in {"answer", "silence"}


class Tunnel(Peer):
    """A proxy: what is to be connected comes to one port of this machine, whatever was asked for."""

    to: int = 0

    async def _treat(self, line: str, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.got.append((line, body))
        there, back = await asyncio.open_connection("127.0.0.1", self.to)
        writer.write(b"HTTP/1.1 200 Connection established\r\nX-Proxy: tunnel\r\n\r\n")
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        return False


async def _request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    sizes = [line.partition(":")[2] for line in head.lower().splitlines() if line.startswith("content-length:")]
    return head.partition("\r\n")[0], await reader.readexactly(int(sizes[0]) if sizes else 0)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while some := await reader.read(2**16):
            writer.write(some)
    writer.close()
