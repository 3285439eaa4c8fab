"""Cards: one live message per (subject, chat) that is edited as things move. What it shows is made when it is sent, from the state then.

`say` and `over` are for a message that holds what is kept nowhere (a link's token), so that it cannot be made anew: it is remembered, and
says how it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.compact import pack, unpack
from domain.speech import INTERACTIVE, Message, To
from storage import outbox
from storage.tx import Row, Tx, one_of

ENSURE = """
INSERT INTO card (subject, lane, payload, shown, version) VALUES (:subject, :lane, :payload, '', 1)
ON CONFLICT (subject, lane) DO UPDATE SET payload = :payload RETURNING id
"""
FIND = "SELECT id, payload FROM card WHERE subject = :subject AND lane = :lane"
FRESH = "UPDATE card SET message_id = NULL, shown = '', version = version + 1 WHERE id = :id"
GET = "SELECT * FROM card WHERE id = :id"
OF_SUBJECT = "SELECT * FROM card WHERE subject = :subject"
OF_SUBJECTS = "SELECT * FROM card WHERE subject IN ({subjects}) ORDER BY id"
# Compare-and-set: a request that was under way when the card was moved elsewhere must not move it back.
SHOWN = "UPDATE card SET message_id = :message_id, shown = :shown WHERE id = :id AND version = :version"
PIN = "UPDATE card SET message_id = :message_id, shown = '', version = version + 1 WHERE id = :id"
IN_LANE = "SELECT * FROM card WHERE lane = :lane ORDER BY id"
DROP_LANE = "DELETE FROM card WHERE lane = :lane"
DROP = "DELETE FROM card WHERE subject = :subject"
FORGET = "DELETE FROM card WHERE subject = :subject AND lane = :lane"


@dataclass(frozen=True)
class Card:
    id: int
    subject: str  # "task:12", "draft:7": kind and id
    to: To
    message_id: int | None
    shown: str  # hash of what stands in the chat
    version: int  # grows when the card moves to another message

    @property
    def kind(self) -> str:
        return self.subject.partition(":")[0]

    @property
    def of(self) -> int:
        return int(self.subject.partition(":")[2])


async def show(
    tx: Tx, subject: str, to: To, *, fresh: bool = False, message_id: int | None = None, priority: int = INTERACTIVE, not_before: int = 0
) -> None:
    """Bring the card up to date. `fresh` sends it anew at the chat's end; `message_id` moves it into that message (the one pressed)."""
    card = await _ensure(tx, subject, to)
    if fresh:
        await tx.run(FRESH, id=card)
    elif message_id is not None:
        await tx.run(PIN, id=card, message_id=message_id)
    await outbox.put_card(tx, to, card, priority=priority, not_before=not_before)


async def _ensure(tx: Tx, subject: str, to: To) -> int:
    """The chat's card of this subject. Most are there and stand as they were: looking is half the cost of writing them anew."""
    plain, lane = pack([to.chat, to.person, to.language, to.regime]), tx.vault.lane(to.chat)
    row = await tx.find(FIND, subject=subject, lane=lane)
    if row is not None and tx.vault.unseal(row["payload"], "card") == plain:
        return int(row["id"])
    return int(await tx.value(ENSURE, subject=subject, lane=lane, payload=tx.vault.seal(plain, "card")))


async def say(tx: Tx, subject: str, to: To, message: Message) -> None:
    """Say it once; the same said before in this chat loses its buttons."""
    for before in await of_subject(tx, subject):
        if before.message_id is not None and before.to.chat == to.chat:
            await outbox.strip(tx, to, before.message_id)
    card = await _ensure(tx, subject, to)
    await tx.run(FRESH, id=card)
    await outbox.say(tx, to, message.key, message.params, message.buttons, remember=card)


async def over(tx: Tx, subject: str, ending: Message, *, but: int | None = None) -> None:
    """What was said about it says how it ended, in every chat but this one. What is still on its way goes without its buttons."""
    for shown in await of_subject(tx, subject):
        if shown.message_id is not None and shown.to.chat != but:
            await outbox.rewrite(tx, shown.to, shown.message_id, ending)
    await drop(tx, subject)


async def refresh_all(tx: Tx, subject: str, *, priority: int = INTERACTIVE) -> None:
    """Bring every chat's card of this subject up to date."""
    await refresh_several(tx, [subject], priority=priority)


async def refresh_several(tx: Tx, subjects: Sequence[str], *, priority: int = INTERACTIVE) -> None:
    """The same for many subjects at once."""
    names, params = one_of("subject", dict.fromkeys(subjects))
    for row in await tx.all(OF_SUBJECTS.format(subjects=names), **params):
        card = _open(tx, row)
        await outbox.put_card(tx, card.to, card.id, priority=priority, not_before=0)


async def look_again(tx: Tx, subject: str, to: To, at: int) -> None:
    """What the chat's card shows lapses at `at`: it is brought up to date then, too.

    A row of its own that no other wish is merged with: one that waits now would swallow the later one.
    """
    row = await tx.find(FIND, subject=subject, lane=tx.vault.lane(to.chat))
    if row is not None:
        await outbox.put(tx, to, {"op": "card", "card": row["id"]}, not_before=at, once=f"again:{row['id']}:{at}")


async def note(tx: Tx, subject: str, to: To) -> None:
    """Remember that this chat has been told of it, without saying anything."""
    await _ensure(tx, subject, to)


async def stands(tx: Tx, subject: str, lane: str) -> bool:
    """Whether this chat has, or had, a card of this subject."""
    return await tx.find(FIND, subject=subject, lane=lane) is not None


async def get(tx: Tx, card_id: int) -> Card | None:
    row = await tx.find(GET, id=card_id)
    return None if row is None else _open(tx, row)


def _open(tx: Tx, row: Row) -> Card:
    to = To(*unpack(tx.vault.unseal(row["payload"], "card")))
    return Card(row["id"], row["subject"], to, row["message_id"], row["shown"], row["version"])


async def of_subject(tx: Tx, subject: str) -> list[Card]:
    return [_open(tx, row) for row in await tx.all(OF_SUBJECT, subject=subject)]


async def shown(tx: Tx, card: Card, message_id: int, shown_hash: str) -> bool:
    """What stands in the chat now. False where the card was moved or dropped while this was sent: the message is nobody's any more."""
    return await tx.run(SHOWN, id=card.id, version=card.version, message_id=message_id, shown=shown_hash) == 1


async def drop(tx: Tx, subject: str) -> None:
    await tx.run(DROP, subject=subject)


async def forget(tx: Tx, subject: str, lane: str) -> bool:
    """Of one chat only. False: it had none."""
    return await tx.run(FORGET, subject=subject, lane=lane) > 0


async def in_lane(tx: Tx, lane: str) -> list[Card]:
    """Every card of one chat."""
    return [_open(tx, row) for row in await tx.all(IN_LANE, lane=lane)]


async def drop_lane(tx: Tx, lane: str) -> None:
    await tx.run(DROP_LANE, lane=lane)
