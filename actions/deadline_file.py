"""The own deadlines as a calendar file: what is in it, and sending it. Drawn at the edge (`bot/ics.py`), in the reader's language.

Private matters (complaints) are left out: a phone's calendar is copied to places that the bot does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from actions.matters import Words
from actions.perform import action
from actions.subjects import private_kinds
from domain.dates import Until
from domain.deadlines import DAY_MS
from domain.obligations import Owed
from domain.outcome import Done, Outcome
from domain.people import Actor
from domain.speech import Param
from storage import deadlines as store
from storage import files, outbox
from storage.files import Blob
from storage.tx import Tx

KEPT = 60 * DAY_MS  # how long what is over is still named, so that its entry goes from the phone
MOST = 500


@dataclass(frozen=True)
class Deadline:
    """One entry. `id` and `version` are the obligation's: a later file replaces the entry. `params` are those of every text about it."""

    id: int
    version: int
    until: Until
    over: bool
    params: Mapping[str, Param]


@dataclass(frozen=True)
class Mine:
    """What one person's file holds, in whose language, as of when."""

    found: tuple[Deadline, ...]
    language: str
    now: int


@dataclass(frozen=True)
class Drawn:
    """The file, stored; without one there is nothing to put into a calendar."""

    n: int
    blob: Blob | None = None


async def mine(tx: Tx, actor: Actor) -> Mine:
    seats = {seat.id: seat for seat in actor.seats}
    found = await store.of_seats(tx, list(seats), private_kinds(), since=tx.now - KEPT, limit=MOST) if seats else []
    words = await Words.of(tx, found)
    return Mine(tuple(_deadline(words, owed) for owed in found), actor.language, tx.now)


def _deadline(words: Words, owed: Owed) -> Deadline:
    params, _ = words.params(owed)
    return Deadline(owed.id, owed.version, Until.ending(owed.due_at), owed.state != "open", params)


@action("obligation.mine")
async def send(tx: Tx, actor: Actor, given: Drawn) -> Outcome:
    if given.blob is None:
        await outbox.say(tx, actor.to(), "ics.none")
        return Done()
    await files.record(tx, given.blob)
    file = {"blob": given.blob.hash, "kind": "document", "name": given.blob.name, "mime": given.blob.kind}
    key, params = ("ics.sent", {"n": given.n}) if given.n else ("ics.over", {})  # all done: the file still takes the entries off the phone
    await outbox.say(tx, actor.to(), key, params, file=file)
    return Done()
