"""What is foretold is what is then sent, on both databases; a rehearsal leaves nothing behind."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from actions import forecast as foretelling
from actions import obligations, pausing
from actions.forecast import Forecast
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.jobs.tick import forecast, next_due, tick
from bot.render import Renderer
from domain.deadlines import DAY_MS, at, local_time
from domain.outcome import Refusal
from domain.people import Seat
from domain.world import World
from storage import outbox, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock

REGIME = "shandong-2022"
OFFICE, LIAISON, OTHER, SUPERVISOR = 10, 11, 12, 13
CAST = (
    (OFFICE, "office", ""),
    (LIAISON, "local_liaison", "3714"),
    (OTHER, "local_liaison", "3701"),
    (SUPERVISOR, "local_supervisor", "3714"),
)
Said = Counter[tuple[int, str, str]]


@pytest.fixture
async def seats(store: Store) -> dict[int, Seat]:
    async def unit(tx: Tx) -> dict[int, Seat]:
        return {
            account: await seat_directly(tx, account=account, name=f"人{account}", regime=REGIME, role=role, scope=scope)
            for account, role, scope in CAST
        }

    return await store.unit(unit)


async def owe(store: Store, seats: dict[int, Seat], due: str, *, owner: int = LIAISON, subject: int = 1, kind: str = "matter") -> None:
    async def unit(tx: Tx) -> None:
        about: dict[str, Any] = {"regime": REGIME, "duty": "task", "subject": (kind, subject), "region": seats[owner].scope}
        await obligations.owe(tx, owner=seats[owner], creditor=seats[OFFICE], due=date.fromisoformat(due), **about)

    await store.unit(unit)


async def really(store: Store, clock: Clock, day: date) -> Said:
    """Move the clock through the day, from one thing that is due to the next, and take what is said."""
    found: Said = Counter()
    while (due := await next_due(store)) is not None and due < at(day, "00:00") + DAY_MS:
        clock.now = max(clock.now, due)
        await tick(store)
        found += await store.unit(_taken)
    clock.now = at(day, "23:59")
    return found + await store.unit(_taken)


async def _taken(tx: Tx) -> Said:
    found: Said = Counter()
    for row in await tx.all("SELECT id, not_before FROM outbox WHERE state = 'waiting'"):
        await tx.run("UPDATE outbox SET not_before = 0 WHERE id = :id", id=row["id"])
    for parcel in await outbox.claim(tx, 1, 1000):
        await outbox.sent(tx, parcel.id)
        if parcel.body["op"] == "send" and parcel.body["person"] is not None:
            found[parcel.body["person"], parcel.body["key"], f"{local_time(tx.now):%m-%d %H:%M}"] += 1
    return found


def foretold(found: Forecast) -> Said:
    return Counter((each.person, told.key, f"{local_time(told.at):%m-%d %H:%M}") for each in found.hearers for told in each.messages)


@pytest.mark.parametrize("day", ["2026-03-03", "2026-03-06", "2026-03-07", "2026-03-09", "2026-03-12"])
async def test_what_is_foretold_is_what_is_sent(store: Store, clock: Clock, seats: dict[int, Seat], day: str) -> None:
    clock.move_to("2026-03-02", "10:00")
    for n, due in enumerate(("2026-03-03", "2026-03-06", "2026-03-06", "2026-03-09", "2026-03-20"), 1):
        await owe(store, seats, due, subject=n, owner=LIAISON if n % 2 else OTHER)
    before = await _everything(store)
    found = await forecast(store, date.fromisoformat(day))
    assert await _everything(store) == before
    assert found.day == date.fromisoformat(day)
    wanted = foretold(found)
    real = await really(store, clock, date.fromisoformat(day))
    assert wanted == Counter({key: n for key, n in real.items() if key[2].startswith(day[5:])})
    if day != "2026-03-07":  # a Saturday
        assert found.messages > 0


async def _everything(store: Store) -> list[object]:
    async def unit(tx: Tx) -> list[object]:
        tables = ("obligation", "step", "notice", "digest", "meta", "outbox", "card", "person")
        return [await tx.all(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]

    return await store.read(unit)


async def test_the_matters_are_named_and_what_is_private_is_not(store: Store, clock: Clock, seats: dict[int, Seat], world: World) -> None:
    clock.move_to("2026-03-02", "10:00")
    await owe(store, seats, "2026-03-03", subject=77)
    found = await forecast(store, date(2026, 3, 3))
    hearer = next(each for each in found.hearers if each.name == f"人{LIAISON}")
    assert hearer.messages[0].matters == ("77",)
    words = Renderer(world).param(foretelling.why(hearer.messages[0]), "zh")
    assert "08:30" in words
    assert "77" in words
    assert "77" not in Renderer(world).param(foretelling.why(hearer.messages[0], open_=False), "zh")


async def test_a_pause_is_named_and_foretold_as_ended(store: Store, clock: Clock, seats: dict[int, Seat]) -> None:
    clock.move_to("2026-03-02", "10:00")
    await owe(store, seats, "2026-03-03")

    async def unit(tx: Tx) -> None:
        await pausing.set_pause(tx, REGIME, pausing.Paused(tx.now, None, "试"))

    await store.unit(unit)
    found = await forecast(store, date(2026, 3, 3))
    assert found.paused
    assert found.messages > 0
    assert await store.read(lambda tx: pausing.paused(tx, REGIME)) is not None


async def test_the_chat_shows_it_to_the_office_only(store: Store, clock: Clock, seats: dict[int, Seat], world: World) -> None:
    clock.move_to("2026-03-02", "10:00")
    await owe(store, seats, "2026-03-03")
    shown = foretelling.Shown(await forecast(store, date(2026, 3, 3)))
    assert await perform(store, Caller(LIAISON, LIAISON), foretelling.show, shown) == Refusal("forbidden")
    await perform(store, Caller(OFFICE, OFFICE), foretelling.show, shown)

    async def unit(tx: Tx) -> str:
        parcel = (await outbox.claim(tx, 1, 9))[-1]
        return Renderer(world).text(parcel.body["key"], parcel.body["params"], "zh")

    text = await store.unit(unit)
    assert f"人{LIAISON}" in text
    assert "1 条" in text


async def test_ids_of_a_rehearsal_meet_no_real_ones(store: Store, clock: Clock, seats: dict[int, Seat]) -> None:
    """Waiting rows are copied with their ids; what the rehearsal adds must not collide."""
    clock.move_to("2026-03-02", "10:00")
    for n in range(30):
        await owe(store, seats, "2026-03-03", subject=n)
    office = seats[OFFICE].to()
    assert office is not None
    await store.unit(lambda tx: outbox.say(tx, office, "pause.none", not_before=at(date(2026, 3, 3), "09:00")))
    found = await forecast(store, date(2026, 3, 3))
    keys = [told.key for each in found.hearers for told in each.messages]
    assert "pause.none" in keys
    assert len(await store.read(lambda tx: people.seats_in(tx, REGIME))) == 4
