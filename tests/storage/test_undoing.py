"""The last press taken back, on both databases: for two minutes, by whoever pressed, and only while nothing follows it."""

import pytest

from actions import cards, ledger, ledger_closed, obligations, task_changes, tasks, undoing
from actions.inputs_ledger import OnItem, VerifyItem
from actions.inputs_tasks import HandOn, Step
from actions.perform import Caller, perform
from domain.deadlines import local_date
from domain.outcome import Done, Outcome, Refusal
from domain.undoing import WINDOW, can_undo
from storage import cards as card_rows
from storage import entries, extensions, outbox
from storage import ledger as items
from storage import tasks as rows
from storage.db import Store
from storage.tx import Tx
from tests.access.stage import Stage, set_stage
from tests.conftest import Clock


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await set_stage(store)


async def undo_task(stage: Stage, who: str = "liaison_a", version: int = 2) -> Outcome:
    account = stage.accounts[who]
    given = Step(task=stage.things["handed"], version=version)
    return await perform(stage.store, Caller(account, account, quiet=True), undoing.undo_hand_in, given)


async def undo_item(stage: Stage) -> Outcome:
    item = await stage.store.read(lambda tx: items.get(tx, stage.things["closing"]))
    assert item is not None
    account = stage.accounts["liaison_a"]
    return await perform(stage.store, Caller(account, account, quiet=True), undoing.undo_closing, OnItem(item.id, item.version))


async def duties(stage: Stage, kind: str, thing: str) -> list[tuple[str, str]]:
    owed = await stage.store.read(lambda tx: obligations.live_of(tx, kind, stage.things[thing]))
    return [(each.duty, each.state) for each in owed]


async def buttons(stage: Stage, subject: str, who: str = "liaison_a") -> list[str]:
    async def read(tx: Tx) -> list[str]:
        kind, _, of = subject.partition(":")
        message = await cards.make(tx, kind, int(of), stage.seats[who].person)
        assert message is not None
        return [button.verb for row in message.buttons for button in row]

    return await stage.store.read(read)


def is_late(outcome: Outcome) -> bool:
    return outcome == Done(result="undo_too_late")


async def test_a_hand_in_taken_back_is_open_with_its_clock(stage: Stage) -> None:
    subject = f"task:{stage.things['handed']}"
    assert "tz" in await buttons(stage, subject)

    assert await undo_task(stage) == Done(("task", stage.things["handed"]), {"state": "open"})

    assert (await stage.store.read(lambda tx: rows.get(tx, stage.things["handed"]))).state == "open"
    assert await duties(stage, "task", "handed") == [("task", "open")]
    log = await stage.store.read(lambda tx: entries.of_subject(tx, "task", stage.things["handed"]))
    assert [entry.kind for entry in log] == ["assign", "hand_in", "undo"]
    assert "tz" not in await buttons(stage, subject)
    assert is_late(await undo_task(stage, version=3))


async def test_only_for_two_minutes(stage: Stage, clock: Clock) -> None:
    clock.now += WINDOW
    assert "tz" not in await buttons(stage, f"task:{stage.things['handed']}")
    assert is_late(await undo_task(stage))
    assert is_late(await undo_item(stage))


async def test_not_once_somebody_has_answered(stage: Stage) -> None:
    await stage.do("office", tasks.accept, Step(task=stage.things["handed"]))
    assert is_late(await undo_task(stage))
    await stage.do("inspector_a", ledger.start_check, OnItem(stage.things["closing"]))
    assert is_late(await undo_item(stage))


async def test_not_once_something_was_added(stage: Stage) -> None:
    await stage.do("liaison_a", tasks.progress, Step(task=stage.things["handed"], body="补一张照片"))
    assert is_late(await undo_task(stage))


