"""Backups: one archive of the database's rows at one instant, and beside it a mirror of the sealed evidence. Taken while the bot runs.

An archive is a tar file: `manifest.json` and the parts that it names with their SHA-256 (SQLite: the database file; PostgreSQL: a file
per table). Evidence lies in `files/` next to it and is shared by all archives of that folder: a file never changes under its name, so each
backup copies only what is new. The master key is in neither. Nothing here needs it, except to refuse a restore that nobody could read.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Protocol

FORMAT = 1
MANIFEST = "manifest.json"
EVIDENCE = "files"


class BackupError(Exception):
    """Cannot be backed up to or restored from there; the message says why and the mend."""


@dataclass(frozen=True)
class Manifest:
    """`tables`: columns by table, in an order in which rows can be filled in again. `parts`: SHA-256 by name."""

    kind: str  # sqlite or postgresql
    release: str
    schema: str
    made_at: str
    rows: Mapping[str, int]
    tables: Mapping[str, list[str]] = field(default_factory=dict)
    sequences: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True)
class Report:
    """`copied`: evidence files copied now. `missing`: hashes on record of which there is no file."""

    archive: Path
    manifest: Manifest
    copied: int
    missing: tuple[str, ...]


class Rows(Protocol):
    """How one kind of database gives and takes its rows."""

    def dump(self, folder: Path, release: str, made_at: str) -> tuple[Manifest, list[str]]:
        """Write the parts into an empty folder. The manifest comes back without their digests, and the hashes of all evidence on record."""

    def require_empty(self) -> None:
        """Raise BackupError where something is there already."""

    def load(self, folder: Path, manifest: Manifest, master_key: bytes) -> list[str]:
        """Fill the empty place from the parts; all or nothing. The hashes of all evidence on record.

        Raises WrongMasterKeyError where the key does not open them.
        """


def rows_of(url: str) -> Rows:
    if url.startswith("sqlite:///"):
        from storage.backup_sqlite import SqliteRows

        return SqliteRows(Path(url.removeprefix("sqlite:///")))
    from storage.backup_postgres import PostgresRows

    return PostgresRows(url)


def back_up(url: str, data_dir: Path, target: Path, *, release: str, made_at: str) -> Report:
    """Write a new archive at `target` (never over an old one) and bring the mirror beside it up to date."""
    if target.exists():
        raise BackupError(f"{target} exists already; a backup is never overwritten. Choose another name.")
    rows = rows_of(url)
    with _working_folder(target.parent) as folder:
        parts = folder / "parts"
        parts.mkdir()
        manifest, blobs = rows.dump(parts, release, made_at)
        manifest = Manifest(**{**asdict(manifest), "parts": {part.name: _digest(part) for part in sorted(parts.iterdir())}})
        whole = folder / "whole.tar"
        _pack(whole, parts, manifest)
        whole.replace(target)
    _sync(target.parent)
    # After the rows: a file is there before its row is, so whatever the snapshot names is found now.
    copied = mirror(data_dir / EVIDENCE, target.parent / EVIDENCE)
    return Report(target, manifest, copied, _missing(blobs, target.parent))


def restore(url: str, data_dir: Path, source: Path, master_key: bytes) -> Report:
    """Fill an empty database and an empty folder of evidence from an archive and its mirror."""
    rows = rows_of(url)
    rows.require_empty()
    if (data_dir / EVIDENCE).exists() and any((data_dir / EVIDENCE).iterdir()):
        raise BackupError(f"DUBAN_DATA_DIR: {data_dir / EVIDENCE} holds files already; restore into an empty folder.")
    with _working_folder(source.parent) as folder:
        manifest = _unpack(source, folder)
        blobs = rows.load(folder, manifest, master_key)
    try:
        copied = mirror(source.parent / EVIDENCE, data_dir / EVIDENCE)
    except OSError as error:
        mend = f"copy {source.parent / EVIDENCE} to {data_dir / EVIDENCE} yourself"
        raise BackupError(f"the rows are restored, the evidence is not ({error}); {mend}.") from error
    return Report(source, manifest, copied, _missing(blobs, data_dir))


def newest(folder: Path) -> Path:
    """The archive in a folder that was made last; their names begin with their time."""
    found = sorted(folder.glob("*.tar"))
    if not found:
        raise BackupError(f"there is no backup in {folder}; name the folder or the .tar file that `duban backup` wrote.")
    return found[-1]


@contextlib.contextmanager
def _working_folder(parent: Path) -> Iterator[Path]:
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=parent) as name:  # only for its owner's eyes
            yield Path(name)
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{parent}: {error}") from error


def _pack(whole: Path, parts: Path, manifest: Manifest) -> None:
    whole.touch(mode=0o600)
    with whole.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            note = parts.parent / MANIFEST
            note.write_text(json.dumps(asdict(manifest), indent=1))  # the order of its tables counts
            archive.add(note, MANIFEST)
            for name in manifest.parts:
                archive.add(parts / name, name)
        file.flush()
        os.fsync(file.fileno())


def _unpack(source: Path, folder: Path) -> Manifest:
    """Parts whose digests are the manifest's. Nothing but plain files whose names the manifest gives is taken out."""
    try:
        with tarfile.open(source) as archive:
            manifest = _manifest(source, _member(archive, MANIFEST).read())
            for name, digest in manifest.parts.items():
                part = folder / Path(name).name
                with part.open("wb") as file:
                    shutil.copyfileobj(_member(archive, name), file)
                if _digest(part) != digest:
                    raise BackupError(f"{source}: {name} is damaged; take another backup.")
    except (tarfile.TarError, KeyError, FileNotFoundError, IsADirectoryError) as error:
        raise BackupError(f"{source} is no backup of duban, or a damaged one ({error}).") from error
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _manifest(source: Path, content: bytes) -> Manifest:
    found = json.loads(content)
    if found.get("format") != FORMAT:
        raise BackupError(f"{source} was made by another release ({found.get('release')}); restore it with that one.")
    return Manifest(**found)


def _digest(part: Path) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def mirror(source: Path, target: Path) -> int:
    """Copy the sealed files that are not there yet; returns how many. A file is complete under its name or not there."""
    copied = 0
    for file in sorted(source.glob("[!.]*/*")) if source.is_dir() else ():
        place = target / file.parent.name / file.name
        if "." in file.name or place.exists():  # with a dot in its name: half written
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(f".{os.getpid()}.part")
        try:
            shutil.copyfile(file, partial)
        except FileNotFoundError:
            continue  # swept meanwhile: nothing refers to it
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(place)
        copied += 1
    return copied


def _missing(blobs: Iterable[str], folder: Path) -> tuple[str, ...]:
    return tuple(each for each in blobs if not (folder / EVIDENCE / each[:2] / each).exists())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
