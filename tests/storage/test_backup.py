"""Backups taken while units are written, restored into an empty place, and everything that is refused on the way."""

import asyncio
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from bot.app import Bot
from config.settings import Settings
from domain.speech import To
from domain.world import World
from sandbox.app import BotSpec, Server
from storage import backup, files, inbox, journal, outbox
from storage.backup import BackupError, Report
from storage.db import Store, open_store
from storage.files import Files
from storage.tx import Tx
from storage.vault import WrongMasterKeyError
from tests.conftest import MASTER_KEY, Clock
from tests.faults.conftest import admin
from tests.faults.edge import until
from tests.storage.people_stage import REGIME, Stage, staged
from tours.stage import NAME, TOKEN, USERNAME

STAMP = {"release": "0.1.0", "made_at": "2026-03-02T01:00:00+00:00"}


@pytest.fixture
def empty_url(database_url: str, postgres: str, tmp_path: Path) -> Iterator[str]:
    """A place of the same kind where nothing is yet."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty' / 'duban.db'}"
        return
    name = f"r_{os.urandom(6).hex()}"
    admin(postgres, f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def stage(store: Store) -> Stage:
    stage = await staged(store)
    await store.unit(lambda tx: tx.run("DELETE FROM blob"))  # one that has no file
    return stage


async def _back_up(url: str, folder: Path, name: str = "one.tar") -> Report:
    return await asyncio.to_thread(backup.back_up, url, folder / "data", folder / "kept" / name, **STAMP)


async def _restore(url: str, folder: Path, source: Path, key: bytes = MASTER_KEY) -> Report:
    return await asyncio.to_thread(backup.restore, url, folder / "restored", source, key)


async def _write(stage: Stage, kept: Files, begun: asyncio.Event, stop: asyncio.Event) -> int:
    """Units as the running bot writes them, until told to stop: a task with its obligation, journal row, cards and messages; a file."""
    n = 0
    while not stop.is_set():
        n += 1
        await stage.assign()
        await stage.store.unit(partial(inbox.add, updates=[(f"lane {n}", _said(n))]))
        blob = await kept.put(f"picture {n}".encode(), "image/jpeg", "")
        await stage.store.unit(partial(files.record, blob=blob))
        if n == 5:
            begun.set()
    return n


def _said(n: int) -> dict[str, object]:
    somebody = {"id": 9_000 + n, "type": "private", "is_bot": False, "first_name": "来访"}
    return {"update_id": n, "message": {"message_id": n, "date": 0, "chat": somebody, "from": somebody, "text": "某某焦化厂"}}


async def _counts(store: Store, tables: list[str]) -> dict[str, int]:
    async def unit(tx: Tx) -> dict[str, int]:
        return {table: int(await tx.value(f"SELECT count(*) AS n FROM {table}")) for table in tables}

    return await store.read(unit)


async def test_under_load_the_copy_is_one_instant_and_a_bot_starts_on_it(
    stage: Stage, database_url: str, empty_url: str, tmp_path: Path, world: World, clock: Clock
) -> None:
    begun, stop, kept = asyncio.Event(), asyncio.Event(), Files(tmp_path / "data" / "files", stage.store.vault)
    writing = asyncio.create_task(_write(stage, kept, begun, stop))
    await begun.wait()
    before = await stage.value("SELECT count(*) FROM task")
    made = await _back_up(database_url, tmp_path)
    second = await _back_up(database_url, tmp_path, "two.tar")
    stop.set()
    await writing
    assert before <= made.manifest.rows["task"] < second.manifest.rows["task"] <= await stage.value("SELECT count(*) FROM task")
    assert made.missing == second.missing == ()
    assert stat.S_IMODE(made.archive.stat().st_mode) == 0o600
    assert MASTER_KEY.hex().encode() not in made.archive.read_bytes()

    restored = await _restore(empty_url, tmp_path, made.archive)
    assert restored.missing == ()
    copy = await open_store(empty_url, master_key=MASTER_KEY, now=clock, world=world)
    try:
        rows = dict(made.manifest.rows)
        assert await _counts(copy, list(rows)) == rows
        tasks = rows["task"]
        whole = {
            "obligations": "SELECT count(*) FROM obligation o JOIN task t ON o.subject = t.id AND o.subject_kind = 'task'",
            "journal": "SELECT count(*) FROM journal WHERE action = 'task.assign'",
        }
        for what, query in whole.items():
            assert await copy.read(partial(Tx.value, sql=query)) == tasks, f"units are whole: {what}"
        assert await copy.read(journal.first_break) is None
        assert [each.raw["message"]["text"] for each in await copy.read(inbox.waiting)] == ["某某焦化厂"] * rows["inbox"]
        names = await copy.read(lambda tx: tx.all("SELECT hash FROM blob ORDER BY hash"))
        there = Files(tmp_path / "restored" / "files", copy.vault)
        assert all([(await there.get(row["hash"])).startswith(b"picture") for row in names])
        highest = await copy.read(lambda tx: tx.value("SELECT max(id) FROM task"))
        assert await Stage(copy, stage.seats).assign() > highest, "an id is never given twice"
    finally:
        await copy.close()
    await _starts(empty_url, tmp_path, clock)


async def _starts(url: str, folder: Path, clock: Clock) -> None:
    key = folder / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    async with Server([BotSpec(TOKEN, USERNAME, NAME)]) as server:
        server.world.rates.enabled = False
        settings = Settings(
            bot_token=TOKEN, bot_api_url=server.url, database_url=url, data_dir=folder / "restored", master_key_file=key, regimes=(REGIME,)
        )  # fmt: skip
        async with Bot.started(settings, clock) as bot:
            assert bot.ready

            async def at_work() -> bool:
                """All updates are done, and Telegram was asked to send (it knows none of these chats)."""
                waiting: int = await bot.store.read(inbox.count)
                return waiting == 0 and bot.delivery.counts.aside > 0

            await until(at_work, "what waited when the backup was made to be done and said")


async def test_sequences_go_on_where_they_were(
    store: Store, database_url: str, empty_url: str, tmp_path: Path, world: World, clock: Clock
) -> None:
    for n in range(3):
        await store.unit(partial(outbox.say, to=To(7, None, "zh"), key="form.cancelled", once=str(n)))
    await store.unit(lambda tx: tx.run("DELETE FROM outbox"))
    made = await _back_up(database_url, tmp_path)
    await _restore(empty_url, tmp_path, made.archive)
    copy = await open_store(empty_url, master_key=MASTER_KEY, now=clock, world=world)
    await copy.unit(lambda tx: outbox.say(tx, To(7, None, "zh"), "form.cancelled", once="new"))
    assert await copy.read(lambda tx: tx.value("SELECT id FROM outbox")) == 4
    await copy.close()


async def test_evidence_that_is_there_already_is_not_copied_again(store: Store, database_url: str, tmp_path: Path) -> None:
    kept = Files(tmp_path / "data" / "files", store.vault)
    for n in range(2):
        blob = await kept.put(f"{n}".encode(), "image/jpeg", "")
        await store.unit(partial(files.record, blob=blob))
        assert (await _back_up(database_url, tmp_path, f"{n}.tar")).copied == 1
    (tmp_path / "data" / "files" / blob.hash[:2] / blob.hash).unlink()
    (tmp_path / "kept" / "files" / blob.hash[:2] / blob.hash).unlink()
    assert (await _back_up(database_url, tmp_path, "lost.tar")).missing == (blob.hash,)


async def test_only_an_empty_place_is_restored_into(store: Store, database_url: str, empty_url: str, tmp_path: Path) -> None:
    await store.unit(lambda tx: outbox.say(tx, To(7, None, "zh"), "form.cancelled"))
    made = await _back_up(database_url, tmp_path)
    with pytest.raises(BackupError, match="empty"):
        await _restore(database_url, tmp_path, made.archive)
    (tmp_path / "restored" / "files" / "aa").mkdir(parents=True)
    with pytest.raises(BackupError, match="DUBAN_DATA_DIR"):
        await _restore(empty_url, tmp_path, made.archive)
    with pytest.raises(BackupError, match="never overwritten"):
        await _back_up(database_url, tmp_path)


async def test_a_wrong_key_changes_nothing(store: Store, database_url: str, empty_url: str, tmp_path: Path) -> None:
    kept = Files(tmp_path / "data" / "files", store.vault)
    blob = await kept.put(b"picture", "image/jpeg", "")
    await store.unit(lambda tx: files.record(tx, blob))
    made = await _back_up(database_url, tmp_path)
    with pytest.raises(WrongMasterKeyError):
        await _restore(empty_url, tmp_path, made.archive, b"x" * 32)
    assert not (tmp_path / "restored").exists()
    await _restore(empty_url, tmp_path, made.archive)


async def test_a_damaged_archive_is_refused(store: Store, database_url: str, empty_url: str, tmp_path: Path) -> None:
    made = await _back_up(database_url, tmp_path)
    content = bytearray(made.archive.read_bytes())
    with tarfile.open(made.archive) as archive:
        largest = max(archive.getmembers()[1:], key=lambda each: each.size)
    content[largest.offset_data + largest.size // 2] ^= 1
    (tmp_path / "kept" / "bad.tar").write_bytes(content)
    with pytest.raises(BackupError, match="damaged"):
        await _restore(empty_url, tmp_path, tmp_path / "kept" / "bad.tar")
    (tmp_path / "kept" / "none.tar").write_text("minutes of a meeting")
    with pytest.raises(BackupError, match="no backup"):
        await _restore(empty_url, tmp_path, tmp_path / "kept" / "none.tar")
    shutil.rmtree(tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    with pytest.raises(BackupError, match="no backup"):
        backup.newest(tmp_path / "kept")
