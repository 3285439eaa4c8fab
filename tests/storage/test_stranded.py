"""What was handed in to a seat on which nobody sits any more: who decides instead, is told, and gives the right back."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from actions import joining, open_matters, stranded, task_changes, tasks
from actions.inputs_tasks import Assign, HandOn, Step
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.jobs.tick import tick
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from storage import outbox, people
from storage import tasks as rows
from storage.db import Store
from storage.tx import Tx
from tests.access.stage import REGIME, Stage, set_stage
from tests.conftest import Clock

DUE = date(2026, 3, 20)


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await set_stage(store)


async def handed(stage: Stage, by: str = "leader_a") -> int:
    """A task that was asked for by this one and handed in by the city's liaison."""
    done = await stage.do(by, tasks.assign, Assign(what="核对名单", assignee=stage.seats["liaison_a"].id, due=DUE))
    assert done.subject is not None
    await stage.do("liaison_a", tasks.hand_in, Step(task=done.subject[1]))
    return done.subject[1]


async def end(stage: Stage, who: str) -> None:
    await stage.store.unit(lambda tx: people.end_seat(tx, stage.seats[who].id))


async def instead(stage: Stage, task: int) -> list[int]:
    async def unit(tx: Tx) -> list[int]:
        return [seat.id for seat in await stranded.standing_in(tx, await rows.get(tx, task))]

    return await stage.store.read(unit)


async def waiting(seat: Seat, tx: Tx) -> list[tuple[Owed, Seat]]:
    return await stranded.Instead(tx).waiting_for([seat])


async def attempt(stage: Stage, who: str, verb: Any, task: int) -> Outcome:
    return await perform(stage.store, Caller(stage.accounts[who], stage.accounts[who], quiet=True), verb, Step(task=task))


async def said(stage: Stage, who: str) -> list[dict[str, Any]]:
    async def unit(tx: Tx) -> list[dict[str, Any]]:
        found = await outbox.claim(tx, 1, 500)
        for parcel in found:
            await outbox.sent(tx, parcel.id)
        return [parcel.body for parcel in found if parcel.body["chat"] == stage.accounts[who]]

    return await stage.store.unit(unit)


async def test_the_office_decides_where_the_askers_term_is_over(stage: Stage, clock: Clock) -> None:
    task = await handed(stage)
    assert await instead(stage, task) == []
    assert isinstance(await attempt(stage, "office", tasks.accept, task), Refusal)
    await end(stage, "leader_a")
    assert await instead(stage, task) == [stage.seats["office"].id]
    for who in ("liaison_a", "supervisor_a", "special_leader_a", "leader_b", "other_office", "leader_a"):
        assert isinstance(await attempt(stage, who, tasks.accept, task), Refusal), who
    await said(stage, "office")
    clock.move_to("2026-03-09", "08:31")
    await tick(stage.store)
    digest = [body for body in await said(stage, "office") if body["key"] == "obligation.digest"]
    assert "核对名单" in str(digest)
    assert isinstance(await attempt(stage, "office", tasks.accept, task), Done)
    assert await stage.store.read(lambda tx: rows.get(tx, task)) is not None
    clock.move_to("2026-03-10", "08:31")
    await tick(stage.store)
    assert "核对名单" not in str(await said(stage, "office"))


async def test_handed_in_after_the_term_it_goes_there_at_once(stage: Stage) -> None:
    done = await stage.do("leader_a", tasks.assign, Assign(what="核对名单", assignee=stage.seats["liaison_a"].id, due=DUE))
    assert done.subject is not None
    await end(stage, "leader_a")
    await said(stage, "office")
    await stage.do("liaison_a", tasks.hand_in, Step(task=done.subject[1]))
    assert [body["op"] for body in await said(stage, "office")] == ["card"]
    assert isinstance(await attempt(stage, "office", tasks.send_back, done.subject[1]), Done)


