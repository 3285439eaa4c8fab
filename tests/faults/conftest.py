"""What the fault tests stand on: seated people with a task each, made before the bot starts."""

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import uvloop

from actions import tasks
from actions.inputs_tasks import Assign
from actions.people import seat_directly
from actions.perform import Caller, perform
from config.load import load_calendar, load_regimes
from domain.deadlines import due_date, local_date, parse_limit
from domain.outcome import Done
from domain.people import Seat
from domain.world import World
from sandbox.client import Person
from storage.db import Store, open_store
from tests.conftest import Clock
from tests.faults.edge import Edge, opened
from tours.cast import cast_of
from tours.stage import Stage

REGIME = "shandong-2022"


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The transport stands on what a loop does with file descriptors, so it is tried on both that the program may run on."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    return loops | {"uvloop": uvloop.new_event_loop} if item.path.name == "test_transport.py" else loops


@dataclass(frozen=True)
class Staff:
    """One office and many liaisons, each of whom owes a task."""

    office: Seat
    people: list[tuple[Person, int]]  # with the id of the task


async def store_beside(stage: Stage) -> Store:
    """The stage's database, opened by the test while no program runs on it."""
    key = bytes.fromhex((stage.folder / "master.key").read_text().strip())
    world = World(load_regimes(stage.regimes), load_calendar())
    now = (await stage.sandbox.clock()).now
    return await open_store(stage.database_url, master_key=key, now=lambda: now, world=world)


async def seat_staff(store: Store, office: Person, liaisons: list[Person]) -> Staff:
    parts = cast_of(store.world.regime(REGIME), local_date(store.now()))

    async def seat(part: str, person: Person) -> Seat:
        chosen = parts[part]
        return await store.unit(
            lambda tx: seat_directly(tx, account=person.id, name=person.name, regime=REGIME, role=chosen.role, scope=chosen.scope)
        )

    chief = await seat("office", office)
    due = due_date(local_date(store.now()), parse_limit("15wd"), store.world.calendar).date
    people = []
    for person in liaisons:
        seated = await seat("liaison", person)
        given = Assign(what=f"核对{person.name}的清单", assignee=seated.id, due=due)
        outcome = await perform(store, Caller(office.id, office.id), tasks.assign, given)
        assert isinstance(outcome, Done), outcome
        assert outcome.subject is not None
        people.append((person, outcome.subject[1]))
    return Staff(chief, people)


@pytest.fixture
async def edge(sqlite_template: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Edge]:
    database = tmp_path / "duban.db"
    shutil.copy(sqlite_template, database)
    async with opened(database, tmp_path, clock, REGIME) as edge:
        yield edge


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """A database without tables: the program makes them."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    admin(postgres, f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def admin(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
