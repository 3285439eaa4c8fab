"""The bot's token is changed at BotFather while the program runs."""

import shutil
from pathlib import Path

import pytest

from config.settings import SettingsError, read_token
from sandbox.client import Sandbox
from tests.conftest import Clock
from tests.faults.conftest import REGIME
from tests.faults.edge import Edge, opened, until
from tours.stage import TOKEN

NEW = f"{TOKEN.partition(':')[0]}:AAnew"


def _written(path: Path, words: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(words)
    return path


def _copied(template: Path, folder: Path) -> Path:
    return Path(shutil.copy(template, folder / "duban.db"))


async def _revoke(sandbox: Sandbox) -> None:
    await sandbox.call("POST", "bots/revoke", {"token": TOKEN, "new": NEW})


async def _refused(edge: Edge) -> bool:
    return any(entry.code == 401 for entry in await edge.sandbox.log(method="sendMessage"))


async def test_what_is_said_meanwhile_waits_for_the_new_token(tmp_path: Path, sqlite_template: Path, clock: Clock) -> None:
    file = _written(tmp_path / "token", f"{TOKEN}\n")
    async with opened(_copied(sqlite_template, tmp_path), tmp_path, clock, REGIME, file) as edge:
        person = await edge.person("甲")
        await _revoke(edge.sandbox)
        await edge.say(person, "一", "二")
        await until(lambda: _refused(edge), "the first refusal")
        assert await edge.said(person) == []
        file.write_text("")  # as an editor leaves it for a moment
        file.write_text(NEW)
        await edge.rest()
        assert await edge.said(person) == ["一", "二"]
        before = len(await edge.sandbox.messages(person))
        await edge.sandbox.write(person, "/help")
        await until(lambda: _more(edge, person.id, before), "an answer")
        assert not edge.bot.failed.done()


async def test_a_slip_in_the_new_token_is_waited_out_like_none(tmp_path: Path, sqlite_template: Path, clock: Clock) -> None:
    file = _written(tmp_path / "token", TOKEN)
    async with opened(_copied(sqlite_template, tmp_path), tmp_path, clock, REGIME, file) as edge:
        person = await edge.person("甲")
        await _revoke(edge.sandbox)
        file.write_text(f"{NEW}x")
        await edge.say(person, "一")
        await until(lambda: _refused(edge), "the first refusal")
        file.write_text(NEW)
        await edge.rest()
        assert await edge.said(person) == ["一"]
        assert not edge.bot.failed.done()


async def _more(edge: Edge, person: int, before: int) -> bool:
    return len(await edge.sandbox.messages(person)) > before + 1


async def test_without_a_file_the_program_ends_and_says_so(tmp_path: Path, sqlite_template: Path, clock: Clock) -> None:
    async with opened(_copied(sqlite_template, tmp_path), tmp_path, clock, REGIME) as edge:
        person = await edge.person("甲")
        await _revoke(edge.sandbox)
        await edge.say(person, "一")
        with pytest.raises(Exception, match="Unauthorized"):
            await edge.bot.failed
        assert len(await edge.rows("SELECT * FROM outbox")) == 1  # it goes out after the next start


WRONG = [
    ("is not there", None, 0o600, "there is no file"),
    ("others may read", TOKEN, 0o644, "chmod 600"),
    ("is empty", "", 0o600, "holds no token"),
    ("holds something else", "ab" * 32, 0o600, "copy it from BotFather"),
]


@pytest.mark.parametrize(("words", "mode", "said"), [each[1:] for each in WRONG], ids=[each[0].replace(" ", "_") for each in WRONG])
def test_a_file_that_does_not_do(tmp_path: Path, words: str | None, mode: int, said: str) -> None:
    file = tmp_path / "token"
    if words is not None:
        _written(file, words).chmod(mode)
    with pytest.raises(SettingsError, match=said) as caught:
        read_token(file)
    assert str(caught.value).startswith("DUBAN_BOT_TOKEN_FILE")
    assert TOKEN not in str(caught.value)
