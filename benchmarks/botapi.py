"""A Bot API server in memory, as lean as Python allows, and people who write to it. Runs as a process of its own, told by lines on stdin.

It knows what bots need to run and nothing more; what Telegram refuses is the sandbox's matter (`sandbox/`). It must not be what limits a
run: its ceiling is measured by `benchmarks/ceiling.py`. A `Gate` makes it slow or strict.
"""

import asyncio
import importlib
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

BOT = {"id": 7, "is_bot": True, "first_name": "bench", "username": "bench_bot", "can_join_groups": True}
EMPTY = b'{"ok":true,"result":[]}'
TRUE = b'{"ok":true,"result":true}'
POLL_MOST = 100
HOOKS = 20  # connections to each webhook; Telegram opens up to 40

Json = dict[str, Any]


class Person(Protocol):
    """Somebody who answers as soon as the bot has spoken. Updates come without `update_id`."""

    def begin(self) -> Json | None:
        """The first update; None: wait for the bot."""

    def hear(self, method: str, params: Json, message_id: int) -> Json | None:
        """Every message to this chat. An update: this was the answer waited for, and that comes next (`after` so many seconds)."""


class Gate(Protocol):
    """Between a request and its answer: how long it takes to come and to go back, and whether it is refused (`retry_after`, 0: no)."""

    def before(self, method: str) -> float: ...
    def seconds(self, method: str) -> float: ...
    def refuse(self, method: str, chat: int, now: float) -> int: ...
    def report(self) -> Json: ...


class Open:
    """Nothing is refused; every answer takes `delay` seconds."""

    def __init__(self, delay: float = 0.0) -> None:
        self._delay = delay

    def before(self, method: str) -> float:
        del method
        return 0.0

    def seconds(self, method: str) -> float:
        return 0.0 if method == "getUpdates" else self._delay

    def refuse(self, method: str, chat: int, now: float) -> int:
        del method, chat, now
        return 0

    def report(self) -> Json:
        return {}


