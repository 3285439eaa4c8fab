"""`duban --settings FILE`: the tools beside the bot read the same file as systemd."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.commands import group
from config.settings import SettingsError, load_settings, read_file


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("DUBAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "environ", os.environ.copy())


def written(folder: Path, text: str) -> Path:
    (folder / "duban.env").write_text(text)
    return folder / "duban.env"


def test_the_shipped_pattern_is_read(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "deploy" / "duban.env"
    done = CliRunner().invoke(group, ["--settings", str(shipped), "due", "2026-09-28", "5wd"], catch_exceptions=False)
    assert done.output == "2026-10-10\n"
    assert os.environ["DUBAN_DATA_DIR"] == "/var/lib/duban/data"


def test_the_environment_wins_and_quotes_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.environ["DUBAN_LOG_LEVEL"] = "ERROR"
    read_file(written(tmp_path, "# a line\n\nDUBAN_LOG_LEVEL=DEBUG\nDUBAN_DATA_DIR='/srv/d a t a'\nTMPDIR=/srv/tmp\n"))
    assert (os.environ["DUBAN_LOG_LEVEL"], os.environ["DUBAN_DATA_DIR"], os.environ["TMPDIR"]) == ("ERROR", "/srv/d a t a", "/srv/tmp")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DUBAN_DATABSE_URL=sqlite:///a.db", "DUBAN_DATABSE_URL is no setting; write DUBAN_DATABASE_URL"),
        ("DUBAN_LOG_LEVEL=INFO\nexport DUBAN_DATA_DIR=data", "line 2: write NAME=value"),
        ("DUBAN_DATA_DIR data", "line 1: write NAME=value"),
    ],
)
def test_a_slip_is_told_with_its_mend(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_file(written(tmp_path, text))
    assert load_settings().log_level == "INFO", "nothing is half taken over"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_file(tmp_path / "nowhere.env")
