"""One order to many on both databases: written, confirmed, one task each, one overview; what must not be sent is not."""

from datetime import date
from typing import Any

import pytest

import bot.forms.tasks  # registers the forms
from actions import batch_accepting, task_batches, tasks
from actions import obligations as obligations_
from actions.inputs_batches import OnBatch
from actions.inputs_tasks import Assign, Step
from actions.options import options
from actions.people import NewSeat, add_seat, seat_directly
from bot.render import Renderer
from domain.batches import counted, standing
from domain.forms import Draft
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from domain.world import World
from storage import obligations, people
from storage import task_batches as rows
from storage import tasks as task_rows
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.test_tasks import COUNTY, LEADER, LIAISON, OFFICE, OTHER_LIAISON, PHOTO, REGIME, STRANGER, Stage

assert bot.forms.tasks  # imported for what it registers


@pytest.fixture
async def stage(store: Store) -> Stage:
    async def seat(tx: Tx) -> dict[int, Seat]:
        cast = [
            (OFFICE, "周办", "office", ""),
            (LEADER, "郑组长", "leader", "3714"),
            (LIAISON, "王五", "local_liaison", "3714"),
            (OTHER_LIAISON, "赵六", "local_liaison", "3701"),
            (COUNTY, "孙七", "local_liaison", "371402"),
        ]
        return {
            account: await seat_directly(tx, account=account, name=name, regime=REGIME, role=role, scope=scope)
            for account, name, role, scope in cast
        }

    return Stage(store, await store.unit(seat))


async def write(stage: Stage, where: str = "*", by: int = OFFICE, **more: Any) -> Outcome:
    given = {"what": "报送名单", "assignee": "liaisons", "places": f"{REGIME}|{where}", "due": date(2026, 3, 9), **more}
    return await stage.do(by, tasks.assign, Assign(**given))


async def owners(stage: Stage) -> list[int]:
    async def read(tx: Tx) -> list[int]:
        return [each.owner for each in await rows.standing(tx, 1)]

    return await stage.store.read(read)


async def test_the_first_press_sends_nothing_the_second_one_task_each(stage: Stage) -> None:
    assert await write(stage) == Done(("batch", 1), {"seats": 3}, asks=True)
    written = await stage.deliver()
    assert written.keys() == {OFFICE}
    assert "王五" in str((await stage.card(OFFICE, "batch")).params)

    assert await stage.do(OFFICE, task_batches.send, OnBatch(1, pressed=101)) == Done(("batch", 1), {"tasks": 3, "due": "2026-03-09"})

    sent = await stage.deliver()
    assert {account for account, chat in sent.items() if chat.live} == {LIAISON, OTHER_LIAISON, COUNTY}
    assert sorted(await owners(stage)) == sorted(stage.seats[each].id for each in (LIAISON, OTHER_LIAISON, COUNTY))
    assert await stage.do(OFFICE, task_batches.send, OnBatch(1, pressed=101)) == Done(result="task_batch_sent")
    assert len(await owners(stage)) == 3


async def test_the_overview_counts_and_follows(stage: Stage, clock: Clock) -> None:
    await write(stage)
    await stage.do(OFFICE, task_batches.send, OnBatch(1, pressed=101))
    await stage.deliver()
    await stage.do(LIAISON, tasks.hand_in, Step(task=await of(stage, LIAISON), version=1, pressed=1))
    told = await stage.deliver()
    assert OFFICE not in told or not told[OFFICE].live  # no message for each: the overview moves

    overview = await stage.card(OFFICE, "batch")
    shown = Renderer(stage.store.world)
    assert "⚪ 待确认 1 · 🟢 办理中 2" in shown.text(overview.key, overview.params, "zh")
    clock.move_to("2026-03-10")
    overview = await stage.card(OFFICE, "batch")
    assert "🔴 超期 2 · ⚪ 待确认 1" in shown.text(overview.key, overview.params, "zh")

    listed = await stage.card(OFFICE, "batchlist", 1 * task_batches.KINDS * task_batches.PAGES)
    assert [button.id for button in listed.buttons[0]][2] == await of(stage, LIAISON)  # those overdue stand first
    waiting = await stage.card(OFFICE, "batchlist", (task_batches.KINDS + 2) * task_batches.PAGES)
    assert [button.id for button in waiting.buttons[0]] == [await of(stage, LIAISON)]


