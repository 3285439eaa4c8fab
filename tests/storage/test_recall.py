"""What stands in a chat is remembered, and goes when the account loses its rights: all of it, in any order of events, and nobody else's."""

import pytest

from actions import chats, housekeeping, joining, relinking
from bot import traces
from bot.api import BadRequestError, ForbiddenError
from domain.deadlines import DAY_MS, HOUR_MS
from domain.speech import To
from storage import outbox, sent
from storage.db import Store
from storage.outbox import Parcel
from storage.sent import Batch
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.people_stage import LIAISON, NEWCOMER, OFFICE, SUCCESSOR, Stage, staged
from tests.storage.test_relinking import confirmed, link


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await staged(store)


async def arrive(stage: Stage, account: int, *message_ids: int, kind: str = "message") -> bool:
    """Whether the last of them may stay."""
    lane, person = stage.store.vault.lane(account), stage.seats[account].person

    async def unit(tx: Tx) -> list[bool]:
        return [await sent.arrived(tx, lane, message_id, kind, account, person) for message_id in message_ids]

    return (await stage.store.unit(unit))[-1]


async def clear(stage: Stage, account: int) -> None:
    person = stage.seats[account].person
    assert person is not None
    await stage.store.unit(lambda tx: chats.clear(tx, account, "zh", person))


async def next_of(stage: Stage, account: int) -> Batch | None:
    lane = stage.store.vault.lane(account)
    return await stage.store.read(lambda tx: sent.next_of(tx, lane))


async def in_hand(stage: Stage) -> Parcel:
    """The one row that takes back, as the sender claims it."""
    found = [each for each in await stage.store.unit(lambda tx: outbox.claim(tx, 1, 500)) if each.body["op"] == "recall"]
    assert len(found) == 1
    return found[0]


async def taken_back(stage: Stage, batch: Batch) -> None:
    """What the sender's next turn does; the row waits again afterwards."""
    parcel = await in_hand(stage)
    await stage.store.unit(lambda tx: traces.taken_back(tx, parcel, batch))


async def too_old(stage: Stage, account: int, message_id: int) -> None:
    await stage.store.unit(lambda tx: outbox.delete(tx, To(account, None), [message_id]))
    [parcel] = await stage.store.unit(lambda tx: outbox.claim(tx, 1, 500))

    async def refused(tx: Tx) -> None:
        await outbox.sent(tx, parcel.id)
        await traces.too_old_to_delete(tx, parcel, message_id)

    await stage.store.unit(refused)


async def test_the_newest_first_a_hundred_at_once_and_old_ones_one_by_one(stage: Stage, clock: Clock) -> None:
    await arrive(stage, LIAISON, 1)
    await arrive(stage, LIAISON, 2, kind="photo")
    clock.now += 2 * DAY_MS
    await arrive(stage, LIAISON, *range(100, 250))
    await clear(stage, LIAISON)
    await arrive(stage, SUCCESSOR, 7)

    seen = []
    while batch := await next_of(stage, LIAISON):
        seen.append((len(batch.ids), batch.kind, max(batch.ids)))
        await taken_back(stage, batch)

    assert seen == [(100, "", 249), (50, "", 149), (1, "photo", 2), (1, "message", 1)]
    assert await stage.rows("SELECT message_id, fate FROM sent") == [{"message_id": 7, "fate": None}]


async def test_nothing_is_taken_back_before(stage: Stage) -> None:
    assert await arrive(stage, LIAISON, 1, 2)
    assert await next_of(stage, LIAISON) is None
    await clear(stage, SUCCESSOR)
    assert await next_of(stage, LIAISON) is None


async def test_what_was_on_its_way_when_the_account_was_lost_goes_back_at_once(stage: Stage) -> None:
    await stage.done(NEWCOMER, joining.look, token := await link(stage))
    await stage.done(NEWCOMER, relinking.take, confirmed(token))
    await stage.heard()

    assert not await arrive(stage, LIAISON, 5)
    assert await next_of(stage, LIAISON) == Batch((5,))


