"""A lost phone: the new account is the person, the old one nobody, in one unit of work; and who must not be able to do that."""

import asyncio
from functools import partial
from typing import Any

import pytest

from actions import joining, relinking, tasks
from actions.converse import Open, open_form
from actions.inputs_tasks import Step
from actions.people import seat_directly
from domain.outcome import Done, Refusal
from domain.speech import To
from storage import cards, drafts, outbox, people, sent
from storage.db import Store
from tests.conftest import Clock
from tests.storage.people_stage import COLLEAGUE, LIAISON, NEWCOMER, OFFICE, SUCCESSOR, Stage, staged

STRANGER = 91


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await staged(store)


async def link(stage: Stage, whom: int = LIAISON, by: int = OFFICE) -> str:
    await stage.done(by, relinking.issue, relinking.Relink(person=stage.seats[whom].person))
    letters = [each for each in (await stage.heard())[by] if each.get("key") == "people.relink.letter"]
    token: str = letters[-1]["params"]["link"]["token"]
    return token


def confirmed(token: str) -> relinking.Confirmed:
    return relinking.Confirmed(token=token, message_id=5)


async def test_everything_moves_to_the_new_account_at_once(stage: Stage) -> None:
    task = await stage.assign()
    token = await link(stage)
    await stage.done(NEWCOMER, joining.look, token)
    await stage.done(NEWCOMER, relinking.take, confirmed(token))

    assert await stage.actor_seats(NEWCOMER) == [stage.seats[LIAISON].id]
    assert await stage.actor_seats(LIAISON) == []
    assert await stage.do(LIAISON, tasks.progress, Step(task=task, body="旧手机")) == Refusal("stranger")
    await stage.done(NEWCOMER, tasks.hand_in, Step(task=task))
    told = await stage.told()
    assert told[NEWCOMER][:2] == ["people.relink.ask", "people.relink.done"]
    assert told[LIAISON] == ["people.relink.old"]
    assert "people.relink.issuer" in told[OFFICE]


async def test_the_old_chat_is_emptied_and_what_waits_follows(stage: Stage) -> None:
    task = await stage.assign()
    await stage.heard()
    to = To(LIAISON, stage.seats[LIAISON].person)

    async def shown(tx: Any) -> None:
        [card] = [each for each in await cards.of_subject(tx, f"task:{task}") if each.to.chat == LIAISON]
        await cards.shown(tx, card, 77, "x")
        await outbox.say(tx, to, "obligation.mine.none", not_before=tx.now + 1)  # a ping held back in quiet hours

    await stage.store.unit(shown)
    await stage.done(LIAISON, open_form, Open("task_progress", {"task": task, "version": 1}))
    await stage.done(NEWCOMER, relinking.take, confirmed(await link(stage)))

    heard = await stage.heard()
    old = {(each["op"], each.get("key"), each["person"]) for each in heard[LIAISON]}
    assert old == {("recall", None, None), ("commands", None, None), ("send", "people.relink.old", None)}
    lane = stage.store.vault.lane(LIAISON)
    assert await stage.store.read(lambda tx: drafts.get(tx, lane)) is None
    assert await stage.store.read(lambda tx: cards.in_lane(tx, lane)) == []
    assert await stage.store.read(lambda tx: sent.next_of(tx, lane)) == sent.Batch((77,), "message")
    waiting = await stage.rows("SELECT lane FROM outbox")
    assert [row["lane"] for row in waiting] == [stage.store.vault.lane(NEWCOMER)]


async def test_of_a_complaint_nothing_follows_and_what_was_to_go_from_the_chat_goes(stage: Stage) -> None:
    """The old chat is where the words stand that are to be deleted; a receipt is for whoever complained there, not for a new account."""
    to = To(LIAISON, stage.seats[LIAISON].person)

    async def waits(tx: Any) -> None:
        await outbox.delete(tx, to, [78])
        await outbox.say(tx, to, "complaint.receipt", {"receipt": "1"}, protect=True, own=0)

    token = await link(stage)
    await stage.store.unit(waits)
    await stage.done(NEWCOMER, relinking.take, confirmed(token))

    heard = await stage.heard()
    assert [each["message_id"] for each in heard[LIAISON] if each["op"] == "delete"] == [78]
    assert all("own" not in each and each["op"] != "delete" for each in heard[NEWCOMER])


async def test_a_link_works_once_however_many_press_at_once(stage: Stage) -> None:
    token = await link(stage)
    outcomes = await asyncio.gather(*(stage.do(account, relinking.take, confirmed(token)) for account in (NEWCOMER, STRANGER, NEWCOMER)))

    assert [outcome.result for outcome in outcomes if isinstance(outcome, Done) and outcome.subject is None] == ["link_used"]
    assert sum(isinstance(outcome, Done) and outcome.subject is not None for outcome in outcomes) == 1
    holders = [account for account in (NEWCOMER, STRANGER, LIAISON) if await stage.actor_seats(account)]
    assert len(holders) == 1


async def test_a_newer_link_replaces_the_older_and_both_expire(stage: Stage, clock: Clock) -> None:
    first, second = await link(stage), await link(stage)
    assert await stage.do(NEWCOMER, joining.look, first) == Refusal("link_withdrawn")
    clock.move_to("2026-03-04", "09:00")
    assert await stage.do(NEWCOMER, joining.look, second) == Refusal("link_expired")
    assert await stage.do(NEWCOMER, relinking.take, confirmed(second)) == Done(result="link_expired")  # its buttons went with the press


async def test_who_may_not(stage: Stage) -> None:
    given = relinking.Relink(person=stage.seats[LIAISON].person)
    assert await stage.do(SUCCESSOR, relinking.issue, given) == Refusal("forbidden")
    assert await stage.do(NEWCOMER, relinking.issue, given) == Refusal("stranger")
    token = await link(stage)
    assert await stage.do(LIAISON, joining.look, token) == Refusal("relink_same")
    assert await stage.do(SUCCESSOR, relinking.take, confirmed(token)) == Refusal("relink_taken")
    assert await stage.do(NEWCOMER, joining.look, "A" * 32) == Refusal("link_unknown")
    await stage.done(STRANGER, relinking.decline, confirmed(token))
    await stage.done(NEWCOMER, relinking.take, confirmed(token))


async def test_one_office_cannot_take_over_what_another_gave(stage: Stage) -> None:
    await stage.store.unit(partial(seat_directly, account=COLLEAGUE, name="孔办", regime="jilin-2019", role="office"))

    outcome = await stage.do(OFFICE, relinking.issue, relinking.Relink(person=stage.seats[COLLEAGUE].person))

    assert outcome == Refusal("relink_elsewhere")


async def test_reached_again_on_the_new_account(stage: Stage) -> None:
    person = stage.seats[LIAISON].person
    assert person is not None
    await stage.store.unit(lambda tx: people.set_unreachable(tx, person, tx.now))
    await stage.done(NEWCOMER, relinking.take, confirmed(await link(stage)))

    assert await stage.value("SELECT unreachable_at FROM person WHERE id = :id", id=person) is None
