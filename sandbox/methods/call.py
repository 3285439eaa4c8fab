"""One call of a bot: its parameters, and what most methods ask first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.entities import formatted
from sandbox.errors import ApiError, bad, forbidden
from sandbox.markup import read_markup
from sandbox.model import Bot, Chat, Message
from sandbox.params import Params, whole
from sandbox.views import message_for_bot
from sandbox.world import World

JSON = dict[str, Any]
MAX_TEXT = 4096
MAX_CAPTION = 1024


@dataclass(slots=True)
class Call:
    """`message_id` is filled by methods that make or change a message, for the log."""

    world: World
    bot: Bot
    params: Params
    message_id: int | None = None

    def shown(self, message: Message) -> JSON:
        self.message_id = message.id
        return message_for_bot(message, self.bot, self.world.files)


Method = Callable[[Call], Any | Awaitable[Any]]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Names are read without regard to case, as Telegram does."""

    def register(function: Method) -> Method:
        METHODS[name.lower()] = function
        return function

    return register


def chat_of(call: Call, name: str = "chat_id") -> Chat:
    """The chat that the bot wants to write to, if it may."""
    chat = known_chat(call, name)
    if chat.person is not None:
        if chat.person.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
    elif chat.members.get(call.bot.id) == "restricted":
        raise bad("not enough rights to send text messages to the chat")
    return chat


def known_chat(call: Call, name: str = "chat_id") -> Chat:
    """The chat that the bot wants to read: a person who blocked it can still be looked up."""
    given = call.params.text(name)
    if not given:
        raise bad("chat_id is empty")
    try:
        number = int(given)
    except ValueError as error:
        raise bad("chat not found") from error
    return _group(call, number) if number < 0 else _private(call, number)


def _private(call: Call, number: int) -> Chat:
    chat = call.world.private.get((call.bot.id, number))
    if chat is None:
        # Whom it has met in a group it knows, but may not write to first; of all others it has never heard.
        if call.world.knows(call.bot, number):
            raise forbidden("bot can't initiate conversation with a user")
        raise bad("chat not found")
    return chat


def _group(call: Call, number: int) -> Chat:
    chat = call.world.groups.get(number)
    if chat is None or call.bot.id not in chat.members:
        raise bad("chat not found")
    if chat.migrated_to is not None:
        raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    status = chat.members[call.bot.id]
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if status == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def message_of(call: Call, chat: Chat, missing: str) -> Message:
    number = call.params.integer("message_id")
    if number <= 0:
        raise bad("message identifier is not specified")
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise bad(missing)
    return message


def replied(call: Call, chat: Chat) -> Message | None:
    """The message that is replied to, from `reply_parameters` or the older `reply_to_message_id`."""
    given = call.params.json("reply_parameters") or {}
    if not isinstance(given, dict):
        raise bad("can't parse reply parameters JSON object")
    number = whole(given.get("message_id")) or call.params.integer("reply_to_message_id")
    if not number:
        return None
    message = chat.messages.get(number)
    if message is not None and not message.deleted:
        return message
    if given.get("allow_sending_without_reply") or call.params.flag("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def text_of(call: Call) -> JSON:
    """`text` and `entities` of a message that is written or edited."""
    text, entities = formatted(call.params.text("text"), call.params.text("parse_mode"), call.params.json("entities"))
    if not text:
        raise bad("message text is empty")
    if len(text) > MAX_TEXT:
        raise bad("message is too long")
    content: JSON = {"text": text}
    if entities:
        content["entities"] = entities
    preview = call.params.json("link_preview_options")
    if preview is None and call.params.flag("disable_web_page_preview"):
        preview = {"is_disabled": True}
    if preview:
        content["link_preview_options"] = preview
    return content


def caption_of(caption: str, parse_mode: str, explicit: list[JSON] | None) -> JSON:
    """`caption` and `caption_entities`, or nothing where there is none."""
    text, entities = formatted(caption, parse_mode, explicit)
    if len(text) > MAX_CAPTION:
        raise bad("message caption is too long")
    content: JSON = {"caption": text} if text else {}
    if text and entities:
        content["caption_entities"] = entities
    return content


def call_caption(call: Call) -> JSON:
    return caption_of(call.params.text("caption"), call.params.text("parse_mode"), call.params.json("caption_entities"))


def markup_of(call: Call) -> JSON | None:
    return read_markup(call.params.json("reply_markup"))
