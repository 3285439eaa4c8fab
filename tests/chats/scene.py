"""Whole conversations through the real engine against the local Telegram over HTTP; the program is restarted between two turns.

A story acts (`say`, `press`, `photo`, `move_to`), the scene waits until everything owed is said, and writes down what each person newly
sees. The transcript is a readable file beside the story; `pytest --regen` writes it anew, and the diff is read.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from actions import waking
from bot.app import Bot
from config.settings import Settings
from domain.deadlines import at
from sandbox.app import BotSpec, Server
from sandbox.client import Person, Sandbox, SeenMessage
from storage.tx import Tx
from tests.conftest import MASTER_KEY, Clock

TOKEN = "7000000001:AAE-test"
USERNAME = "duban_test_bot"

# What is random in a message; its form is kept so that the transcript still reads.
MASKS = (
    (re.compile(r"(\d{4} ){6}\d{4}"), "0000 0000 0000 0000 0000 0000 0000"),
    (re.compile(r"start[= ][A-Za-z0-9_-]{20,}"), "start=TOKEN"),
    (re.compile(r"\b[A-HJ-NP-Z]\d{3}\b"), "A000"),  # the cover code of a complaint
    (re.compile(r"\b[0-9A-F]{8}\b"), "REFERENCE"),
)


@dataclass
class Scene:
    settings: Settings
    clock: Clock
    server: Server
    sandbox: Sandbox
    cast: dict[str, Person] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    _seen: dict[tuple[str, int], str] = field(default_factory=dict)
    _answers: dict[str, int] = field(default_factory=dict)
    _running: AsyncExitStack | None = None
    bot: Any = None

    async def join(self, key: str, name: str, *, language: str = "zh-hans") -> Person:
        """A new person of the story who has opened nothing yet."""
        self.cast[key] = await self.sandbox.person(name, language_code=language, id=700_000 + len(self.cast))
        return self.cast[key]

    async def up(self) -> None:
        self._running = AsyncExitStack()
        self.bot = await self._running.enter_async_context(Bot.started(self.settings, self.clock))

    async def down(self) -> None:
        if self._running is not None:
            await self._running.aclose()
            self._running = None

    async def start(self, who: str, payload: str | None = None) -> None:
        await self._turn(f"{who}: /start{' ' + payload if payload else ''}", self.sandbox.start(self.cast[who], payload))

    async def say(self, who: str, text: str) -> None:
        await self._turn(f"{who}: {text}", self.sandbox.write(self.cast[who], text))

    async def press(self, who: str, label: str) -> None:
        await self._turn(f"{who} presses [{label}]", self.sandbox.press(self.cast[who], label))

    async def press_data(self, who: str, data: str, message_id: int) -> None:
        """A press on a button that is not there any more, or is somebody else's."""
        await self._turn(f"{who} presses an old button", self.sandbox.press(self.cast[who], data=data, message_id=message_id, force=True))

    async def photo(self, who: str, caption: str | None = None) -> None:
        await self._turn(
            f"{who} sends a photo", self.sandbox.send(self.cast[who], "photo", a_photo(), caption=caption, file_name="现场.png")
        )

    async def album(self, who: str, n: int, caption: str = "") -> None:
        """Several photos at once: as many messages, one after the other."""
        person, content = self.cast[who], a_photo()
        for n_th in range(n - 1):
            said = caption if n_th == 0 else None
            await self.sandbox.send(person, "photo", content, caption=said, media_group_id="1", file_name="现场.png")
        final = self.sandbox.send(person, "photo", content, media_group_id="1", file_name="现场.png")
        await self._turn(f"{who} sends an album of {n}", final)

    async def send(self, who: str, kind: str, content: bytes | None = None, **more: Any) -> None:
        await self._turn(f"{who} sends a {kind}", self.sandbox.send(self.cast[who], kind, content, **more))

    async def edit(self, who: str, message_id: int, text: str) -> None:
        await self._turn(f"{who} edits: {text}", self.sandbox.edit(self.cast[who], message_id, text))

    async def block(self, who: str) -> None:
        await self._turn(f"{who} blocks the bot", self.sandbox.block(self.cast[who]))

    async def unblock(self, who: str) -> None:
        await self._turn(f"{who} lets the bot in again", self.sandbox.unblock(self.cast[who]))

    async def move_to(self, day: str, clock: str = "09:00") -> None:
        self.clock.now = at(date.fromisoformat(day), clock)
        if self.bot is not None:
            self.bot.store.wake({"obligations", "outbox"})
        await self._turn(f"— {day} {clock} —", None)

    async def messages(self, who: str) -> list[SeenMessage]:
        return await self.sandbox.messages(self.cast[who])

    async def last(self, who: str) -> SeenMessage:
        return [each for each in await self.messages(who) if not each.outgoing][-1]

    async def forget(self) -> None:
        """What was said so far is not part of the story."""
        await self._write_down()
        self.lines.clear()

    async def unit(self, fn: Any) -> Any:
        """Set the stage: run something on the store directly, with the program up."""
        return await self.bot.store.unit(fn)

    async def _turn(self, heading: str, act: Any) -> None:
        self.lines += ["", f"**{mask(heading)}**"]
        if act is not None:
            await act
        await self.settle()
        await self._write_down()
        await self.down()
        await self.up()

    async def settle(self) -> None:
        """Until every update is taken, done and answered, and every due thing is said."""
        from bot.jobs.tick import next_due

        for _ in range(2000):
            waiting = sum(each["waiting"] for each in await self.sandbox.updates())
            due = await next_due(self.bot.store)
            if self.bot.failed.done():
                self.bot.failed.result()
            # The morning's look at who has to hear something, too: else it comes in the middle of a later turn on a slow machine.
            wake = await self.bot.store.read(waking.wake_at)
            nothing_due = all(each is None or each > self.clock.now for each in (due, wake))
            if waiting == 0 and nothing_due and await self.bot.idle():
                return
            await asyncio.sleep(0.005)
        raise AssertionError("the program does not come to rest")

    async def _write_down(self) -> None:
        for who, person in self.cast.items():
            for answer in await self.sandbox.answers(person, after=self._answers.get(who, 0)):
                self._answers[who] = answer.n
                if answer.text:
                    self.lines += [f"→ {who} ({'dialog' if answer.alert else 'toast'}): {mask(answer.text)}"]
            view = await self.sandbox.messages(person)
            present = {message.message_id for message in view}
            for (name, message_id), shown in list(self._seen.items()):
                if name == who and message_id not in present:
                    del self._seen[name, message_id]
                    self.lines += [f"→ {who}: message deleted: {shown.splitlines()[0][:40]}"]
            for message in view:
                shown = show(message)
                if self._seen.get((who, message.message_id)) != shown:
                    edited = (who, message.message_id) in self._seen
                    self._seen[who, message.message_id] = shown
                    if not message.outgoing:
                        self.lines += [f"→ {who}{' (same message)' if edited else ''}:", *(f"> {line}" for line in shown.splitlines())]


