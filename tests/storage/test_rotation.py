"""The master key is changed while a process runs: that one goes on, the next start needs the new key."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.rotate import rotate_master_key
from config.settings import SettingsError
from domain.speech import To
from domain.world import World
from storage import journal, outbox, rotate, tally
from storage.db import Store, open_store
from storage.files import Files
from storage.tx import Tx
from storage.vault import WrongMasterKeyError
from tests.conftest import MASTER_KEY, Clock

NEW = b"n" * 32


async def _say(store: Store, words: str) -> None:
    await store.unit(lambda tx: outbox.say(tx, To(7, None, "zh"), "form.cancelled", {"form": words}))


async def _read(store: Store) -> list[str]:
    async def unit(tx: Tx) -> list[str]:
        return [parcel.body["params"]["form"] for parcel in await outbox.claim(tx, 1, 10)]

    return await store.unit(unit)


async def test_what_runs_goes_on_and_the_next_start_needs_the_new_key(
    store: Store, database_url: str, tmp_path: Path, world: World, clock: Clock
) -> None:
    await _say(store, "before")
    blob = await Files(tmp_path, store.vault).put(b"picture", "image/jpeg", "")
    await store.unit(lambda tx: tally.count(tx, "file", 7))  # makes a key of the day
    await store.unit(lambda tx: rotate.rewrap(tx, MASTER_KEY, NEW))
    await _say(store, "after")
    with pytest.raises(WrongMasterKeyError):
        await open_store(database_url, master_key=MASTER_KEY, now=clock, world=world)
    fresh = await open_store(database_url, master_key=NEW, now=clock, world=world)
    assert await _read(fresh) == ["before", "after"]
    assert await Files(tmp_path, fresh.vault).get(blob.hash) == b"picture"
    left = await fresh.read(lambda tx: tally.left(tx, "file", 7))
    assert left == await store.read(lambda tx: tally.left(tx, "file", 7))
    await fresh.close()


async def test_a_wrong_old_key_changes_nothing(store: Store, database_url: str, world: World, clock: Clock) -> None:
    with pytest.raises(WrongMasterKeyError):
        await store.unit(lambda tx: rotate.rewrap(tx, b"x" * 32, NEW))
    again = await open_store(database_url, master_key=MASTER_KEY, now=clock, world=world)
    await again.close()


async def test_the_command(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: World, clock: Clock
) -> None:
    key, new = tmp_path / "master.key", tmp_path / "new.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    monkeypatch.setenv("DUBAN_DATABASE_URL", database_url)
    monkeypatch.setenv("DUBAN_MASTER_KEY_FILE", str(key))
    same = await asyncio.to_thread(CliRunner().invoke, rotate_master_key, ["--new", str(key)])
    assert same.exit_code == 1
    assert "in use already" in same.output
    done = await asyncio.to_thread(CliRunner().invoke, rotate_master_key, ["--new", str(new)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert new.stat().st_mode & 0o777 == 0o600
    assert new.read_text().strip() not in done.output
    fresh = await open_store(database_url, master_key=bytes.fromhex(new.read_text()), now=clock, world=world)
    assert await fresh.read(journal.first_break) is None
    await fresh.close()
    new.chmod(0o644)
    open_to_all = await asyncio.to_thread(CliRunner().invoke, rotate_master_key, ["--new", str(new)])
    assert isinstance(open_to_all.exception, SettingsError)
    assert "--new" in str(open_to_all.exception)