async def of(stage: Stage, account: int) -> int:
    async def read(tx: Tx) -> int:
        return next(each.id for each in await rows.standing(tx, 1) if each.owner == stage.seats[account].id)

    return await stage.store.read(read)


@pytest.mark.parametrize(
    ("where", "who"),
    [
        ("*", [LIAISON, OTHER_LIAISON, COUNTY]),
        ("level:city", [LIAISON, OTHER_LIAISON]),
        ("under:3714", [COUNTY]),
        ("3701,371402", [OTHER_LIAISON, COUNTY]),
    ],
)
async def test_places(stage: Stage, where: str, who: list[int]) -> None:
    await write(stage, where)
    await stage.do(OFFICE, task_batches.send, OnBatch(1))

    assert sorted(await owners(stage)) == sorted(stage.seats[each].id for each in who)


async def test_a_leader_reaches_the_own_scope_only(stage: Stage) -> None:
    assert await write(stage, by=LEADER) == Done(("batch", 1), {"seats": 2}, asks=True)
    assert await write(stage, by=LIAISON) == Refusal("forbidden")
    assert await write(stage, by=STRANGER) == Refusal("stranger")
    assert await write(stage, "3701", by=LEADER) == Refusal("task_nobody_there")


async def test_only_who_wrote_it_sends_or_drops_it(stage: Stage) -> None:
    await write(stage, by=LEADER)
    for verb in (task_batches.send, task_batches.drop):
        assert await stage.do(LIAISON, verb, OnBatch(1)) == Refusal("forbidden")
        assert await stage.do(OFFICE, verb, OnBatch(1)) == Refusal("forbidden")
        assert await stage.do(OFFICE, verb, OnBatch(9)) == Refusal("gone")

    assert isinstance(await stage.do(LEADER, task_batches.drop, OnBatch(1, pressed=7)), Done)
    assert await stage.do(LEADER, task_batches.send, OnBatch(1, pressed=7)) == Done(result="task_batch_dropped")
    assert await owners(stage) == []


async def test_a_role_in_a_place(stage: Stage) -> None:
    given: dict[str, Any] = {"assignee": "role", "role": f"{REGIME}:leader"}
    assert await write(stage, "3714", **given) == Done(("batch", 1), {"seats": 1}, asks=True)
    await stage.do(OFFICE, task_batches.send, OnBatch(1))

    assert await owners(stage) == [stage.seats[LEADER].id]


async def test_whoever_left_meanwhile_gets_none_and_a_vacant_seat_does(stage: Stage) -> None:
    vacant = await stage.store.unit(lambda tx: add_seat(tx, NewSeat(REGIME, "local_liaison", "周八", "3702")))
    await write(stage)
    assert "task.batch.away" in str((await stage.card(OFFICE, "batch")).params)
    await stage.store.unit(lambda tx: people.end_seat(tx, stage.seats[LIAISON].id))

    assert await stage.do(OFFICE, task_batches.send, OnBatch(1)) == Done(("batch", 1), {"tasks": 3, "due": "2026-03-09"})
    assert vacant in await owners(stage)
    assert stage.seats[LIAISON].id not in await owners(stage)


async def test_too_late_for_the_second_press(stage: Stage, clock: Clock) -> None:
    await write(stage)
    clock.move_to("2026-03-03", "10:00")

    assert await stage.do(OFFICE, task_batches.send, OnBatch(1)) == Refusal("task_batch_old")
    assert await write(stage, due=date(2026, 3, 1)) == Refusal("task_due_past")


