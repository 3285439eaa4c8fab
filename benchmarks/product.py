"""The product as a process under measurement: `duban run` with a database that was filled beforehand."""

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from benchmarks.frame import WORK_CORES, Child, child, script, until
from benchmarks.load import Load
from config.load import load_calendar, load_regimes
from domain.world import World
from storage.db import Store, open_store

REGIME = "shandong-2022"
KEY = "ab" * 32
TOKEN = "7:bench"  # noqa: S105  of no bot
SECRET = "bench"  # noqa: S105

Fill = Callable[[Store], Awaitable[None]]


def fill(url: str, work: Fill) -> None:
    """Make the database and let `work` fill it."""

    async def run() -> None:
        world = World(load_regimes([REGIME]), load_calendar())
        store = await open_store(url, master_key=bytes.fromhex(KEY), now=lambda: int(time.time() * 1000), world=world)
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(run())


@contextlib.contextmanager
def copied(template: Path, folder: Path) -> Iterator[str]:
    """The address of a fresh copy of a filled SQLite file: every run starts from the same."""
    path = folder / "run.db"
    shutil.copy(template, path)
    try:
        yield f"sqlite:///{path}"
    finally:
        for each in folder.glob("run.db*"):
            each.unlink()


def settings(url: str, folder: Path, load: Load) -> dict[str, str]:
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(KEY)
    clean = {name: "" for name in os.environ if name.startswith("DUBAN_")}
    return clean | {
        "DUBAN_BOT_TOKEN": TOKEN,
        "DUBAN_BOT_API_URL": load.url,
        "DUBAN_DATABASE_URL": url,
        "DUBAN_DATA_DIR": str(folder),
        "DUBAN_MASTER_KEY_FILE": str(key),
        "DUBAN_REGIMES": REGIME,
        "DUBAN_LOG_LEVEL": "WARNING",
        "DUBAN_SENDS_PER_SECOND": "0",  # the pace is Telegram's matter and not what is measured here
    }


@contextlib.contextmanager
def running(url: str, folder: Path, load: Load, cores: set[int] | None = None, **more: str) -> Iterator[Child]:
    """`duban run` on the work core, up and polling; it must still live when the block ends. `more`: settings without `DUBAN_`."""
    env = settings(url, folder, load) | {f"DUBAN_{name}": value for name, value in more.items()}
    command = script("cli", "run")
    if "BENCH_PROFILE" in os.environ:  # where the time goes: `python -m pstats FILE`
        command = script("cProfile", "-o", os.environ["BENCH_PROFILE"], "-m", "cli", "run")
    with child(command, env=env, cores=cores or WORK_CORES) as bot:

        def up() -> bool:
            bot.alive()
            return load.called("setWebhook" if "WEBHOOK_URL" in more else "getUpdates")

        until(up, "duban run")
        yield bot
        bot.alive()