async def test_an_account_that_is_linked_again_keeps_what_it_gets_from_then_on(stage: Stage) -> None:
    await arrive(stage, LIAISON, 1)
    await stage.done(NEWCOMER, relinking.take, confirmed(await link(stage)))
    await stage.done(LIAISON, relinking.take, confirmed(await link(stage)))

    assert await arrive(stage, LIAISON, 9)
    assert await next_of(stage, LIAISON) == Batch((1,))


async def test_what_telegram_does_not_delete_is_written_over(stage: Stage) -> None:
    await arrive(stage, LIAISON, 1, 2)
    await clear(stage, LIAISON)
    parcel, refused = await in_hand(stage), BadRequestError(400, "Bad Request: message can't be deleted")

    await stage.store.unit(lambda tx: traces.not_taken_back(tx, parcel, Batch((2, 1)), refused))
    assert await next_of(stage, LIAISON) == Batch((2,), "message")
    gone = BadRequestError(400, "Bad Request: message to edit not found")
    await stage.store.unit(lambda tx: traces.not_taken_back(tx, parcel, Batch((2,), "message"), gone))
    assert await next_of(stage, LIAISON) == Batch((1,), "message")


async def test_blocked_it_is_asked_for_again_the_next_day(stage: Stage, clock: Clock) -> None:
    await arrive(stage, LIAISON, 1)
    await clear(stage, LIAISON)
    parcel, blocked = await in_hand(stage), ForbiddenError(403, "Forbidden: bot was blocked by the user")
    await stage.store.unit(lambda tx: traces.not_taken_back(tx, parcel, Batch((1,)), blocked))

    assert await stage.store.unit(lambda tx: outbox.claim(tx, 1, 500)) == []
    clock.now += DAY_MS
    assert (await in_hand(stage)).id == parcel.id
    assert await next_of(stage, LIAISON) == Batch((1,))


@pytest.mark.parametrize(
    "error", [ForbiddenError(403, "Forbidden: user is deactivated"), BadRequestError(400, "Bad Request: chat not found")]
)
async def test_a_chat_that_nobody_reads_any_more_is_let_be(stage: Stage, error: BadRequestError) -> None:
    await arrive(stage, LIAISON, 1, 2)
    await clear(stage, LIAISON)
    parcel = await in_hand(stage)
    await stage.store.unit(lambda tx: traces.not_taken_back(tx, parcel, Batch((2, 1)), error))

    assert await stage.rows("SELECT id FROM sent") == []
    assert await stage.value("SELECT count(*) AS n FROM outbox WHERE id = :id", id=parcel.id) == 0


async def test_neither_a_pause_nor_the_night_holds_it_back(stage: Stage) -> None:
    await arrive(stage, LIAISON, 1)
    await stage.heard()
    await stage.store.unit(lambda tx: tx.run("INSERT INTO meta (key, value) VALUES ('pause', '1')"))
    await clear(stage, LIAISON)

    assert [each.body["op"] for each in await stage.store.unit(lambda tx: outbox.claim(tx, 1, 500))] == ["recall"]


async def test_ids_are_forgotten_after_a_year(stage: Stage, clock: Clock) -> None:
    await arrive(stage, LIAISON, 1, 2)
    clock.now += housekeeping.KEEP_SENT - HOUR_MS
    await arrive(stage, LIAISON, 3)
    assert await stage.store.unit(housekeeping.forget_sent) == 0
    clock.now += 2 * HOUR_MS
    assert await stage.store.unit(housekeeping.forget_sent) == 2
    assert await stage.store.unit(housekeeping.forget_sent) == 0
    assert [row["message_id"] for row in await stage.rows("SELECT message_id FROM sent")] == [3]


async def test_one_message_too_old_to_be_deleted(stage: Stage) -> None:
    """Known or not: what a complainant put away after two days is in no list."""
    await arrive(stage, OFFICE, 1, kind="photo")
    await stage.heard()
    for message_id, kind in ((1, "photo"), (2, "message")):
        await too_old(stage, OFFICE, message_id)
        batch = await next_of(stage, OFFICE)
        assert batch == Batch((message_id,), kind)
        await taken_back(stage, batch)
        await stage.heard()
    assert await stage.rows("SELECT id FROM sent") == []
