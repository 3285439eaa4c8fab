"""After closing, on both databases: publication step by step, and opening again with a reason and a new date."""

import pytest

from actions import ledger_closed
from actions.inputs_ledger import OnItem, ReopenItem
from domain.outcome import Done, Refusal
from storage import entries
from storage.db import Store
from tests.conftest import Clock
from tests.storage.test_ledger import FILE, Cast, cast_on, verbs, words


@pytest.fixture
async def cast(store: Store) -> Cast:
    return await cast_on(store)


async def closed(cast: Cast) -> int:
    item = await cast.to_closing()
    assert isinstance(await cast.verify(item), Done)
    return item


async def test_publication_goes_step_by_step_by_the_office(cast: Cast, clock: Clock) -> None:
    item = await closed(cast)
    assert {"ia", "iz"} <= set(verbs(await cast.card("office", item)))
    assert not {"ia", "ib", "iz"} & set(verbs(await cast.card("liaison", item)))
    assert await cast.do("inspector", ledger_closed.announce, OnItem(item)) == Refusal("forbidden")
    version = (await cast.item(item)).version
    assert isinstance(await cast.do("office", ledger_closed.announce, OnItem(item, version)), Done)
    again = await cast.do("office", ledger_closed.announce, OnItem(item, version))
    assert isinstance(again, Refusal)
    clock.move_to("2026-03-10")
    assert isinstance(await cast.do("office", ledger_closed.published, OnItem(item)), Done)
    after = await cast.item(item)
    assert (after.published, str(after.announced_on)) == ("done", "2026-03-02")
    assert "item.published.done" in words(await cast.card("liaison", item))
    log = await cast.store.read(lambda tx: entries.of_subject(tx, "item", item))
    assert [each.kind for each in log][-2:] == ["published_announced", "published_done"]


async def test_an_item_that_is_not_closed_has_no_publication(cast: Cast) -> None:
    item = await cast.open()
    refused = await cast.do("office", ledger_closed.announce, OnItem(item))
    assert isinstance(refused, Refusal)
    assert refused.code == "item_state"


async def test_opened_again_it_is_owed_anew_and_goes_the_whole_way_again(cast: Cast, clock: Clock) -> None:
    item = await closed(cast)
    await cast.do("office", ledger_closed.announce, OnItem(item))
    await cast.sent()
    version = (await cast.item(item)).version
    given = ReopenItem.model_validate({"item": item, "version": version, "reason": "二号窑又点火", "due": "2026-05-29"})
    assert await cast.do("liaison", ledger_closed.reopen, given) == Refusal("forbidden")
    assert isinstance(await cast.do("inspector", ledger_closed.reopen, given), Done)
    stale = await cast.do("office", ledger_closed.reopen, given)
    assert isinstance(stale, Refusal)
    assert stale.code == "item_moved"

    after = await cast.item(item)
    assert (after.state, after.closed_at, after.published) == ("rectifying", None, "none")
    rows = await cast.store.read(lambda tx: tx.all("SELECT duty, state, owner FROM obligation WHERE subject = :i ORDER BY id", i=item))
    assert [(row["duty"], row["state"]) for row in rows] == [("item.rectify", "done"), ("item.verify", "done"), ("item.rectify", "open")]
    assert rows[-1]["owner"] == cast.seats["liaison"].id
    assert (await cast.sent())["liaison"] == ["refusal.forbidden", "card"]
    assert "二号窑又点火" in words(await cast.card("liaison", item))
    log = await cast.store.read(lambda tx: entries.of_subject(tx, "item", item))
    assert (log[-1].kind, log[-1].from_state, log[-1].to_state) == ("reopened", "closed", "rectifying")
    await cast.ask_closing(item, FILE)
    assert isinstance(await cast.verify(item), Done)
    assert (await cast.item(item)).state == "closed"
