"""Files: sent, sent again by `file_id`, sent as albums, and fetched."""

from typing import Any

from sandbox.errors import ApiError, bad
from sandbox.files import MAX_DOWNLOAD, MAX_PHOTO, MAX_UPLOAD, file_payload, image_size, photo_payload, photo_size
from sandbox.methods.call import Call, call_caption, caption_of, chat_of, method, replied
from sandbox.methods.editing import apply, editable
from sandbox.methods.sending import send
from sandbox.params import Upload

JSON = dict[str, Any]

TYPE_NAMES = {"photo": "Photo", "document": "Document", "voice": "VoiceNote", "video": "Video", "sticker": "Sticker"}


def _photo(call: Call, data: bytes) -> list[dict[str, object]]:
    if len(data) > MAX_PHOTO:
        raise bad(f"file of size {len(data)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes")
    size = image_size(data)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return photo_payload(call.world.files, data, size)


def _uploaded(call: Call, kind: str, upload: Upload) -> Any:
    if not upload.data:
        raise bad("file must be non-empty")
    if len(upload.data) > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo":
        return _photo(call, upload.data)
    return file_payload(call.world.files.add(kind, upload.data, name=upload.name, mime_type=upload.mime_type))


def _again(call: Call, kind: str, file_id: str) -> Any:
    """A file sent before keeps its kind: the id of a photo cannot become a document."""
    if file_id.startswith(("http://", "https://")):
        # The local Telegram fetches nothing from anywhere.
        raise bad("failed to get HTTP URL content")
    stored = call.world.files.by_file_id(file_id, call.bot.id)
    if stored.kind != kind:
        raise bad(f"can't use file of type {TYPE_NAMES[stored.kind]} as {TYPE_NAMES[kind]}")
    return [photo_size(stored)] if kind == "photo" else file_payload(stored)


def file_of(call: Call, kind: str, upload: Upload | None, file_id: str) -> Any:
    if upload is not None:
        return _uploaded(call, kind, upload)
    if not file_id or file_id.startswith("attach://"):
        raise bad(f"there is no {kind} in the request")
    return _again(call, kind, file_id)


def _send_file(call: Call, kind: str) -> JSON:
    chat = chat_of(call)
    caption = {} if kind == "sticker" else call_caption(call)
    payload = file_of(call, kind, call.params.upload(kind), call.params.text(kind))
    return send(call, chat, {kind: payload, **caption})


@method("sendPhoto")
def send_photo(call: Call) -> JSON:
    return _send_file(call, "photo")


@method("sendDocument")
def send_document(call: Call) -> JSON:
    return _send_file(call, "document")


@method("sendVoice")
def send_voice(call: Call) -> JSON:
    return _send_file(call, "voice")


@method("sendVideo")
def send_video(call: Call) -> JSON:
    return _send_file(call, "video")


@method("sendSticker")
def send_sticker(call: Call) -> JSON:
    return _send_file(call, "sticker")


def _input_media(call: Call, item: Any, allowed: frozenset[str]) -> JSON:
    if not isinstance(item, dict) or not isinstance(item.get("media"), str):
        raise bad("can't parse InputMedia: media not found")
    kind = str(item.get("type", ""))
    if kind not in allowed:
        raise bad(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    upload = call.params.uploads.get(item["media"].removeprefix("attach://")) if item["media"].startswith("attach://") else None
    caption = caption_of(str(item.get("caption", "")), str(item.get("parse_mode", "")), item.get("caption_entities"))
    return {kind: file_of(call, kind, upload, item["media"]), **caption}


@method("sendMediaGroup")
def send_media_group(call: Call) -> list[JSON]:
    """All or nothing; each item is a message of its own, held together by `media_group_id`."""
    chat = chat_of(call)
    items = call.params.json("media")
    if not isinstance(items, list) or not items:
        raise bad("there are no messages to send")
    if len(items) > 10:
        raise bad("too many messages to send as an album")
    if len(items) < 2:
        # Telegram itself sends a lone item as a plain message; documented is 2 to 10, and that is what a bot should keep to.
        raise bad("media group must include 2-10 items")
    if call.params.has("reply_markup"):
        raise bad("reply_markup is not allowed in sendMediaGroup")
    contents = [_input_media(call, item, frozenset({"photo", "video", "document"})) for item in items]
    if any("document" in content for content in contents) and not all("document" in content for content in contents):
        raise bad("document can't be mixed with other media types")
    reply_to = replied(call, chat)
    call.world.rates.take(call.bot.id, chat.id, len(items))
    shared: JSON = {"media_group_id": call.world.new_album_id()}
    if call.params.flag("protect_content"):
        shared["has_protected_content"] = True
    silent = call.params.flag("disable_notification")
    posted = [call.world.post(chat, call.bot, {**content, **shared}, reply_to=reply_to, silent=silent) for content in contents]
    return [call.shown(message) for message in posted]


@method("editMessageMedia")
def edit_message_media(call: Call) -> JSON:
    message = editable(call)
    if message.service or "location" in message.content or "contact" in message.content:
        raise bad("there is no media in the message to edit")
    kept = {name: message.content[name] for name in ("media_group_id", "has_protected_content") if name in message.content}
    return apply(call, message, _input_media(call, call.params.json("media"), frozenset({"photo", "video", "document"})) | kept)


@method("getFile")
def get_file(call: Call) -> JSON:
    stored = call.world.files.by_file_id(call.params.text("file_id"), call.bot.id)
    if len(stored.data) > MAX_DOWNLOAD:
        raise bad("file is too big")
    file_id = call.world.files.file_id(stored.unique_id, call.bot.id)
    return {"file_id": file_id, "file_unique_id": stored.unique_id, "file_size": len(stored.data), "file_path": stored.path}
