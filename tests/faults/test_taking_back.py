"""What was sent to an account that lost its rights goes from its chat, whatever Telegram does meanwhile."""

import pytest

from actions import chats
from bot import pacing
from domain.speech import To
from sandbox.client import Person, SeenMessage
from storage import outbox, people, relink
from storage.tx import Tx
from tests.conftest import Clock
from tests.faults.conftest import seat_staff
from tests.faults.edge import Edge

TAKEN = "这条内容已收回。"


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "PRIVATE_GAP", 0.0)


async def full_chat(edge: Edge) -> Person:
    """Words, a picture, a document, a voice message and a card stand there."""
    asker, owner = await edge.person("周办"), await edge.person("李联络")
    await seat_staff(edge.bot.store, asker, [owner])
    kinds = {"photo": "image/png", "document": "text/plain", "voice": "audio/ogg"}
    blobs = {kind: await edge.bot.files.put(f"{kind}".encode(), mime, "") for kind, mime in kinds.items() if kind != "photo"}

    async def unit(tx: Tx) -> None:
        person = (await people.actor(tx, owner.id, "zh")).person
        to = To(owner.id, person)
        await outbox.say(tx, to, "form.cancelled", {"form": "«一»"})
        await outbox.say(tx, to, "form.cancelled", {"form": "«图»"}, file={"make": "qr", "text": "https://example.org"})
        for kind, blob in blobs.items():
            await outbox.say(tx, to, "form.cancelled", {"form": f"«{kind}»"}, file={"blob": blob.hash, "kind": kind, "name": "a.txt"})

    await edge.bot.store.unit(unit)
    await edge.rest()
    return owner


async def clear(edge: Edge, owner: Person) -> None:
    async def unit(tx: Tx) -> None:
        person = (await people.actor(tx, owner.id, "zh")).person
        assert person is not None
        await chats.clear(tx, owner.id, "zh", person)

    await edge.bot.store.unit(unit)
    await edge.rest()


async def stands(edge: Edge, owner: Person) -> list[SeenMessage]:
    """What the bot has sent since the person was seated."""
    return [each for each in await edge.sandbox.messages(owner) if not each.outgoing][1:]


async def test_young_messages_are_gone(edge: Edge) -> None:
    owner = await full_chat(edge)
    assert len(await stands(edge, owner)) == 5
    await clear(edge, owner)
    assert await stands(edge, owner) == []


@pytest.mark.parametrize("fault", ["drop", "5xx", "429"])
async def test_trouble_on_the_way_is_borne(edge: Edge, fault: str) -> None:
    """Also where it was done and the answer is lost: it is asked for once more."""
    owner = await full_chat(edge)
    await edge.sandbox.fault(fault, method="deleteMessages", seconds=1)
    await clear(edge, owner)
    assert len(await edge.tries(owner, "deleteMessages")) == 2
    assert await stands(edge, owner) == []


async def test_what_is_too_old_is_written_over(edge: Edge, clock: Clock) -> None:
    owner = await full_chat(edge)
    clock.now = (await edge.sandbox.advance(days=3)).now
    await edge.sandbox.fault("drop", method="editMessageMedia")
    await clear(edge, owner)
    left = await stands(edge, owner)
    assert [each.words for each in left] == [TAKEN] * 5
    assert [each.photo for each in left] == [None] * 5
    assert sum(each.voice is not None for each in left) == 1  # Telegram lets nobody change a voice message (docs/operating.md)
    assert await edge.rows("SELECT id FROM sent WHERE fate IS NOT NULL") == []
    assert await edge.rows("SELECT id FROM outbox") == []


async def test_telegrams_clock_counts_not_ours(edge: Edge) -> None:
    """By our clock all is young; Telegram refuses, and all is written over."""
    owner = await full_chat(edge)
    await edge.sandbox.advance(days=3)
    await clear(edge, owner)
    assert [each.words for each in await stands(edge, owner)] == [TAKEN] * 5
    assert len(await edge.tries(owner, "deleteMessages")) == 1


async def test_a_message_that_is_too_old_to_be_deleted_says_nothing_any_more(edge: Edge) -> None:
    owner = await full_chat(edge)
    await edge.sandbox.advance(days=3)
    old = (await stands(edge, owner))[:3]
    await edge.bot.store.unit(lambda tx: outbox.delete(tx, To(owner.id, None), [each.message_id for each in old]))
    await edge.rest()
    left = await stands(edge, owner)
    assert [each.words == TAKEN for each in left] == [True, True, True, False, False]
    assert left[2].photo is None


async def test_what_was_in_hand_does_not_reach_the_old_phone(edge: Edge) -> None:
    """It was claimed before the person moved, and packed afterwards."""
    owner, new = await full_chat(edge), await edge.person("李联络的新手机")
    before = len(await stands(edge, owner))

    async def unit(tx: Tx) -> None:
        person = (await people.actor(tx, owner.id, "zh")).person
        assert person is not None
        await relink.move(tx, person, new.id)
        await outbox.say(tx, To(owner.id, person), "form.cancelled", {"form": "«晚了»"})

    await edge.bot.store.unit(unit)
    await edge.rest()
    assert len(await stands(edge, owner)) == before
    assert await edge.rows("SELECT id FROM outbox") == []
