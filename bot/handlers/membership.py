"""Telegram tells when somebody stops or blocks the bot, or lets it in again; and what becomes of the bot in a group."""

from collections.abc import Mapping
from typing import Any

from actions import groups, reach
from bot.context import Context

OUT = {"left", "kicked"}
GROUPS = {"group", "supergroup"}


async def changed(context: Context) -> None:
    member = context.incoming.message
    was, now = member["old_chat_member"], member["new_chat_member"]
    if member["chat"]["type"] in GROUPS:
        await _in_group(context, was, now)
    elif context.private:
        await context.do(reach.changed, reach.Reach(reachable=now["status"] not in OUT))
    else:
        await context.nothing()  # a channel has nothing to hear


async def _in_group(context: Context, was: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    if now["status"] in OUT or (now["status"] == "restricted" and not now.get("can_send_messages")):
        await context.do(groups.ended, context.chat)
    elif was["status"] in OUT:
        await context.do(groups.joined, context.chat)
    else:
        await context.nothing()
