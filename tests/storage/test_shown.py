"""What /check has shown goes with one press, for as long as Telegram deletes; afterwards nobody can tell whose it was."""

from actions import complaints
from actions.inputs_complaints import PutAway
from actions.perform import Caller, perform
from bot import traces
from bot.parcels import Request
from domain.deadlines import HOUR_MS
from domain.speech import To
from storage import outbox, shown
from storage.db import Store
from storage.outbox import Parcel
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.people_stage import LIAISON, staged

COMPLAINANT, OTHER = 501, 502


async def show(store: Store, account: int, message_id: int) -> int:
    async def unit(tx: Tx) -> int:
        row = await shown.expect(tx, account)
        assert await shown.wanted(tx, row)
        assert await shown.arrived(tx, row, message_id)
        return row

    return await store.unit(unit)


async def put_away(store: Store, account: int) -> list[int]:
    return sorted(await store.unit(lambda tx: shown.put_away(tx, account)))


async def test_one_press_clears_what_this_account_was_shown(store: Store) -> None:
    for account, message_id in ((COMPLAINANT, 1), (OTHER, 2), (COMPLAINANT, 3)):
        await show(store, account, message_id)
    assert await put_away(store, COMPLAINANT) == [1, 3]
    assert await put_away(store, COMPLAINANT) == []
    assert await put_away(store, OTHER) == [2]


async def test_over_midnight_and_not_after_it_could_be_deleted(store: Store, clock: Clock) -> None:
    clock.move_to("2026-03-02", "23:50")
    await show(store, COMPLAINANT, 1)
    clock.move_to("2026-03-04", "23:40")
    await show(store, COMPLAINANT, 2)
    await store.unit(complaints.forget_tallies)
    assert await put_away(store, COMPLAINANT) == [1, 2]
    await show(store, COMPLAINANT, 3)
    clock.move_to("2026-03-07", "00:01")
    assert await put_away(store, COMPLAINANT) == []
    await store.unit(complaints.forget_tallies)
    assert await store.read(lambda tx: tx.all("SELECT id FROM shown")) == []
    assert await store.read(lambda tx: tx.all("SELECT name FROM secret WHERE name LIKE 'shown:%'")) == []


async def test_nothing_on_record_says_who_looked(store: Store) -> None:
    await show(store, COMPLAINANT, 1)
    [row] = await store.read(lambda tx: tx.all("SELECT * FROM shown"))
    assert str(COMPLAINANT) not in row["owner"]
    assert store.vault.lane(COMPLAINANT) not in row["owner"]


async def test_pressed_while_the_last_one_is_on_its_way(store: Store) -> None:
    """Accepted by Telegram after the press: it is deleted as soon as that is known. Waiting: it is not sent at all."""
    to, waiting = To(COMPLAINANT), await store.unit(lambda tx: shown.expect(tx, COMPLAINANT))
    await show(store, COMPLAINANT, 4)
    await perform(store, Caller(COMPLAINANT, COMPLAINANT), complaints.put_away, PutAway(4, all=True))
    assert not await store.read(lambda tx: shown.wanted(tx, waiting))
    await _came(store, to, waiting, 5)
    claimed = await store.unit(lambda tx: outbox.claim(tx, 1, 10))
    assert [(each.body["op"], each.body["message_id"]) for each in claimed] == [("delete", 4), ("delete", 5)]


async def test_a_members_own_complaint_is_in_no_list(store: Store) -> None:
    stage = await staged(store)
    to = To(LIAISON, stage.seats[LIAISON].person)
    await _came(store, to, 0, 5)
    await _came(store, to, await store.unit(lambda tx: shown.expect(tx, LIAISON)), 6)
    assert await stage.rows("SELECT id FROM sent") == []


async def test_what_fades_is_deleted_a_minute_later(store: Store, clock: Clock) -> None:
    await _came(store, To(COMPLAINANT), 0, 5, fades=True)
    assert await store.unit(lambda tx: outbox.claim(tx, 1, 10)) == []
    clock.now += HOUR_MS // 60
    [parcel] = await store.unit(lambda tx: outbox.claim(tx, 1, 10))
    assert (parcel.body["op"], parcel.body["message_id"]) == ("delete", 5)


async def _came(store: Store, to: To, own: int, message_id: int, *, fades: bool = False) -> None:
    body = {"op": "send", "chat": to.chat, "person": to.person, "language": "zh", "own": own, "fades": fades}
    parcel = Parcel(1, "", store.vault.lane(to.chat), 0, 1, body)
    await store.unit(lambda tx: traces.accepted(tx, parcel, Request("sendMessage", {}), {"message_id": message_id}))
