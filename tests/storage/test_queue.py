"""The queue as an operator sees it: no contents, no recipients; what was set aside goes again."""

from domain.speech import To
from storage import inbox, outbox, queue
from storage.db import Store
from storage.tx import Tx


async def _aside(store: Store) -> None:
    async def unit(tx: Tx) -> None:
        await outbox.say(tx, To(900_077), "people.menu", {"name": "王某某"}, once="a")
        await outbox.say(tx, To(900_077), "people.help", once="b")
        await inbox.add(tx, [("lane", {"update_id": 5, "message": {"text": "王某某"}})])
        await inbox.set_aside(tx, 5, "ValueError", "REF12345")
        await outbox.set_aside(tx, (await outbox.claim(tx, 1, 1))[0].id, "Bad Request: chat not found")

    await store.unit(unit)


async def test_the_list_shows_what_and_why_and_nothing_else(store: Store) -> None:
    await _aside(store)
    found = await store.read(lambda tx: queue.entries(tx, waiting=False, limit=10))
    assert [(each.id[0], each.state, each.what, each.error) for each in found] == [
        ("o", "aside", "people.menu", "Bad Request: chat not found"),
        ("i", "aside", "update REF12345", "ValueError"),
    ]
    assert "王某某" not in repr(found)
    assert "900077" not in repr(found)
    everything = await store.read(lambda tx: queue.entries(tx, waiting=True, limit=10))
    assert [each.what for each in everything] == ["people.menu", "people.help", "update REF12345"]


async def test_what_was_set_aside_goes_again(store: Store) -> None:
    await _aside(store)
    ids = await store.read(queue.all_aside)
    assert len(ids) == 2
    assert await store.unit(lambda tx: queue.retry(tx, ids)) == (1, 1)
    assert await store.unit(lambda tx: queue.retry(tx, ids)) == (0, 0)  # it is back already
    assert await store.read(queue.all_aside) == []
    assert await store.read(outbox.due_count) == 2
    assert [each.update_id for each in await store.read(inbox.waiting)] == [5]


async def test_only_what_was_set_aside_goes_back(store: Store) -> None:
    await _aside(store)
    waiting = [each.id for each in await store.read(lambda tx: queue.entries(tx, waiting=True, limit=10)) if each.state == "waiting"]
    assert await store.unit(lambda tx: queue.retry(tx, waiting)) == (0, 0)
