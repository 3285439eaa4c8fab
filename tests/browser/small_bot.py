"""A bot of a few lines over plain HTTP: it greets, shows every kind of keyboard, echoes, and answers presses."""

import asyncio
import contextlib
from types import TracebackType
from typing import Any, Self

import aiohttp

JSON = dict[str, Any]

TOKEN = "700000001:small-bot-of-the-browser-tests"
USERNAME = "small_bot"
NAME = "示例机器人"

REPLY_KEYS = {
    "keyboard": [
        [{"text": "我的任务"}, {"text": "台账"}],
        [{"text": "发送电话", "request_contact": True}, {"text": "发送位置", "request_location": True}],
    ],
    "resize_keyboard": True,
}
CARD_KEYS = {
    "inline_keyboard": [
        [{"text": "报进展", "callback_data": "toast"}, {"text": "已完成", "callback_data": "edit"}],
        [{"text": "提示框", "callback_data": "alert"}, {"text": "慢", "callback_data": "slow"}],
        [{"text": "邀请链接", "url": f"https://t.me/{USERNAME}?start=invite_7"}],
    ]
}
CARD = (
    "<b>整改任务 DZ-014</b>\n<i>某焦化厂</i> 超产 <code>8.2%</code>，<tg-spoiler>来源保密</tg-spoiler>\n"
    '<a href="https://example.com/law">依据</a> <u>限期</u> <s>10</s> 5 个工作日 <img src=x onerror=1>'
)


class SmallBot:
    """`async with SmallBot(url):` polls until the block ends. `gate` holds the answer to the button 慢 back."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/bot{TOKEN}"
        self.gate = asyncio.Event()
        self._offset = 0

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        commands = [{"command": "tasks", "description": "我的任务"}, {"command": "help", "description": "帮助"}]
        await self.call("setMyCommands", commands=commands)
        self._task = asyncio.create_task(self._poll())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._session.close()

    async def call(self, method: str, **params: Any) -> Any:
        async with self._session.post(f"{self._url}/{method}", json=params) as answer:
            body = await answer.json()
        assert body["ok"], (method, body)
        return body["result"]

    async def say(self, chat: int, text: str, **more: Any) -> int:
        return int((await self.call("sendMessage", chat_id=chat, text=text, **more))["message_id"])

    async def _poll(self) -> None:
        slow: set[asyncio.Task[None]] = set()
        while True:
            for update in await self.call("getUpdates", offset=self._offset, timeout=20):
                self._offset = update["update_id"] + 1
                task = asyncio.create_task(self._take(update))
                slow.add(task)
                task.add_done_callback(slow.discard)

    async def _take(self, update: JSON) -> None:
        if "callback_query" in update:
            await self._pressed(update["callback_query"])
        elif "message" in update:
            await self._heard(update["message"])
        elif "edited_message" in update:
            edited = update["edited_message"]
            await self.say(edited["chat"]["id"], f"您改成了：{edited['text']}")

    async def _pressed(self, query: JSON) -> None:
        data, message = query["data"], query["message"]
        if data == "slow":
            await self.gate.wait()
        if data == "edit":
            text = f"整改任务 DZ-014 已由{query['from']['first_name']}完成"
            await self.call("editMessageText", chat_id=message["chat"]["id"], message_id=message["message_id"], text=text)
        words = {"toast": "已记下进展", "alert": "只有组长可以这样做", "edit": "", "slow": "让您久等了"}[data]
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text=words, show_alert=data == "alert")

    async def _heard(self, message: JSON) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        if text.startswith("/start"):
            payload = text.partition(" ")[2]
            await self.say(
                chat, f"您好，{message['from']['first_name']}！" + (f"邀请码 {payload}" if payload else ""), reply_markup=REPLY_KEYS
            )
            if not payload:
                await self.card(chat)
        elif text.startswith("/tasks"):
            await self.card(chat)
        elif heard := self._carried(message):
            await self.say(chat, heard)
        elif text:
            await self.say(chat, f"收到：{text}", reply_parameters={"message_id": message["message_id"]})

    async def card(self, chat: int) -> int:
        return await self.say(
            chat, CARD.replace("<img src=x onerror=1>", "&lt;img src=x onerror=1&gt;"), parse_mode="HTML", reply_markup=CARD_KEYS
        )

    def _carried(self, message: JSON) -> str:
        caption = message.get("caption", "")
        if "photo" in message:
            return f"收到照片 {caption}".strip()
        if "document" in message:
            return f"收到文件 {message['document']['file_name']}"
        if "contact" in message:
            return f"收到电话 {message['contact']['phone_number']}"
        if "location" in message:
            return f"收到位置 {message['location']['latitude']:.2f}"
        return "收到贴纸" if "sticker" in message else ""
