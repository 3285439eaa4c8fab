"""History of tasks and ledger items: what was said and sent about a thing, by whom, and which state it went through.

Append-only: there is no statement here that changes or removes a row. Each entry may carry evidence (stored files, places).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.dates import Until
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO entry (subject_kind, subject, at, author, kind, body, day, from_state, to_state, acted_by)
VALUES (:subject_kind, :subject, :now, :author, :kind, :body, :day, :from_state, :to_state, (
  SELECT q.id FROM absence b JOIN appointment d ON d.id = b.deputy AND d.ended_at IS NULL
  JOIN person q ON q.id = d.person AND q.account IS NOT NULL AND q.unreachable_at IS NULL
  WHERE b.appointment = :author AND b.state = 'on'))
"""
ADD_EVIDENCE = """
INSERT INTO evidence (entry, kind, blob, latitude, longitude) VALUES (:entry, :kind, :blob, :latitude, :longitude)
"""
# `by_name`: who acted for the seat then, where it was not its holder.
SELECT = "SELECT e.*, p.name AS by_name FROM entry e LEFT JOIN person p ON p.id = e.acted_by"
OF_SUBJECT = f"{SELECT} WHERE subject_kind = :kind AND subject = :subject ORDER BY e.id"
LATEST = f"{SELECT} WHERE subject_kind = :kind AND subject = :subject ORDER BY e.id DESC LIMIT :limit"
OF_KIND_AT = f"{SELECT} WHERE subject_kind = :kind AND subject = :subject AND e.kind = :what AND e.at = :at ORDER BY e.id DESC LIMIT 1"
# The name a file came with is kept with the blob.
EVIDENCE = """
SELECT e.*, b.name, b.kind AS mime FROM evidence e LEFT JOIN blob b ON b.hash = e.blob WHERE e.entry IN ({entries}) ORDER BY e.id
"""


@dataclass(frozen=True)
class Evidence:
    """One piece: `kind` is photo, document, voice, video (with `blob`, the file's keyed hash) or location (with coordinates)."""

    id: int
    kind: str
    blob: str | None = None
    name: str = ""
    mime: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Entry:
    """`author` is a seat; None where the bot itself wrote it. States are codes of the subject's own table.

    `day`: the date it is about (a new due date, the one asked for), without the span it was counted with, shown in the reader's
    language; the words stand in `body`.
    """

    id: int
    at: int
    author: int | None
    kind: str
    body: str
    from_state: str | None
    to_state: str | None
    evidence: tuple[Evidence, ...] = ()
    day: Until | None = None
    by: str | None = None  # the deputy who did it; empty where that person has left and is forgotten


async def add(
    tx: Tx,
    subject_kind: str,
    subject: int,
    *,
    author: int | None,
    kind: str,
    body: str = "",
    day: Until | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    files: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Append an entry. `files` are the answers of a form's files field: `{kind, blob}` or `{kind: "location", latitude, longitude}`."""
    entry = int(
        await tx.value(
            f"{ADD} RETURNING id",
            subject_kind=subject_kind,
            subject=subject,
            now=tx.now,
            author=author,
            kind=kind,
            body=body,
            day=None if day is None else day.when,
            from_state=from_state,
            to_state=to_state,
        )
    )
    await tx.many(ADD_EVIDENCE, [_evidence_row(entry, file) for file in files])
    return entry


async def add_first(tx: Tx, subject_kind: str, firsts: Sequence[tuple[int, int]], *, kind: str, to_state: str) -> None:
    """The entry with which a history begins, for many subjects at once: `(subject, author)`."""
    same = {"subject_kind": subject_kind, "now": tx.now, "kind": kind, "body": "", "day": None, "from_state": None, "to_state": to_state}
    await tx.many(ADD, [{**same, "subject": subject, "author": author} for subject, author in firsts])


def _evidence_row(entry: int, file: Mapping[str, Any]) -> dict[str, Any]:
    place = {name: file.get(name) for name in ("latitude", "longitude")}
    return {"entry": entry, "kind": file["kind"], "blob": file.get("blob"), **place}


async def of_subject(tx: Tx, kind: str, subject: int) -> list[Entry]:
    """The whole history, oldest first, with its evidence."""
    return await _filled(tx, await tx.all(OF_SUBJECT, kind=kind, subject=subject))


async def latest(tx: Tx, kind: str, subject: int, limit: int = 1) -> list[Entry]:
    """The last entries, newest first, with their evidence."""
    return await _filled(tx, await tx.all(LATEST, kind=kind, subject=subject, limit=limit))


async def of_kind_at(tx: Tx, kind: str, subject: int, what: str, at: int) -> Entry | None:
    """The entry of one sort that was made at this instant."""
    found = await _filled(tx, await tx.all(OF_KIND_AT, kind=kind, subject=subject, what=what, at=at))
    return next(iter(found), None)


async def _filled(tx: Tx, rows: Sequence[Row]) -> list[Entry]:
    held: dict[int, list[Evidence]] = {row["id"]: [] for row in rows}
    names, params = one_of("entry", held)
    for row in await tx.all(EVIDENCE.format(entries=names), **params) if held else ():
        piece = Evidence(row["id"], row["kind"], row["blob"], row["name"] or "", row["mime"] or "", row["latitude"], row["longitude"])
        held[row["entry"]].append(piece)
    return [
        Entry(
            row["id"],
            row["at"],
            row["author"],
            row["kind"],
            row["body"],
            row["from_state"],
            row["to_state"],
            tuple(held[row["id"]]),
            day_of(row),
            row["by_name"],
        )
        for row in rows
    ]


def day_of(row: Row) -> Until | None:
    return None if row["day"] is None else Until.read(row["day"])
