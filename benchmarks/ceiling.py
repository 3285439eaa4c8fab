"""How much the load itself bears: a bot that does nothing but answer, as lean as can be. No figure may come near it."""

import asyncio
import json
import sys
import time
from typing import Any

from benchmarks.frame import WORK_CORES, child, figure, say, script
from benchmarks.load import load

PEOPLE = 400


async def answer(url: str, seconds: float) -> None:
    """Poll, and answer each update over raw sockets, many at once."""
    host, port = url.removeprefix("http://").split(":")
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def post(wire: Any, method: str, params: dict[str, Any]) -> Any:
        reader, writer = wire
        body = json.dumps(params).encode()
        writer.write(b"POST /bot7:x/%s HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (method.encode(), len(body)) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        return json.loads(await reader.readexactly(int(head.rsplit(b":", 1)[1])))

    async def speak() -> None:
        wire = await asyncio.open_connection(host, int(port))
        while True:
            await post(wire, "sendMessage", {"chat_id": await queue.get(), "text": "hello"})

    speaking = [asyncio.create_task(speak()) for _ in range(64)]
    wire, end = await asyncio.open_connection(host, int(port)), time.monotonic() + seconds
    while time.monotonic() < end:
        for update in (await post(wire, "getUpdates", {"timeout": 1}))["result"]:
            queue.put_nowait(update["message"]["chat"]["id"])
    for each in speaking:
        each.cancel()


def run(seconds: float) -> Any:
    with load() as server:
        server.people("benchmarks.people:Echo", range(1000, 1000 + PEOPLE))
        with child(script("benchmarks.ceiling", server.url, seconds + 4), cores=WORK_CORES) as bot:
            server.begin()
            return server.measure(seconds, bot)


def main() -> None:
    found = run(4)
    say(f"the load's core is busy to {found.load:.0%}")
    figure("ceiling of the load: answers", found.rate, None, "1/s", note="ceiling: what the load alone bears; a run may use half of it")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].startswith("http"):
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(answer(sys.argv[1], float(sys.argv[2])))
    else:
        main()
