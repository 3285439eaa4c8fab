"""`python -m sandbox --port 8081 --bot TOKEN:username:显示名`"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys

from sandbox.app import BotSpec, Server


def bot_spec(text: str) -> BotSpec:
    number, secret, username, name = text.split(":", 3)
    return BotSpec(f"{number}:{secret}", username, name)


def _on_stdin(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    if not os.read(0, 4096):
        loop.remove_reader(0)
        stopped.set()


async def serve(port: int, bots: list[BotSpec], *, rates: bool, until_stdin_ends: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
    if until_stdin_ends:
        loop.add_reader(0, _on_stdin, loop, stopped)
    async with Server(bots, port=port) as server:
        server.world.rates.enabled = rates
        sys.stdout.write(f"READY {server.url}\n")
        sys.stdout.flush()
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Telegram on the loopback interface.")
    parser.add_argument("--port", type=int, default=8081, help="0 picks a free one")
    parser.add_argument("--bot", type=bot_spec, action="append", default=[], metavar="TOKEN:USERNAME:NAME")
    parser.add_argument("--no-rates", action="store_true", help="do not limit how fast a bot sends (for benchmarks)")
    parser.add_argument("--until-stdin-ends", action="store_true", help="stop when whoever started it is gone")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.bot, rates=not options.no_rates, until_stdin_ends=options.until_stdin_ends))


if __name__ == "__main__":
    main()
