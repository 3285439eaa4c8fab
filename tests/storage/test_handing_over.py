"""An answer is the sender's as soon as its unit is committed, where one of this process has room for it; else it waits to be claimed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from domain.speech import DIGEST, To
from storage import outbox
from storage.db import Store
from storage.outbox import Parcel
from storage.tx import Tx

FENCE = 7
ME, OTHER = To(11), To(12)


@dataclass
class Hand:
    """A sender that only remembers."""

    fence: int = FENCE
    room: bool = True
    got: list[Parcel] = field(default_factory=list)

    def has_room(self, lane: str) -> bool:
        del lane
        return self.room

    def receive(self, parcels: Sequence[Parcel]) -> None:
        self.got += parcels

    @property
    def words(self) -> list[str]:
        return [str(parcel.body["key"]) for parcel in self.got]


# From PostgreSQL two processes may send, so every row is claimed there: the last test of this file.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def hand(store: Store) -> Hand:
    store.sender = made = Hand()
    return made


def answering(tx: Tx, to: To = ME) -> None:
    tx.answering = tx.vault.lane(to.chat)


async def waiting(store: Store) -> list[str]:
    return [str(parcel.body["key"]) for parcel in await store.unit(lambda tx: outbox.claim(tx, FENCE, 10))]


@on_sqlite
async def test_an_answer_goes_to_the_sender_and_is_in_its_hand(store: Store, hand: Hand) -> None:
    async def unit(tx: Tx) -> None:
        answering(tx)
        await outbox.say(tx, ME, "answer", {"n": 1})
        await outbox.strip(tx, ME, 5)
        await outbox.say(tx, OTHER, "news")
        await outbox.say(tx, ME, "by the way", priority=DIGEST)
        await outbox.say(tx, ME, "later", not_before=tx.now + 1)
        assert not hand.got  # not before the commit

    await store.unit(unit)
    assert [parcel.body["op"] for parcel in hand.got] == ["send", "strip"]
    answer = hand.got[0]
    assert (answer.body["params"], answer.body["chat"], answer.attempts, answer.lane) == ({"n": 1}, 11, 1, store.vault.lane(11))
    assert await waiting(store) == ["news", "by the way"]
    assert await store.unit(lambda tx: outbox.reclaim(tx, FENCE + 1)) == 4  # if this process died now, the next one sends all of it
    again = await store.unit(lambda tx: outbox.claim(tx, FENCE + 1, 10, per_lane=1))
    assert [parcel.body for parcel in again if parcel.id == answer.id] == [answer.body]


@on_sqlite
async def test_what_is_said_twice_is_handed_over_once(store: Store, hand: Hand) -> None:
    async def unit(tx: Tx) -> None:
        answering(tx)
        await outbox.say(tx, ME, "answer", once="same")

    await store.unit(unit)
    await store.unit(unit)
    assert hand.words == ["answer"]
    assert await waiting(store) == []


@on_sqlite
async def test_what_was_taken_back_is_not_sent(store: Store, hand: Hand) -> None:
    async def unit(tx: Tx) -> None:
        answering(tx)
        await outbox.say(tx, ME, "before")
        async with tx.savepoint() as point:
            await outbox.say(tx, ME, "refused")
            point.undo()
        with pytest.raises(RuntimeError):
            await _fails_within(tx)
        await outbox.say(tx, ME, "after")

    async def fails(tx: Tx) -> None:
        await unit(tx)
        raise RuntimeError("a bug at the end")

    with pytest.raises(RuntimeError):
        await store.unit(fails)
    assert hand.words == []
    await store.unit(unit)
    assert hand.words == ["before", "after"]


async def _fails_within(tx: Tx) -> None:
    async with tx.savepoint():
        await outbox.say(tx, ME, "gone")
        raise RuntimeError("a bug in the middle")


@on_sqlite
async def test_nothing_overtakes_what_a_chat_was_answered_before(store: Store, hand: Hand) -> None:
    async def say(tx: Tx, words: str) -> None:
        answering(tx)
        await outbox.say(tx, ME, words)

    async def two(tx: Tx) -> None:
        answering(tx)
        await outbox.say(tx, ME, "second")
        hand.room = True  # a hand became free in between
        await outbox.say(tx, ME, "third")

    hand.room = False
    await store.unit(lambda tx: say(tx, "first"))
    await store.unit(two)
    await store.unit(lambda tx: say(tx, "fourth"))
    assert hand.words == []
    assert await waiting(store) == ["first", "second", "third", "fourth"]
    await store.unit(lambda tx: say(tx, "fifth"))
    assert hand.words == ["fifth"]


@on_sqlite
async def test_a_card_in_the_units_own_hand_shows_what_follows(store: Store, hand: Hand) -> None:
    async def unit(tx: Tx) -> None:
        answering(tx)
        await outbox.put_card(tx, ME, 3, priority=0, not_before=0)
        await outbox.put_card(tx, ME, 3, priority=0, not_before=0)

    await store.unit(unit)
    assert [parcel.body["card"] for parcel in hand.got] == [3]
    await store.unit(unit)  # the first may be made already: this one has to follow it
    assert [parcel.body["card"] for parcel in hand.got] == [3, 3]


@on_sqlite
async def test_a_rehearsal_hands_over_nothing(store: Store, hand: Hand) -> None:
    async def unit(tx: Tx) -> None:
        answering(tx)
        await outbox.say(tx, ME, "only tried")

    await store.rehearse(unit)
    assert hand.words == []


async def test_where_several_processes_may_send_every_row_is_claimed(store: Store, database_url: str) -> None:
    store.sender = sender = Hand()

    async def unit(tx: Tx) -> None:
        answering(tx)
        await outbox.say(tx, ME, "answer")

    await store.unit(unit)
    handed = sender.words
    assert [*handed, *await waiting(store)] == ["answer"]
    assert bool(handed) == database_url.startswith("sqlite")
