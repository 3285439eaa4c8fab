"""Which bots hear of what happens in a chat, and what they are told."""

from typing import Any

from sandbox.files import Files
from sandbox.model import Bot, Chat, Message, Person, Press
from sandbox.views import message_for_bot

JSON = dict[str, Any]


def tell_message(bots: list[Bot], message: Message, files: Files, kind: str = "message") -> None:
    """Send a person's message, or a service message, to each bot of the chat that may read it."""
    for bot in bots:
        if bot is message.sender or not (message.service or may_read(bot, message, bots)):
            continue
        bot.updates.add(kind, message_for_bot(message, bot, files), f"chat:{message.chat.id}")


def may_read(bot: Bot, message: Message, bots: list[Bot]) -> bool:
    """Privacy mode, as documented for bots ("Privacy mode" in the features page): in a group a bot reads commands meant for it and
    replies to its messages. A command without a name is meant for the bot that wrote last; where the group has only one, for that.
    """
    chat = message.chat
    if chat.person is not None or not bot.privacy or chat.members.get(bot.id) in {"administrator", "creator"}:
        return True
    if message.reply_to is not None and message.reply_to.sender is bot:
        return True
    for command in _commands(message):
        name, _, addressee = command.partition("@")
        if addressee.lower() == bot.username.lower() if addressee else (chat.last_bot == bot.id or len(bots) == 1):
            return bool(name)
    return False


def _commands(message: Message) -> list[str]:
    text = message.content.get("text") or message.content.get("caption") or ""
    units = text.encode("utf-16-le")
    return [
        units[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le")
        for e in message.content.get("entities") or message.content.get("caption_entities") or []
        if e["type"] == "bot_command"
    ]


def tell_press(press: Press, message: Message, data: str, files: Files) -> None:
    if message.deleted:
        # The person still had the message on the screen; Telegram then gives what is left of it, an InaccessibleMessage.
        shown: JSON = {"chat": message.chat.api(), "message_id": message.id, "date": 0}
    else:
        shown = message_for_bot(message, press.bot, files)
    body = {"id": press.id, "from": press.person.api(), "message": shown, "chat_instance": str(press.chat.id), "data": data}
    press.bot.updates.add("callback_query", body, f"user:{press.person.id}")


def tell_membership(bot: Bot, chat: Chat, by: Person, old: str, new: str, now_ms: int) -> None:
    """`my_chat_member`: what became of the bot itself in a chat; a person who blocks the bot "kicks" it."""
    body = {
        "chat": chat.api(),
        "from": by.api(),
        "date": now_ms // 1000,
        "old_chat_member": member_json(bot.api(), old),
        "new_chat_member": member_json(bot.api(), new),
    }
    bot.updates.add("my_chat_member", body, f"chat:{chat.id}")


_RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)


_SENDING = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
    "can_react_to_messages",
)


def member_json(user: JSON, status: str) -> JSON:
    member: JSON = {"user": user, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    if status in {"creator", "administrator"}:
        member["is_anonymous"] = False
    if status == "restricted":
        member |= {"is_member": True, "until_date": 0} | dict.fromkeys(_SENDING, False)
    if status == "administrator":
        member |= dict.fromkeys(_RIGHTS, True)
    return member
