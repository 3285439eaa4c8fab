"""Evidence outside the database: sealed files, named by a keyed hash of their content, so the same picture is kept once."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nacl.exceptions import CryptoError

from storage.tx import Row, Tx
from storage.vault import Vault

ADD = """
INSERT INTO blob (hash, kind, size, name, created_at) VALUES (:hash, :kind, :size, :name, :now) ON CONFLICT (hash) DO NOTHING
"""
GET = "SELECT * FROM blob WHERE hash = :hash"
HASHES = "SELECT hash FROM blob ORDER BY hash"


@dataclass(frozen=True)
class Blob:
    """A stored file: its keyed hash, its kind by content (a MIME type), bytes, and the name it came with."""

    hash: str
    kind: str
    size: int
    name: str


@dataclass(frozen=True)
class Checked:
    """How many files of a folder are what they were; which of those on record are not there, or do not open any more."""

    good: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]


class Files:
    """Sealed files below one folder. Writing is idempotent: a file is complete under its name or not there."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    async def put(self, content: bytes, kind: str, name: str) -> Blob:
        return await asyncio.to_thread(self._put, content, kind, name)

    def _put(self, content: bytes, kind: str, name: str) -> Blob:
        blob = Blob(self._vault.mac("file", content), kind, len(content), name)
        path = self._path(blob.hash)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".{os.getpid()}.part")
            with partial.open("wb") as file:
                file.write(self._vault.seal(content, f"file:{blob.hash}", key="files"))
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            _sync_folder(path.parent)
        return blob

    async def get(self, blob_hash: str) -> bytes:
        sealed = await asyncio.to_thread(self._path(blob_hash).read_bytes)
        return self._vault.unseal(sealed, f"file:{blob_hash}", key="files")

    def has(self, blob_hash: str) -> bool:
        return self._path(blob_hash).exists()

    def holds(self, blob_hash: str) -> bool:
        """Whether the file opens and its content is the one of its name."""
        try:
            content = self._vault.unseal(self._path(blob_hash).read_bytes(), f"file:{blob_hash}", key="files")
        except CryptoError:
            return False
        return self._vault.mac("file", content) == blob_hash

    def _path(self, blob_hash: str) -> Path:
        if "/" in blob_hash or "." in blob_hash:
            raise ValueError("not a file's hash")
        return self._folder / blob_hash[:2] / blob_hash


def _sync_folder(folder: Path) -> None:
    """The new name must survive a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def record(tx: Tx, blob: Blob) -> None:
    await tx.run(ADD, hash=blob.hash, kind=blob.kind, size=blob.size, name=blob.name, now=tx.now)


async def get(tx: Tx, blob_hash: str) -> Row | None:
    return await tx.find(GET, hash=blob_hash)


async def all_hashes(tx: Tx) -> list[str]:
    """Every file on record."""
    return [row["hash"] for row in await tx.all(HASHES)]


def check(folder: Path, hashes: Sequence[str], vault: Vault) -> Checked:
    """Open each of these below a folder. Reads every byte: in a thread."""
    held = Files(folder, vault)
    there = [each for each in hashes if held.has(each)]
    damaged = tuple(each for each in there if not held.holds(each))
    found = set(there)
    missing = tuple(each for each in hashes if each not in found)
    return Checked(len(there) - len(damaged), missing, damaged)
