"""Each fault planted in a sound installation is found by `duban doctor`, which names the place and the mend, and nothing else."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from actions import pausing
from bot.clock import real_now
from cli import checks
from cli.checks import examine
from cli.doctor import doctor
from config.catalogues import compile_all
from domain.speech import To
from domain.world import World
from sandbox.app import BotSpec, Server
from storage import aside, inbox, lease, outbox
from storage.db import Store, open_store
from storage.tx import Tx
from tests.conftest import MASTER_KEY
from tours.stage import NAME, TOKEN, USERNAME

HOUR_MS = 3_600_000
Plant = Callable[[Tx], Awaitable[object]]


class Ward:
    """An installation in which everything is right until a test plants something."""

    def __init__(self, folder: Path, url: str, database: str, world: World, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        self._database, self._world = database, world
        self.set(BOT_TOKEN=TOKEN, BOT_API_URL=url, DATABASE_URL=database)
        self.set(DATA_DIR=str(folder / "data"), MASTER_KEY_FILE=str(folder / "master.key"))

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.patch.setenv(f"DUBAN_{name}", value)

    async def wrong(self, *, ahead_ms: int = 0) -> list[str]:
        return await examine(lambda: real_now() + ahead_ms)

    async def unit(self, plant: Plant) -> None:
        store = await self.store()
        await store.unit(plant)
        await store.close()

    async def store(self) -> Store:
        return await open_store(self._database, master_key=MASTER_KEY, now=real_now, world=self._world)


@pytest.fixture
async def telegram() -> AsyncIterator[Server]:
    async with Server([BotSpec(TOKEN, USERNAME, NAME)]) as server:
        yield server


@pytest.fixture
def ward(telegram: Server, database_url: str, tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """On both databases."""
    compile_all()
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    return Ward(tmp_path, telegram.url, database_url, world, monkeypatch)


async def _found(ward: Ward, *words: str, ahead_ms: int = 0) -> None:
    """Exactly one sentence, which says all of this."""
    wrong = await ward.wrong(ahead_ms=ahead_ms)
    assert len(wrong) == 1, wrong
    assert [word for word in words if word not in wrong[0]] == [], wrong


async def test_a_sound_installation(ward: Ward) -> None:
    assert await ward.wrong() == []


async def test_one_that_is_not_started_yet(ward: Ward) -> None:
    ward.set(DATABASE_URL=f"sqlite:///{ward.folder / 'later.db'}")
    assert await ward.wrong() == []
    assert not (ward.folder / "later.db").exists(), "looking changes nothing"


SETTINGS = [
    ("a misspelt setting", {"DATABSE_URL": "sqlite:///else.db"}, ("DUBAN_DATABSE_URL is no setting", "write DUBAN_DATABASE_URL")),
    ("no token", {"BOT_TOKEN": ""}, ("DUBAN_BOT_TOKEN", "BotFather")),
    ("a token of another shape", {"BOT_TOKEN": "a word"}, ("DUBAN_BOT_TOKEN", "123456:ABC")),
    ("a token that nobody knows", {"BOT_TOKEN": "7000000001:stranger"}, ("DUBAN_BOT_TOKEN", "does not know", "BotFather")),
    ("a token and a file of it", {"BOT_TOKEN_FILE": "token"}, ("DUBAN_BOT_TOKEN_FILE", "leave one of them out")),
    ("no file of the token", {"BOT_TOKEN": "", "BOT_TOKEN_FILE": "nowhere"}, ("DUBAN_BOT_TOKEN_FILE", "there is no file", "BotFather")),
    ("Telegram cannot be reached", {"BOT_API_URL": "http://127.0.0.1:9"}, ("DUBAN_BOT_API_URL", "DUBAN_PROXY_URL")),
    ("a proxy of an unknown kind", {"PROXY_URL": "socks5://127.0.0.1:1080"}, ("DUBAN_PROXY_URL", "SOCKS")),
    ("no key file", {"MASTER_KEY_FILE": "nowhere.key"}, ("DUBAN_MASTER_KEY_FILE", "duban keygen")),
    ("a regime that is not there", {"REGIMES": "atlantis"}, ("DUBAN_REGIMES", "no such file", "shandong-2022")),
    ("no regime", {"REGIMES": " , "}, ("DUBAN_REGIMES", "at least one")),
    ("a regime named twice", {"REGIMES": "jilin-2019,jilin-2019"}, ("DUBAN_REGIMES", "twice")),
    ("another kind of database", {"DATABASE_URL": "mysql://127.0.0.1/duban"}, ("DUBAN_DATABASE_URL", "sqlite:///path")),
    ("a database that is away", {"DATABASE_URL": "postgresql://duban@127.0.0.1:9/duban"}, ("DUBAN_DATABASE_URL", "cannot be reached")),
    ("a folder that cannot be written", {"DATABASE_URL": "sqlite:////dev/null/duban.db"}, ("DUBAN_DATABASE_URL", "cannot be written")),
    ("a data folder that is a file", {"DATA_DIR": "/dev/null"}, ("DUBAN_DATA_DIR", "cannot be written", "name another")),
    ("a webhook without a secret", {"WEBHOOK_URL": "https://bot.example.org/webhook"}, ("DUBAN_WEBHOOK_SECRET", "only Telegram")),
    ("a webhook at another path", {"WEBHOOK_URL": "https://bot.example.org/", "WEBHOOK_SECRET": "a"}, ("DUBAN_WEBHOOK_URL", "/webhook")),
]


@pytest.mark.parametrize(("settings", "words"), [each[1:] for each in SETTINGS], ids=[each[0].replace(" ", "_") for each in SETTINGS])
async def test_a_wrong_setting(
    telegram: Server, tmp_path: Path, sqlite_template: Path, world: World, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], words: tuple[str, ...]
) -> None:  # fmt: skip
    await _found(_on_sqlite(telegram, tmp_path, sqlite_template, world, monkeypatch, **settings), *words)


def _on_sqlite(telegram: Server, folder: Path, template: Path, world: World, patch: pytest.MonkeyPatch, **settings: str) -> Ward:
    compile_all()
    key = folder / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    shutil.copy(template, folder / "duban.db")
    ward = Ward(folder, telegram.url, f"sqlite:///{folder / 'duban.db'}", world, patch)
    ward.set(**settings)
    return ward


@pytest.fixture
def plain(telegram: Server, tmp_path: Path, sqlite_template: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Ward:
    return _on_sqlite(telegram, tmp_path, sqlite_template, world, monkeypatch)


async def test_several_wrong_settings_are_all_told(plain: Ward) -> None:
    plain.set(BOT_TOKEN="a word", LOG_LEVEL="chatty", HTTP_LISTEN="everywhere")
    assert {each.partition(":")[0] for each in await plain.wrong()} == {"DUBAN_BOT_TOKEN", "DUBAN_LOG_LEVEL", "DUBAN_HTTP_LISTEN"}


async def test_in_production_a_movable_clock_and_a_plain_webhook(plain: Ward) -> None:
    plain.set(
        BOT_API_URL="http://telegram.invalid",
        CLOCK_URL="http://127.0.0.1:8081",
        WEBHOOK_URL="http://b.example.org/webhook",
        WEBHOOK_SECRET="a",
    )
    wrong = await examine(real_now, offline=True)
    assert [each.partition(":")[0] for each in wrong] == ["DUBAN_WEBHOOK_URL", "DUBAN_CLOCK_URL"]
    assert "https only" in wrong[0]
    assert "leave it empty" in wrong[1]


async def test_a_key_that_others_may_read(plain: Ward) -> None:
    (plain.folder / "master.key").chmod(0o640)
    await _found(plain, "DUBAN_MASTER_KEY_FILE", "chmod 600")


async def test_a_file_that_holds_no_key(plain: Ward) -> None:
    (plain.folder / "master.key").write_text("secret")
    await _found(plain, "DUBAN_MASTER_KEY_FILE", "64 hexadecimal digits")


async def test_another_installations_key(ward: Ward) -> None:
    await ward.unit(aside.counts)  # opened once: now it has keys
    (ward.folder / "master.key").write_text("ab" * 32)
    await _found(ward, "DUBAN_MASTER_KEY_FILE", "the one it was made with")


async def test_a_database_of_a_later_release(ward: Ward) -> None:
    await ward.unit(lambda tx: tx.run("UPDATE alembic_version SET version_num = '9999'"))
    await _found(ward, "DUBAN_DATABASE_URL", "9999", "newer release")


async def test_a_database_without_tables(ward: Ward) -> None:
    await ward.unit(lambda tx: tx.run("DELETE FROM alembic_version"))
    await _found(ward, "DUBAN_DATABASE_URL", "start `duban run` once")


async def test_a_regime_file_with_a_slip(plain: Ward) -> None:
    broken = plain.folder / "broken.toml"
    broken.write_text("id = broken\n")
    plain.set(REGIMES=f"jilin-2019,{broken}")
    await _found(plain, "DUBAN_REGIMES", "broken.toml", "no valid TOML")


async def test_a_disk_that_is_nearly_full(plain: Ward) -> None:
    plain.patch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=100 * 2**20))
    wrong = await plain.wrong()
    assert {each.partition(":")[0] for each in wrong} == {"DUBAN_DATA_DIR", "DUBAN_DATABASE_URL"}
    assert all("only 100 MB" in each and "make room" in each for each in wrong)


async def test_texts_that_are_not_compiled(plain: Ward) -> None:
    plain.patch.setattr(checks, "LOCALES", plain.folder)
    wrong = await plain.wrong()
    assert len(wrong) == 2
    assert "make mo" in wrong[0]


@pytest.mark.parametrize(("ahead_ms", "word"), [(HOUR_MS, "ahead of"), (-HOUR_MS, "behind")])
async def test_a_clock_that_is_wrong(plain: Ward, ahead_ms: int, word: str) -> None:
    await _found(plain, word, "NTP", ahead_ms=ahead_ms)


async def test_a_webhook_that_is_set_while_we_poll(plain: Ward, telegram: Server) -> None:
    await _call(telegram, "setWebhook", url="http://127.0.0.1:9/webhook")
    await _found(plain, "DUBAN_WEBHOOK_URL", "deleteWebhook")
    plain.set(WEBHOOK_URL="http://127.0.0.1:10/webhook", WEBHOOK_SECRET="a")
    await _found(plain, "DUBAN_WEBHOOK_URL", "another address")
    await _call(telegram, "deleteWebhook")


async def test_a_proxy_that_does_not_answer(plain: Ward) -> None:
    """Telegram itself is there: the doctor sees it as the bot would."""
    plain.set(PROXY_URL="http://127.0.0.1:9")
    await _found(plain, "DUBAN_BOT_API_URL", "DUBAN_PROXY_URL")


async def _call(telegram: Server, method: str, **params: str) -> None:
    import aiohttp

    async with aiohttp.ClientSession() as session, session.post(f"{telegram.url}/bot{TOKEN}/{method}", json=params) as answer:
        assert (await answer.json())["ok"]


async def test_a_sender_that_died(ward: Ward) -> None:
    await ward.unit(lambda tx: lease.take(tx, "sender", "elsewhere:1:ab", -1))
    await _found(ward, "Nobody sends", "elsewhere:1", "duban run")


async def test_a_sender_that_runs_or_left_in_order_is_no_fault(ward: Ward) -> None:
    await ward.unit(lambda tx: lease.take(tx, "sender", "elsewhere:1:ab", 60_000))
    assert await ward.wrong() == []

    async def drop(tx: Tx) -> None:
        held = await lease.take(tx, "sender", "elsewhere:1:ab", 60_000)
        assert held is not None
        await lease.drop(tx, held)

    await ward.unit(drop)
    assert await ward.wrong() == []


async def test_a_pause_that_somebody_forgot(ward: Ward) -> None:
    await ward.unit(lambda tx: pausing.set_pause(tx, pausing.ALL, pausing.Paused(tx.now, None, "核对名单")))
    await _found(ward, "Sending is paused", "核对名单", "duban resume")


async def test_updates_that_were_set_aside(ward: Ward) -> None:
    async def plant(tx: Tx) -> None:
        await inbox.add(tx, [("lane", {"update_id": 1})])
        await inbox.set_aside(tx, 1, "ValueError", "A1B2C3D4")

    await ward.unit(plant)
    await _found(ward, "1 updates were set aside", "duban queue list")


async def test_messages_that_were_set_aside(ward: Ward) -> None:
    async def plant(tx: Tx) -> None:
        await outbox.say(tx, To(7, None, "zh"), "form.cancelled")
        [parcel] = await outbox.claim(tx, 1, 1)
        await outbox.set_aside(tx, parcel.id, "Bad Request")

    await ward.unit(plant)
    await _found(ward, "1 messages were set aside", "duban queue list")


async def test_what_was_set_aside_is_tried_again_or_dropped(ward: Ward) -> None:
    from cli.queue import queue_

    async def plant(tx: Tx) -> None:
        await inbox.add(tx, [("lane", {"update_id": 1})])
        await inbox.set_aside(tx, 1, "ValueError", "A1B2C3D4")

    await ward.unit(plant)
    again = await asyncio.to_thread(CliRunner().invoke, queue_, ["retry", "--all"], catch_exceptions=False)
    assert "0 messages and 1 updates put back" in again.output
    assert await ward.wrong() == []
    await ward.unit(lambda tx: inbox.set_aside(tx, 1, "ValueError", "A1B2C3D4"))
    dropped = await asyncio.to_thread(CliRunner().invoke, queue_, ["drop", "i1"], catch_exceptions=False)
    assert "0 messages and 1 updates deleted" in dropped.output
    assert await ward.wrong() == []


async def test_the_command_says_it_and_exits(plain: Ward) -> None:
    sound = await asyncio.to_thread(CliRunner().invoke, doctor, [], catch_exceptions=False)
    assert (sound.exit_code, sound.output) == (0, "Nothing is wrong.\n")
    (plain.folder / "master.key").chmod(0o644)
    ill = await asyncio.to_thread(CliRunner().invoke, doctor, ["--offline"], catch_exceptions=False)
    assert ill.exit_code == 1
    assert ill.output.startswith("✗ DUBAN_MASTER_KEY_FILE")
