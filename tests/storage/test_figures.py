"""What /metrics counts, on both databases."""

from actions import figures, pausing
from actions.people import seat_directly
from domain.deadlines import HOUR_MS
from domain.people import Seat
from domain.speech import To
from storage import inbox, outbox
from storage.db import Store
from storage.obligations import add
from storage.tx import Tx
from tests.conftest import Clock


async def test_an_empty_database_has_nothing_waiting(store: Store) -> None:
    found = await store.read(figures.waiting)
    assert found.inbox == figures.Queue({"waiting": 0, "aside": 0}, 0)
    assert found.outbox == figures.Queue({"waiting": 0, "later": 0, "held": 0, "sending": 0, "aside": 0}, 0)
    assert found.steps_due == 0


async def test_depth_and_age_of_both_queues(store: Store, clock: Clock) -> None:
    async def fill(tx: Tx) -> None:
        await inbox.add(tx, [("a", {"update_id": 1}), ("a", {"update_id": 2}), ("b", {"update_id": 3})])
        await inbox.set_aside(tx, 1, "ValueError", "REF")
        await outbox.say(tx, To(7, None, "zh"), "form.cancelled", once="now")
        await outbox.say(tx, To(8, None, "zh"), "form.cancelled", once="soon", not_before=tx.now + HOUR_MS)
        await outbox.say(tx, To(9, None, "zh"), "form.cancelled", once="late", not_before=tx.now + 9 * HOUR_MS)

    await store.unit(fill)
    clock.now += 2 * HOUR_MS
    found = await store.read(figures.waiting)
    assert found.inbox == figures.Queue({"waiting": 2, "aside": 1}, 2 * HOUR_MS)
    assert found.outbox == figures.Queue({"waiting": 2, "later": 1, "held": 0, "sending": 0, "aside": 0}, 2 * HOUR_MS)

    await store.unit(lambda tx: outbox.claim(tx, 1, 1))
    await store.unit(lambda tx: outbox.sent(tx, 1))
    found = await store.read(figures.waiting)
    assert found.outbox.oldest_ms == HOUR_MS, "late since it was allowed to go, not since it was said"


async def test_what_a_pause_holds_back_is_not_late(store: Store, clock: Clock) -> None:
    async def fill(tx: Tx) -> None:
        await outbox.say(tx, To(7, None, "zh"), "form.cancelled", once="ping", priority=1)
        await pausing.set_pause(tx, pausing.ALL, pausing.Paused(tx.now, None, "planted"))

    await store.unit(fill)
    clock.now += HOUR_MS
    found = await store.read(figures.waiting)
    assert (found.outbox.rows["held"], found.outbox.rows["waiting"], found.outbox.oldest_ms) == (1, 0, 0)


async def test_steps_due_lateness_and_lights(store: Store, clock: Clock) -> None:
    owner = await store.unit(
        lambda tx: seat_directly(tx, account=20, name="李四", regime="shandong-2022", role="local_liaison", scope="3714")
    )
    for due_in, next_in in ((-HOUR_MS, -HOUR_MS), (HOUR_MS, 0), (90 * 24 * HOUR_MS, HOUR_MS)):
        await _owe(store, owner, due_in, next_in)
    found = await store.read(figures.waiting)
    assert found.steps_due == 2
    assert found.late_ms >= HOUR_MS
    lights = await store.read(figures.lights)
    assert {light: n for (regime, light), n in lights.items() if regime == owner.regime} == {"red": 1, "yellow": 1, "green": 1, "grey": 0}
    assert {n for (regime, _), n in lights.items() if regime != owner.regime} == {0}


async def _owe(store: Store, owner: Seat, due_in: int, next_in: int) -> None:
    async def unit(tx: Tx) -> None:
        row = {
            "regime": owner.regime,
            "duty": "task",
            "subject_kind": "task",
            "subject": 1,
            "owner": owner.id,
            "creditor": None,
            "region": owner.scope,
            "unit": None,
            "start_at": tx.now,
            "span": "",
            "due_at": tx.now + due_in,
            "provisional": 0,
            "parent": None,
            "next_at": tx.now + next_in,
        }
        await add(tx, [row])

    await store.unit(unit)
