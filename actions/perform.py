"""The one way to change anything: open the unit of work, authorise, do, journal, mark the update done, commit.

An action is `async def verb(tx, actor, input) -> Outcome`, marked with `@action(name, of=...)`. It raises for bugs and the world, and
answers a `Refusal` where the rule says no: then everything it wrote is taken back and its sentence is said.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from actions import commands
from domain.deadlines import local_date
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import NOTHING, TABLE, Target, is_public, looks, permit
from domain.speech import To
from storage import cards, inbox, journal, outbox, people
from storage.db import Store
from storage.tx import Tx

Input_contra = TypeVar("Input_contra", contravariant=True)
Finder = Callable[[Tx, Any], Awaitable[Target | None]]


class Verb(Protocol[Input_contra]):
    async def __call__(self, tx: Tx, actor: Actor, given: Input_contra, /) -> Outcome: ...


@dataclass(frozen=True)
class Spec:
    """What `perform` must know of an action: its row in the permission table, and how to find what it is about."""

    name: str
    of: Finder | None


SPECS: dict[Any, Spec] = {}
F = TypeVar("F", bound=Callable[..., Awaitable[Outcome]])


def action(name: str, *, of: Finder | None = None) -> Callable[[F], F]:
    """Register an action. `of` answers what `given` is about (None: it does not exist, the person hears so)."""
    if name not in TABLE and not is_public(name):
        raise LookupError(f"the action {name!r} has no row in domain/permissions.py")

    def register(verb: F) -> F:
        SPECS[verb] = Spec(name, of)
        return verb

    return register


Back = Callable[[Tx, Actor], Awaitable[None]]
BACK: list[Back] = []


def whenever_back(fn: Back) -> Back:
    """What is done first when somebody writes who could not be reached."""
    BACK.append(fn)
    return fn


@dataclass(frozen=True)
class Caller:
    """Who sent an update, and where an answer goes. `update_id` is None for a call that no update set off (tools, tests)."""

    account: int
    chat: int
    language: str = "zh"
    update_id: int | None = None
    quiet: bool = False  # the refusal is shown by the handler itself (a toast on the button), not said in the chat
    pressed: int | None = None  # the message whose button was pressed


# By kind of matter: whether the actor may still see the one of this id. Those who had it in hand and may not are told so.
SEES: dict[str, Callable[[Tx, Actor, int], Awaitable[bool]]] = {}


# In a group nobody needs to hear whether this one has no account, no seat, or another role.
NOT_ENTITLED = frozenset({"stranger", "no_seat", "forbidden", "elsewhere"})


class DoneBeforeError(Exception):
    """Another run marked this update done first; this unit must leave no trace."""


async def authorise(tx: Tx, actor: Actor, verb: Any, given: Any) -> Actor | Refusal:
    spec = SPECS[verb]
    if is_public(spec.name):
        return actor
    target: Target | None = NOTHING
    if spec.of is not None:
        target = await spec.of(tx, given)
    if target is None:
        return Refusal("gone")
    seat = permit(actor, spec.name, target, tx.world, local_date(tx.now))
    if seat is None:
        return Refusal(await _why(tx, actor, target))
    return actor.on(seat)


async def _why(tx: Tx, actor: Actor, target: Target) -> str:
    """Whoever had it in hand hears that somebody else has it now; from all others not even that it was anybody's."""
    if not actor.seats:
        return "stranger" if actor.person is None else "no_seat"
    kind, _, of = target.card.partition(":")
    if kind not in SEES or not await cards.stands(tx, target.card, actor.lane):
        return "forbidden"
    return "forbidden" if await SEES[kind](tx, actor, int(of)) else "elsewhere"


async def run(tx: Tx, actor: Actor, verb: Any, given: Any) -> Outcome:
    """Authorise, do, journal, inside a unit that is open already. A Refusal has left nothing behind."""
    async with tx.savepoint() as point:
        allowed = await authorise(tx, actor, verb, given)
        outcome: Outcome = allowed if isinstance(allowed, Refusal) else await verb(tx, allowed, given)
        if isinstance(outcome, Refusal):
            point.undo()
        elif outcome.subject is not None:
            acting = allowed.acting if isinstance(allowed, Actor) else None
            data = outcome.data if acting is None or acting.sitter is None else {**outcome.data, "deputy": actor.person}
            await journal.append(tx, acting.id if acting else None, SPECS[verb].name, outcome.subject, data)
    return outcome


async def perform(store: Store, caller: Caller, verb: Any, given: Any) -> Outcome:
    """One action as one unit of work on behalf of whoever sent the update."""

    async def unit(tx: Tx) -> Outcome:
        tx.answering = tx.vault.lane(caller.chat)
        if caller.update_id is not None and not await inbox.done(tx, caller.update_id):
            raise DoneBeforeError(caller.update_id)
        actor = await people.actor(tx, caller.account, caller.language)
        if actor.unreachable and SPECS[verb].name != "people.reach":
            for welcome in BACK:
                await welcome(tx, actor)
        outcome = await run(tx, actor, verb, given)
        # A refusal that offers a way on needs its buttons, which a toast cannot show.
        if isinstance(outcome, Refusal) and (outcome.buttons or not caller.quiet):
            private = caller.chat == caller.account
            to = actor.to() if private else To(caller.chat, None, actor.language)
            code = outcome.code if private or outcome.code not in NOT_ENTITLED else "in_group"
            await outbox.say(tx, to, f"refusal.{code}", outcome.data, outcome.buttons)
        if isinstance(outcome, Refusal) and outcome.code == "elsewhere" and caller.pressed is not None and not looks(SPECS[verb].name):
            await outbox.strip(tx, actor.to(), caller.pressed)  # an old reminder: none of its buttons is this person's any more
        # Seats end and begin without their holder, so the list of commands is looked at whenever that person does something.
        if caller.update_id is not None and actor.person is not None and commands.outdated(actor):
            await commands.publish(tx, actor.person)
        return outcome

    origin = "" if caller.update_id is None else f"u{caller.update_id}"
    return await store.unit(unit, lane=store.vault.lane(caller.account), origin=origin)


@dataclass(frozen=True)
class Words:
    """What `reply` says."""

    key: str
    params: dict[str, Any]
    buttons: Any = ()
    file: dict[str, Any] | None = None


@action("reply")
async def reply(tx: Tx, actor: Actor, given: Words) -> Outcome:
    """Say something that changes nothing; still a unit, so that the update is marked done with its answer."""
    await outbox.say(tx, actor.to(), given.key, given.params, given.buttons, file=given.file)
    return Done()
