"""Methods that change or remove what is there, and the answer to a press."""

from typing import Any

from sandbox.errors import bad
from sandbox.methods.call import Call, call_caption, chat_of, markup_of, message_of, method, text_of
from sandbox.model import Chat, Message

JSON = dict[str, Any]

DELETABLE_MS = 48 * 3600 * 1000
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content and "
    "reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def editable(call: Call) -> Message:
    message = message_of(call, chat_of(call), "message to edit not found")
    other_keyboard = message.markup is not None and "inline_keyboard" not in message.markup
    if message.sender is not call.bot or message.service or other_keyboard or "forward_origin" in message.content:
        raise bad("message can't be edited")
    return message


def apply(call: Call, message: Message, content: JSON) -> JSON:
    """An edit without a keyboard takes the old one away, as in Telegram."""
    markup = markup_of(call)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    if content == message.content and markup == message.markup:
        raise bad(NOT_MODIFIED)
    changed = content != message.content
    message.content, message.markup = content, markup
    if changed:
        message.edit_ms = call.world.clock.now()
    call.world.edited(message, by_person=False)
    return call.shown(message)


def _without(content: JSON, *names: str) -> JSON:
    return {name: value for name, value in content.items() if name not in names}


@method("editMessageText")
def edit_message_text(call: Call) -> JSON:
    message = editable(call)
    new = text_of(call)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    return apply(call, message, _without(message.content, "text", "entities", "link_preview_options") | new)


@method("editMessageCaption")
def edit_message_caption(call: Call) -> JSON:
    message = editable(call)
    new = call_caption(call)
    if not {"photo", "document", "video", "voice"} & message.content.keys():
        raise bad("there is no caption in the message to edit")
    return apply(call, message, _without(message.content, "caption", "caption_entities") | new)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> JSON:
    message = editable(call)
    return apply(call, message, message.content)


def _remove(call: Call, chat: Chat, message: Message) -> None:
    """Within 48 hours; in a private chat whoever wrote it, in a group only what the bot wrote, unless it is an administrator."""
    young = call.world.clock.now() - message.date_ms <= DELETABLE_MS
    admin = chat.members.get(call.bot.id) == "administrator"
    mine = message.sender is call.bot and not message.service
    if not (admin or (young and (chat.person is not None or mine))):
        raise bad("message can't be deleted")
    call.world.delete(message)


@method("deleteMessage")
def delete_message(call: Call) -> bool:
    chat = chat_of(call)
    message = message_of(call, chat, "message to delete not found")
    _remove(call, chat, message)
    call.message_id = message.id
    return True


@method("deleteMessages")
def delete_messages(call: Call) -> bool:
    """Ids that are not there are skipped."""
    chat = chat_of(call)
    ids = call.params.json("message_ids")
    if not isinstance(ids, list):
        raise bad("expected an Array of message identifiers" if ids is not None else "message identifiers are not specified")
    if len(ids) > 100:
        raise bad("too many message identifiers specified")
    if not ids:
        raise bad("message identifiers are not specified")
    if not all(isinstance(each, int) and each > 0 for each in ids):
        raise bad("invalid message identifier specified")
    for each in ids:
        message = chat.messages.get(each)
        if message is not None and not message.deleted:
            _remove(call, chat, message)
    return True


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> bool:
    text = call.params.text("text")
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    press = call.world.open_press(call.params.text("callback_query_id"), call.bot)
    if press is None:
        raise bad(TOO_OLD)
    call.world.answer(press, text, alert=call.params.flag("show_alert"))
    return True
