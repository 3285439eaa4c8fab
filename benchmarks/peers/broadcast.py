"""The same message to many chats on python-telegram-bot.

`retries` and `default`: at once, behind its AIORateLimiter; `loop`: one after the other with a sleep after each.
"""

import asyncio
import sys
import time
from typing import Any

from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ApplicationBuilder, ExtBot


async def send(bot: "ExtBot[Any]", chat: int) -> bool:
    try:
        await bot.send_message(chat, "通知")
    except TelegramError:
        return False
    return True


async def main(url: str, how: str, first: int, count: int) -> None:
    builder: Any = ApplicationBuilder().token("7:bench").base_url(f"{url}/bot")
    if how != "loop":
        builder = builder.rate_limiter(AIORateLimiter(max_retries=50 if how == "retries" else 0))
    application = builder.build()
    async with application:
        begun = time.perf_counter()
        chats = range(first, first + count)
        if how == "loop":
            for chat in chats:
                await send(application.bot, chat)
                await asyncio.sleep(1 / 30)
        else:
            await asyncio.gather(*(send(application.bot, chat) for chat in chats))
        sys.stdout.write(f"{time.perf_counter() - begun}\n")
        sys.stdout.flush()


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
