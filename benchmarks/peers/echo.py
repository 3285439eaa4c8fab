"""A bare echo on python-telegram-bot with its defaults: stores nothing, promises nothing."""

import sys
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, MessageHandler, filters


async def echo(update: Update, _context: Any) -> None:
    message = update.effective_message
    assert message is not None
    await message.reply_text(message.text or "")


application = ApplicationBuilder().token("7:bench").base_url(f"{sys.argv[1]}/bot").build()
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling()