async def test_a_request_for_closing_taken_back_owes_no_verification(stage: Stage) -> None:
    subject = f"item:{stage.things['closing']}"
    assert "iu" in await buttons(stage, subject)

    outcome = await undo_item(stage)

    assert outcome == Done(("item", stage.things["closing"]), {"state": "rectifying"})
    assert await duties(stage, "item", "closing") == [("item.rectify", "open")]
    assert "iu" not in await buttons(stage, subject)
    assert is_late(await undo_item(stage))


def test_a_clock_that_was_set_back_undoes_nothing() -> None:
    assert can_undo(kind="a", wanted="a", author=1, seats={1}, at=10, now=10)
    assert not can_undo(kind="a", wanted="a", author=1, seats={1}, at=10, now=9)
    assert not can_undo(kind="a", wanted="a", author=None, seats={1}, at=10, now=10)


async def undo_accept(stage: Stage, who: str = "office", task: int | None = None, version: int = 3) -> Outcome:
    account = stage.accounts[who]
    given = Step(task=task or stage.things["handed"], version=version)
    return await perform(stage.store, Caller(account, account, quiet=True), undoing.undo_accept, given)


async def test_an_acceptance_taken_back_waits_again(stage: Stage) -> None:
    handed = stage.things["handed"]
    before = await stage.store.read(lambda tx: obligations.live_of(tx, "task", handed))
    await stage.do("office", tasks.accept, Step(task=handed))
    assert await duties(stage, "task", "handed") == []

    assert isinstance(await undo_accept(stage, "liaison_a"), Refusal)
    assert await undo_accept(stage) == Done(("task", handed), {"state": "handed_in"})

    [after] = await stage.store.read(lambda tx: obligations.live_of(tx, "task", handed))
    assert (after.id, after.state, after.handed_at, after.ended_at) == (before[0].id, "handed_in", before[0].handed_at, None)
    log = await stage.store.read(lambda tx: entries.of_subject(tx, "task", handed))
    assert [entry.kind for entry in log] == ["assign", "hand_in", "accept", "undo_accept"]
    assert is_late(await undo_accept(stage, version=4))
    await stage.do("office", tasks.accept, Step(task=handed, version=4))
    assert await duties(stage, "task", "handed") == []


async def test_an_acceptance_stands_after_two_minutes(stage: Stage, clock: Clock) -> None:
    await stage.do("office", tasks.accept, Step(task=stage.things["handed"]))
    clock.now += WINDOW
    assert is_late(await undo_accept(stage))
    assert is_late(await undo_accept(stage, version=1))


async def test_an_acceptance_stands_once_the_work_above_went_on_by_it(stage: Stage) -> None:
    task, county = stage.things["task"], stage.seats["second_liaison_a"]
    await stage.do("liaison_a", task_changes.hand_on, HandOn(task=task, assignee=county.id, due=local_date(stage.store.now())))
    child = (await stage.store.read(lambda tx: rows.children(tx, task)))[0].id
    await stage.do("second_liaison_a", tasks.hand_in, Step(task=child))
    await stage.do("liaison_a", tasks.accept, Step(task=child))
    assert isinstance(await undo_accept(stage, "liaison_a", child), Done)
    await stage.do("liaison_a", tasks.accept, Step(task=child))
    await stage.do("liaison_a", tasks.hand_in, Step(task=task))
    assert is_late(await undo_accept(stage, "liaison_a", child, version=5))


async def test_a_request_for_more_time_that_lapsed_waits_again(stage: Stage) -> None:
    """The stage's task has one; handing in let it lapse, and so did the question to decide it."""
    task, extension = stage.things["task"], stage.things["extension"]

    async def standing() -> tuple[str, int]:
        held = await stage.store.read(lambda tx: extensions.get(tx, extension))
        return held.state, len(await stage.store.read(lambda tx: obligations.live_of(tx, "extension", extension)))

    assert await standing() == ("asked", 1)
    await stage.do("liaison_a", tasks.hand_in, Step(task=task))
    assert await standing() == ("lapsed", 0)
    account = stage.accounts["liaison_a"]
    given = Step(task=task, version=2)
    assert isinstance(await perform(stage.store, Caller(account, account, quiet=True), undoing.undo_hand_in, given), Done)
    assert await standing() == ("asked", 1)
    [decides] = await stage.store.read(lambda tx: obligations.live_of(tx, "extension", extension))
    assert (decides.state, decides.ended_at) == ("open", None)
    assert decides.next_at is not None


