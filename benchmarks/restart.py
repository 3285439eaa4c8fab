"""A restart over a large database: until the first `getUpdates`, until the first answer; memory when idle, and whether it grows.

The peer is a bare python-telegram-bot echo. Both from compiled files, as an installation has them; what only development installs (rich and
greenlet, which structlog would load) is kept out of ours. What somebody wrote while the bot was down waits, so the first answer is timed,
too.
"""

import asyncio
import compileall
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import form, product
from benchmarks.frame import FULL, ROOT, WORK_CORES, child, figure, in_turn, median, peer, say, scratch, until
from benchmarks.load import Load, load
from benchmarks.tick import Stage
from domain.deadlines import local_date

ROWS = 1_000_000 if FULL else 100_000
ROUNDS = 7 if FULL else 3
UPDATES = 200_000 if FULL else 20_000
SETTLED = UPDATES // 4  # what was handled before the first look at the memory: caches are full by then
RESTS = 3.0  # seconds until it counts as idle
ASKER = 10_000  # account of somebody seated in the database
START = "import sys; sys.modules['rich'] = sys.modules['greenlet'] = None; sys.argv = ['duban', 'run']; from cli.main import main; main()"


@dataclass(frozen=True)
class Start:
    polled: float  # seconds until the first getUpdates
    answered: float
    idle_mb: float


def start(command: Sequence[str], env: dict[str, str], server: Load, words: str) -> Start:
    server.people("benchmarks.people:Asker", [ASKER], reads=3600.0, words=words)
    server.begin()
    begun = time.time()
    with child(command, env=env, cores=WORK_CORES) as bot:

        def spoken() -> bool:
            bot.alive()
            return server.called("sendMessage")

        until(spoken, "the first answer")
        first = server.read()["first"]
        time.sleep(RESTS)
        return Start(first["getUpdates"] - begun, first["sendMessage"] - begun, bot.rss_mb())


def compile_all() -> None:
    """As an installation does; a checkout may have been told not to keep compiled files."""
    for room in ("actions", "bot", "cli", "config", "domain", "storage"):
        compileall.compile_dir(ROOT / room, quiet=2)


def ours(template: Path, folder: Path) -> Start:
    with product.copied(template, folder) as url, load() as server:
        env = product.settings(url, folder, server)
        return start([sys.executable, "-c", START], env, server, "/start")


def echo() -> Start:
    with load() as server:
        return start(peer("echo", server.url), {}, server, "hello")


async def filled(path: Path) -> None:
    now = int(time.time() * 1000)
    stage = Stage(path, ROWS, local_date(now), now)
    await stage.open()
    await stage.fill()
    await stage.store.close()


def grown(folder: Path) -> tuple[float, int]:
    """By how many MB the process has grown between a quarter and all of the updates, and how many those were."""
    template = folder / "people.db"
    product.fill(f"sqlite:///{template}", form.fill(form.PEOPLE, form.PEOPLE))
    with product.copied(template, folder) as url, load() as server:
        accounts = range(form.FIRST, form.FIRST + form.PEOPLE)
        server.people("benchmarks.people:Reporter", accounts, open_=".tp.", skip=".skip", submit=".submit")
        with product.running(url, folder, server) as bot:

            def past(count: int) -> Callable[[], bool]:
                def found() -> bool:
                    bot.alive()
                    time.sleep(0.2)
                    return bool(server.read()["answered"] >= count)

                return found

            until(past(SETTLED), "the first quarter", 600)
            before = bot.rss_mb()
            until(past(UPDATES), "all updates", 1800)
            return bot.rss_mb() - before, UPDATES - SETTLED


def main() -> None:
    with scratch() as place:
        folder = Path(place)
        template = folder / "rows.db"
        asyncio.run(filled(template))
        runs = {"ours": lambda: ours(template, folder), "echo": echo}
        compile_all()
        found = in_turn(runs, ROUNDS)
        for name, each in found.items():
            say(f"  {name}: {each}")
        report(found)
        megabytes, updates = grown(folder)
        note = f"restart: memory after {SETTLED} and after {UPDATES} updates of 400 people in a closed loop"
        figure(f"memory: grown over {updates} updates", megabytes, None, "MB", "ours <= 5", note)


def report(found: dict[str, list[Start]]) -> None:
    def both(what: str) -> tuple[float, float]:
        mine, theirs = ([float(getattr(each, what)) for each in found[name]] for name in ("ours", "echo"))
        return median(mine), median(theirs)

    note = f"restart: {ROWS} obligations on file; the peer is a bare echo without a database"
    figure("restart: until the first getUpdates", *both("polled"), "s", "ratio <= 1.8", note)
    figure("restart: until the first answer", *both("answered"), "s")
    figure("memory: idle", *both("idle_mb"), "MB", "ratio <= 1.6")


if __name__ == "__main__":
    main()
