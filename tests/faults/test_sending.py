"""Whatever Telegram does to a message: nothing is lost, the order in a chat stands, and one chat's trouble is that chat's alone."""

import asyncio
from typing import Any

import pytest

from actions import tasks
from actions.inputs_tasks import Step
from actions.perform import Caller, perform
from bot import delivery, pacing
from domain.speech import DIGEST, To
from sandbox.client import Person
from storage import cards, lease, outbox
from storage.tx import Tx
from tests.faults.conftest import seat_staff
from tests.faults.edge import Edge, say_words, until


async def test_429_is_waited_out_by_the_chat_it_concerns(edge: Edge) -> None:
    slow, other = await edge.person("甲"), await edge.person("乙")
    before = len(await edge.tries(slow))
    await edge.sandbox.fault("429", method="sendMessage", chat=slow.id, seconds=2)
    await edge.say(slow, "一", "二")
    await edge.say(other, "三")
    await edge.rest()

    refused, *accepted = (await edge.tries(slow))[before:]
    assert not refused.ok
    assert [entry.ok for entry in accepted] == [True, True], "asked again before the time"
    assert accepted[0].at_ms - refused.at_ms >= 2000
    assert (await edge.tries(other))[-1].n < accepted[0].n
    assert await edge.said(slow) == ["一", "二"]


async def test_a_chat_that_is_slowed_down_does_not_fill_the_senders_hands(edge: Edge) -> None:
    slow, other = await edge.person("甲"), await edge.person("乙")
    await edge.sandbox.fault("429", method="sendMessage", chat=slow.id, seconds=600, times=0)
    await edge.say(slow, *(f"{n}" for n in range(3 * pacing.IN_HAND)))
    await edge.say(other, "轮到我")
    await edge.sandbox.wait_message(other, "轮到我")


async def test_429_on_an_edit_is_waited_out_too(edge: Edge) -> None:
    asker, owner, task = await _with_a_task(edge)
    await edge.sandbox.fault("429", method="editMessageText", chat=asker.id, seconds=1)
    await _report(edge, owner, task, "已经开始")
    await edge.rest()
    refused, accepted = await edge.tries(asker, "editMessageText")
    assert (refused.ok, accepted.ok) == (False, True)
    assert accepted.at_ms - refused.at_ms >= 1000


@pytest.mark.parametrize("fault", ["5xx", "timeout"])
async def test_a_telegram_in_trouble_is_tried_again_in_order(edge: Edge, fault: str) -> None:
    person = await edge.person("甲")
    await edge.sandbox.fault(fault, method="sendMessage", times=2, seconds=0.1)
    await edge.say(person, "一", "二", "三")
    await edge.rest()
    assert await edge.said(person) == ["一", "二", "三"]


async def test_accepted_and_then_cut_off_is_doubled_once_at_most_and_counted(edge: Edge) -> None:
    person = await edge.person("甲")
    await edge.sandbox.fault("drop", method="sendMessage")
    await edge.say(person, "一", "二")
    await edge.rest()
    assert await edge.said(person) == ["一", "一", "二"]
    assert edge.bot.delivery.counts.ambiguous == 1


async def test_whoever_blocked_the_bot_is_known_unreachable_until_they_come_back(edge: Edge) -> None:
    _, owner, task = await _with_a_task(edge)
    await edge.sandbox.fault("403", method="sendMessage", chat=owner.id)
    await _report(edge, owner, task, "已经开始")
    await edge.rest()
    assert await edge.rows("SELECT state, error FROM outbox") == [{"state": "aside", "error": "Forbidden: bot was blocked by the user"}]
    assert (await _unreachable(edge, owner)) is not None

    await edge.sandbox.block(owner)
    await edge.sandbox.unblock(owner)
    await edge.rest()
    await until(lambda: _is_reachable(edge, owner), "the person to be back")


async def test_a_card_whose_message_is_gone_is_sent_anew_and_followed_there(edge: Edge) -> None:
    asker, owner, task = await _with_a_task(edge)
    shown = (await edge.sandbox.messages(asker))[-1]
    await edge.sandbox.delete(asker, shown.message_id)
    await _report(edge, owner, task, "已经开始")
    await edge.rest()
    anew = (await edge.sandbox.messages(asker))[-1]
    assert anew.message_id > shown.message_id
    assert "已经开始" in anew.words
    await _report(edge, owner, task, "过了一半")
    await edge.rest()
    assert (await edge.sandbox.messages(asker))[-1].message_id == anew.message_id
    assert "过了一半" in (await edge.sandbox.messages(asker))[-1].words


