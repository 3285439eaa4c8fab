"""转达, on both databases: who may, what the owner hears, what is kept."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

import bot.forms.ledger
import bot.forms.overview
import bot.forms.tasks  # what these register is used here
from actions import cards as made
from actions import ledger, relay, tasks
from actions.inputs_ledger import OpenItem
from actions.inputs_relay import About, Relay
from actions.inputs_tasks import Assign, Step
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.render import Renderer
from domain.outcome import Done, Outcome, Refusal
from domain.people import Seat
from domain.world import World
from storage import entries, journal, outbox, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock

REGIME = "shandong-2022"
OFFICE, LEAD, LIAISON, ELSEWHERE, SPECIAL, PROVINCE, AUDIT, INSPECTOR = 10, 11, 12, 13, 14, 15, 16, 17
WORDS = "请本周内把名单报上来"
assert bot.forms.tasks, bot.forms.ledger
assert bot.forms.overview


@dataclass(frozen=True)
class Said:
    chat: int
    key: str
    text: str
    buttons: tuple[str, ...]
    not_before: int


@dataclass
class Stage:
    store: Store
    clock: Clock
    world: World
    seats: dict[int, Seat] = field(default_factory=dict)

    async def do(self, account: int, verb: Any, given: Any) -> Outcome:
        return await perform(self.store, Caller(account, account, quiet=True), verb, given)

    async def task(self, owner: int = LIAISON, asker: int = OFFICE) -> int:
        given = Assign(what="报送季度清单", assignee=self.seats[owner].id, due=date(2026, 3, 30))
        done = await self.do(asker, tasks.assign, given)
        assert isinstance(done, Done)
        assert done.subject is not None
        return done.subject[1]

    async def item(self, **more: Any) -> int:
        given = OpenItem(
            place=f"{REGIME}:3714",
            enterprise="德州某钢铁厂",
            problem="未按期完成改造",
            kind="close",
            measures="停用旧炉",
            owner=self.seats[LIAISON].id,
            due=date(2026, 3, 30),
            **more,
        )
        done = await self.do(OFFICE, ledger.open_item, given)
        assert isinstance(done, Done), done
        return int(str(done.result))

    async def said(self, language: str = "zh") -> list[Said]:
        async def unit(tx: Tx) -> list[Said]:
            rows = {row["id"]: row["not_before"] for row in await tx.all("SELECT id, not_before FROM outbox ORDER BY id")}
            await tx.run("UPDATE outbox SET not_before = 0 WHERE state = 'waiting'")
            renderer, found = Renderer(self.world), []
            for parcel in await outbox.claim(tx, 1, 500):
                await outbox.sent(tx, parcel.id)
                body = parcel.body
                if body["op"] == "send":
                    labels = [each["text"] for row in renderer.keyboard(body["buttons"], language) for each in row]
                    text = renderer.text(body["key"], body["params"], language)
                    found.append(Said(body["chat"], body["key"], text, tuple(labels), rows[parcel.id]))
            return found

        return await self.store.unit(unit)

    async def labels(self, account: int, kind: str, subject: int) -> list[str]:
        async def unit(tx: Tx) -> list[str]:
            person = await people.person_by_account(tx, account)
            assert person is not None
            message = await made.make(tx, kind, subject, person["id"])
            rows = [] if message is None else Renderer(self.world).keyboard(outbox.dump(message.buttons), "zh")
            return [each["text"] for row in rows for each in row]

        return await self.store.read(unit)

    async def read(self, fn: Any, *given: Any) -> Any:
        return await self.store.read(lambda tx: fn(tx, *given))


@pytest.fixture
async def stage(store: Store, clock: Clock, world: World) -> Stage:
    stage = Stage(store, clock, world)
    for account, role, scope in (
        (OFFICE, "office", ""),
        (LEAD, "local_supervisor", "3714"),
        (LIAISON, "local_liaison", "3714"),
        (ELSEWHERE, "local_supervisor", "3701"),
        (SPECIAL, "special_leader", "3714"),
        (PROVINCE, "provincial_group", ""),
        (AUDIT, "audit", ""),
        (INSPECTOR, "inspector", "3714"),
    ):

        async def unit(tx: Tx, account: int = account, role: str = role, scope: str = scope) -> Seat:
            return await seat_directly(tx, account=account, name=f"人{account}", regime=REGIME, role=role, scope=scope)

        stage.seats[account] = await store.unit(unit)
    return stage


async def test_the_owner_hears_who_says_what_about_which_matter_and_may_answer(stage: Stage) -> None:
    task = await stage.task()
    await stage.said()
    assert await stage.do(LEAD, relay.relay, Relay(kind="task", subject=task, words=f" {WORDS} ")) == Done(
        ("task", task), {"owner": stage.seats[LIAISON].id, "heard": True}
    )
    heard = {each.chat: each for each in await stage.said()}
    assert set(heard) == {LIAISON, LEAD}
    assert "人11（德州市 地方分管领导）转达：\n「请本周内把名单报上来」" in heard[LIAISON].text.replace("<b>", "").replace("</b>", "")
    assert "报送季度清单" in heard[LIAISON].text
    assert heard[LIAISON].buttons[:2] == ("📝 报进展", "✅ 已完成")
    assert heard[LIAISON].buttons[-1] == "查看事项"
    assert "已转达给人12（德州市 地方联络员）" in heard[LEAD].text
    history = await stage.read(entries.of_subject, "task", task)
    assert [(each.kind, each.author, each.body) for each in history][-1] == ("relay", stage.seats[LEAD].id, WORDS)
    journalled = (await stage.read(journal.of_subject, "task", task))[-1]
    assert journalled["action"] == "matter.relay"
    assert WORDS not in str(journalled)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_it_is_said_in_both_languages_about_items_too(stage: Stage, language: str) -> None:
    item = await stage.item()
    await stage.said()
    assert isinstance(await stage.do(LEAD, relay.relay, Relay(kind="item", subject=item, words=WORDS)), Done)
    said = await stage.said(language)
    assert len(said) == 2
    assert all(WORDS in each.text and "{" not in each.text for each in said)
    assert [each.kind for each in await stage.read(entries.of_subject, "item", item)][-1] == "relay"


async def test_who_may_and_who_has_other_ways(stage: Stage) -> None:
    task, item = await stage.task(), await stage.item()
    for kind, subject in (("task", task), ("item", item)):
        for account in (LEAD, SPECIAL, PROVINCE):
            assert "💬 转达" in await stage.labels(account, kind, subject)
            assert isinstance(await stage.do(account, relay.relay, Relay(kind=kind, subject=subject, words=WORDS)), Done)
        for account, refused in (
            (OFFICE, Refusal("relay_own")),
            (LIAISON, Refusal("forbidden")),
            (ELSEWHERE, Refusal("forbidden")),
            (AUDIT, Refusal("forbidden")),
            (INSPECTOR, Refusal("forbidden")),
            (999, Refusal("stranger")),
        ):
            assert await stage.do(account, relay.begin, About(kind, subject)) == refused
            assert await stage.do(account, relay.relay, Relay(kind=kind, subject=subject, words=WORDS)) == refused
        for account in (OFFICE, LIAISON, AUDIT):
            assert "💬 转达" not in await stage.labels(account, kind, subject)
    assert isinstance(await stage.do(LEAD, relay.begin, About("task", task)), Done)
    for given in (About("task", 999), About("item", 999), About("complaint", 1), About("", 1)):
        assert await stage.do(LEAD, relay.begin, given) == Refusal("gone")


async def test_what_is_over_moves_nobody(stage: Stage) -> None:
    task = await stage.task()
    assert isinstance(await stage.do(OFFICE, tasks.withdraw, Step(task=task, body="不用办了")), Done)
    assert "💬 转达" not in await stage.labels(LEAD, "task", task)
    assert await stage.do(LEAD, relay.begin, About("task", task)) == Refusal("relay_over")
    assert await stage.do(LEAD, relay.relay, Relay(kind="task", subject=task, words=WORDS)) == Refusal("relay_over")


async def test_at_night_it_comes_without_a_sound_and_the_sender_knows(stage: Stage) -> None:
    task = await stage.task()
    await stage.said()
    stage.clock.move_to("2026-03-04", "23:10")
    assert isinstance(await stage.do(LEAD, relay.relay, Relay(kind="task", subject=task, words=WORDS)), Done)
    heard = {each.chat: each for each in await stage.said()}
    assert heard[LIAISON].not_before == 0
    assert (heard[LEAD].key, heard[LEAD].not_before) == ("relay.sent_silently", 0)
    assert "不响铃" in heard[LEAD].text


async def test_nobody_to_hear_it_is_said_and_kept(stage: Stage) -> None:
    task = await stage.task()
    await stage.said()
    person = stage.seats[LIAISON].person
    assert person is not None
    await stage.store.unit(lambda tx: people.set_unreachable(tx, person, tx.now))
    done = await stage.do(LEAD, relay.relay, Relay(kind="task", subject=task, words=WORDS))
    assert isinstance(done, Done)
    assert done.data["heard"] is False
    assert [(each.chat, each.key) for each in await stage.said()] == [(LEAD, "relay.kept")]
    assert [each.kind for each in await stage.read(entries.of_subject, "task", task)][-1] == "relay"


@pytest.mark.parametrize("source", ["special", "complaint"])
async def test_a_hidden_source_is_not_betrayed_by_whoever_passes_a_word_on(stage: Stage, source: str) -> None:
    item = await stage.item(source=source)
    await stage.said()
    assert isinstance(await stage.do(SPECIAL, relay.relay, Relay(kind="item", subject=item, words=WORDS)), Done)
    heard = {each.chat: each for each in await stage.said()}
    role = stage.world.regime(REGIME)
    assert role.name_of("role", "special_leader", "zh") not in heard[LIAISON].text
    assert role.name_of("role", "office", "zh") in heard[LIAISON].text


@pytest.mark.parametrize("words", ["好", " 好 ", "", "长" * 301])
def test_words_have_a_length(words: str) -> None:
    with pytest.raises(ValueError, match="words"):
        Relay(kind="task", subject=1, words=words)
