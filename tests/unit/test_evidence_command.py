"""`duban backup-evidence`: copies what is not there yet, stays sealed, and finds what is missing or damaged."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.evidence import backup_evidence
from domain.world import World
from storage import files
from storage.db import open_store
from storage.files import Files
from tests.conftest import MASTER_KEY
from tests.times import START


@pytest.fixture
def hashes(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: World) -> list[str]:
    """Two files on record."""
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    url = f"sqlite:///{tmp_path / 'duban.db'}"
    (tmp_path / "duban.db").write_bytes(sqlite_template.read_bytes())
    for name, value in (("DATABASE_URL", url), ("MASTER_KEY_FILE", str(key)), ("DATA_DIR", str(tmp_path))):
        monkeypatch.setenv(f"DUBAN_{name}", value)

    async def fill() -> list[str]:
        store = await open_store(url, master_key=MASTER_KEY, now=lambda: START, world=world)
        held = Files(tmp_path / "files", store.vault)
        blobs = [await held.put(content, "text/plain", "") for content in (b"one", b"two")]
        for blob in blobs:
            await store.unit(lambda tx, blob=blob: files.record(tx, blob))  # type: ignore[misc]  # mypy knows no default of a lambda
        await store.close()
        return [blob.hash for blob in blobs]

    return asyncio.run(fill())


def run(target: Path, *more: str) -> Result:
    return CliRunner().invoke(backup_evidence, [str(target), *more])


def test_only_what_is_new_is_copied_and_all_of_it_opens(hashes: list[str], tmp_path: Path) -> None:
    target = tmp_path / "safe"
    first = run(target, "--verify")
    assert (first.exit_code, first.output.splitlines()[1:]) == (0, ["2 files on record can be opened and are what they were."])
    assert "2 new files" in first.output
    assert "0 new files" in run(target).output
    copied = target / "files" / hashes[0][:2] / hashes[0]
    assert b"one" not in copied.read_bytes()


def test_what_is_missing_or_damaged_is_named(hashes: list[str], tmp_path: Path) -> None:
    target = tmp_path / "safe"
    run(target)
    copied = [target / "files" / each[:2] / each for each in hashes]
    copied[0].write_bytes(copied[1].read_bytes())
    damaged = run(target, "--verify")
    assert damaged.exit_code == 1
    assert f"1 files on record are damaged in {target} (first: {hashes[0]})" in damaged.output
    (tmp_path / "files" / hashes[1][:2] / hashes[1]).unlink()
    copied[1].unlink()
    missing = run(target, "--verify")
    assert missing.exit_code == 1
    assert "missing" in missing.output
