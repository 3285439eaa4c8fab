"""What a person does: start, write, press, send, edit, delete, block."""

import base64
import binascii
import re
from typing import Any

from sandbox.control_input import Ask
from sandbox.entities import formatted
from sandbox.errors import ControlError
from sandbox.files import file_payload, image_size, photo_payload
from sandbox.model import Chat, Message, Person
from sandbox.params import Upload
from sandbox.views import message_for_person

JSON = dict[str, Any]

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _text(text: str) -> JSON:
    """What a person types has no marks of its own, but Telegram finds commands and links in it."""
    plain, entities = formatted(text, "", None)
    if not plain:
        raise ControlError("the text is empty")
    if len(plain) > 4096:
        raise ControlError("the text is longer than 4096 characters")
    return {"text": plain, **({"entities": entities} if entities else {})}


def start(ask: Ask) -> JSON:
    person = ask.person()
    payload = ask.text("payload", "")
    if payload and not PAYLOAD.fullmatch(payload):
        raise ControlError("a payload is 1 to 64 of A-Z a-z 0-9 _ -")
    if person.deactivated:
        raise ControlError("this account is deactivated")
    place = ask.world.open_private(ask.bot(), person)
    # The button of a blocked bot reads "restart": it unblocks first.
    ask.world.block(place, blocked=False)
    return message_for_person(ask.world.post(place, person, _text(f"/start {payload}".strip())), person)


def write(ask: Ask) -> JSON:
    person = ask.person()
    place = ask.writing(person)
    content = _text(ask.text("text")) | _origin(ask)
    return message_for_person(ask.world.post(place, person, content, reply_to=ask.reply_to(place)), person)


def _origin(ask: Ask) -> JSON:
    """Who wrote it first, where the person passes it on."""
    if ask.maybe("forward_from") is None:
        return {}
    author = ask.world.people.get(ask.integer("forward_from")) or ask.world.bots.get(ask.integer("forward_from"))
    if author is None:
        raise ControlError("forward_from is nobody", 404)
    return {"forward_origin": {"type": "user", "sender_user": author.api(), "date": ask.world.clock.now() // 1000}}


def press(ask: Ask) -> JSON:
    """`force` presses data that no button has, as a forged client could; for tests of authorisation."""
    person = ask.person()
    place = ask.writing(person)
    if ask.flag("force"):
        message, data = ask.message(place, deleted=True), ask.text("data")
    else:
        message, data = _button(ask, place)
    return {"callback_id": ask.world.press(person, message, data).id}


def _button(ask: Ask, place: Chat) -> tuple[Message, str]:
    if ask.maybe("message_id") is not None:
        # Named, it may be a deleted one: the person still had it on the screen.
        candidates = [ask.message(place, deleted=True)]
    else:
        candidates = [message for message in reversed(place.messages.values()) if message.keyboard and not message.deleted]
    for message in candidates:
        for exact in (True, False):
            button = _match(ask, message.keyboard, exact=exact)
            if button is None:
                continue
            if "callback_data" not in button:
                raise ControlError("this button sends nothing to the bot")
            return message, button["callback_data"]
    seen = [[button["text"] for button in row] for row in candidates[0].keyboard] if candidates else []
    raise ControlError(f"there is no such button; the newest keyboard has {seen}")


def _match(ask: Ask, rows: list[list[JSON]], *, exact: bool) -> JSON | None:
    buttons = [button for row in rows for button in row]
    if (data := ask.values.get("data")) is not None:
        return next((button for button in buttons if button.get("callback_data") == data), None)
    if (label := ask.values.get("label")) is not None:
        return next((b for b in buttons if (b["text"] == label if exact else str(label) in b["text"])), None)
    row, column = ask.integer("row"), ask.integer("col")
    return rows[row][column] if 0 <= row < len(rows) and 0 <= column < len(rows[row]) else None


def send(ask: Ask) -> JSON:
    person = ask.person()
    place = ask.writing(person)
    content = _sent(ask, person) | _origin(ask)
    if caption := ask.text("caption", ""):
        text, entities = formatted(caption, "", None)
        if len(text) > 1024:
            raise ControlError("the caption is longer than 1024 characters")
        content |= {"caption": text, **({"caption_entities": entities} if entities else {})}
    if album := ask.text("media_group_id", ""):
        content["media_group_id"] = album
    return message_for_person(ask.world.post(place, person, content, reply_to=ask.reply_to(place)), person)


def _sent(ask: Ask, person: Person) -> JSON:
    kind = ask.text("kind")
    if kind == "location":
        return {"location": {"latitude": ask.number("latitude"), "longitude": ask.number("longitude")}}
    if kind == "contact":
        # The button "share my number" sends the own contact, which is told by the id in it.
        return {"contact": {"phone_number": ask.text("phone_number"), "first_name": person.name, "user_id": person.id}}
    upload = _file(ask)
    if kind == "photo":
        return {"photo": photo_payload(ask.world.files, upload.data, image_size(upload.data) or (800, 600))}
    if kind not in {"document", "voice", "video", "sticker"}:
        raise ControlError("kind is photo, document, voice, video, location, contact or sticker")
    stored = ask.world.files.add(kind, upload.data, name=upload.name, mime_type=upload.mime_type)
    return {kind: file_payload(stored)}


def _file(ask: Ask) -> Upload:
    name, mime_type = ask.text("file_name", ""), ask.text("mime_type", "")
    if ask.file is not None:
        return Upload(name or ask.file.name, mime_type or ask.file.mime_type, ask.file.data)
    try:
        data = base64.b64decode(ask.text("file_base64"), validate=True)
    except binascii.Error as error:
        raise ControlError("file_base64 is not base64") from error
    return Upload(name or "file", mime_type, data)


def edit(ask: Ask) -> JSON:
    person = ask.person()
    message = _own(ask, person)
    changed = _text(ask.text("text"))
    if "text" not in message.content:
        changed = {name.replace("text", "caption").replace("entities", "caption_entities"): value for name, value in changed.items()}
    kept = {name: value for name, value in message.content.items() if name not in {"entities", "caption_entities"}}
    message.content = {**kept, **changed}
    message.edit_ms = ask.world.clock.now()
    ask.world.edited(message, by_person=True)
    return message_for_person(message, person)


def _own(ask: Ask, person: Person) -> Message:
    message = ask.message(ask.writing(person))
    if message.sender is not person or message.service:
        raise ControlError("this message is someone else's")
    return message


def delete(ask: Ask) -> JSON:
    """In a private chat a person may delete for both sides whatever stands there; the bot is not told."""
    person = ask.person()
    place = ask.chat(person)
    message = ask.message(place) if place.person is not None else _own(ask, person)
    ask.world.delete(message)
    return {"message_id": message.id}


def block(ask: Ask) -> JSON:
    ask.world.block(ask.world.open_private(ask.bot(), ask.person()), blocked=True)
    return {}


def unblock(ask: Ask) -> JSON:
    ask.world.block(ask.world.open_private(ask.bot(), ask.person()), blocked=False)
    return {}


def deactivate(ask: Ask) -> JSON:
    """The account is gone. As in Telegram, no update tells so; a bot learns it from the 403."""
    person = ask.person()
    person.deactivated = True
    ask.world.events.add("member", person.id, person.id)
    return {}


PEOPLE_CALLS = {
    "start": start,
    "write": write,
    "press": press,
    "send": send,
    "edit": edit,
    "delete": delete,
    "block": block,
    "unblock": unblock,
    "deactivate": deactivate,
}
