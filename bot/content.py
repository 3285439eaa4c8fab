"""What an update holds, as a reply to a question: words, a file that is fetched and stored, a place, or something strange.

Files are fetched before the unit of work: fetching is idempotent (the same content has the same name), typed by content, and sealed.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Literal, Protocol

import structlog

from domain.evidence import MOST_BYTES, Reason, judge
from domain.forms import Reply, Said, Sent, Spot, Strange
from domain.words import clean_text
from storage import tally
from storage.clean import NotAPictureError, clean_image
from storage.db import Store
from storage.files import Files, record
from storage.tx import Tx

if TYPE_CHECKING:
    from telegram import Message

log = structlog.get_logger()

QUOTA = "evidence"
Care = Literal["keep", "clean", "leave"]


class Download(Protocol):
    async def __call__(self, file_id: str, /) -> bytes: ...


class Fetcher:
    """`a_day`: how many bytes one account may bring a day (Asia/Shanghai), so that nobody fills the disk."""

    def __init__(self, store: Store, files: Files, download: Download, a_day: int) -> None:
        self._store = store
        self._files = files
        self._download = download
        self._a_day = a_day

    async def content(self, message: "Message", care: Care = "keep") -> Reply:
        """The reply that a message is. Raises what the download raises: the update is tried again then.

        `clean` keeps pictures without place, author and name (a complainant's); `leave` fetches nothing (nobody asked for it).
        """
        if message.text is not None:
            return Said(clean_text(message.text))
        if message.location is not None:
            return Spot(message.location.latitude, message.location.longitude)
        attached = _attached(message)
        if attached is None:
            return Strange("sticker" if message.sticker else "other")
        if care == "leave":
            return Strange("unasked")
        kind, file = attached
        if (file.file_size or 0) > MOST_BYTES:
            return _refused(Reason("too_big"))
        account = message.from_user.id if message.from_user is not None else message.chat.id
        if await self._store.read(lambda tx: tally.spent(tx, QUOTA, account)) + (file.file_size or 0) > self._a_day:
            log.info("evidence_refused", reason="quota")
            return Strange("refused", "content.refused.quota")
        return await self._store_file(account, kind, file, clean_text(message.caption or ""), clean=care == "clean")

    async def _store_file(self, account: int, kind: str, file: Any, caption: str, *, clean: bool) -> Reply:
        content = await self._download(file.file_id)
        name = clean_text(getattr(file, "file_name", None) or "")[:120]
        verdict = await asyncio.to_thread(judge, content, name)
        if isinstance(verdict, Reason):
            log.info("evidence_refused", reason=verdict.code)
            return _refused(verdict)
        mime = verdict.mime
        if clean:
            name = ""
            if mime.startswith("image/"):
                try:
                    content, mime = await asyncio.to_thread(clean_image, content)
                except NotAPictureError:
                    return _refused(Reason("broken"))
        blob = await self._files.put(content, mime, name)

        async def unit(tx: Tx) -> None:
            await record(tx, blob)
            await tally.spend(tx, QUOTA, account, blob.size)

        await self._store.unit(unit)
        return Sent(kind, blob.hash, name, caption)


def _attached(message: "Message") -> tuple[str, Any] | None:
    if message.photo:
        return "photo", message.photo[-1]
    for kind in ("document", "voice", "video"):
        file = getattr(message, kind)
        if file is not None:
            return kind, file
    return None


def _refused(reason: Reason) -> Strange:
    return Strange("refused", f"content.refused.{reason.code}")
