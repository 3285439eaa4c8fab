"""Words that nobody has to give, on both databases: put in, taken away, refused after closing and to those it is no business of."""

import pytest

from actions import ledger_extra
from actions.inputs_ledger import ExtraWords, OnItem
from domain.outcome import Done, Refusal
from storage import entries
from storage.db import Store
from tests.storage.test_ledger import Cast, cast_on, words


@pytest.fixture
async def cast(store: Store) -> Cast:
    return await cast_on(store)


async def test_put_in_and_taken_away_again(cast: Cast) -> None:
    item = await cast.open()
    for said in ("年产80万吨", "年产80万吨", None):
        assert isinstance(await cast.do("liaison", ledger_extra.edit, ExtraWords(item=item, what="capacity", words=said)), Done)
        assert (await cast.item(item)).capacity == (said or "")
    log = await cast.store.read(lambda tx: entries.of_subject(tx, "item", item))
    assert [each.kind for each in log] == ["opened", "edited", "edited"], "the same again is no change"


async def test_it_stands_on_the_card(cast: Cast) -> None:
    item = await cast.open(formalities="能评")
    assert "能评" in words(await cast.card("liaison", item))


async def test_refused_to_others_after_closing_and_for_other_columns(cast: Cast) -> None:
    item = await cast.open()
    assert await cast.do("other", ledger_extra.start, OnItem(item)) == Refusal("forbidden")
    assert await cast.do("office", ledger_extra.edit, ExtraWords(item=item, what="state", words="closed")) == Refusal("gone")
    closed = await cast.to_closing()
    await cast.verify(closed)
    for verb, given in ((ledger_extra.start, OnItem(closed)), (ledger_extra.edit, ExtraWords(item=closed, what="capacity", words="x"))):
        refused = await cast.do("office", verb, given)
        assert isinstance(refused, Refusal)
        assert refused.code == "item_state"
