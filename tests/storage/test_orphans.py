"""Which files are swept, and which never are."""

import os
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from bot.clock import real_now
from bot.jobs.sweep import Sweep
from domain.deadlines import DAY_MS
from domain.forms import Draft
from domain.speech import To
from storage import complaints, drafts, entries, files, outbox
from storage.db import Store
from storage.files import Blob, Files
from storage.tx import Tx
from tests.conftest import Clock

DAYS = 2 * 86_400


@pytest.fixture
def kept(store: Store, tmp_path: Path) -> Files:
    return Files(tmp_path / "files", store.vault)


def _path(folder: Path, blob: Blob) -> Path:
    return folder / "files" / blob.hash[:2] / blob.hash


async def _brought(store: Store, kept: Files, content: bytes = b"picture") -> Blob:
    blob = await kept.put(content, "image/jpeg", "")
    await store.unit(partial(files.record, blob=blob))
    return blob


async def _age(clock: Clock, *paths: Path) -> None:
    clock.now += 2 * DAY_MS
    for path in paths:
        os.utime(path, (time.time() - DAYS, time.time() - DAYS))


async def test_what_nothing_refers_to_goes_after_a_day(store: Store, kept: Files, tmp_path: Path, clock: Clock) -> None:
    blob = await _brought(store, kept)
    sweep = Sweep(kept, real_now)
    assert await sweep(store) == 0, "it is young"
    await _age(clock, _path(tmp_path, blob))
    assert await sweep(store) == 1
    assert not _path(tmp_path, blob).exists()
    assert await store.read(lambda tx: files.get(tx, blob.hash)) is None


async def _evidence(tx: Tx, blob: str) -> None:
    await entries.add(tx, "task", 1, author=None, kind="report", files=[{"kind": "photo", "blob": blob}])


async def _complaint(tx: Tx, blob: str) -> None:
    await complaints.keep_blobs(tx, [blob])


async def _open_question(tx: Tx, blob: str) -> None:
    draft = Draft("report", 1, "files", answers={"files": [{"kind": "photo", "blob": blob, "name": ""}]})
    await drafts.add(tx, "lane", draft, 9 * DAY_MS)


async def _unsent(tx: Tx, blob: str) -> None:
    await outbox.say(tx, To(7, None, "zh"), "task.file", file={"blob": blob, "kind": "photo"})


@pytest.mark.parametrize("refer", [_evidence, _complaint, _open_question, _unsent], ids=lambda each: each.__name__.strip("_"))
async def test_what_something_refers_to_stays(
    store: Store, kept: Files, tmp_path: Path, clock: Clock, refer: Callable[[Tx, str], Awaitable[None]]
) -> None:
    blob, other = await _brought(store, kept), await _brought(store, kept, b"another")
    await store.unit(lambda tx: refer(tx, blob.hash))
    await _age(clock, _path(tmp_path, blob), _path(tmp_path, other))
    assert await Sweep(kept, real_now)(store) == 1
    assert await kept.get(blob.hash) == b"picture"
    assert await store.read(lambda tx: files.get(tx, blob.hash)) is not None


async def test_what_is_brought_again_is_young_again(store: Store, kept: Files, tmp_path: Path, clock: Clock) -> None:
    blob = await _brought(store, kept)
    await _age(clock, _path(tmp_path, blob))
    assert await _brought(store, kept) == blob
    assert await Sweep(kept, real_now)(store) == 0
    # And where only the disk remembers it: its row is written in a moment.
    await store.unit(lambda tx: tx.run("DELETE FROM blob"))
    assert await kept.remove([blob.hash], real_now() - DAY_MS) == 0


async def test_a_file_whose_row_went_before_a_crash_goes_too(store: Store, kept: Files, tmp_path: Path, clock: Clock) -> None:
    blob = await kept.put(b"picture", "image/jpeg", "")
    partial_file = _path(tmp_path, blob).with_suffix(".77.part")
    partial_file.write_bytes(b"half")
    await _age(clock, _path(tmp_path, blob), partial_file)
    assert await Sweep(kept, real_now)(store) == 1
    assert list((tmp_path / "files").glob("*/*")) == []


async def test_all_folders_have_their_turn(
    store: Store, kept: Files, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.sweep.FOLDERS", 2)
    blobs = [await _brought(store, kept, f"{n}".encode()) for n in range(7)]
    await _age(clock, *(_path(tmp_path, each) for each in blobs))
    sweep, gone = Sweep(kept, real_now), 0
    for _ in range(5):
        gone += await sweep(store)
    assert gone == len(blobs)
