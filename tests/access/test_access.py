"""Every person of the cast tries every action and presses every button, on what is theirs and on what is others'. The matrices say who may."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import bot.forms
import bot.handlers
from actions import task_batches
from actions.perform import SPECS, Spec, authorise, run
from actions.task_steps import owed_by
from bot.callbacks import Press
from bot.context import Context
from bot.hearing import Hearing, load_package
from bot.incoming import Incoming
from bot.routes import GROUP_PRESSES, PRESSES
from domain.outcome import Outcome, Refusal
from domain.permissions import TABLE, is_public
from storage.db import Store
from storage.tx import Tx
from tests.access import matrix
from tests.access.stage import CAST, FEW, REGIME, UPDATE, Rehearsal, Stage, given_of, set_stage

load_package(bot.forms)
load_package(bot.handlers)

HERE = Path(__file__).parent
DENIED = {"forbidden", "stranger", "no_seat", "gone"}
# The things that an action of a noun is tried on; without a line here an action is tried on the thing of its own name.
THINGS = {
    "task": ("task", "handed", "visit", "special_visit", "stay_visit", "away_task", "plant_task"),
    "extension": ("extension", "visit_extension"),
    "item": ("item", "closing", "hidden"),
    "matter": ("task", "visit", "hidden"),
    "obligation": ("obligation", "complaint_duty"),
    "people": ("seat",),
    "sending": ("",),
}  # fmt: skip
# Of these modules any action is tried on these things, whatever its name.
OF_MODULES = {
    "task_batches": ("batch", "batch_sent"), "invites": ("invite",), "applications": ("application",), "roster": ("roster",),
}  # fmt: skip


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await set_stage(store)


@pytest.fixture
def cast(database_url: str) -> list[str]:
    return [who for who in CAST if who in FEW or database_url.startswith("sqlite")]


def things_of(spec: Spec, verb: Any) -> tuple[str, ...]:
    if spec.of is None:
        return ("",)
    noun = spec.name.partition(".")[0]
    module = verb.__module__.rpartition(".")[2]
    return OF_MODULES.get(module) or THINGS.get(noun, (noun,))


def given_to(verb: Any, stage: Stage, thing: str) -> Any:
    given = given_of(stage, thing)
    takes = list(verb.__annotations__.values())[2]
    return stage.things[thing] if takes is int and thing else given


async def test_every_action_by_everybody(stage: Stage, cast: list[str], request: pytest.FixtureRequest) -> None:
    """What the table refuses is refused by `perform`, and leaves nothing behind."""
    found: dict[str, list[str]] = {}
    for verb, spec in SPECS.items():
        if is_public(spec.name):
            continue
        for thing in things_of(spec, verb):
            probe = f"{spec.name} {verb.__module__.rpartition('.')[2]}.{verb.__name__}{' on ' + thing if thing else ''}"
            given = given_to(verb, stage, thing)
            found[probe] = [who for who in cast if await may(stage, who, verb, given)]
    judge(request, "actions.md", "Actions", found, cast)


async def may(stage: Stage, who: str, verb: Any, given: Any) -> bool:
    async def tried(tx: Tx) -> Outcome | None:
        actor = await stage.actor(tx, who)
        refused = await authorise(tx, actor, verb, given)
        return await run(tx, actor, verb, given) if isinstance(refused, Refusal) else None

    store = Rehearsal(stage)
    outcome = await store.unit(tried)
    if outcome is None:
        return True
    assert isinstance(outcome, Refusal)
    assert outcome.code in DENIED
    assert not store.changed, f"{who} was refused and yet changed something"
    return False


PRESSED_ON = {
    "t": ("task", "handed", "visit", "special_visit", "stay_visit", "away_task", "plant_task"),
    **dict.fromkeys(("tb", "tv", "ts"), ("batch", "batch_sent")), "pbd": ("absence", "absence_on"), "pbe": ("absence", "absence_on"), "i": ("item", "closing", "hidden"), "c": ("complaint",), "o": ("obligation", "complaint_duty"), "vr": ("task",),
    **dict.fromkeys(("og", "on", "ox"), ("extension", "visit_extension")), "if": ("evidence",),
    "pa": ("application",), "pf": ("application",), "pz": ("application",), "pw": ("invite",), "pr": ("invite",), "pi": ("roster",), "px": ("roster",),
}  # fmt: skip
ARGS = {"vr": "task", "zf": "2026-03-03", "zr": REGIME}
# Buttons of one's own: a conversation, a menu, a page of what one sees anyway. Who presses them gets the own, whatever the number says.
OWN = {"f", "fo", "m", "cl", "cr", "pj", "pn", "pl", "tl", "il", "iw", "iq", "ix", "om", "wf", "ws"}


def pressed_on(verb: str) -> tuple[str, ...]:
    return () if verb in OWN else PRESSED_ON.get(verb, PRESSED_ON.get(verb[0], ("",)))


async def test_every_button_by_everybody(stage: Stage, cast: list[str], request: pytest.FixtureRequest) -> None:
    found: dict[str, list[str]] = {}
    for verb in sorted(set(PRESSES) - GROUP_PRESSES):
        for thing in pressed_on(verb):
            probe = f"{verb}{' on ' + thing if thing else ''}"
            number = stage.things.get(thing, 0) * (task_batches.KINDS if verb == "ts" else 1)  # batch and kind of list in one
            found[probe] = [who for who in cast if await press(stage, who, Press(verb, number, arg=ARGS.get(verb, "")))]
    judge(request, "buttons.md", "Buttons", found, cast)


async def press(stage: Stage, who: str, pressed: Press) -> bool:
    """Through the real handler. True where it was not for lack of the right that nothing happened."""
    store = Rehearsal(stage)
    context = Watched(services(store), update_of(), stage.accounts[who], stage.accounts[who], "zh", press=pressed)
    await PRESSES[pressed.verb](context)
    assert context.acted
    if not isinstance(context.outcome, Refusal) or (context.outcome.code not in DENIED and not context.public):
        return True
    assert not store.changed, f"{who} was refused the button {pressed.verb} and yet changed something"
    return False


class Watched(Context):
    """`public`: the action has no row in the table, so that whatever it refuses is its own right to say."""

    outcome: Outcome | None = None
    public = False

    async def do(self, verb: Any, given: Any) -> Outcome:
        self.public = is_public(SPECS[verb].name)
        self.outcome = await super().do(verb, given)
        return self.outcome


@pytest.mark.parametrize("verb", sorted(set(PRESSES) - GROUP_PRESSES))
async def test_a_private_chats_button_does_nothing_in_a_group(verb: str) -> None:
    """Whoever presses it, even its owner: an answer there would be for everyone."""
    heard = []

    async def old(context: Context) -> None:
        heard.append(context.chat)

    hearing = object.__new__(Hearing)
    hearing._old_button = old
    update = Incoming({"update_id": UPDATE, "callback_query": {"id": "1", "data": f"1.{verb}.1.0"}})
    nothing: Any = SimpleNamespace()
    await hearing._pressed(Context(nothing, update, 1000, -100, "zh"))
    assert heard == [-100]


def services(store: Rehearsal) -> Any:
    async def answered(_context: Any, _key: str, _params: Any, *, alert: bool) -> None:
        assert alert in {True, False}

    return SimpleNamespace(store=store, answer_press=answered, files=None, renderer=None)


def update_of() -> Incoming:
    return Incoming({"update_id": UPDATE, "callback_query": {"id": "1", "message": {"message_id": 1}}})


def test_only_what_is_the_owners_alone_leaves_out_who_stands_in() -> None:
    short = [spec.name for spec in SPECS.values() if spec.of is owed_by]
    assert {"task.progress", "task.hand_in", "task.undo", "task.hand_on"} <= set(short)
    assert all(TABLE[name] == {"*": "owner"} for name in short), short


def judge(request: pytest.FixtureRequest, name: str, title: str, found: dict[str, list[str]], cast: list[str]) -> None:
    path = HERE / name
    if request.config.getoption("--regen") and len(cast) == len(CAST):
        matrix.write(path, title, found)
    written = {probe: sorted(who & set(cast)) for probe, (who, _) in matrix.read(path).items()}
    shown = {probe: sorted(who) for probe, who in found.items()}
    assert set(shown) == set(written), "an action or button without a line (pytest tests/access --regen, then read it), or a line too many"
    assert shown == written
