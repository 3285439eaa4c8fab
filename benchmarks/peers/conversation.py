"""The same form as a `ConversationHandler` with `PicklePersistence`, and one SQLite commit a form: what the library's examples show.

`conversation.py URL FOLDER SECONDS PEOPLE`: the pickle is written at each update (0) or every so many seconds, and loses what came since at
a crash. So many people are on file beforehand.
"""

import pickle
import sqlite3
import sys
from pathlib import Path
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

WORDS, PHOTOS, SUMMARY = range(3)
URL, FOLDER, SECONDS, PEOPLE = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
FILE = FOLDER / "peer.pickle"
Context = ContextTypes.DEFAULT_TYPE


class Careful(Application[Any, Any, Any, Any, Any, Any]):
    """Writes the pickle after each update: the library itself only gathers changes."""

    async def process_update(self, update: object) -> None:
        await super().process_update(update)
        if SECONDS == 0:
            await self.update_persistence()
            await persistence.flush()


def keyboard(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data) for label, data in buttons]])


async def offered(update: Update, _context: Context) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_text("任务 1：核查", reply_markup=keyboard(("报进展", "report")))


async def opened(update: Update, context: Context) -> int:
    query = update.callback_query
    assert query is not None
    await query.answer()
    assert context.user_data is not None
    context.user_data["draft"] = {}
    await query.edit_message_text("报进展：第 1 问，共 2 问\n\n做了什么？", reply_markup=keyboard(("取消", "cancel")))
    return WORDS


async def worded(update: Update, context: Context) -> int:
    message = update.effective_message
    assert message is not None
    assert context.user_data is not None
    context.user_data["draft"]["words"] = message.text
    await message.reply_text("报进展：第 2 问，共 2 问\n\n有照片或文件吗？", reply_markup=keyboard(("跳过", "skip"), ("取消", "cancel")))
    return PHOTOS


async def skipped(update: Update, context: Context) -> int:
    query = update.callback_query
    assert query is not None
    await query.answer()
    assert context.user_data is not None
    words = context.user_data["draft"]["words"]
    await query.edit_message_text(f"请核对：\n\n{words}", reply_markup=keyboard(("提交", "submit"), ("取消", "cancel")))
    return SUMMARY


async def submitted(update: Update, context: Context) -> int:
    query = update.callback_query
    assert query is not None
    assert context.user_data is not None
    assert update.effective_user is not None
    await query.answer()
    DATABASE.execute("INSERT INTO report (account, words) VALUES (?, ?)", (update.effective_user.id, context.user_data["draft"]["words"]))
    DATABASE.commit()
    context.user_data["draft"] = {}
    await query.edit_message_text("已提交。任务 1：核查", reply_markup=keyboard(("报进展", "report")))
    return ConversationHandler.END


def on_file() -> None:
    """What so many people leave in a pickle: a name, a place, where their conversation stands."""
    people = {10**6 + n: {"name": f"联络员{n}", "place": "3701", "draft": {"words": "已到现场核查，正在整改"}} for n in range(PEOPLE)}
    conversations = {"report": {(account, account): WORDS for account in people}}
    data = {"conversations": conversations, "user_data": people, "chat_data": {}, "bot_data": {}, "callback_data": None}
    FILE.write_bytes(pickle.dumps(data))


DATABASE = sqlite3.connect(FOLDER / "peer.db", check_same_thread=False)
DATABASE.execute("PRAGMA journal_mode=WAL")
DATABASE.execute("PRAGMA synchronous=FULL")
DATABASE.execute("CREATE TABLE IF NOT EXISTS report (id INTEGER PRIMARY KEY, account INTEGER, words TEXT)")
on_file()
persistence: PicklePersistence[Any, Any, Any] = PicklePersistence(FILE, on_flush=SECONDS == 0, update_interval=SECONDS or 3600)
application: Application[Any, Any, Any, Any, Any, Any] = (
    ApplicationBuilder().application_class(Careful).token("7:bench").base_url(f"{URL}/bot").persistence(persistence).build()
)
application.add_handler(CommandHandler("tasks", offered))
application.add_handler(
    ConversationHandler(
        entry_points=[CallbackQueryHandler(opened, pattern="^report$")],
        states={
            WORDS: [MessageHandler(filters.TEXT & ~filters.COMMAND, worded)],
            PHOTOS: [CallbackQueryHandler(skipped, pattern="^skip$")],
            SUMMARY: [CallbackQueryHandler(submitted, pattern="^submit$")],
        },
        fallbacks=[],
        name="report",
        persistent=True,
    )
)
application.run_polling()
