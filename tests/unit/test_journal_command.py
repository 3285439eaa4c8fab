"""`duban verify-journal`: exit 0 while it holds, exit 1 with the place where it does not."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.journal import verify_journal
from domain.world import World
from storage import journal
from storage.db import open_store
from storage.tx import Tx
from tests.conftest import MASTER_KEY
from tests.times import START


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: World) -> Path:
    key, database = tmp_path / "master.key", tmp_path / "duban.db"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    database.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("DUBAN_MASTER_KEY_FILE", str(key))
    asyncio.run(_fill(database, world))
    return database


async def _fill(database: Path, world: World) -> None:
    async def unit(tx: Tx) -> None:
        for n in range(3):
            await journal.append(tx, None, "task.assign", ("task", n), {})

    store = await open_store(f"sqlite:///{database}", master_key=MASTER_KEY, now=lambda: START, world=world)
    await store.unit(unit)
    await store.close()


def test_it_holds(database: Path) -> None:
    found = CliRunner().invoke(verify_journal, catch_exceptions=False)
    assert (found.exit_code, found.output) == (0, "The journal holds.\n")


def test_a_removed_end_is_named(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM journal WHERE seq = 3")
        connection.commit()
    found = CliRunner().invoke(verify_journal, catch_exceptions=False)
    assert found.exit_code == 1
    assert "chain main: it ends at row 2" in found.output