async def test_a_card_gone_from_the_chat_of_somebody_who_blocked(edge: Edge) -> None:
    asker, owner, task = await _with_a_task(edge)
    await edge.sandbox.delete(asker, (await edge.sandbox.messages(asker))[-1].message_id)
    await edge.sandbox.fault("403", method="sendMessage", chat=asker.id)
    await _report(edge, owner, task, "已经开始")
    await edge.rest()
    assert (await _unreachable(edge, asker)) is not None
    await edge.say(owner, "其他人照常")
    await edge.sandbox.wait_message(owner, "其他人照常")


async def test_an_edit_that_was_done_before_is_settled(edge: Edge) -> None:
    """The answer to an edit is lost; the second try hears that nothing changed."""
    asker, owner, task = await _with_a_task(edge)
    await edge.sandbox.fault("drop", method="editMessageText", chat=asker.id)
    await _report(edge, owner, task, "已经开始")
    await edge.rest()
    first, second = await edge.tries(asker, "editMessageText")
    assert first.dropped
    assert "message is not modified" in second.description
    assert await edge.rows("SELECT * FROM outbox") == []
    assert "已经开始" in (await edge.sandbox.messages(asker))[-1].words


async def test_a_group_that_became_a_supergroup_is_followed(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "GROUP_GAP", 0.0)
    person = await edge.person("甲")
    bot_id = int(edge.settings.bot_token.partition(":")[0])
    group = await edge.sandbox.group("专班", [person, bot_id], kind="group")
    await edge.bot.store.unit(lambda tx: cards.show(tx, "task:1", To(group.id, None, "zh")))
    moved = await edge.sandbox.migrate(group.id)

    async def unit(tx: Tx) -> None:
        await say_words(tx, group.id, "一")
        await say_words(tx, group.id, "二")

    await edge.bot.store.unit(unit)
    await edge.rest()
    texts = [each.words for each in await edge.sandbox.messages(person, chat=moved) if not each.outgoing]
    assert [text[text.index("«") :][:3] for text in texts if "«" in text] == ["«一»", "«二»"]
    assert await edge.rows("SELECT * FROM outbox") == []


async def test_a_card_in_a_group_that_moved_is_followed(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "GROUP_GAP", 0.0)
    person, _, task = await _with_a_task(edge)
    bot_id = int(edge.settings.bot_token.partition(":")[0])
    group = await edge.sandbox.group("专班", [person, bot_id], kind="group")
    moved = await edge.sandbox.migrate(group.id)
    await edge.bot.store.unit(lambda tx: cards.show(tx, f"task:{task}", To(group.id, None, "zh")))
    await edge.rest()
    assert [each for each in await edge.sandbox.messages(person, chat=moved) if not each.outgoing and not each.service]


async def test_what_can_never_be_sent_is_set_aside_and_the_chat_goes_on(edge: Edge) -> None:
    person = await edge.person("甲")
    await edge.sandbox.fault("400", method="sendMessage", description="Bad Request: can't parse entities: Unsupported start tag")
    await edge.say(person, "坏")
    await edge.say(person, "没有这个文本", key="no.such.text")
    await edge.say(person, "好")
    await edge.rest()
    assert await edge.said(person) == ["好"]
    assert [row["state"] for row in await edge.rows("SELECT state FROM outbox")] == ["aside", "aside"]


async def test_half_a_sign_neither_stops_the_intake_nor_the_message(edge: Edge) -> None:
    """Half of a surrogate pair can be written into JSON, but never into UTF-8."""
    person = await edge.person("甲")
    sender = {"id": person.id, "is_bot": False, "first_name": "甲\ud83d", "language_code": "zh"}
    message = {"message_id": 900, "date": 1, "chat": {"id": person.id, "type": "private"}, "from": sender, "text": "半个\ud83d字"}
    answers = len(await edge.tries(person))
    await edge.bot.intake.store([{"update_id": 5, "message": message}])
    await edge.rest()
    assert await edge.rows("SELECT state FROM inbox WHERE update_id = 5") == [{"state": "done"}]
    assert len(await edge.tries(person)) > answers
    await edge.say(person, "半个\ud83d字")
    await edge.rest()
    assert await edge.said(person) == ["半个?字"]


