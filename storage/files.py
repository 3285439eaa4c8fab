"""Evidence outside the database: sealed files, named by a keyed hash of their content, so the same picture is kept once."""

import asyncio
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nacl.exceptions import CryptoError

from storage.tx import Row, Tx
from storage.vault import Vault

# Brought again it is young again, for `storage/orphans.py`.
ADD = """
INSERT INTO blob (hash, kind, size, name, created_at) VALUES (:hash, :kind, :size, :name, :now)
ON CONFLICT (hash) DO UPDATE SET created_at = excluded.created_at
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
        self._lock = threading.Lock()  # between somebody who brings a file again and the sweep that is about to remove it

    async def put(self, content: bytes, kind: str, name: str) -> Blob:
        return await asyncio.to_thread(self._put, content, kind, name)

    def _put(self, content: bytes, kind: str, name: str) -> Blob:
        blob = Blob(self._vault.mac("file", content), kind, len(content), name)
        path = self._path(blob.hash)
        if not self._touch(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".{os.getpid()}.part")
            with partial.open("wb") as file:
                file.write(self._vault.seal(content, f"file:{blob.hash}", key="files"))
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            _sync_folder(path.parent)
        return blob

    def _touch(self, path: Path) -> bool:
        """Make a file that is there young again; False where it is not."""
        with self._lock:
            try:
                os.utime(path)
            except FileNotFoundError:
                return False
            return True

    async def folders(self, *, after: str, limit: int) -> list[str]:
        """The next folders in order; after the last comes the first."""

        def listed() -> list[str]:
            names = sorted(each.name for each in self._folder.iterdir() if each.is_dir()) if self._folder.is_dir() else []
            return [name for name in names if name > after][:limit] or names[:limit]

        return await asyncio.to_thread(listed)

    async def old(self, folder: str, before: int) -> list[str]:
        """The files of a folder that nobody brought since then (ms, the disk's clock); half-written ones of a process that died go."""

        def listed() -> list[str]:
            aged = [path for path in (self._folder / folder).iterdir() if _brought(path) < before]
            for path in aged:
                if path.suffix == ".part":
                    path.unlink(missing_ok=True)
            return sorted(path.name for path in aged if "." not in path.name)

        return await asyncio.to_thread(listed)

    async def remove(self, hashes: Sequence[str], before: int) -> int:
        """Remove those that nobody brought since then. Returns how many went."""

        def removed() -> int:
            return sum(self._remove(self._path(each), before) for each in hashes)

        return await asyncio.to_thread(removed)

    def _remove(self, path: Path, before: int) -> bool:
        with self._lock:
            if not path.exists() or _brought(path) >= before:
                return False
            path.unlink()
            return True

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


def _brought(path: Path) -> int:
    return path.stat().st_mtime_ns // 1_000_000


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
