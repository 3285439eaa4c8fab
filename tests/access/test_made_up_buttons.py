"""Callback data that nobody's button carries: garbage, too long, negative, huge, somebody else's. It gets a sentence, never a reference number.

Each verb is pressed with all of it through the real hearing, handlers, actions and databases, and what would be said is made into text.
"""

import traceback
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bot.forms
import bot.handlers
from actions import cards as made
from actions.formbook import FORMS
from bot.callbacks import base36, unpack
from bot.context import Context
from bot.handlers import strange
from bot.hearing import Hearing, load_package
from bot.incoming import Incoming
from bot.render import Renderer
from bot.routes import PRESSES
from domain.forms import Draft
from domain.task_filters import KINDS, Narrowed
from storage import cards, drafts, outbox
from storage.db import Store
from storage.files import Files
from storage.outbox import Parcel
from storage.tx import Tx
from tests.access.stage import UPDATE, Stage, UndoneError, set_stage

load_package(bot.forms)
load_package(bot.handlers)

T = TypeVar("T")
HUGE = 2**63 - 1
VERBS = sorted(PRESSES)
SLOW = frozenset({"ix"})  # makes a workbook in another process: the same arguments, by the office only
# Whole callback data, without a verb.
DATA = (
    "", ".", "...", "1", "1.", "0.tp.1.1", "2.tp.1.1", "1.tp", "1.tp.1", "1.tp.x-y.1", "1.tp.-1.1", "1.tp.1.-1", "1.tp. 1.1", "1.tp.+1.1",
    "1.tp.1_0.1", f"1.tp.{'z' * 40}.1", f"1.tp.1.{'z' * 40}", f"1.{'x' * 60}", "1.nix.1.1", "1..1.1", "1.督办.1.1", "1.tp.１.1",
    "1.tp.1.1.\x00", "1.fo.0.0.\x00", "1.iq.0.0.region.\udc00", "1.pl.0.0.\u202eabc", "1.fo.0.0.²", "1.f.1.1.٣", "\x00" * 64, "督" * 21,
)  # fmt: skip
# Arguments that no verb's buttons carry, or some other verb's do.
ARGS = (
    "", "-1", "99999999999999999999", "x", "1.5", "2026-13-40", "9999-12-31", "page:x", "region", "region.gone", "regime.jilin-2019", "all",
    "a.b.c.d", "task", "gone", "new", "yes", "drop", "zh", "assign", "%27", "quiet.99:99", "digest.25:00",
)  # fmt: skip
STEPS = (
    "page:", "page:x", "page:-5", "page:99999999999999999999", "edit:", "edit:x", "edit:-1", "edit:99", "submit", "skip", "done", "back",
    "0", "1", "7", "-1", "99999999999999999999", "x", "submit:1",
)  # fmt: skip
IDS = (1, 10**6, HUGE // 36, HUGE)


class Engine:
    """Presses by people of the stage; each unit is taken back after what it would say has been made into text."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.renderer = Renderer(stage.store.world, "duban_test_bot")
        self.services: Any = SimpleNamespace(
            store=self,
            files=Files(folder, stage.store.vault),
            renderer=self.renderer,
            username="duban_test_bot",
            answer_press=self._answered,
        )
        self.said: list[str] = []
        self.toasts: list[str] = []
        self.failed: list[str] = []
        self._hearing = object.__new__(Hearing)
        self._hearing._old_button = strange.old_button

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage.store, name)

    async def press(self, who: str, data: str) -> None:
        update = Incoming({"update_id": UPDATE, "callback_query": {"id": "1", "data": data, "message": {"message_id": 1}}})
        context = Context(self.services, update, self.stage.accounts[who], self.stage.accounts[who], "zh")
        try:
            await self._hearing._pressed(context)
        except Exception as error:  # noqa: BLE001  whatever it is: all of them are told at once
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.failed.append(f"{who} pressed {data!r}: {error!r} at {where.filename.rpartition('/')[2]}:{where.lineno}")
            return
        if not context.acted:
            self.failed.append(f"{who} pressed {data!r}: nothing was done")

    async def unit(self, fn: Callable[[Tx], Awaitable[T]], **how: Any) -> T:
        async def rehearsed(tx: Tx) -> None:
            result = await fn(tx)
            for parcel in await outbox.claim(tx, 1, 500):
                await self._speak(tx, parcel)
            raise UndoneError(result)

        try:
            await self.stage.store.unit(rehearsed, **how)
        except UndoneError as undone:
            result: T = undone.result
            return result
        raise AssertionError("a rehearsed unit was kept")

    async def _speak(self, tx: Tx, parcel: Parcel) -> None:
        body = parcel.body
        if body["op"] in {"send", "edit"}:
            self.said.append(self.renderer.text(body["key"], body["params"], "zh"))
            self.renderer.keyboard(body.get("buttons", ()), "zh")
        if body["op"] == "card":
            card = await cards.get(tx, body["card"])
            assert card is not None
            kind, _, subject = card.subject.partition(":")
            message = await made.make(tx, kind, int(subject), card.to.person)
            if message is not None:
                self.said.append(self.renderer.text(message.key, message.params, "zh"))
                self.renderer.keyboard([[button.dump() for button in row] for row in message.buttons], "zh")

    async def _answered(self, _context: Any, key: str, params: Any, *, alert: bool) -> None:
        assert alert in {True, False}
        self.toasts.append(self.renderer.plain(key, params, "zh"))


@pytest.fixture
async def engine(store: Store, tmp_path: Path) -> Engine:
    stage = await set_stage(store)

    async def said(tx: Tx) -> None:
        """What setting the stage says would else be made into text at every press."""
        await tx.run("DELETE FROM outbox")

    await store.unit(said)
    return Engine(stage, tmp_path)


async def test_data_that_is_none(engine: Engine) -> None:
    for data in DATA:
        await engine.press("liaison_a", data)
    assert not engine.failed, "\n".join(engine.failed)
    assert set(engine.toasts) == {engine.renderer.plain("strange.button", {}, "zh")}


CHUNKS = 4


@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_every_verb_with_made_up_arguments(engine: Engine, chunk: int, database_url: str) -> None:
    """Some of the verbs each, so that a failure names its verb soon. PostgreSQL is told what a database could mind."""
    for number, verb in enumerate(VERBS[chunk::CHUNKS]):
        minded = database_url.startswith("sqlite")
        for who, data in _some_of(verb, number, engine.stage) if minded else [("office", f"1.{verb}.{base36(HUGE)}.{base36(HUGE)}.new")]:
            await engine.press(who, data)
    assert not engine.failed, "\n".join(engine.failed)


def _some_of(verb: str, number: int, stage: Stage) -> Iterator[tuple[str, str]]:
    """The office, which may the most, and others with what is not theirs. The arguments take turns: each verb gets a few, all get all."""
    turns = len(ARGS) if verb in SLOW else 6
    things = sorted(each for each in stage.things.values() if each > 0)  # a group's chat has a number below
    yield from (("office", f"1.{verb}.0.0.{arg}") for arg in ARGS[number % turns :: turns])
    yield "office", f"1.{verb}.{base36(IDS[number % len(IDS)])}.1"
    yield "office", f"1.{verb}.{base36(HUGE)}.{base36(HUGE)}.{('', '0', 'new')[number % 3]}"
    yield "liaison_a", f"1.{verb}.{base36(things[number % len(things)])}.1"
    yield "stranger", f"1.{verb}.{base36((1, HUGE)[number % 2])}.1.{('', 'x')[number % 2]}"


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=64))
def test_anything_is_a_press_or_old(data: str) -> None:
    """What is taken for a press has numbers that a database holds and an argument that could have been one."""
    from bot.callbacks import BadPressError

    for text in (data, f"1.tp.{data}", f"1.f.1.1.{data}"):
        try:
            press = unpack(text)
        except BadPressError:
            continue
        assert 0 <= press.id <= HUGE
        assert 0 <= press.version <= HUGE
        assert press.arg.isascii()
        assert press.arg.isprintable() or not press.arg


async def test_every_form_by_its_name(engine: Engine) -> None:
    """A form about a task, an item, a person does not begin without one; the others begin."""
    for name in sorted(FORMS):
        for who in ("office", "liaison_a", "stranger"):
            await engine.press(who, f"1.fo.0.0.{name}")
    assert not engine.failed, "\n".join(engine.failed)


async def test_a_list_narrowed_to_anybody(engine: Engine) -> None:
    """By a number that nobody has, and by somebody's who has nothing to do with it: the whole list, and no name."""
    for value in (0, 10**6, 10**12, engine.stage.seats["other_audit"].id):
        for by in KINDS:
            for kind in ("tasks", "waiting"):
                await engine.press("liaison_a", f"1.tl.{base36(Narrowed(by, value).code())}.0.{kind}")
    assert not engine.failed, "\n".join(engine.failed)
    assert not any("other_audit" in each for each in engine.said)


async def test_an_open_conversation_withstands_all_of_it(engine: Engine) -> None:
    """The office has /assign open: presses of its question with arguments that this question never offered."""

    async def open_one(tx: Tx) -> tuple[int, int]:
        office = engine.stage.accounts["office"]
        draft = Draft("assign", 1, "assignee", {"what": "报送清单"}, offered=(("1", "甲"), ("2", "乙")))
        held = await drafts.add(tx, tx.vault.lane(office), draft, 60_000)
        assert held is not None
        return held.id, held.version

    draft, version = await engine.stage.store.unit(open_one)
    for arg in STEPS:
        for step in (0, version, version + 1):
            await engine.press("office", f"1.f.{base36(draft)}.{base36(step)}.{arg}")
    assert not engine.failed, "\n".join(engine.failed)
