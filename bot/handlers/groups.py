"""Group chats: /bind and /unbind in the group, /post in the private chat; and what Telegram tells of a group."""

from actions import group_news, groups, menu
from actions.groups import Bind
from bot.context import Context
from bot.routes import Handler, command
from domain.words import clean_text


def _there(handler: Handler) -> Handler:
    """Only in a group, and only from somebody who shows who they are."""

    async def heard(context: Context) -> None:
        if context.private:
            await context.reply("group.bind_there")
        elif "sender_chat" in context.incoming.message:
            await context.do(groups.nameless, context.chat)
        else:
            await handler(context)

    return heard


@command("bind", listed=False, menu=False, group=True)
@_there
async def bound(context: Context) -> None:
    title = context.incoming.message["chat"].get("title") or ""
    await context.do(groups.bind, Bind(context.chat, clean_text(title), clean_text(context.args).strip()))


@command("unbind", listed=False, menu=False, group=True)
@_there
async def unbound(context: Context) -> None:
    await context.do(groups.unbind, context.chat)


@command("post", needs="group.post")
async def posted(context: Context) -> None:
    await context.do(group_news.begin, context.words)


async def talk(context: Context) -> None:
    """Replies to the bot and service messages: not for us, but for another name, another number as a supergroup, and a receipt."""
    message = context.incoming.message
    if "migrate_to_chat_id" in message:
        await context.do(groups.moved, groups.Moved(context.chat, int(message["migrate_to_chat_id"])))
    elif "migrate_from_chat_id" in message:
        await context.do(groups.moved, groups.Moved(int(message["migrate_from_chat_id"]), context.chat))
    elif "new_chat_title" in message:
        await context.do(groups.renamed, groups.Renamed(context.chat, clean_text(message["new_chat_title"])))
    elif (receipt := context.receipt_message) is not None:
        await context.do(menu.in_group, menu.InGroup(context.chat, receipt))
    else:
        await context.nothing()