async def undo_verification(stage: Stage, who: str = "inspector_a") -> Outcome:
    item = await stage.store.read(lambda tx: items.get(tx, stage.things["closing"]))
    assert item is not None
    account = stage.accounts[who]
    return await perform(stage.store, Caller(account, account, quiet=True), undoing.undo_verification, OnItem(item.id, item.version))


async def passed(stage: Stage) -> None:
    item = await stage.store.read(lambda tx: items.get(tx, stage.things["closing"]))
    assert item is not None
    await stage.do("inspector_a", ledger.verify, VerifyItem(item=item.id, version=item.version))


async def test_a_closing_taken_back_is_verified_again_by_the_old_dates(stage: Stage) -> None:
    before = await stage.store.read(lambda tx: obligations.live_of(tx, "item", stage.things["closing"]))
    await passed(stage)
    assert await duties(stage, "item", "closing") == []
    assert "it" in await buttons(stage, f"item:{stage.things['closing']}", "inspector_a")
    assert "it" not in await buttons(stage, f"item:{stage.things['closing']}")
    assert isinstance(await undo_verification(stage, "leader_a"), Refusal)

    assert await undo_verification(stage) == Done(("item", stage.things["closing"]), {"state": "checking"})

    after = await stage.store.read(lambda tx: obligations.live_of(tx, "item", stage.things["closing"]))
    assert [(each.id, each.state, each.due_at, each.handed_at, each.ended_at) for each in after] == [
        (each.id, each.state, each.due_at, each.handed_at, None) for each in before
    ]
    item = await stage.store.read(lambda tx: items.get(tx, stage.things["closing"]))
    assert item is not None
    assert (item.state, item.closed_at) == ("checking", None)
    assert is_late(await undo_verification(stage))
    await passed(stage)
    assert await duties(stage, "item", "closing") == []


async def test_the_button_of_an_earlier_closing_takes_back_no_later_one(stage: Stage) -> None:
    await passed(stage)
    first = await stage.store.read(lambda tx: items.get(tx, stage.things["closing"]))
    assert first is not None
    await undo_verification(stage)
    await passed(stage)
    account = stage.accounts["inspector_a"]
    old = OnItem(stage.things["closing"], version=first.version)
    assert is_late(await perform(stage.store, Caller(account, account, quiet=True), undoing.undo_verification, old))
    assert await duties(stage, "item", "closing") == []


async def test_a_closing_stands_once_it_is_published_opened_anew_or_two_minutes_old(stage: Stage, clock: Clock) -> None:
    await passed(stage)
    clock.now += WINDOW
    assert is_late(await undo_verification(stage))
    await stage.do("office", ledger_closed.announce, OnItem(stage.things["closing"]))
    clock.now -= WINDOW
    assert is_late(await undo_verification(stage))


async def test_the_card_is_looked_at_again_when_it_can_be_taken_back_no_more(stage: Stage, clock: Clock) -> None:
    """One row of its own, which what is shown in between does not swallow."""
    task = stage.things["task"]

    async def later(tx: Tx) -> list[tuple[str, int]]:
        found = [(parcel.body["card"], at) for parcel, at in await outbox.said_after(tx, 0) if parcel.body["op"] == "card" and at]
        shown = [await card_rows.get(tx, card) for card, _ in found]
        return [(each.subject, at) for each, (_, at) in zip(shown, found, strict=True) if each is not None]

    before = await stage.store.read(later)
    await stage.do("liaison_a", tasks.hand_in, Step(task=task))
    await stage.do("liaison_a", tasks.show, Step(task=task))

    assert set(await stage.store.read(later)) - set(before) == {(f"task:{task}", clock.now + WINDOW)}
