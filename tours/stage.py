"""A stage: the local Telegram and the real program, each in its own process, on a loopback port and a database of their own.

Demo, tours, end-to-end and kill tests stand on it. Everything is reached over HTTP, as in life; only the clock is moved.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.client import Sandbox
from storage.vault import new_key

TOKEN = "7000000001:AAlocal"  # noqa: S105  opens nothing but the local Telegram
USERNAME = "duban_bot"
NAME = "督办 Duban"


class StageError(Exception):
    """A process did not start, died, or does not come to rest; the message says which."""


@dataclass
class Stage:
    folder: Path
    database_url: str
    regimes: tuple[str, ...]
    url: str  # of the local Telegram
    sandbox: Sandbox
    health_port: int
    webhook: bool = False
    pace: str = "28"
    _bot: asyncio.subprocess.Process | None = None
    _http: aiohttp.ClientSession = field(default_factory=lambda: aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)))

    def environment(self) -> dict[str, str]:
        own = {
            "DUBAN_BOT_TOKEN": TOKEN,
            "DUBAN_BOT_API_URL": self.url,
            "DUBAN_CLOCK_URL": self.url,
            "DUBAN_DATABASE_URL": self.database_url,
            "DUBAN_DATA_DIR": str(self.folder / "data"),
            "DUBAN_MASTER_KEY_FILE": str(self.folder / "master.key"),
            "DUBAN_REGIMES": ",".join(self.regimes),
            "DUBAN_HTTP_LISTEN": f"127.0.0.1:{self.health_port}",
            "DUBAN_SENDS_PER_SECOND": self.pace,
            "DUBAN_LOG_LEVEL": "WARNING",
            "PTB_TIMEDELTA": "1",
        }
        if self.webhook:
            own |= {"DUBAN_WEBHOOK_URL": f"http://127.0.0.1:{self.health_port}/webhook", "DUBAN_WEBHOOK_SECRET": "local-secret"}
        return {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")} | own

    async def start_bot(self, *, wait: bool = True) -> None:
        with (self.folder / "bot.log").open("ab") as log:
            self._bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cli", "run", env=self.environment(), stdout=log, stderr=log
            )
        if wait:
            await self.until_ready()

    async def until_ready(self, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while await self.health() is None:
            self._check_alive()
            if time.monotonic() > end:
                raise StageError(f"the bot does not answer; see {self.folder / 'bot.log'}")
            await asyncio.sleep(0.02)

    async def health(self) -> dict[str, Any] | None:
        try:
            async with self._http.get(f"http://127.0.0.1:{self.health_port}/healthz") as answer:
                found: dict[str, Any] = await answer.json()
                return found if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None

    async def settle(self, seconds: float = 30) -> None:
        """Until every update is taken, done and answered, and everything due is said."""
        end = time.monotonic() + seconds
        while not await self._at_rest():
            self._check_alive()
            if time.monotonic() > end:
                raise StageError(f"the bot does not come to rest: {await self.health()}; see {self.folder / 'bot.log'}")
            await asyncio.sleep(0.01)

    async def _at_rest(self) -> bool:
        if any(each["waiting"] for each in await self.sandbox.updates()):
            return False
        found = await self.health()
        if found is None or not found["idle"]:
            return False
        # The bot follows the sandbox's clock: before it has heard of a move, its own word about what is due does not count.
        now = (await self.sandbox.clock()).now
        return abs(found["now"] - now) < 2_000 and (found["next_due"] is None or found["next_due"] > found["now"])

    def _check_alive(self) -> None:
        if self._bot is not None and self._bot.returncode is not None:
            tail = (self.folder / "bot.log").read_text(errors="replace").splitlines()[-3:]
            raise StageError("the bot ended: " + " | ".join(tail))

    async def kill_bot(self) -> None:
        """SIGKILL, as a power cut would."""
        assert self._bot is not None
        with contextlib.suppress(ProcessLookupError):
            self._bot.kill()
        await self._bot.wait()
        self._bot = None

    async def stop_bot(self) -> int:
        assert self._bot is not None
        with contextlib.suppress(ProcessLookupError):
            self._bot.terminate()
        code = await asyncio.wait_for(self._bot.wait(), 15)
        self._bot = None
        return code

    async def tool(self, *arguments: str) -> str:
        """A `duban` command beside the running bot; its stdout."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", *arguments, env=self.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        if process.returncode:
            raise StageError(f"duban {' '.join(arguments)}: {err.decode().strip()}")
        return out.decode()

    async def close(self) -> None:
        if self._bot is not None and self._bot.returncode is None:
            await self.stop_bot()
        await self._http.close()


@contextlib.asynccontextmanager
async def staged(
    folder: Path, *, regimes: tuple[str, ...], database_url: str = "", port: int = 0, webhook: bool = False, rates: bool = True
) -> AsyncIterator[Stage]:
    """The local Telegram running and everything made for the bot, which the caller starts (`stage.start_bot()`)."""
    _prepare(folder)
    arguments = ["-m", "sandbox", "--port", str(port), "--bot", f"{TOKEN}:{USERNAME}:{NAME}", *([] if rates else ["--no-rates"])]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
        if not line.startswith("READY "):
            raise StageError("the local Telegram did not start; is the port taken?")
        url = line.removeprefix("READY ")
        async with Sandbox(url) as sandbox:
            database = database_url or f"sqlite:///{folder / 'duban.db'}"
            stage = Stage(folder, database, regimes, url, sandbox, free_port(), webhook, "28" if rates else "0")
            try:
                yield stage
            finally:
                await stage.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "master.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(new_key().hex() + "\n")


def free_port() -> int:
    import socket

    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
