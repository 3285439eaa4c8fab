"""Playing a person at the local Telegram: write, press what the bot offers, and expect what the story says must come.

Messages are recognised by their catalogue key, buttons by what they do, so that a story reads the same in every language and regime.
"""

import html
import re
from dataclasses import dataclass, field
from functools import lru_cache

from bot.render import Catalogue
from sandbox.client import Person, SeenMessage
from tours.stage import Stage


class StoryError(Exception):
    """A step did not do what the story expects."""


@dataclass
class Line:
    """One thing that happened in somebody's chat."""

    at_ms: int
    who: str
    outgoing: bool
    text: str
    buttons: list[str] = field(default_factory=list)
    edited: bool = False


@dataclass
class Player:
    stage: Stage
    key: str
    name: str
    person: Person
    language: str = "zh"
    lines: list[Line] = field(default_factory=list)
    _shown: dict[int, str] = field(default_factory=dict)
    _mark: int = 0

    async def start(self, payload: str | None = None) -> None:
        self._mark = len(self.lines)
        await self.stage.sandbox.start(self.person, payload)
        await self._after()

    async def say(self, text: str) -> None:
        self._mark = len(self.lines)
        await self.stage.sandbox.write(self.person, text)
        await self._after()

    async def photo(self, content: bytes, caption: str | None = None) -> None:
        self._mark = len(self.lines)
        await self.stage.sandbox.send(self.person, "photo", content, caption=caption, file_name="photo.png")
        await self._after()

    async def document(self, content: bytes, name: str) -> None:
        self._mark = len(self.lines)
        await self.stage.sandbox.send(self.person, "document", content, file_name=name)
        await self._after()

    async def file(self) -> bytes:
        """The newest file this person was sent."""
        for message in reversed(await self._messages()):
            if message.document and not message.outgoing:
                return await self.stage.sandbox.file(message.document["file_unique_id"])
        raise StoryError(f"{self.name} was sent no file")

    async def block(self) -> None:
        await self.stage.sandbox.block(self.person)
        await self._after()

    async def unblock(self) -> None:
        self._mark = len(self.lines)
        await self.stage.sandbox.unblock(self.person)
        await self._after()

    async def sticker(self) -> None:
        self._mark = len(self.lines)
        await self.stage.sandbox.send(self.person, "sticker", b"RIFF", file_name="sticker.webp")
        await self._after()

    async def press(self, verb: str, arg: str = "") -> None:
        """The newest button that does `verb` (and, with `arg`, just that choice)."""
        for message in reversed(await self._messages()):
            for row in message.keyboard or []:
                for button in row:
                    parts = (button.data or "").split(".", 4)
                    if len(parts) > 1 and parts[1] == verb and (not arg or parts[4:] == [arg]):
                        await self._press(message.message_id, button.data or "")
                        return
        raise StoryError(f"{self.name} has no button «{verb} {arg}»")

    async def pick(self, words: str) -> None:
        """A button of the newest message that has buttons, by words on it."""
        for message in reversed(await self._messages()):
            found = [button for row in message.keyboard or [] for button in row if words in button.text and button.data]
            if found:
                await self._press(message.message_id, found[0].data or "")
                return
            if message.keyboard:
                raise StoryError(f"{self.name} sees no button with «{words}», only {[b.text for row in message.keyboard for b in row]}")
        raise StoryError(f"{self.name} sees no buttons at all")

    async def _press(self, message_id: int, data: str) -> None:
        self._mark = len(self.lines)
        label = next(
            b.text for m in await self._messages() if m.message_id == message_id for r in m.keyboard or [] for b in r if b.data == data
        )
        self.lines.append(Line((await self.stage.sandbox.clock()).now, self.key, True, f"[{label}]"))
        seen = await self.stage.sandbox.answers(self.person)
        await self.stage.sandbox.press(self.person, data=data, message_id=message_id)
        await self._after()
        for answer in (await self.stage.sandbox.answers(self.person))[len(seen) :]:
            if answer.text:
                self.lines.append(Line((await self.stage.sandbox.clock()).now, self.key, False, answer.text))

    async def _messages(self) -> list[SeenMessage]:
        return await self.stage.sandbox.messages(self.person)

    async def _after(self) -> None:
        await self.stage.settle()
        await self.look()

    async def look(self) -> None:
        """Write down what is new or changed in this person's chat."""
        for message in await self._messages():
            text = "\n".join([message.words or "(file)", *(f"[{b.text}]" for row in message.keyboard or [] for b in row)])
            if self._shown.get(message.message_id) == text:
                continue
            edited = message.message_id in self._shown
            self._shown[message.message_id] = text
            buttons = [button.text for row in message.keyboard or [] for button in row]
            self.lines.append(Line(message.date, self.key, message.outgoing, message.words or "(file)", buttons, edited))

    async def expect(self, key: str, *words: str, since: int | None = None, otherwise: str = "") -> str:
        """A text of this catalogue key (or of `otherwise`) among what is new since the last act; also holding `words`. Returns it."""
        await self.look()
        start = self._mark if since is None else since
        fresh = [line.text for line in self.lines[start:] if not line.outgoing]
        for text in reversed(fresh):
            said = any(text_of(each, self.language).search(text) for each in (key, otherwise) if each)
            if said and all(word in text for word in words):
                return text
        shown = " ¦ ".join(text.replace("\n", " ")[:200] for text in fresh) or "nothing"
        raise StoryError(f"{self.name} should read «{key}» {' '.join(words)}, but read: {shown}")

    async def spared(self, key: str, *words: str) -> None:
        """No text of this catalogue key with these words is new."""
        await self.look()
        for line in self.lines[self._mark :]:
            if not line.outgoing and text_of(key, self.language).search(line.text) and all(word in line.text for word in words):
                raise StoryError(f"{self.name} must not read «{key}» {' '.join(words)}")

    async def told(self, *words: str) -> str:
        """Something new holds all these words; where nothing is new since the last act, what came by itself counts."""
        await self.look()
        fresh = [line.text for line in self.lines[self._mark :] if not line.outgoing]
        for text in reversed(fresh):
            if all(word in text for word in words):
                return text
        shown = " ¦ ".join(text.replace("\n", " ")[:200] for text in fresh) or "nothing"
        raise StoryError(f"{self.name} should be told «{' '.join(words)}», but read: {shown}")

    async def sees(self, key: str) -> bool:
        """Whether the last thing said to this person is that text."""
        await self.look()
        said = [line.text for line in self.lines if not line.outgoing]
        return bool(said) and text_of(key, self.language).search(said[-1]) is not None

    async def old_button(self) -> tuple[int, str]:
        """A button of the newest message that has one, to be pressed again later."""
        for message in reversed(await self._messages()):
            for row in message.keyboard or []:
                for button in row:
                    if button.data:
                        return message.message_id, button.data
        raise StoryError(f"{self.name} sees no button")

    async def press_again(self, old: tuple[int, str]) -> None:
        """A button that is not there any more: telephones still show it, and fingers are slow."""
        self._mark = len(self.lines)
        message_id, data = old
        callback = await self.stage.sandbox.press(self.person, data=data, message_id=message_id, force=True)
        await self._after()
        answer = await self.stage.sandbox.wait_answer(self.person, callback)
        self.lines.append(Line((await self.stage.sandbox.clock()).now, self.key, False, answer.text or ""))

    async def not_told(self, words: str, since: int = 0) -> None:
        await self.look()
        if any(words in line.text for line in self.lines[since:] if not line.outgoing):
            raise StoryError(f"{self.name} must not read «{words}»")

    def mark(self) -> int:
        """From here on counts as new."""
        self._mark = len(self.lines)
        return self._mark


@lru_cache(maxsize=512)
def text_of(key: str, language: str) -> re.Pattern[str]:
    """The catalogue's text as a pattern: each parameter stands for anything."""
    plain = html.unescape(re.sub(r"</?[a-z]+>", "", Catalogue(language).get(key))).strip()
    parts = re.split(r"\{[^}]*\}", plain)
    return re.compile(".*?".join(re.escape(part.strip("\n")) for part in parts), re.DOTALL)
