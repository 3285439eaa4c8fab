"""From a claimed outbox row to one request to the Bot API: text, edit, delete, file, or a card as it stands now."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.cards import make
from bot.books import MIME, draw_book
from bot.pictures import Pictures, qr_png
from bot.published import listed, payload
from bot.render import Renderer, clip
from bot.transport import Upload
from domain.compact import pack
from domain.slots import rings, widened
from domain.speech import URGENT, To
from storage import cards, people, sent, shown
from storage.cards import Card
from storage.db import Store
from storage.files import Files
from storage.outbox import Parcel, dump
from storage.sent import Batch
from storage.tx import Tx

CAPTION = 1024
SENDERS = {"photo": "sendPhoto", "document": "sendDocument", "voice": "sendVoice", "video": "sendVideo"}


@dataclass(frozen=True)
class Request:
    """`card` and `shown` are set where the answer's message id has to be remembered; `taken_back` where messages go from the chat."""

    method: str
    payload: dict[str, Any]
    upload: Upload | None = None
    card: Card | None = None
    shown: str = ""
    silent: bool = False
    taken_back: Batch | None = None

    @property
    def sends(self) -> bool:
        return self.method.startswith("send")

    @property
    def counts(self) -> bool:
        """Whether it is a message in the chat, as Telegram's rates count. Writing over hundreds of old ones is paced like sending them."""
        return self.sends or (self.taken_back is not None and bool(self.taken_back.kind))


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

    def now(self, chat: int) -> int:
        """The chat's number as far as Telegram has told it."""
        return self._moved.get(chat, chat)

    async def pack(self, parcel: Parcel) -> Request | None:
        """The request, or None where there is nothing to do any more (a card whose subject is gone, or that shows this already)."""
        body = {**parcel.body, "chat": self.now(parcel.body["chat"])}
        match body["op"]:
            case "card":
                return await self._card(body["card"], parcel)
            case "commands":
                return await self._commands(body, parcel)
            case "strip":
                return Request("editMessageReplyMarkup", {"chat_id": body["chat"], "message_id": body["message_id"]})
            case "delete":
                return Request("deleteMessage", {"chat_id": body["chat"], "message_id": body["message_id"]})
            case "recall":
                return await self._recall(body, parcel.lane)
        reader = await self._store.read(lambda tx: _reader(tx, parcel, _to(body)))
        if reader.elsewhere or not await self._wanted(body):
            return None
        if body["op"] == "edit":
            text = self._renderer.text(body["key"], body["params"], reader.language)
            payload: dict[str, Any] = {"chat_id": body["chat"], "message_id": body["message_id"], "text": text, "parse_mode": "HTML"}
            if body.get("buttons"):
                payload["reply_markup"] = {"inline_keyboard": self._renderer.keyboard(body["buttons"], reader.language)}
            return Request("editMessageText", payload | {"link_preview_options": {"is_disabled": True}})
        return _sounding(await self._message(body, reader.language), silent=reader.silent)

    async def _wanted(self, body: Mapping[str, Any]) -> bool:
        """Not where it was put away before it came."""
        row = body.get("own")
        return not row or await self._store.read(lambda tx: shown.wanted(tx, row))

    async def _recall(self, body: Mapping[str, Any], lane: str) -> Request | None:
        """What goes from the chat next: a hundred where Telegram still deletes, else one that is written over. None: all of it is gone."""
        batch = await self._store.read(lambda tx: sent.next_of(tx, lane))
        if batch is None:
            return None
        if not batch.kind:
            return Request("deleteMessages", {"chat_id": body["chat"], "message_ids": list(batch.ids)}, taken_back=batch)
        text = self._renderer.text("people.chat_cleared", {}, body["language"])
        return replace(_written_over(body["chat"], batch, text), taken_back=batch)

    async def _commands(self, body: Mapping[str, Any], parcel: Parcel) -> Request:
        """The list of commands in a member's own chat; somebody without a seat has everybody's again."""
        reader = await self._store.read(lambda tx: _reader(tx, parcel, _to(body)))
        seats = await self._store.read(lambda tx: people.seats_of(tx, body["person"]))
        scope = {"scope": {"type": "chat", "chat_id": body["chat"]}}
        if not seats:
            return Request("deleteMyCommands", scope)
        return Request("setMyCommands", scope | {"commands": payload(self._renderer, listed(seats, joined=True), reader.language)})

    async def _message(self, body: Mapping[str, Any], language: str) -> Request:
        payload: dict[str, Any] = {"chat_id": body["chat"]}
        text = self._renderer.text(body["key"], body["params"], language)
        card = await self._remembered(body.get("remember"))
        if body["buttons"] and (card is not None or "remember" not in body):
            payload["reply_markup"] = {"inline_keyboard": self._renderer.keyboard(body["buttons"], language)}
        if body.get("protect"):
            payload["protect_content"] = True
        if "file" not in body:
            payload |= {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
            return Request("sendMessage", payload, card=card)
        upload = await self._upload(body["file"], language)
        return Request(SENDERS[upload.field], payload | {"caption": clip(text, CAPTION), "parse_mode": "HTML"}, upload)

    async def _remembered(self, card: int | None) -> Card | None:
        """The row that learns of this message; gone where the matter was over before it was sent."""
        return None if card is None else await self._store.read(lambda tx: cards.get(tx, card))

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

    async def _card(self, card_id: int, parcel: Parcel) -> Request | None:
        async def unit(tx: Tx) -> tuple[Card, Any, Reader] | None:
            card = await cards.get(tx, card_id)
            if card is None:
                return None
            message = await make(tx, card.kind, card.of, card.to.person)
            return card, message, await _reader(tx, parcel, card.to)

        found = await self._store.read(unit)
        if found is None or found[1] is None:
            return None
        card, message, reader = found
        language = reader.language
        payload = {
            "chat_id": self.now(card.to.chat),
            "text": self._renderer.text(message.key, message.params, language),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "reply_markup": {"inline_keyboard": self._renderer.keyboard(dump(message.buttons), language)},
        }
        shown = hashlib.sha256(pack(payload)).hexdigest()[:16]
        new = _sounding(Request("sendMessage", payload, card=card, shown=shown), silent=reader.silent)
        if card.message_id is None:
            return new
        if card.shown == shown:
            return None
        return replace(new, method="editMessageText", payload=payload | {"message_id": card.message_id})


def as_new(request: Request) -> Request:
    """The same card as a new message, where the old one is gone from the chat."""
    payload = {name: value for name, value in request.payload.items() if name != "message_id"}
    return _sounding(replace(request, method="sendMessage", payload=payload), silent=request.silent)


def _written_over(chat: int, batch: Batch, text: str) -> Request:
    """As far as Telegram allows it for this kind of message. A voice message stays, only its caption goes (docs/operating.md)."""
    where = {"chat_id": chat, "message_id": batch.ids[0]}
    if batch.kind == "voice":
        return Request("editMessageCaption", {**where, "caption": text})
    if batch.kind == "message":
        return Request("editMessageText", {**where, "text": text})
    instead = Upload("instead", "-.txt", text.encode(), "text/plain")
    return Request("editMessageMedia", {**where, "media": {"type": "document", "media": "attach://instead", "caption": text}}, instead)


@dataclass(frozen=True)
class Reader:
    """How whoever gets a message is spoken to now. `silent`: without a sound, since these are their quiet hours.

    `elsewhere`: the chat is not theirs any more; what the sender had in hand must not reach it.
    """

    language: str
    silent: bool
    elsewhere: bool


def _to(body: Mapping[str, Any]) -> To:
    return To(body["chat"], body["person"], str(body["language"]), body["regime"])


async def _reader(tx: Tx, parcel: Parcel, to: To) -> Reader:
    """A registered person's own choices as they are now; else what the row says."""
    found = None if to.person is None else await people.manners(tx, to.person)
    language, own, chat = (to.language, None, to.chat) if found is None else (found["language"], found["quiet"], found["account"])
    regimes = tx.world.regimes
    ruled = regimes[to.regime] if to.regime in regimes else next(iter(regimes.values()))
    hushed = parcel.hushed and parcel.priority > URGENT  # a press may have come for it meanwhile
    silent = hushed or not rings(tx.now, widened(ruled.quiet, own), parcel.priority)
    return Reader(language, silent, elsewhere=chat != to.chat)


def _sounding(request: Request, *, silent: bool) -> Request:
    """Sent with or without a sound. An edit never makes one."""
    return replace(request, silent=silent, payload=request.payload | ({"disable_notification": True} if silent else {}))