async def test_each_task_carries_the_file_and_the_proof(stage: Stage) -> None:
    from storage import entries, files

    await stage.store.unit(lambda tx: files.record(tx, files.Blob(PHOTO, "application/pdf", 3, "通知.pdf")))
    await write(stage, files=[{"kind": "document", "blob": PHOTO, "name": "通知.pdf"}], proof="yes")
    await stage.do(OFFICE, task_batches.send, OnBatch(1))

    for n in (1, 2, 3):
        [entry] = await stage.store.read(_of(entries.of_subject, "task", n))
        assert [piece.name for piece in entry.evidence] == ["通知.pdf"]
        assert (await stage.store.read(_of(task_rows.get, n))).proof


async def test_three_hundred_in_one_unit(stage: Stage) -> None:
    async def many(tx: Tx) -> None:
        regime = stage.store.world.regime(REGIME)
        places = [region.id for region in regime.regions if region.level == "county"]
        for n in range(300):
            await add_seat(tx, NewSeat(REGIME, "local_liaison", f"第{n}位", places[n % len(places)]))

    await stage.store.unit(many)
    assert await write(stage) == Refusal("task_too_many", {"n": 303, "most": 300})
    places = ",".join(
        sorted(
            {
                each.scope
                for each in await stage.store.read(lambda tx: people.seats_in(tx, REGIME))
                if each.scope.startswith("37") and len(each.scope) == 6
            }
            - {"371402"}
        )
    )
    written = await write(stage, places)
    assert isinstance(written, Done)
    sent = await stage.do(OFFICE, task_batches.send, OnBatch(1))
    assert isinstance(sent, Done)
    assert sent.data["tasks"] == written.data["seats"]
    assert int(str(sent.data["tasks"])) > 250

    async def owed(tx: Tx) -> int:
        return len(await obligations.several(tx, range(1, 400)))

    assert await stage.store.read(owed) == sent.data["tasks"]


async def test_what_is_offered(stage: Stage, world: World) -> None:
    show = Renderer(world)

    async def shown(source: str, query: str = "", **answers: Any) -> list[str]:
        async def read(tx: Tx) -> list[str]:
            actor = await people.actor(tx, OFFICE, "zh")
            found = await options(tx, actor, source, Draft("assign", 1, "places", answers=answers), query)
            return [show.param(option.label, "zh") for option in found]

        return await stage.store.read(read)

    assert (await shown("assign_places", assignee="liaisons"))[:3] == ["全部（3 人）", "各市州（2 人）", "济南市（1 人）"]
    assert await shown("assign_places", "济南、德城", assignee="liaisons") == ["济南市、德城区"]
    assert await shown("assign_places", "济南、火星", assignee="liaisons") == []
    assert "地方联络员（3 人）" in await shown("assign_roles")


def test_standing_and_counts() -> None:
    assert [standing("open", 5, 4), standing("open", 5, 5), standing("done", None, 5)] == ["open", "over", "done"]
    assert counted(["done", "over", "done"]) == {"over": 1, "done": 2}


def _of(read: Any, *values: Any) -> Any:
    """A read of these values, whatever a loop's variable is by then."""
    return lambda tx: read(tx, *values)


async def _handed_in(stage: Stage, *accounts: int) -> None:
    for account in accounts:
        seat = stage.seats[account].id
        [task] = [each.id for each in await stage.store.read(lambda tx: rows.standing(tx, 1)) if each.owner == seat]
        assert isinstance(await stage.do(account, tasks.hand_in, Step(task=task, version=1, pressed=1)), Done)


async def _states(stage: Stage) -> dict[int, str]:
    standings = await stage.store.read(lambda tx: rows.standing(tx, 1))
    return {each.owner: each.state for each in standings}


