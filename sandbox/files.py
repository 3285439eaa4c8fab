"""Files in memory, known by the two names that Telegram gives them: `file_id` (one per bot) and `file_unique_id`."""

import hashlib
import io
import itertools
import mimetypes
from dataclasses import dataclass

from sandbox.errors import bad

MEBIBYTE = 1 << 20
MAX_DOWNLOAD = 20 * MEBIBYTE
MAX_UPLOAD = 50 * MEBIBYTE
MAX_PHOTO = 10 * MEBIBYTE
UNKNOWN_TYPE = "application/octet-stream"

FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice", "video": "videos", "sticker": "stickers"}


@dataclass(slots=True)
class StoredFile:
    """`name` is what the sender called it; a photo has none, as in Telegram."""

    number: int
    unique_id: str
    kind: str
    data: bytes
    name: str = ""
    mime_type: str = ""
    size: tuple[int, int] = (0, 0)

    @property
    def path(self) -> str:
        ending = ".jpg" if self.kind == "photo" else (mimetypes.guess_extension(self.mime_type) or ".bin")
        if "." in self.name:
            ending = "." + self.name.rsplit(".", 1)[1]
        return f"{FOLDERS[self.kind]}/file_{self.number}{ending}"


class Files:
    def __init__(self) -> None:
        self._by_unique: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._numbers = itertools.count(1)

    def add(self, kind: str, data: bytes, *, name: str = "", mime_type: str = "", size: tuple[int, int] = (0, 0)) -> StoredFile:
        number = next(self._numbers)
        unique = "AQAD" + hashlib.sha256(f"{number}".encode()).hexdigest()[:14]
        told = "" if mime_type == UNKNOWN_TYPE else mime_type
        guessed = told or mimetypes.guess_type(name)[0] or UNKNOWN_TYPE
        stored = StoredFile(number, unique, kind, data, name, guessed, size)
        self._by_unique[unique] = stored
        self._by_path[stored.path] = stored
        return stored

    def by_unique(self, unique_id: str) -> StoredFile | None:
        return self._by_unique.get(unique_id)

    def by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def file_id(self, unique_id: str, bot_id: int) -> str:
        # As long as Telegram's own, so that nobody comes to rely on a short one.
        return f"BAAD{hashlib.sha256(f'{bot_id}:{unique_id}'.encode()).hexdigest()[:48]}-{unique_id}"

    def by_file_id(self, file_id: str, bot_id: int) -> StoredFile:
        """A `file_id` is good only for the bot that was given it."""
        stored = self._by_unique.get(file_id.rpartition("-")[2])
        if stored is None or self.file_id(stored.unique_id, bot_id) != file_id:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return stored


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the header, or None where the bytes are no image."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except (UnidentifiedImageError, OSError, ValueError):
        return None


def photo_payload(files: Files, data: bytes, size: tuple[int, int]) -> list[dict[str, object]]:
    """The sizes of a photo, smallest first. The sandbox keeps the bytes as they came, so each size has the same."""
    width, height = size
    shrink = min(1.0, 90 / max(width, height))
    sizes = [(max(1, round(width * shrink)), max(1, round(height * shrink))), (width, height)]
    return [photo_size(files.add("photo", data, mime_type="image/jpeg", size=each)) for each in sizes]


def photo_size(stored: StoredFile) -> dict[str, object]:
    width, height = stored.size
    return {"file_unique_id": stored.unique_id, "width": width, "height": height, "file_size": len(stored.data)}


def file_payload(stored: StoredFile) -> dict[str, object]:
    """A document, voice, video or sticker as a message carries it, without the `file_id` that depends on the reader."""
    payload: dict[str, object] = {"file_unique_id": stored.unique_id, "file_size": len(stored.data)}
    if stored.kind in {"document", "video"}:
        payload["file_name"] = stored.name
    if stored.kind in {"document", "video", "voice"}:
        payload["mime_type"] = stored.mime_type
    if stored.kind in {"voice", "video"}:
        payload["duration"] = 1
    if stored.kind in {"video", "sticker"}:
        payload |= {"width": 512, "height": 512}
    if stored.kind == "sticker":
        payload |= {"type": "regular", "is_animated": False, "is_video": False}
    return payload
