"""The local Telegram in this process, python-telegram-bot as its client, and a small cast."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from telegram import Bot, Message, Update
from telegram.error import TelegramError

from sandbox.app import BotSpec, Server
from sandbox.client import Person, Sandbox

os.environ["PTB_TIMEDELTA"] = "1"

TOKEN = "7000000001:AAE-test"
USERNAME = "test_bot"
Refused = Callable[[Awaitable[Any], str], Awaitable[TelegramError]]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Without limits on sending; the tests of the limits switch them on."""
    async with Server([BotSpec(TOKEN, USERNAME, "督办")]) as server:
        server.world.rates.enabled = False
        yield server


@pytest.fixture
async def sandbox(server: Server) -> AsyncIterator[Sandbox]:
    async with Sandbox(server.url) as sandbox:
        yield sandbox


def make_bot(url: str, token: str = TOKEN) -> Bot:
    return Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")


@pytest.fixture
async def bot(server: Server) -> AsyncIterator[Bot]:
    async with make_bot(server.url) as bot:
        yield bot


@pytest.fixture
async def li(sandbox: Sandbox) -> Person:
    """The local liaison: has opened the bot."""
    person = await sandbox.person("李联络")
    await sandbox.start(person)
    return person


@pytest.fixture
async def stranger(sandbox: Sandbox) -> Person:
    """Has never written to the bot."""
    return await sandbox.person("陌生人")


@pytest.fixture
def refused(sandbox: Sandbox) -> Refused:
    """Await a call that must fail, and compare the very words of the answer with Telegram's."""

    async def check(call: Awaitable[Any], description: str) -> TelegramError:
        with pytest.raises(TelegramError) as caught:
            await call
        assert (await sandbox.log())[-1].description == description
        return caught.value

    return check


async def take(bot: Bot) -> list[Update]:
    """Everything that waits for the bot, confirmed."""
    updates = list(await bot.get_updates())
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


def texts(updates: list[Update]) -> list[str | None]:
    return [update.effective_message.text if isinstance(update.effective_message, Message) else None for update in updates]
