"""A wrong setting ends the start with one sentence that names it; so does a second process. An end that is asked for is clean."""

import asyncio
import contextlib
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import SettingsError, load_settings
from sandbox.app import BotSpec, Server
from sandbox.client import Sandbox
from tests.faults.program import Program
from tours.stage import NAME, TOKEN, USERNAME, staged

REGIME = "shandong-2022"


@pytest.fixture
async def telegram() -> AsyncIterator[Server]:
    async with Server([BotSpec(TOKEN, USERNAME, NAME)]) as server:
        yield server


def _one_sentence(said: str, name: str) -> None:
    assert said.startswith(f"duban: {name}"), said
    assert len(said.strip().splitlines()) == 1, said


# One of each kind goes through a real process; the rest are the settings' own rules.
WRONG = [
    ("DUBAN_BOT_TOKEN", {"BOT_TOKEN": ""}),
    ("DUBAN_BOT_TOKEN", {"BOT_TOKEN": "not-a-token"}),
    ("DUBAN_REGIMES", {"REGIMES": "atlantis-1900"}),
    ("DUBAN_MASTER_KEY_FILE", {"MASTER_KEY_FILE": "nowhere.key"}),
    ("DUBAN_DATABASE_URL", {"DATABASE_URL": "postgresql://duban@127.0.0.1:9/duban"}),
    ("DUBAN_DATABASE_URL", {"DATABASE_URL": "sqlite:////dev/null/duban.db"}),
    ("DUBAN_WEBHOOK_SECRET", {"WEBHOOK_URL": "https://bot.example.org/webhook"}),
    ("DUBAN_CLOCK_URL", {"CLOCK_URL": "http://127.0.0.1:9"}),
]
AGAINST_A_RULE = [
    ("DUBAN_BOT_API_URL", {"BOT_API_URL": "api.telegram.org"}),
    ("DUBAN_BOT_TOKEN_FILE", {"BOT_TOKEN_FILE": "token"}),
    ("DUBAN_PROXY_URL", {"PROXY_URL": "socks5://127.0.0.1:1080"}),
    ("DUBAN_REGIMES", {"REGIMES": " , "}),
    ("DUBAN_DATABASE_URL", {"DATABASE_URL": "mysql://127.0.0.1/duban"}),
    ("DUBAN_WEBHOOK_SECRET", {"WEBHOOK_URL": "https://bot.example.org/webhook", "WEBHOOK_SECRET": "no spaces, please"}),
    ("DUBAN_HTTP_LISTEN", {"HTTP_LISTEN": "everywhere"}),
    ("DUBAN_LOG_LEVEL", {"LOG_LEVEL": "chatty"}),
    ("DUBAN_SENDS_PER_SECOND", {"SENDS_PER_SECOND": "-1"}),
    ("DUBAN_SENDS_PER_SECOND", {"SENDS_PER_SECOND": "0", "BOT_API_URL": "https://bot.example.org"}),
    ("DUBAN_CLOCK_URL", {"CLOCK_URL": "http://time.example.org"}),
]


async def test_a_wrong_setting_is_named_in_one_sentence(tmp_path: Path) -> None:
    async def wrong(number: int, name: str, settings: dict[str, str]) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        code, said = await Program(folder, settings=settings).run()
        assert code == 2, said
        _one_sentence(said, name)

    for start in range(0, len(WRONG), 2):
        await asyncio.gather(*(wrong(number, *WRONG[number]) for number in range(start, min(start + 2, len(WRONG)))))


