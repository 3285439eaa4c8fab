"""The program and the local Telegram in one process: faults are ordered, the store is asked, business time stands still."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.app import Bot
from config.settings import Settings
from domain.speech import INTERACTIVE, To
from sandbox.app import BotSpec, Server
from sandbox.client import LogEntry, Person, Sandbox
from storage import outbox
from storage.tx import Tx
from tests.conftest import MASTER_KEY, Clock
from tours.stage import NAME, TOKEN, USERNAME

T = TypeVar("T")


@dataclass
class Edge:
    server: Server
    sandbox: Sandbox
    bot: Bot
    settings: Settings

    async def person(self, name: str) -> Person:
        """Somebody who opened the bot and was answered."""
        person = await self.sandbox.person(name)
        await self.sandbox.start(person)
        await self.sandbox.wait_message(person)
        await self.rest()
        return person

    async def say(self, person: Person, *words: str, priority: int = INTERACTIVE, key: str = "form.cancelled") -> None:
        """Rows of the outbox whose text holds these words, in one unit."""

        async def unit(tx: Tx) -> None:
            for each in words:
                await say_words(tx, person.id, each, priority=priority, key=key)

        await self.bot.store.unit(unit)

    async def rest(self) -> None:
        """Until nothing waits and nothing is on its way."""
        await until(self.bot.idle, "rest")

    async def said(self, person: Person) -> list[str]:
        """The words of `say` that stand in the chat, in order."""
        texts = [each.words for each in await self.sandbox.messages(person) if not each.outgoing]
        return [text.split("«")[1].split("»")[0] for text in texts if "«" in text]

    async def tries(self, person: Person, method: str = "sendMessage") -> list[LogEntry]:
        return [entry for entry in await self.sandbox.log(method=method) if entry.chat_id == person.id]

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        return await self.bot.store.read(lambda tx: tx.all(sql))


async def say_words(tx: Tx, chat: int, words: str, *, priority: int = INTERACTIVE, key: str = "form.cancelled") -> None:
    await outbox.say(tx, To(chat, None, "zh"), key, {"form": f"«{words}»"}, priority=priority)


async def until(look: Callable[[], Awaitable[T]], what: str, seconds: float = 20) -> T:
    """Asked again and again, since what is waited for is a row, not an event."""
    end = asyncio.get_running_loop().time() + seconds
    while not (found := await look()):
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"waited {seconds} s for {what} in vain")
        await asyncio.sleep(0.01)
    return found


@asynccontextmanager
async def opened(database: Path, folder: Path, clock: Clock, regime: str, token_file: Path | None = None) -> AsyncIterator[Edge]:
    key = folder / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    async with Server([BotSpec(TOKEN, USERNAME, NAME)]) as server:
        server.world.rates.enabled = False
        settings = Settings(
            bot_token="" if token_file else TOKEN,
            bot_token_file=str(token_file or ""),
            bot_api_url=server.url,
            database_url=f"sqlite:///{database}",
            data_dir=folder,
            master_key_file=key,
            regimes=(regime,),
        )
        async with Sandbox(server.url) as sandbox, Bot.started(settings, clock) as bot:
            yield Edge(server, sandbox, bot, settings)
