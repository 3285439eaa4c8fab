"""Twenty people who report on their tasks again and again, one turn after the bot's prompt came: the load of the kill tests.

Each report is a whole conversation (button, words, skip, send) with words that occur once in the world, so that nothing can be lost or
done twice unseen.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from sandbox.client import Button, Person, SeenMessage
from tours.stage import Stage

Wanted = Callable[[SeenMessage], Button | None]


class Watch:
    """One long poll for everybody: wakes those in whose chat something happened."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._changed: dict[int, asyncio.Event] = {}

    def of(self, account: int) -> asyncio.Event:
        return self._changed.setdefault(account, asyncio.Event())

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch(self) -> None:
        seen, _ = await self._stage.sandbox.events(0, seconds=0)
        while True:
            seen, events = await self._stage.sandbox.events(seen, seconds=5)
            for account in {event["chat"] for event in events}:
                self.of(account).set()


@dataclass
class Reporter:
    stage: Stage
    watch: Watch
    person: Person
    task: int
    written: list[str] = field(default_factory=list)
    doing: str = "waits"

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.report()

    async def report(self) -> None:
        """One conversation from the card's button to the card that shows the words."""
        words = f"第{self.person.id}-{len(self.written)}号进展"
        prompt = await self.press_when("card", lambda message: button(message, "tp"))
        await self.see("the question", prompt, "办到哪一步了")
        self.written.append(words)
        await self.stage.sandbox.write(self.person, words)
        # A question that was doubled in an earlier conversation keeps its buttons: only what came after this one's prompt counts.
        await self.press_when("skip", lambda message: button(message, "f", "skip") if message.message_id > prompt else None)
        await self.press_when("summary", lambda message: button(message, "f", "submit") if words in message.words else None)
        await self.see("the card", 0, words, verb="tp")

    async def told(self) -> str:
        """Where this one waits, and what stands in the chat: for whoever reads that a conversation did not end."""
        seen = (await self.stage.sandbox.messages(self.person))[-5:]
        chat = [f"{each.message_id}: {each.words[:40]!r} {[button.data for button in each.buttons]}" for each in seen]
        answers = [(each.text, each.alert) for each in await self.stage.sandbox.answers(self.person)][-3:]
        return "\n".join([f"{self.person.id} at {self.doing}", *chat, f"toasts {answers}"])

    async def press_when(self, doing: str, wanted: Wanted) -> int:
        """Press it in the newest message that has it; returns that message's id."""
        message, found = await self._until(doing, wanted)
        await self.stage.sandbox.press(self.person, data=found.data, message_id=message.message_id)
        return message.message_id

    async def see(self, doing: str, after: int, words: str, verb: str = "") -> None:
        def wanted(message: SeenMessage) -> Button | None:
            if message.message_id <= after or message.outgoing or words not in message.words:
                return None
            return button(message, verb) if verb else Button(text="")

        await self._until(doing, wanted)

    async def _until(self, doing: str, wanted: Wanted) -> tuple[SeenMessage, Button]:
        self.doing = f"{len(self.written)}: {doing}"
        changed = self.watch.of(self.person.id)
        while True:
            changed.clear()
            for message in reversed((await self.stage.sandbox.messages(self.person))[-12:]):
                found = wanted(message)
                if found is not None:
                    return message, found
            await changed.wait()


def button(message: SeenMessage, verb: str, arg: str = "") -> Button | None:
    for each in message.buttons:
        parts = (each.data or "").split(".", 4)
        if len(parts) > 3 and parts[1] == verb and parts[4:] == ([arg] if arg else []):
            return each
    return None
