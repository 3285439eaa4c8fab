"""Methods that put something new into a chat, apart from files."""

from typing import Any

from sandbox.errors import bad
from sandbox.methods.call import Call, call_caption, chat_of, markup_of, method, replied, text_of
from sandbox.model import Chat, Message

JSON = dict[str, Any]

ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker",
    "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip


def send(call: Call, chat: Chat, content: JSON) -> JSON:
    """The last step of every single send: after all that may refuse it, so that a refused request costs no rate."""
    markup = markup_of(call)
    reply_to = replied(call, chat)
    call.world.rates.take(call.bot.id, chat.id, 1)
    if call.params.flag("protect_content"):
        content["has_protected_content"] = True
    silent = call.params.flag("disable_notification")
    return call.shown(call.world.post(chat, call.bot, content, markup=markup, reply_to=reply_to, silent=silent))


@method("sendMessage")
def send_message(call: Call) -> JSON:
    chat = chat_of(call)
    return send(call, chat, text_of(call))


@method("sendLocation")
def send_location(call: Call) -> JSON:
    chat = chat_of(call)
    try:
        latitude, longitude = float(call.params.text("latitude")), float(call.params.text("longitude"))
    except ValueError as error:
        raise bad("invalid location specified") from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad("invalid location specified")
    return send(call, chat, {"location": {"latitude": latitude, "longitude": longitude}})


@method("sendContact")
def send_contact(call: Call) -> JSON:
    chat = chat_of(call)
    contact = {name: call.params.text(name) for name in ("phone_number", "first_name", "last_name") if call.params.has(name)}
    for name in ("phone_number", "first_name"):
        if not contact.get(name):
            raise bad(f'parameter "{name}" is required')
    return send(call, chat, {"contact": contact})


@method("sendChatAction")
def send_chat_action(call: Call) -> bool:
    chat_of(call)
    if call.params.text("action").lower() not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


def _source(call: Call, missing: str) -> Message:
    chat = chat_of(call, "from_chat_id")
    message = chat.messages.get(call.params.integer("message_id"))
    if message is None or message.deleted or message.service:
        raise bad(missing)
    return message


# What stays behind when a message is copied into another chat.
_OWN = ("forward_origin", "media_group_id", "has_protected_content")


@method("forwardMessage")
def forward_message(call: Call) -> JSON:
    chat = chat_of(call)
    source = _source(call, "message to forward not found")
    if source.content.get("has_protected_content"):
        raise bad("message can't be forwarded")
    origin = {"type": "user", "sender_user": source.sender.api(), "date": source.date_ms // 1000}
    content = {name: value for name, value in source.content.items() if name not in _OWN}
    return send(call, chat, {**content, "forward_origin": source.content.get("forward_origin", origin)})


@method("copyMessage")
def copy_message(call: Call) -> JSON:
    chat = chat_of(call)
    source = _source(call, "message to copy not found")
    if source.content.get("has_protected_content"):
        raise bad("message can't be copied")
    content = {name: value for name, value in source.content.items() if name not in _OWN}
    if "text" not in content and call.params.has("caption"):
        content = {name: value for name, value in content.items() if not name.startswith("caption")} | call_caption(call)
    return {"message_id": send(call, chat, content)["message_id"]}
