"""`duban backup` and `duban restore` from the command line: where things go, what is said of the key, what is refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.backup import backup, restore
from storage.db import SettingError
from tests.conftest import MASTER_KEY


@pytest.fixture
def served(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    (tmp_path / "duban.db").write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{tmp_path / 'duban.db'}")
    monkeypatch.setenv("DUBAN_MASTER_KEY_FILE", str(key))
    monkeypatch.setenv("DUBAN_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def test_there_and_back(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = CliRunner().invoke(backup, [str(served / "kept")], catch_exceptions=False)
    assert made.exit_code == 0
    archive = Path(made.stdout.strip())
    assert archive.parent == served / "kept"
    assert "NOT in it" in made.stderr
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{served / 'new.db'}")
    back = CliRunner().invoke(restore, [str(served / "kept")], catch_exceptions=False)
    assert back.exit_code == 0, back.output
    assert archive.name in back.stdout
    assert (served / "new.db").stat().st_mode & 0o777 == 0o600
    again = CliRunner().invoke(restore, [str(archive)])
    assert again.exit_code == 1
    assert "empty place" in again.output


def test_a_name_of_ones_own_is_never_overwritten(served: Path) -> None:
    assert CliRunner().invoke(backup, [str(served / "a.tar")]).exit_code == 0
    again = CliRunner().invoke(backup, [str(served / "a.tar")])
    assert again.exit_code == 1
    assert "never overwritten" in again.output


def test_another_key_is_named(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    CliRunner().invoke(backup, [str(served / "a.tar")])
    (served / "master.key").write_text("ab" * 32)
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{served / 'new.db'}")
    found = CliRunner().invoke(restore, [str(served / "a.tar")])
    assert isinstance(found.exception, SettingError)
    assert "DUBAN_MASTER_KEY_FILE" in str(found.exception)
    assert not (served / "new.db").exists()
