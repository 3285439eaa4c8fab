"""From a claimed outbox row to one request to the Bot API: text, edit, delete, file, or a card as it stands now."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.cards import make
from bot.api import Upload
from bot.books import MIME, draw_book
from bot.pictures import Pictures, qr_png
from bot.published import listed, payload
from bot.render import Renderer, clip
from storage import cards, people
from storage.cards import Card
from storage.db import Store
from storage.files import Files
from storage.outbox import Parcel, dump
from storage.tx import Tx

CAPTION = 1024
SENDERS = {"photo": "sendPhoto", "document": "sendDocument", "voice": "sendVoice", "video": "sendVideo"}


@dataclass(frozen=True)
class Request:
    """`card` and `shown` are set where the answer's message id has to be remembered."""

    method: str
    payload: dict[str, Any]
    upload: Upload | None = None
    card: Card | None = None
    shown: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is a message in the chat, as Telegram's rates count."""
        return self.method.startswith("send")


class Packer:
    def __init__(self, store: Store, renderer: Renderer, files: Files) -> None:
        self._store = store
        self._renderer = renderer
        self._files = files
        self._pictures = Pictures()
        self._moved: dict[int, int] = {}

    def moved(self, chat: int, to: int) -> None:
        """The group has another id now. Learnt anew after a start: Telegram says it each time the old one is used."""
        self._moved[chat] = to

    async def pack(self, parcel: Parcel) -> Request | None:
        """The request, or None where there is nothing to do any more (a card whose subject is gone, or that shows this already)."""
        body = {**parcel.body, "chat": self._moved.get(parcel.body["chat"], parcel.body["chat"])}
        match body["op"]:
            case "card":
                return await self._card(body["card"])
            case "commands":
                return await self._commands(body)
            case "strip":
                return Request("editMessageReplyMarkup", {"chat_id": body["chat"], "message_id": body["message_id"]})
            case "delete":
                return Request("deleteMessage", {"chat_id": body["chat"], "message_id": body["message_id"]})
        language = await self._language(body)
        if body["op"] == "edit":
            text = self._renderer.text(body["key"], body["params"], language)
            payload: dict[str, Any] = {"chat_id": body["chat"], "message_id": body["message_id"], "text": text, "parse_mode": "HTML"}
            if body.get("buttons"):
                payload["reply_markup"] = {"inline_keyboard": self._renderer.keyboard(body["buttons"], language)}
            return Request("editMessageText", payload | {"link_preview_options": {"is_disabled": True}})
        return await self._message(body, language)

    async def _commands(self, body: Mapping[str, Any]) -> Request:
        """The list of commands in a member's own chat; somebody without a seat has everybody's again."""
        language = await self._language(body)
        seats = await self._store.read(lambda tx: people.seats_of(tx, body["person"]))
        scope = {"scope": {"type": "chat", "chat_id": body["chat"]}}
        if not seats:
            return Request("deleteMyCommands", scope)
        return Request("setMyCommands", scope | {"commands": payload(self._renderer, listed(seats, joined=True), language)})

    async def _language(self, body: Mapping[str, Any]) -> str:
        """A registered person's own choice as it is now; else what the row says."""
        if body["person"] is None:
            return str(body["language"])

        async def unit(tx: Tx) -> str:
            return (await people.languages(tx, [body["person"]])).get(body["person"], str(body["language"]))

        return await self._store.read(unit)

    async def _message(self, body: Mapping[str, Any], language: str) -> Request:
        payload: dict[str, Any] = {"chat_id": body["chat"]}
        text = self._renderer.text(body["key"], body["params"], language)
        if body["buttons"]:
            payload["reply_markup"] = {"inline_keyboard": self._renderer.keyboard(body["buttons"], language)}
        if body.get("protect"):
            payload["protect_content"] = True
        if "file" not in body:
            return Request("sendMessage", payload | {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}})
        upload = await self._upload(body["file"], language)
        return Request(SENDERS[upload.field], payload | {"caption": clip(text, CAPTION), "parse_mode": "HTML"}, upload)

    async def _upload(self, file: Mapping[str, Any], language: str) -> Upload:
        if file.get("make") == "qr":
            return Upload("photo", "qr.png", qr_png(self._renderer.param(file["text"], language)), "image/png")
        if file.get("make") == "chart":
            drawn = await self._pictures.chart(file["data"], lambda param: self._renderer.param(param, language))
            return Upload("photo", "picture.png", drawn, "image/png")
        if file.get("make") == "book":
            content = await asyncio.to_thread(draw_book, file, lambda cell: self._renderer.param(cell, language))
            return Upload("document", self._renderer.param(file["name"], language), content, MIME)
        kind = file["kind"] if file["kind"] in SENDERS else "document"
        return Upload(kind, file.get("name") or "file", await self._files.get(file["blob"]), file.get("mime", "application/octet-stream"))

    async def _card(self, card_id: int) -> Request | None:
        async def unit(tx: Tx) -> tuple[Card, Any, str] | None:
            card = await cards.get(tx, card_id)
            if card is None:
                return None
            message = await make(tx, card.kind, card.of, card.to.person)
            language = card.to.language
            if card.to.person is not None:
                language = (await people.languages(tx, [card.to.person])).get(card.to.person, language)
            return card, message, language

        found = await self._store.read(unit)
        if found is None or found[1] is None:
            return None
        card, message, language = found
        payload = {
            "chat_id": self._moved.get(card.to.chat, card.to.chat),
            "text": self._renderer.text(message.key, message.params, language),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "reply_markup": {"inline_keyboard": self._renderer.keyboard(dump(message.buttons), language)},
        }
        shown = hashlib.sha256(json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
        if card.message_id is None:
            return Request("sendMessage", payload, card=card, shown=shown)
        if card.shown == shown:
            return None
        return Request("editMessageText", payload | {"message_id": card.message_id}, card=card, shown=shown)


def as_new(request: Request) -> Request:
    """The same card as a new message, where the old one is gone from the chat."""
    payload = {name: value for name, value in request.payload.items() if name != "message_id"}
    return Request("sendMessage", payload, card=request.card, shown=request.shown)