def show(message: SeenMessage) -> str:
    parts = [mask(message.words)]
    if message.silent:
        parts.insert(0, "(without a sound)")
    for kind in ("photo", "document", "voice", "video"):
        if getattr(message, kind, None):
            parts.insert(0, f"({kind})")
    parts += [" ".join(f"[{button.text}]" for button in row) for row in (message.keyboard or [])]
    return "\n".join(part for part in parts if part)


def mask(text: str) -> str:
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def a_photo() -> bytes:
    """A small real picture."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 90)).save(out, "PNG")
    return out.getvalue()


@asynccontextmanager
async def opened(database_url: str, folder: Path, clock: Clock, regimes: tuple[str, ...]) -> AsyncIterator[Scene]:
    key = folder / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    async with Server([BotSpec(TOKEN, USERNAME, "督办")]) as server:
        server.world.rates.enabled = False
        settings = Settings(
            bot_token=TOKEN,
            bot_api_url=server.url,
            database_url=database_url,
            data_dir=folder,
            master_key_file=key,
            regimes=regimes,
            sends_per_second=0,
        )
        async with Sandbox(server.url) as sandbox:
            scene = Scene(settings, clock, server, sandbox)
            await scene.up()
            try:
                yield scene
            finally:
                await scene.down()


async def seated(tx: Tx) -> int:
    """How many seats are taken: the stage is set."""
    return int(await tx.value("SELECT count(*) AS n FROM appointment WHERE person IS NOT NULL"))
