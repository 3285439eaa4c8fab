"""Rows of telegram.md: getUpdates, two pollers, retention, webhook."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Conflict

from sandbox import webhook
from sandbox.app import Server
from sandbox.client import Person, Sandbox
from tests.sandbox.conftest import Refused, make_bot, take, texts

OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


async def test_offset_forgets_what_is_below(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    for text in ("一", "二", "三"):
        await sandbox.write(li, text)
    first = await bot.get_updates()
    assert texts(list(first)) == ["/start", "一", "二", "三"]
    assert texts(list(await bot.get_updates())) == ["/start", "一", "二", "三"]
    assert texts(list(await bot.get_updates(offset=first[2].update_id))) == ["二", "三"]
    assert texts(list(await bot.get_updates(offset=first[0].update_id))) == ["二", "三"]
    assert texts(list(await bot.get_updates(offset=-1))) == ["三"]
    counts = (await sandbox.updates())[0]
    assert (counts["waiting"], counts["confirmed"]) == (1, 3)


async def test_limit_of_1_to_100(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    for n in range(101):
        await sandbox.write(li, str(n))
    assert len(await bot.get_updates()) == 100
    assert len(await bot.get_updates(limit=1000)) == 100
    assert len(await bot.get_updates(limit=7)) == 7
    assert len(await bot.get_updates(limit=0)) == 1


async def test_poll_answers_at_once_when_something_comes(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await take(bot)
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await sandbox.write(li, "现在")
    assert texts(list(await asyncio.wait_for(poll, 10))) == ["现在"]


async def test_allowed_updates_apply_when_an_update_is_made(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await take(bot)
    await bot.send_message(li.id, "甲", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("键", callback_data="a")]]))
    await sandbox.write(li, "先")
    # What waits already is not touched by a later list.
    assert texts(list(await bot.get_updates(allowed_updates=["callback_query"]))) == ["先"]
    await take(bot)
    await sandbox.write(li, "不要")
    await sandbox.press(li, "键")
    # Omitted, the list is kept.
    assert [update.callback_query is not None for update in await take(bot)] == [True]
    await bot.get_updates(allowed_updates=[])
    await sandbox.write(li, "又要")
    assert texts(await take(bot)) == ["又要"]


async def test_edited_message(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    sent = await sandbox.write(li, "错字")
    await take(bot)
    await sandbox.edit(li, sent.message_id, "正字")
    edited = (await take(bot))[0].edited_message
    assert edited is not None
    assert (edited.text, edited.edit_date is not None) == ("正字", True)


async def test_older_of_two_polls_gets_409(server: Server, bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await take(bot)
    async with make_bot(server.url) as twin:
        older = asyncio.create_task(bot.get_updates(timeout=50))
        await poll_waits(server)
        newer = asyncio.create_task(twin.get_updates(timeout=50))
        with pytest.raises(Conflict):
            await asyncio.wait_for(older, 10)
        assert (await sandbox.log(method="getUpdates"))[-1].description == OTHER_POLL
        await sandbox.write(li, "给新的")
        assert texts(list(await asyncio.wait_for(newer, 10))) == ["给新的"]


async def poll_waits(server: Server) -> None:
    """Until the poll that was just sent has arrived."""
    queue = next(iter(server.world.bots.values())).updates
    while queue._poll is None:  # noqa: ASYNC110 - the server has no event for it, and needs none
        await asyncio.sleep(0)


async def test_retention(server: Server, bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await take(bot)
    await bot.send_message(li.id, "甲", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("键", callback_data="a")]]))
    await sandbox.write(li, "旧")
    await sandbox.advance(hours=23, minutes=59)
    assert texts(list(await bot.get_updates())) == ["旧"]
    await sandbox.write(li, "新")
    await sandbox.advance(minutes=2)
    assert texts(list(await bot.get_updates())) == ["新"]
    await sandbox.press(li, "键")
    # A press lives 150 s of real time, wherever the sandbox's clock stands.
    await sandbox.advance(minutes=30)
    queue = next(iter(server.world.bots.values())).updates
    assert len(await bot.get_updates()) == 2
    queue.waiting()[-1].born_real -= 151
    assert texts(list(await bot.get_updates())) == ["新"]


class Receiver:
    """The bot's side of a webhook: answers with what it is told, 200 when nothing is left to say."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.say: list[int] = []
        self.hold: dict[str, asyncio.Event] = {}
        self.url = ""
        self.news = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.got.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.news.set()
        held = self.hold.get(update.get("message", {}).get("text", ""))
        if held is not None:
            await held.wait()
        return web.Response(status=self.say.pop(0) if self.say else 200)

    async def until(self, count: int) -> None:
        while len(self.got) < count:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 10)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_webhook_takes_the_place_of_polling(
    bot: Bot, sandbox: Sandbox, li: Person, refused: Refused, receiver: Receiver, server: Server
) -> None:
    assert await bot.set_webhook(receiver.url, secret_token="s-3")
    await receiver.until(1)
    await sandbox.write(li, "推")
    await receiver.until(2)
    assert [each["message"]["text"] for each in receiver.got] == ["/start", "推"]
    assert receiver.secrets == ["s-3", "s-3"]
    await refused(bot.get_updates(), HOOKED)
    await refused(bot.set_webhook("ftp://x"), "Bad Request: bad webhook: invalid webhook URL specified")
    assert (await bot.get_webhook_info()).url == receiver.url
    await bot.delete_webhook()
    await sandbox.write(li, "拉")
    assert texts(await take(bot)) == ["拉"]


async def test_setting_a_webhook_ends_the_poll(bot: Bot, sandbox: Sandbox, server: Server, receiver: Receiver) -> None:
    async with make_bot(server.url) as twin:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await poll_waits(server)
        await twin.set_webhook(receiver.url)
        with pytest.raises(Conflict):
            await asyncio.wait_for(poll, 10)
    assert "Conflict: terminated by setWebhook request" in [entry.description for entry in await sandbox.log()]


async def test_webhook_is_tried_again(bot: Bot, sandbox: Sandbox, li: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [webhook.pause_after(failures) for failures in (1, 2, 3, 4, 7, 20)] == [0, 2, 4, 8, 60, 60]
    monkeypatch.setattr(webhook, "pause_after", lambda failures: 0)
    receiver.say = [500, 302, 404, 200]
    await bot.set_webhook(receiver.url)
    await receiver.until(4)
    assert len({each["update_id"] for each in receiver.got}) == 1
    await sandbox.write(li, "后")
    await receiver.until(5)
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"


async def test_a_tap_can_overtake_a_text_of_the_same_person(bot: Bot, sandbox: Sandbox, li: Person, receiver: Receiver) -> None:
    await take(bot)
    await bot.send_message(li.id, "甲", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("键", callback_data="a")]]))
    receiver.hold["慢"] = asyncio.Event()
    await bot.set_webhook(receiver.url)
    for text in ("慢", "等"):
        await sandbox.write(li, text)
    await sandbox.press(li, "键")
    await receiver.until(2)
    assert {next(iter(each.keys() - {"update_id"})) for each in receiver.got} == {"message", "callback_query"}
    receiver.hold["慢"].set()
    await receiver.until(3)
    assert receiver.got[-1]["message"]["text"] == "等"