@pytest.mark.parametrize(("name", "settings"), AGAINST_A_RULE)
def test_a_setting_against_a_rule(name: str, settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting, value in Program(tmp_path, settings=settings).environment().items():
        monkeypatch.setenv(setting, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    _one_sentence(f"duban: {refused.value}", name)


async def test_a_broken_regime_file_is_told_with_the_place(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('id = "broken"\nregions = 7\n')
    code, said = await Program(tmp_path, settings={"REGIMES": str(broken)}).run()
    assert code == 2
    _one_sentence(said, "DUBAN_REGIMES")


async def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    program = Program(tmp_path)
    program.environment()
    (tmp_path / "master.key").chmod(0o644)
    code, said = await program.run()
    assert code == 2
    _one_sentence(said, "DUBAN_MASTER_KEY_FILE")
    assert "chmod 600" in said


async def test_another_databases_key_is_refused(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "duban.db")  # its key is another
    code, said = await Program(tmp_path).run()
    assert code == 2
    _one_sentence(said, "DUBAN_MASTER_KEY_FILE")


async def test_a_newer_database_is_left_alone(tmp_path: Path, sqlite_template: Path) -> None:
    database = tmp_path / "duban.db"
    shutil.copy(sqlite_template, database)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    code, said = await Program(tmp_path).run()
    assert code == 2
    _one_sentence(said, "DUBAN_DATABASE_URL")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "duban.db").write_text("minutes of a meeting, " * 400)
    code, said = await Program(tmp_path).run()
    assert code == 2
    _one_sentence(said, "DUBAN_DATABASE_URL")


def test_a_start_is_spared_what_it_does_not_need() -> None:
    """Each takes a tenth of a second or ten megabytes: the local Telegram's server, and what only a webhook or metrics need."""
    script = "import sys, bot.app, cli.main, cli.serving; bot.app._load_rooms(); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"aiohttp", "sandbox", "uvicorn", "prometheus_client"} & set(told.stdout.split())


async def test_a_token_that_telegram_does_not_know(tmp_path: Path, telegram: Server) -> None:
    code, said = await Program(tmp_path, telegram.url, {"BOT_TOKEN": "7000000001:stranger"}).run()
    assert code == 2
    _one_sentence(said, "DUBAN_BOT_TOKEN")


async def test_an_address_that_is_taken(tmp_path: Path, telegram: Server) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        code, said = await Program(tmp_path, telegram.url, {"HTTP_LISTEN": listen}).run()
    assert code == 2
    _one_sentence(said, "DUBAN_HTTP_LISTEN")


async def test_a_webhook_that_is_set_already_is_told_to_a_poller(tmp_path: Path, telegram: Server) -> None:
    async with Sandbox(telegram.url) as sandbox:
        await sandbox.fault("409", method="getUpdates", times=0, description=f"Conflict: {'webhook is active; use deleteWebhook'}")
        code, said = await Program(tmp_path, telegram.url).run()
    assert code == 2
    _one_sentence(said, "DUBAN_WEBHOOK_URL")


async def test_telegram_away_at_the_start_is_waited_for_and_the_wait_can_be_ended(tmp_path: Path) -> None:
    program = Program(tmp_path, settings={"LOG_LEVEL": "INFO"})
    await program.start()
    assert program.process is not None
    assert program.process.stderr is not None
    while b"start.telegram_unavailable" not in (line := await program.process.stderr.readline()):
        assert line, "it ended"
    program.process.terminate()
    code, said = await program.end()
    assert code == 0, said


async def test_a_second_process_on_one_file_leaves_and_the_first_goes_on(tmp_path: Path) -> None:
    async with staged(tmp_path, regimes=(REGIME,), rates=False) as stage:
        person = await stage.sandbox.person("周办")
        await stage.start_bot()
        database = {"DATABASE_URL": stage.database_url, "MASTER_KEY_FILE": str(tmp_path / "master.key")}
        code, said = await Program(tmp_path, stage.url, database).run()
        assert code == 2
        _one_sentence(said, "DUBAN_DATABASE_URL")
        await stage.sandbox.start(person)
        await stage.sandbox.wait_message(person)
        assert await stage.stop_bot() == 0


async def test_a_second_poller_of_one_token_leaves_and_the_first_goes_on(tmp_path: Path, telegram: Server) -> None:
    """The local Telegram cuts off the older poll, as the real one does, so the first is hit first; grown up, it only stands back.

    The first is played by its poller's rule at an age of an hour; the second is the real process.
    """
    from bot.api import Api
    from bot.intake import Poller
    from bot.token import Token
    from bot.transport import Transport

    got: list[int] = []

    async def store(updates: object) -> None:
        got.extend(update["update_id"] for update in updates)  # type: ignore[attr-defined]  # raw updates

    transport = Transport(connections=2)
    await transport.initialize()
    first = asyncio.create_task(Poller(Api(transport, telegram.url, Token(lambda: TOKEN, changes=False)), store, age=3600).run())
    second = Program(tmp_path / "second", telegram.url)
    second.folder.mkdir()
    try:
        code, said = await second.run()
        assert code == 2
        _one_sentence(said, "DUBAN_BOT_TOKEN")
        async with Sandbox(telegram.url) as sandbox:
            before = len(got)
            await sandbox.start(await sandbox.person("周办"))
            await sandbox.until(lambda: _more_than(got, before), what="the first to go on")
        assert not first.done()
    finally:
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await transport.shutdown()


async def _more_than(got: list[int], before: int) -> bool:
    return len(got) > before


@pytest.mark.parametrize("webhook", [False, True])
async def test_sigterm_ends_it_cleanly_and_gives_back_what_was_not_sent(tmp_path: Path, *, webhook: bool) -> None:
    async with staged(tmp_path, regimes=(REGIME,), rates=False, webhook=webhook) as stage:
        people = [await stage.sandbox.person(f"来访{n}") for n in range(8)]
        await stage.start_bot()
        await stage.sandbox.fault("429", method="sendMessage", times=0, seconds=600)
        for person in people:
            await stage.sandbox.start(person)
        refused: set[int] = set()
        while len(refused) < len(people):
            refused |= {entry.chat_id or 0 for entry in await stage.sandbox.log(method="sendMessage")}
            await stage.sandbox.events(10**9, seconds=0.05)
        assert await stage.stop_bot() == 0
        with contextlib.closing(sqlite3.connect(tmp_path / "duban.db")) as connection:
            assert connection.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall() == [("waiting", len(people))]
            assert connection.execute("SELECT until FROM lease WHERE name = 'sender'").fetchall() == [(0,)]
            assert connection.execute("SELECT DISTINCT state FROM inbox").fetchall() == [("done",)]
