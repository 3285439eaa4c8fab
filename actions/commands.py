"""Telegram's list of commands in a person's own chat: what this person may begin. It is sent through the outbox, so it is as durable as a
message; what stands in the list is made when it is sent (`bot/published.py`).
"""

from collections.abc import Iterable

from domain.people import Actor, Seat
from domain.speech import DIGEST, To
from storage import outbox, people
from storage.tx import Tx


def fingerprint(language: str, seats: Iterable[Seat]) -> str:
    """What the list depends on. The same again: nothing needs to be sent."""
    return f"{language}:{','.join(sorted({seat.rights for seat in seats}))}"


def outdated(actor: Actor) -> bool:
    return actor.commands != fingerprint(actor.language, actor.seats)


async def publish(tx: Tx, person_id: int) -> None:
    """Bring the list up to date if the person's seats or language have changed since it was sent. Cheap to call again."""
    row = await people.person(tx, person_id)
    now = fingerprint(row["language"], await people.seats_of(tx, person_id))
    if row["account"] is None or row["commands"] == now:
        return
    await people.set_commands(tx, person_id, now)
    await outbox.put(tx, To(row["account"], person_id, row["language"]), {"op": "commands"}, priority=DIGEST)


async def released(tx: Tx, release: str) -> None:
    """A release with other commands: every list is out of date, and follows when its person next writes."""
    if await people.new_commands(tx, release):
        await people.forget_commands(tx)