class Server:
    """State of one bot: updates that wait, polls that wait, people, and what was counted since `mark`."""

    def __init__(self) -> None:
        self.updates: deque[Json] = deque()
        self.update_id = self.message_id = 1000
        self.polls: deque[Callable[[bytes], None]] = deque()
        self.people: dict[int, Person] = {}
        self.since: dict[int, float] = {}  # when the person's last update was put; gone once it is answered
        self.latencies: list[float] = []
        self.calls: Counter[str] = Counter()
        self.first: dict[str, float] = {}
        self.last_order: dict[int, int] = {}
        self.gate: Gate = Open()
        self.hooks: list[asyncio.Queue[Json]] = []
        self.silent = False
        self.marked = time.perf_counter()
        self.other = 0  # messages that answered nobody's update
        self._flushing = False

    def put(self, account: int, update: Json) -> None:
        """An update of this person, from now on unanswered."""
        self.update_id += 1
        update["update_id"] = self.update_id
        self.since[account] = time.perf_counter()
        if self.hooks:
            self.hooks[self.update_id % len(self.hooks)].put_nowait(update)
            return
        self.updates.append(update)
        if self.polls and not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        """Everything that was put in this turn of the loop goes in one answer, as Telegram does."""
        self._flushing = False
        while self.polls and self.updates:
            self.polls.popleft()(self._batch())

    def _batch(self) -> bytes:
        batch = [self.updates.popleft() for _ in range(min(POLL_MOST, len(self.updates)))]
        return json.dumps({"ok": True, "result": batch}, separators=(",", ":")).encode()

    def take(self, method: str, params: Json, send: Callable[[bytes], None]) -> None:
        before = self.gate.before(method)
        if before:
            asyncio.get_running_loop().call_later(before, self.answer, method, params, send)
        else:
            self.answer(method, params, send)

    def answer(self, method: str, params: Json, send: Callable[[bytes], None]) -> None:
        self.calls[method] += 1
        if method not in self.first:
            self.first[method] = time.time()
        if method == "getUpdates":
            self._poll(float(params.get("timeout", 0)), send)
            return
        chat = int(params.get("chat_id", 0))
        wait = self.gate.refuse(method, chat, time.monotonic())
        if wait:
            words = {
                "ok": False,
                "error_code": 429,
                "description": f"Too Many Requests: retry after {wait}",
                "parameters": {"retry_after": wait},
            }
            body, after = json.dumps(words).encode(), None
        else:
            body, after = self._result(method, chat, params)
        seconds = self.gate.seconds(method)
        if not seconds:
            send(body)
            if after is not None:
                self._heard(chat, *after)
            return
        asyncio.get_running_loop().call_later(seconds, self._late, send, body, chat, after)

    def _late(self, send: Callable[[bytes], None], body: bytes, chat: int, after: tuple[str, Json, int] | None) -> None:
        send(body)
        if after is not None:
            self._heard(chat, *after)

    def _poll(self, seconds: float, send: Callable[[bytes], None]) -> None:
        if self.updates:
            send(self._batch())
            return
        self.polls.append(send)

        def end() -> None:
            if send in self.polls:
                self.polls.remove(send)
                send(EMPTY)

        asyncio.get_running_loop().call_later(min(seconds, 10.0), end)

    def _result(self, method: str, chat: int, params: Json) -> tuple[bytes, tuple[str, Json, int] | None]:
        if method.startswith("send"):
            self.message_id += 1
            message = self.message_id
        elif method in {"editMessageText", "editMessageReplyMarkup"}:
            message = int(params["message_id"])
        elif method == "getMe":
            return json.dumps({"ok": True, "result": BOT}, separators=(",", ":")).encode(), None
        else:
            return TRUE, None
        body = (
            b'{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},'
            b'"from":{"id":7,"is_bot":true,"first_name":"b"},"text":"x"}}'
        )
        return body % (message, int(time.time()), chat), (method, params, message)

    def _heard(self, chat: int, method: str, params: Json, message: int) -> None:
        person = self.people.get(chat)
        following = None if person is None else person.hear(method, params, message)
        if following is None:
            self.other += 1
            return
        begun = self.since.pop(chat, None)
        if begun is not None:
            self.latencies.append(time.perf_counter() - begun)
        if self.silent:
            return
        pause = following.pop("after", 0.0)
        if pause:
            asyncio.get_running_loop().call_later(pause, self.put, chat, following)
        else:
            self.put(chat, following)

    def mark(self) -> None:
        """Count from here."""
        self.latencies, self.calls, self.other = [], Counter(), 0
        self.marked = time.perf_counter()

    def read(self) -> Json:
        """What was answered since `mark`."""
        seconds, answered = time.perf_counter() - self.marked, sorted(self.latencies)
        most = len(answered) - 1
        return {
            "seconds": seconds,
            "answered": len(answered),
            "rate": len(answered) / seconds,
            "p50": answered[most // 2] if answered else None,
            "p95": answered[int(most * 0.95)] if answered else None,
            "p99": answered[int(most * 0.99)] if answered else None,
            "waiting": len(self.since),
            "oldest": max((time.perf_counter() - each for each in self.since.values()), default=0.0),
            "other": self.other,
            "calls": dict(self.calls),
            "first": self.first,
            "gate": self.gate.report(),
            "people": [report() for person in self.people.values() if (report := getattr(person, "report", None)) is not None],
        }


class Wire(asyncio.Protocol):
    """HTTP/1.1 as clients of bots speak it: one request at a time on a connection, with a Content-Length."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        held = self._held + data
        end = held.find(b"\r\n\r\n")
        if end < 0:
            self._held = held
            return
        head = held[:end].lower()
        start = head.find(b"\r\ncontent-length:")
        length = 0 if start < 0 else int(head[start + 17 :].split(b"\r\n", 1)[0])
        if len(held) < end + 4 + length:
            self._held = held
            return
        self._held = b""
        path = held[: held.index(b" HTTP")].split(b" ", 1)[1].partition(b"?")[0]
        method = path.rsplit(b"/", 1)[1].decode()
        self._server.take(method, _params(head, held[end + 4 : end + 4 + length]), self._send)

    def _send(self, body: bytes) -> None:
        if not self._transport.is_closing():
            status = b"200 OK" if body.startswith(b'{"ok":true') else b"429 Too Many Requests"
            head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
            self._transport.write(head + body)


def _params(head: bytes, body: bytes) -> Json:
    if not body:
        return {}
    if body[:1] == b"{":
        found: Json = json.loads(body)
        return found
    if b"multipart/form-data" in head:
        return _multipart(head, body)
    params: Json = dict(parse_qsl(body.decode()))
    if "reply_markup" in params:
        params["reply_markup"] = json.loads(params["reply_markup"])
    return params


def _multipart(head: bytes, body: bytes) -> Json:
    """The words of a form with a file; the file itself is dropped."""
    border = b"--" + head.split(b"boundary=", 1)[1].split(b"\r\n", 1)[0].strip(b'"')
    params: Json = {}
    for part in body.lower().split(border) and body.split(body[: len(border)]):
        front, _, content = part.partition(b"\r\n\r\n")
        if b'name="' in front and b"filename=" not in front:
            name = unquote_to_bytes(front.split(b'name="', 1)[1].split(b'"', 1)[0]).decode()
            params[name] = content[:-2].decode()
    return params


async def post_to(url: str, secret: str, queue: "asyncio.Queue[Json]") -> None:
    """Bring updates to a webhook, one at a time on this connection. Who is not up yet is asked again, like Telegram does."""
    address = urlsplit(url)
    head = (
        f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
    ).encode()
    wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while True:
        body = json.dumps(await queue.get(), separators=(",", ":")).encode()
        while True:
            try:
                wire = wire or await asyncio.open_connection(address.hostname, address.port)
                status = await _post(*wire, head + b"%d\r\n\r\n" % len(body) + body)
            except OSError:
                wire, status = None, b"away"
            if status == b"200":
                break
            await asyncio.sleep(0.05)


async def _post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    writer.write(request)
    front = await reader.readuntil(b"\r\n\r\n")
    for line in front.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line[15:]))
    return front.split(b" ", 2)[1]


class Told:
    """The lines on stdin: JSON with `do`, answered by one line of JSON."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._posting: list[asyncio.Task[None]] = []

    def do(self, order: Json) -> Json:
        done: Json = getattr(self, f"_{order.pop('do')}")(**order) or {}
        return done

    def _people(self, script: str, accounts: list[int], options: Json) -> None:
        make = _named(script)
        self._server.people.update({account: make(account, **options) for account in accounts})

    def _begin(self) -> None:
        self._server.silent = False
        for account, person in self._server.people.items():
            update = person.begin()
            if update is not None:
                self._server.put(account, update)

    def _gate(self, script: str, options: Json) -> None:
        self._server.gate = _named(script)(**options)

    def _hooks(self, urls: list[str], secret: str) -> None:
        self._server.hooks = [asyncio.Queue() for _ in urls]
        for url, queue in zip(urls, self._server.hooks, strict=True):
            self._posting += [asyncio.create_task(post_to(url, secret, queue)) for _ in range(HOOKS)]

    def _mark(self) -> None:
        self._server.mark()

    def _read(self) -> Json:
        return self._server.read()

    def _hush(self) -> None:
        """Nobody writes any more; what is under way is answered."""
        self._server.silent = True


def _named(script: str) -> Any:
    module, _, name = script.partition(":")
    return getattr(importlib.import_module(module), name)


async def serve() -> None:
    server, loop = Server(), asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Wire(server), "127.0.0.1", 0, backlog=1024)
    told, lines = Told(server), asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    while line := await lines.readline():
        sys.stdout.write(json.dumps(told.do(json.loads(line))) + "\n")
        sys.stdout.flush()


def main() -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main()