async def test_who_just_pressed_goes_before_the_digests(edge: Edge) -> None:
    asks = await edge.person("急")
    before = (await edge.sandbox.log())[-1].n

    async def unit(tx: Tx) -> None:
        tx.answering = tx.vault.lane(asks.id)
        for n in range(50):
            await say_words(tx, 9_000_000 + n, "日报", priority=DIGEST)
        await say_words(tx, asks.id, "马上")

    await edge.bot.store.unit(unit)
    await edge.rest()
    told = [entry.params["chat_id"] for entry in await edge.sandbox.log(after=before, method="sendMessage")]
    # The first turn is whoever's words are made first, and several are made at a time.
    assert told.index(asks.id) < 3, told


async def test_the_next_question_stands_below_although_the_last_one_was_still_on_its_way(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person reads the question and answers before the bot hears that it was accepted."""
    _, owner, task = await _with_a_task(edge)
    heard, call = asyncio.Event(), edge.bot.api.call

    async def slow_to_hear(method: str, payload: Any, **more: Any) -> Any:
        result = await call(method, payload, **more)
        if method == "sendMessage":
            await heard.wait()
        return result

    monkeypatch.setattr(edge.bot.api, "call", slow_to_hear)
    before = (await edge.sandbox.messages(owner))[-1].message_id
    await edge.sandbox.press(owner, data=f"1.tp.{task}.1")
    await edge.sandbox.wait_message(owner, after=before)
    await edge.sandbox.write(owner, "已经看到问题")
    await until(lambda: _answered(edge), "the answer to be taken")
    heard.set()
    await edge.rest()

    messages = await edge.sandbox.messages(owner)
    asking = [each for each in messages if any(".f." in (button.data or "") for button in each.buttons)]
    assert asking == [messages[-1]], "the question stands above, or an orphan of it keeps its buttons"


async def test_a_sender_that_lost_its_lease_falls_silent_until_it_is_free(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "RENEW_SECONDS", 0.05)
    person = await edge.person("甲")
    await edge.sandbox.fault("429", method="sendMessage", chat=person.id, seconds=1)
    await edge.say(person, "一")
    await until(lambda: _slowed(edge), "the first try")

    async def steal(tx: Tx) -> None:
        await tx.run("UPDATE lease SET until = 0")
        other = await lease.take(tx, "sender", "elsewhere:1:0", 60_000)
        assert other is not None
        await outbox.reclaim(tx, other.fence)

    await edge.bot.store.unit(steal)
    await until(lambda: _empty_handed(edge), "the loser to let go")
    tried = len(await edge.tries(person))
    assert await edge.said(person) == []
    await edge.bot.store.unit(lambda tx: tx.run("UPDATE lease SET until = 0"))
    await edge.rest()
    assert await edge.said(person) == ["一"]
    assert len(await edge.tries(person)) == tried + 1


# The stage -------------------------------------------------------------------------------------------------------------------------


async def _with_a_task(edge: Edge) -> tuple[Person, Person, int]:
    """Who asked, who owes, and the task between them; both see its card."""
    asker, owner = await edge.person("周办"), await edge.person("李联络")
    staff = await seat_staff(edge.bot.store, asker, [owner])
    await edge.rest()
    return asker, owner, staff.people[0][1]


async def _report(edge: Edge, owner: Person, task: int, words: str) -> None:
    await perform(edge.bot.store, Caller(owner.id, owner.id), tasks.progress, Step(task=task, body=words))


async def _unreachable(edge: Edge, person: Person) -> int | None:
    found: int | None = await edge.bot.store.read(
        lambda tx: tx.value("SELECT unreachable_at FROM person WHERE account = :account", account=person.id)
    )
    return found


async def _is_reachable(edge: Edge, person: Person) -> bool:
    return await _unreachable(edge, person) is None


async def _slowed(edge: Edge) -> bool:
    return edge.bot.delivery.counts.slowed > 0


async def _empty_handed(edge: Edge) -> bool:
    return edge.bot.delivery.in_hand == 0


async def _answered(edge: Edge) -> bool:
    return await edge.rows("SELECT 1 AS one FROM draft WHERE version > 1") != []