async def test_without_any_office_whoever_stands_above_it(stage: Stage) -> None:
    await end(stage, "office")
    assert await instead(stage, stage.things["handed"]) == [stage.seats["office_lead"].id]
    assert isinstance(await attempt(stage, "office_lead", tasks.accept, stage.things["handed"]), Done)


async def test_who_cannot_be_reached_keeps_the_right_and_has_it_back_alone(stage: Stage) -> None:
    task, person = await handed(stage), stage.seats["leader_a"].person
    assert person is not None
    await stage.store.unit(lambda tx: people.lose(tx, person, None))
    assert await instead(stage, task) == [stage.seats["office"].id]
    await stage.store.unit(lambda tx: people.find_again(tx, person))
    assert await instead(stage, task) == []
    assert isinstance(await attempt(stage, "office", tasks.accept, task), Refusal)
    assert isinstance(await attempt(stage, "leader_a", tasks.accept, task), Done)


async def test_up_the_line_of_responsibility_first(stage: Stage) -> None:
    """The city's liaison handed it on and is gone: whoever asked the liaison decides, and that is a leader, not the office."""
    done = await stage.do("leader_a", tasks.assign, Assign(what="核对名单", assignee=stage.seats["liaison_a"].id, due=DUE))
    assert done.subject is not None
    on = HandOn(task=done.subject[1], assignee=stage.seats["second_liaison_a"].id, due=DUE)
    child = await stage.do("liaison_a", task_changes.hand_on, on)
    assert child.subject is not None
    await stage.do("second_liaison_a", tasks.hand_in, Step(task=child.subject[1]))
    await end(stage, "liaison_a")
    assert await instead(stage, child.subject[1]) == [stage.seats["leader_a"].id]


async def test_never_whoever_owes_it(stage: Stage) -> None:
    done = await stage.do("leader_a", tasks.assign, Assign(what="核对名单", assignee=stage.seats["liaison_a"].id, due=DUE))
    assert done.subject is not None
    await stage.do("liaison_a", tasks.hand_in, Step(task=done.subject[1]))
    account = stage.accounts["liaison_a"]
    await stage.store.unit(lambda tx: seat_directly(tx, account=account, name="liaison_a", regime=REGIME, role="office"))
    await end(stage, "leader_a")
    await end(stage, "office")
    assert await instead(stage, done.subject[1]) == [stage.seats["office_lead"].id]


async def test_whoever_joins_hears_of_what_was_handed_in_to_the_seat(stage: Stage) -> None:
    task = await handed(stage)

    async def vacate(tx: Tx) -> None:
        await tx.run("UPDATE appointment SET person = NULL WHERE id = :id", id=stage.seats["leader_a"].id)

    await stage.store.unit(vacate)
    assert await instead(stage, task) == [stage.seats["office"].id]
    newcomer = await stage.store.unit(lambda tx: people.add_person(tx, 7_000, "新组长", "zh"))
    await stage.store.unit(lambda tx: people.sit(tx, stage.seats["leader_a"].id, newcomer["id"]))
    stage.accounts["newcomer"] = 7_000
    await said(stage, "newcomer")

    async def joined(tx: Tx) -> None:
        await joining.tell_waiting(tx, await people.seat(tx, stage.seats["leader_a"].id))

    await stage.store.unit(joined)
    told = await said(stage, "newcomer")
    assert [body["key"] for body in told] == ["people.joined.waiting"]
    assert "核对名单" in str(told[0]["params"])
    assert await instead(stage, task) == []


async def test_the_list_of_one_seat_is_not_anothers(stage: Stage) -> None:
    await handed(stage)
    await end(stage, "leader_a")
    for who, n in (("office", 1), ("office_lead", 0), ("supervisor_a", 0), ("liaison_b", 0)):
        seat = stage.seats[who]
        found = await stage.store.read(partial(waiting, seat))
        assert len(found) == n, who
    whole = await stage.store.read(lambda tx: open_matters.open_matters(tx, [stage.seats["office"]]))
    assert "核对名单" in str(whole.rows)
