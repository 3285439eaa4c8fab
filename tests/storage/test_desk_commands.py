"""The office's tools on the command line, against a real file: import, forecast, pause, queue."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.commands import group
from cli.forecast import forecast
from cli.holidays import import_holidays
from cli.queue import queue_
from cli.sending import pause, resume
from tests.conftest import MASTER_KEY
from tests.unit.test_announcement import ONE_DAY_EACH


@pytest.fixture
def settings(sqlite_template: Path, tmp_path: Path) -> dict[str, str]:
    key, database = tmp_path / "master.key", tmp_path / "duban.db"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    database.write_bytes(sqlite_template.read_bytes())
    return {"DUBAN_DATABASE_URL": f"sqlite:///{database}", "DUBAN_MASTER_KEY_FILE": str(key), "DUBAN_DATA_DIR": str(tmp_path)}


def run(settings: dict[str, str], command: object, *words: str) -> Result:
    return CliRunner().invoke(command, words, env=settings)  # type: ignore[arg-type]  # click's own type of a command


def test_a_year_is_imported_once(settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "2027.txt"
    file.write_text(ONE_DAY_EACH, encoding="utf-8")
    declined = CliRunner().invoke(import_holidays, [str(file)], env=settings, input="n\n")
    assert declined.exit_code == 1
    taken = run(settings, import_holidays, str(file), "--yes")
    assert taken.exit_code == 0, taken.output
    assert "2027 is on file; deadlines are planned again." in taken.output
    assert "nothing changes" in run(settings, import_holidays, str(file), "--yes").output
    file.write_text("休 2027-01-01..01-03", encoding="utf-8")
    wrong = run(settings, import_holidays, str(file), "--yes")
    assert wrong.exit_code == 1
    assert "statutory days are missing" in wrong.output


def test_pause_and_resume(settings: dict[str, str]) -> None:
    assert "It is not paused." in run(settings, resume).output
    assert "Paused." in run(settings, pause, "--reason", "名单有误", "--yes").output
    assert "already" in run(settings, pause, "--reason", "again", "--yes").output
    assert json.loads(run(settings, forecast, "--json").stdout)["paused"] is True
    assert "Sending goes on" in run(settings, resume).output


def test_forecast_and_queue_of_an_empty_house(settings: dict[str, str]) -> None:
    told = json.loads(run(settings, forecast, "--json").stdout)
    assert told["messages"] == 0
    assert told["people"] == []
    assert "0 messages" in run(settings, forecast).output
    assert "has passed" in run(settings, forecast, "--day", "2020-01-01").output
    assert "Nothing was set aside." in run(settings, queue_, "list").output
    assert "0 messages and 0 updates" in run(settings, queue_, "retry", "--all").output
    assert run(settings, queue_, "retry").exit_code == 2
    assert run(settings, queue_, "retry", "12").exit_code == 2


def test_every_command_is_there() -> None:
    shown = CliRunner().invoke(group, ["--help"])
    for name in ("import-holidays", "forecast", "queue", "pause", "resume", "diff-regime"):
        assert name in shown.output


def test_everything_or_one_province_is_paused_at_the_desk(settings: dict[str, str]) -> None:
    assert (
        "Paused. `duban resume --regime jilin-2019`" in run(settings, pause, "--reason", "名单", "--regime", "jilin-2019", "--yes").output
    )
    assert "Paused. `duban resume` goes on." in run(settings, pause, "--reason", "维护", "--yes").output
    assert "Sending goes on" in run(settings, resume).output
    again = run(settings, resume).output
    assert "It is not paused." in again
    assert "`duban resume --regime jilin-2019`" in again
    assert "Sending goes on" in run(settings, resume, "--regime", "jilin-2019").output
    assert "There is no province nowhere" in run(settings, pause, "--reason", "名单", "--regime", "nowhere", "--yes").output
