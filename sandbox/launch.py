"""Starting the local Telegram as a process of its own, as tests and tours do."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence

from sandbox.app import BotSpec
from sandbox.client import Sandbox


@contextlib.asynccontextmanager
async def running(bots: Sequence[BotSpec | tuple[str, str, str]] = (), *, port: int = 0, rates: bool = True) -> AsyncIterator[Sandbox]:
    """A local Telegram for the length of a block, given as its client: bots are (token, user name, name)."""
    orders = [part for bot in bots for part in ("--bot", ":".join(bot))]
    switches = ["--until-stdin-ends"] if rates else ["--until-stdin-ends", "--no-rates"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        str(port),
        *orders,
        *switches,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode().split()
        if len(line) != 2 or line[0] != "READY":
            raise RuntimeError("the local Telegram did not start; its own words are above")
        async with Sandbox(line[1]) as sandbox:
            yield sandbox
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