async def test_all_that_was_shown_is_accepted_and_nothing_else(stage: Stage, clock: Clock) -> None:
    await write(stage)
    await stage.do(OFFICE, task_batches.send, OnBatch(1))
    await _handed_in(stage, LIAISON)
    assert "tx" not in await stage.buttons(OFFICE, "batch")  # one is accepted on its own card
    await _handed_in(stage, OTHER_LIAISON)
    assert "tx" in await stage.buttons(OFFICE, "batch")
    assert await stage.do(OFFICE, batch_accepting.ask, OnBatch(1, pressed=1)) == Done()
    shown = await stage.card(OFFICE, "batchaccept")
    until = shown.buttons[0][0].version
    assert until == clock.now
    clock.now += 1000
    await _handed_in(stage, COUNTY)
    await stage.deliver()

    assert await stage.do(LEADER, batch_accepting.accept_all, OnBatch(1, until=until)) == Refusal("forbidden")
    assert await stage.do(OFFICE, batch_accepting.accept_all, OnBatch(1, until=until, pressed=1)) == Done(("batch", 1), {"accepted": 2})
    states = await _states(stage)
    assert [states[stage.seats[each].id] for each in (LIAISON, OTHER_LIAISON, COUNTY)] == ["done", "done", "handed_in"]
    told = await stage.deliver()
    assert [told[each].sent for each in (LIAISON, OTHER_LIAISON)] == [["task.told.accepted"]] * 2
    assert COUNTY not in told or told[COUNTY].sent == []
    again = await stage.do(OFFICE, batch_accepting.accept_all, OnBatch(1, until=until, pressed=1))
    assert again == Done(result="task_none_handed_in")
    assert await stage.do(OFFICE, batch_accepting.accept_all, OnBatch(1, until=0, pressed=1)) == Done(result="task_none_handed_in")


async def test_what_was_sent_back_meanwhile_is_not_accepted(stage: Stage, clock: Clock) -> None:
    await write(stage)
    await stage.do(OFFICE, task_batches.send, OnBatch(1))
    await _handed_in(stage, LIAISON, OTHER_LIAISON)
    until = (await stage.card(OFFICE, "batchaccept")).buttons[0][0].version
    [back] = [each for each in await stage.store.read(lambda tx: rows.standing(tx, 1)) if each.owner == stage.seats[LIAISON].id]
    await stage.do(OFFICE, tasks.send_back, Step(task=back.id, version=2, body="少一家"))
    clock.now += 1000
    await stage.do(LIAISON, tasks.hand_in, Step(task=back.id, version=3, pressed=1))

    assert await stage.do(OFFICE, batch_accepting.accept_all, OnBatch(1, until=until)) == Done(("batch", 1), {"accepted": 1})
    assert (await _states(stage))[stage.seats[LIAISON].id] == "handed_in"


async def test_accepting_all_is_one_unit(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies in between: none is accepted, and the same press does all of it afterwards."""
    await write(stage)
    await stage.do(OFFICE, task_batches.send, OnBatch(1))
    await _handed_in(stage, LIAISON, OTHER_LIAISON)
    until = (await stage.card(OFFICE, "batchaccept")).buttons[0][0].version
    real, calls = obligations_.accept, []

    async def dies(tx: Tx, owed: int) -> None:
        calls.append(owed)
        if len(calls) == 2:
            raise RuntimeError("the process dies")
        await real(tx, owed)

    monkeypatch.setattr(obligations_, "accept", dies)
    with pytest.raises(RuntimeError):
        await stage.do(OFFICE, batch_accepting.accept_all, OnBatch(1, until=until))
    assert sorted((await _states(stage)).values()) == ["handed_in", "handed_in", "open"]
    monkeypatch.setattr(obligations_, "accept", real)
    assert await stage.do(OFFICE, batch_accepting.accept_all, OnBatch(1, until=until)) == Done(("batch", 1), {"accepted": 2})
