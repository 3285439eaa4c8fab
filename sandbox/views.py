"""How things look from outside: to a bot (Bot API) and to a person (control API)."""

from typing import Any

from sandbox.files import Files
from sandbox.model import Bot, Message, Person

JSON = dict[str, Any]

FILE_FIELDS = ("document", "voice", "video", "sticker")
_FOR_PEOPLE = ("caption", "photo", *FILE_FIELDS, "location", "contact", "media_group_id", "link_preview_options", "forward_origin")


def message_for_bot(message: Message, bot: Bot, files: Files, *, nested: bool = True) -> JSON:
    """The Bot API's Message. A reply carries the message it replies to, but only one deep."""
    content = message.content
    out: JSON = {
        "message_id": message.id,
        "from": message.sender.api(),
        "chat": message.chat.api(),
        "date": message.date_ms // 1000,
        **content,
    }
    if "photo" in content:
        out["photo"] = [_with_id(size, bot, files) for size in content["photo"]]
    for name in FILE_FIELDS:
        if name in content:
            out[name] = _with_id(content[name], bot, files)
    if "pinned_message" in content:
        out["pinned_message"] = message_for_bot(content["pinned_message"], bot, files, nested=False)
    if message.edit_ms is not None:
        out["edit_date"] = message.edit_ms // 1000
    if nested and message.reply_to is not None and not message.reply_to.deleted:
        out["reply_to_message"] = message_for_bot(message.reply_to, bot, files, nested=False)
    if message.keyboard:
        out["reply_markup"] = message.markup
    return out


def _with_id(payload: JSON, bot: Bot, files: Files) -> JSON:
    return {"file_id": files.file_id(payload["file_unique_id"], bot.id), **payload}


def message_for_person(message: Message, person: Person) -> JSON:
    """What a person sees. `text` and `entities` are empty where there are none, so that a reader need not ask."""
    content = message.content
    out: JSON = {
        "message_id": message.id,
        "chat_id": message.chat.id,
        "date": message.date_ms,
        "from_id": message.sender.id,
        "from_name": message.sender.name,
        "outgoing": message.sender is person,
        "text": content.get("text", ""),
        "entities": content.get("entities") or content.get("caption_entities") or [],
        "caption": None,
        "keyboard": [[_button(button) for button in row] for row in message.keyboard],
        "reply_keyboard": _reply_keyboard(message),
        "edited": message.edit_ms is not None,
        "deleted": message.deleted,
        "reply_to": message.reply_to.id if message.reply_to else None,
        "silent": message.silent,
        "protected": bool(content.get("has_protected_content")),
        "service": _service(message),
    }
    out |= {name: content[name] for name in _FOR_PEOPLE if name in content}
    if "photo" in content:
        out["photo"] = content["photo"][-1]
    return out


def _button(button: JSON) -> JSON:
    return {"text": button["text"], "data": button.get("callback_data"), "url": button.get("url")}


def _reply_keyboard(message: Message) -> list[list[JSON]] | None:
    """None where the message leaves the keyboard below as it was, an empty list where it takes it away."""
    markup = message.markup or {}
    if "keyboard" in markup:
        rows: list[list[JSON]] = markup["keyboard"]
        return rows
    return [] if markup.get("remove_keyboard") else None


def _service(message: Message) -> str | None:
    content = message.content
    if "new_chat_members" in content:
        return "joined: " + ", ".join(user["first_name"] for user in content["new_chat_members"])
    if "left_chat_member" in content:
        return "left: " + str(content["left_chat_member"]["first_name"])
    if "pinned_message" in content:
        return "pinned a message"
    if "new_chat_title" in message.content:
        return f"renamed: {message.content['new_chat_title']}"
    return "the group became a supergroup" if message.service else None
