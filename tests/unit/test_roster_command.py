"""`duban import-roster`, with a database of its own; Telegram is not asked where the bot's name is given."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from cli.roster import import_roster

Call = Callable[..., Result]
ROWS = "姓名,单位,职务,范围,任期至\n张三,德州市发改委,地方联络员,德州,\n李四,,地方联络员,聊城,\n"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_text("ab" * 32)
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{tmp_path / 'duban.db'}")
    monkeypatch.setenv("DUBAN_MASTER_KEY_FILE", str(key))
    monkeypatch.delenv("DUBAN_REGIMES", raising=False)

    def run(content: bytes, *words: str) -> Result:
        file = tmp_path / "roster.csv"
        file.write_bytes(content)
        return CliRunner().invoke(import_roster, [str(file), "--regime", "shandong-2022", "--username", "@duban_bot", *words])

    return run


def test_looked_at_taken_and_taken_again(call: Call, tmp_path: Path) -> None:
    links = tmp_path / "links.xlsx"
    result = call(ROWS.encode("gbk"), "--dry-run")
    assert (result.exit_code, result.stdout) == (0, "2 would be new, 0 would be changed, 0 unchanged, 0 refused\n")

    assert call(ROWS.encode("gbk"), "--links", str(links)).exit_code == 0
    page = openpyxl.load_workbook(io.BytesIO(links.read_bytes())).active
    assert page is not None
    assert [str(page[f"F{n}"].value).startswith("https://t.me/duban_bot?start=") for n in (2, 3)] == [True, True]
    assert links.stat().st_mode & 0o077 == 0

    links.unlink()
    assert call(ROWS.encode(), "--links", str(links)).stdout == "0 new, 0 changed, 2 unchanged, 0 refused\n"
    assert not links.exists()


def test_differences_and_refused_rows_are_listed_and_the_rest_is_taken(call: Call, tmp_path: Path) -> None:
    links = str(tmp_path / "links.xlsx")
    call(ROWS.encode(), "--links", links)
    changed = ROWS.replace("德州,\n", "德州,2030-06-30\n") + "王五,,国王,德州,\n"
    result = call(changed.encode(), "--links", links)
    assert result.exit_code == 1
    first, *lines = result.stdout.splitlines()
    assert first == "0 new, 1 changed, 1 unchanged, 1 refused"
    assert "Row 2, 张三" in lines[0]
    assert "2030" in lines[0]
    assert "Row 4 王五: There is no role" in lines[1]


@pytest.mark.parametrize(
    ("content", "words", "says"),
    [
        (ROWS.encode(), (), "give --links"),
        ("企业,问题\n".encode(), ("--dry-run",), "no header"),
        (b"MZ\x90\0", ("--dry-run",), "refused (program)"),
    ],
)
def test_what_cannot_be_taken_is_answered_with_the_mend(call: Call, content: bytes, words: tuple[str, ...], says: str) -> None:
    result = call(content, *words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""
