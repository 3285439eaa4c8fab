"""`duban relink`: the office's own lost account comes back through a link that whoever runs the server makes."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from actions import joining, relinking
from cli.relink import relink
from storage import journal
from storage.db import SettingError, Store
from tests.conftest import MASTER_KEY
from tests.storage.people_stage import COLLEAGUE, NEWCOMER, OFFICE, REGIME, Stage, staged


@pytest.fixture
async def stage(store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    monkeypatch.setenv("DUBAN_DATABASE_URL", database_url)
    monkeypatch.setenv("DUBAN_MASTER_KEY_FILE", str(key))
    monkeypatch.setattr("cli.relink.real_now", store.now)
    return await staged(store)


async def _call(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, relink, ["--regime", REGIME, "--username", "duban_bot", *words])


async def test_the_new_account_is_the_office(stage: Stage) -> None:
    made = await _call("--name", "周办")
    assert made.exit_code == 0, made.output
    token = made.stdout.strip().partition("start=")[2]
    await stage.done(NEWCOMER, joining.look, token)
    assert await stage.actor_seats(OFFICE) == [stage.seats[OFFICE].id], "nothing changes until it is confirmed"
    await stage.done(NEWCOMER, relinking.take, relinking.Confirmed(token=token, message_id=5))
    assert await stage.actor_seats(NEWCOMER) == [stage.seats[OFFICE].id]
    assert await stage.actor_seats(OFFICE) == []
    assert await stage.store.read(journal.first_break) is None


async def test_every_province_is_searched_where_none_is_named(stage: Stage) -> None:
    made = await asyncio.to_thread(CliRunner().invoke, relink, ["--username", "duban_bot", "--name", "周办"])
    assert made.exit_code == 0, made.output
    assert f"周办: {REGIME}" in made.stderr


async def test_a_wrong_path_leaves_no_empty_database(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = tmp_path / "elsewhere.db"
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{nowhere}")
    with pytest.raises(SettingError, match="there is no file"):
        await asyncio.to_thread(CliRunner().invoke, relink, ["--username", "duban_bot", "--name", "周办"], catch_exceptions=False)
    assert not nowhere.exists(), "it would stand in the way of `duban restore`"


async def test_nobody_of_that_name(stage: Stage) -> None:
    made = await _call("--name", "无名")
    assert made.exit_code == 2
    assert "duban invite" in made.stderr


async def test_two_of_one_name_are_told_apart(stage: Stage) -> None:
    await stage.store.unit(lambda tx: tx.run("UPDATE appointment SET holder = '周办' WHERE id = :id", id=stage.seats[COLLEAGUE].id))
    made = await _call("--name", "周办")
    assert made.exit_code == 2
    assert "--seat" in made.stderr
    assert (await _call("--name", "周办", "--seat", str(stage.seats[OFFICE].id))).exit_code == 0
