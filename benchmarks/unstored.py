"""Ourselves with nothing stored: the same poller, the same form engine, texts and requests, answered at once and forgotten.

What the durable path is measured against; a process of its own (`unstored.py URL`). Presses get their toast, words the next question below,
as in the product.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import bot.forms
from actions.formbook import FORMS
from actions.prompts import draft_message
from bot import collector
from bot.api import Api
from bot.callbacks import unpack
from bot.hearing import load_package
from bot.incoming import Incoming
from bot.intake import Poller
from bot.render import Renderer
from bot.token import Token
from bot.transport import Transport
from config.load import load_calendar, load_regimes
from domain import forms
from domain.forms import Draft, Pressed, Said
from domain.speech import Button, Keyboard, Message
from domain.words import clean_text
from domain.world import World
from storage.drafts import StoredDraft
from storage.outbox import dump

OPEN: Keyboard = ((Button("button.task_progress", "tp", 1),),)
CARD = Message("task.not_yours", {"number": "1"}, OPEN)


class Forgetful:
    def __init__(self, api: Api, renderer: Renderer) -> None:
        self._api = api
        self._renderer = renderer
        self._drafts: dict[int, Draft] = {}
        self._lanes: dict[int, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        for raw in updates:
            self._spawn(self._in_order(Incoming(raw)))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_order(self, incoming: Incoming) -> None:
        async with self._lanes.setdefault(incoming.account, asyncio.Lock()):
            if incoming.press is None:
                await self._written(incoming)
            else:
                self._spawn(self._api.call("answerCallbackQuery", {"callback_query_id": incoming.press["id"]}))
                await self._pressed(incoming, unpack(incoming.press["data"]).verb, unpack(incoming.press["data"]).arg)

    async def _written(self, incoming: Incoming) -> None:
        if incoming.command("") is not None:
            await self._say(incoming, CARD)
            return
        before = self._drafts[incoming.account]
        turn = forms.answer(FORMS[before.form], before, Said(clean_text(incoming.message["text"])), lambda _: "form.error.want_day")
        self._drafts[incoming.account] = turn.draft
        await self._say(incoming, _question(turn.draft))

    async def _pressed(self, incoming: Incoming, verb: str, arg: str) -> None:
        if verb == "tp":
            draft = forms.begin(FORMS["task_progress"], {"task": 1})
        else:
            before = self._drafts[incoming.account]
            turn = forms.answer(FORMS[before.form], before, Pressed(arg), lambda _: "form.error.want_day")
            if turn.done is not None:
                await self._say(incoming, CARD)
                return
            draft = turn.draft
        self._drafts[incoming.account] = draft
        await self._say(incoming, _question(draft), edit=True)

    async def _say(self, incoming: Incoming, message: Message, *, edit: bool = False) -> None:
        payload = {
            "chat_id": incoming.chat,
            "text": self._renderer.text(message.key, message.params, incoming.language),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "reply_markup": {"inline_keyboard": self._renderer.keyboard(dump(message.buttons), incoming.language)},
        }
        await self._api.call("editMessageText" if edit else "sendMessage", payload | ({"message_id": incoming.message_id} if edit else {}))


def _question(draft: Draft) -> Message:
    return draft_message(FORMS[draft.form], StoredDraft(1, "", 1, draft))


async def main(url: str) -> None:
    load_package(bot.forms)
    transport = Transport(connections=512)
    await transport.initialize()
    token = Token(lambda: "7:bench", changes=False)
    collector.spare()  # as the program does
    bare = Forgetful(Api(transport, url, token), Renderer(World(load_regimes(["shandong-2022"]), load_calendar())))
    await Poller(Api(transport, url, token), bare.take).run()


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1]))
