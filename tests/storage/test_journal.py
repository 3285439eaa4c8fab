"""Whatever is done to the journal by somebody who has the database and not the key, `duban verify-journal` shows."""

import pytest

from storage import journal
from storage.db import Store, open_store
from storage.journal import Break
from storage.tx import Row, Tx
from tests.conftest import MASTER_KEY, Clock


async def _fill(store: Store, rows: int = 5) -> None:
    async def unit(tx: Tx) -> None:
        for n in range(rows):
            await journal.append(tx, 1, "task.assign", ("task", n + 1), {"state": "open"})

    await store.unit(unit)


async def _rows(tx: Tx) -> list[Row]:
    return await tx.all("SELECT * FROM journal ORDER BY seq")


async def _rehash(tx: Tx) -> None:
    """A forger who knows how rows are hashed hashes all of them anew."""
    previous = journal.START
    for row in await _rows(tx):
        previous = journal.digest(previous, row)
        await tx.run("UPDATE journal SET hash = :hash WHERE seq = :seq", hash=previous, seq=row["seq"])


async def _swap(tx: Tx, one: int, other: int) -> None:
    for was, becomes in ((one, 100), (other, one), (100, other)):
        await tx.run("UPDATE journal SET seq = :becomes WHERE seq = :was", becomes=becomes, was=was)


async def _tail_follows(tx: Tx) -> None:
    last = (await _rows(tx))[-1]
    await tx.run("UPDATE journal_tail SET seq = :seq, hash = :hash WHERE chain <> ''", seq=last["seq"], hash=last["hash"])


async def _changed(tx: Tx) -> None:
    await tx.run("UPDATE journal SET data = '{}' WHERE seq = 3")


async def _other_actor(tx: Tx) -> None:
    await tx.run("UPDATE journal SET actor = 2 WHERE seq = 3")


async def _other_time(tx: Tx) -> None:
    await tx.run("UPDATE journal SET at = at + 1 WHERE seq = 1")


async def _first_removed(tx: Tx) -> None:
    await tx.run("DELETE FROM journal WHERE seq = 1")


async def _middle_removed(tx: Tx) -> None:
    await tx.run("DELETE FROM journal WHERE seq = 3")


async def _middle_removed_and_closed_up(tx: Tx) -> None:
    await tx.run("DELETE FROM journal WHERE seq = 3")
    for seq in (4, 5):
        await tx.run("UPDATE journal SET seq = seq - 1 WHERE seq = :seq", seq=seq)
    await _rehash(tx)


async def _reordered(tx: Tx) -> None:
    await _swap(tx, 2, 3)


async def _reordered_and_rehashed(tx: Tx) -> None:
    await _swap(tx, 2, 3)
    await _rehash(tx)


async def _last_removed(tx: Tx) -> None:
    await tx.run("DELETE FROM journal WHERE seq = 5")


async def _last_three_removed(tx: Tx) -> None:
    await tx.run("DELETE FROM journal WHERE seq > 2")


async def _last_removed_and_the_note_follows(tx: Tx) -> None:
    await tx.run("DELETE FROM journal WHERE seq = 5")
    await _tail_follows(tx)


async def _all_rehashed_and_the_note_follows(tx: Tx) -> None:
    await _changed(tx)
    await _rehash(tx)
    await _tail_follows(tx)


async def _one_slipped_in_at_the_end(tx: Tx) -> None:
    last = (await _rows(tx))[-1]
    row = {**last, "seq": 6, "action": "item.close"}
    await tx.run(journal.ADD, **{**row, "hash": journal.digest(last["hash"], row)})


async def _note_removed(tx: Tx) -> None:
    await tx.run("DELETE FROM journal_tail WHERE chain <> ''")


async def _chain_removed(tx: Tx) -> None:
    await tx.run("DELETE FROM journal")


async def _chain_removed_with_its_note(tx: Tx) -> None:
    await tx.run("DELETE FROM journal")
    await _note_removed(tx)


async def _second_chain_slipped_in(tx: Tx) -> None:
    first = {**(await _rows(tx))[0], "chain": "other"}
    await tx.run(journal.ADD, **{**first, "hash": journal.digest(journal.START, first)})


DAMAGE = [
    (_changed, "row", 3),
    (_other_actor, "row", 3),
    (_other_time, "row", 1),
    (_first_removed, "row", 2),
    (_middle_removed, "row", 4),
    (_middle_removed_and_closed_up, "end", 4),
    (_reordered, "row", 2),
    (_reordered_and_rehashed, "end", 5),
    (_last_removed, "end", 4),
    (_last_three_removed, "end", 2),
    (_last_removed_and_the_note_follows, "tail", 4),
    (_all_rehashed_and_the_note_follows, "tail", 5),
    (_one_slipped_in_at_the_end, "end", 6),
    (_note_removed, "chains", 0),
    (_chain_removed, "chains", 0),
    (_chain_removed_with_its_note, "chains", 0),
    (_second_chain_slipped_in, "chains", 0),
]


@pytest.mark.parametrize(("damage", "why", "seq"), DAMAGE, ids=[each[0].__name__.strip("_") for each in DAMAGE])
async def test_each_damage_shows(store: Store, damage: object, why: str, seq: int) -> None:
    await _fill(store)
    assert await store.read(journal.first_break) is None
    await store.unit(damage)  # type: ignore[arg-type]  # the table's functions are units
    broken = await store.read(journal.first_break)
    assert broken is not None
    assert (broken.why, broken.seq) == (why, seq)


async def test_damage_is_not_healed_by_what_is_written_after_it(store: Store) -> None:
    await _fill(store)
    await store.unit(_last_removed)
    await _fill(store, 1)
    assert await store.read(journal.first_break) == Break(await store.read(_chain), 6, "row")


async def _chain(tx: Tx) -> str:
    return str(await tx.value("SELECT chain FROM journal LIMIT 1"))


async def test_a_journal_emptied_together_with_all_notes_shows_where_anything_was_done(store: Store) -> None:
    from tests.storage.people_stage import staged

    assert await store.read(journal.first_break) is None, "nothing was done yet"
    await (await staged(store)).assign()

    async def empty(tx: Tx) -> None:
        await tx.run("DELETE FROM journal")
        await tx.run("DELETE FROM journal_tail")

    await store.unit(empty)
    assert await store.read(journal.first_break) == Break("", 0, "chains")


async def test_a_unit_that_is_rolled_back_leaves_the_note_where_it_was(store: Store) -> None:
    await _fill(store)

    async def fails(tx: Tx) -> None:
        await journal.append(tx, 1, "task.assign", ("task", 9), {})
        raise ValueError("planted")

    with pytest.raises(ValueError, match="planted"):
        await store.unit(fails)
    await _fill(store, 1)
    assert await store.read(journal.first_break) is None


async def test_a_replica_that_begins_is_a_chain_of_its_own(store: Store, database_url: str, clock: Clock) -> None:
    await _fill(store)
    other = await open_store(database_url, master_key=MASTER_KEY, now=clock, world=store.world)
    await _fill(other, 2)
    await _fill(store, 1)
    assert await other.read(journal.first_break) is None
    if database_url.startswith("postgres"):
        await store.unit(lambda tx: tx.run("DELETE FROM journal_tail WHERE seq = 2 AND chain <> ''"))
        await store.unit(lambda tx: tx.run("DELETE FROM journal WHERE chain NOT IN (SELECT chain FROM journal_tail)"))
        broken = await store.read(journal.first_break)
        assert broken is not None
        assert broken.why == "chains"
    await other.close()
