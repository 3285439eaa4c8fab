"""What an update holds, as a reply to a question: words, a file that is fetched and stored, a place, or something strange.

Files are fetched before the unit of work: fetching is idempotent (the same content has the same name), typed by content, and sealed.
"""

from typing import Any, Protocol

import structlog
from telegram import Message

from domain.forms import Reply, Said, Sent, Spot, Strange
from domain.words import clean_text
from storage.db import Store
from storage.files import Files, record

log = structlog.get_logger()

MOST_BYTES = 20 * 1024 * 1024  # what getFile gives a bot
IMAGES = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic"}
# Typed by content, not by name: what an inspector hands in as evidence. Everything else is refused with the reason.
ALLOWED = IMAGES | {
    "application/pdf", "video/mp4", "video/quicktime", "audio/ogg", "audio/mpeg", "audio/mp4", "text/plain", "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/msword", "application/vnd.ms-excel",
}  # fmt: skip


class Download(Protocol):
    async def __call__(self, file_id: str) -> bytes: ...


class Fetcher:
    def __init__(self, store: Store, files: Files, download: Download) -> None:
        self._store = store
        self._files = files
        self._download = download

    async def content(self, message: Message) -> Reply:
        """The reply that a message is. Raises what the download raises: the update is tried again then."""
        if message.text is not None:
            return Said(clean_text(message.text))
        if message.location is not None:
            return Spot(message.location.latitude, message.location.longitude)
        attached = _attached(message)
        if attached is None:
            return Strange("sticker" if message.sticker else "other")
        kind, file = attached
        if (file.file_size or 0) > MOST_BYTES:
            return Strange("too_big")
        return await self._store_file(kind, file, clean_text(message.caption or ""))

    async def _store_file(self, kind: str, file: Any, caption: str) -> Reply:
        content = await self._download(file.file_id)
        mime = sniff(content)
        if mime not in ALLOWED:
            log.info("content.refused", mime=mime)
            return Strange("not_allowed")
        name = clean_text(getattr(file, "file_name", None) or "")[:120]
        blob = await self._files.put(content, mime, name)
        await self._store.unit(lambda tx: record(tx, blob))
        return Sent(kind, blob.hash, name, caption)


def _attached(message: Message) -> tuple[str, Any] | None:
    if message.photo:
        return "photo", message.photo[-1]
    for kind in ("document", "voice", "video"):
        file = getattr(message, kind)
        if file is not None:
            return kind, file
    return None


def sniff(content: bytes) -> str:
    """The MIME type by content; text is what decodes as UTF-8 without controls."""
    import puremagic

    try:
        found: str = puremagic.from_string(content[:65536], mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    return found or _text_or_unknown(content)


def _text_or_unknown(content: bytes) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain" if all(char.isprintable() or char in "\r\n\t" for char in text[:4096]) else "application/octet-stream"
