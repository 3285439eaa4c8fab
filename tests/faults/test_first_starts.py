"""Several processes that find an empty database at once: one makes the tables and the keys, all of them go on."""

import asyncio
import contextlib
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.faults.program import Program

AT_ONCE = 3


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_an_empty_database_is_made_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'duban.db'}" if kind == "sqlite" else str(request.getfixturevalue("empty_postgres"))
    environment = Program(tmp_path, settings={"DATABASE_URL": url}).environment()

    async def invite(name: str) -> tuple[int | None, str]:
        words = ["-m", "cli", "invite", "--role", "office", "--name", name, "--regime", "shandong-2022", "--username", "duban_bot"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        return process.returncode, out.decode() + err.decode()

    ended = await asyncio.gather(*(invite(f"办{n}") for n in range(AT_ONCE)))
    assert [code for code, _ in ended] == [0] * AT_ONCE, ended
    assert _seats(url) == AT_ONCE


def _seats(url: str) -> int:
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            return int(database.execute("SELECT count(*) FROM appointment").fetchone()[0])
    import psycopg

    with psycopg.connect(url) as server:
        found = server.execute("SELECT count(*) FROM appointment").fetchone()
    assert found is not None
    return int(found[0])
