"""`duban invite`, with a database of its own; Telegram is not asked where the bot's name is given."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.invite import invite

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_text("ab" * 32)
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{tmp_path / 'duban.db'}")
    monkeypatch.setenv("DUBAN_MASTER_KEY_FILE", str(key))
    monkeypatch.delenv("DUBAN_REGIMES", raising=False)

    def run(*words: str) -> Result:
        return CliRunner().invoke(invite, ["--name", "张三", "--username", "@duban_bot", *words])

    return run


def test_the_link_stands_alone_on_stdout(call: Call, tmp_path: Path) -> None:
    picture = tmp_path / "qr.png"
    result = call("--role", "office", "--qr", str(picture))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("https://t.me/duban_bot?start=")
    assert len(result.stdout.strip().partition("=")[2]) == 32
    assert "add --regime (shandong-2022)" in result.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_place_may_be_named(call: Call) -> None:
    assert call("--role", "local_liaison", "--scope", "德州", "--regime", "shandong-2022").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--role", "king"), "choose one of"),
        (("--role", "office", "--regime", "nowhere"), "not served"),
        (("--role", "local_liaison", "--scope", "某地"), "no region"),
        (("--role", "supervisor"), "office_lead"),
        (("--role", "office", "--name", " "), "--name is empty"),
    ],
)
def test_a_wrong_word_is_answered_with_the_mend(call: Call, words: tuple[str, ...], says: str) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""
