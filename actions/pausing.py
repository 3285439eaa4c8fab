"""Pausing what the bot says by itself, and going on. Deadlines run meanwhile; answers to whoever writes still go.

An office pauses its own province. Everything is paused at the server's desk only (`duban pause`), and resumed there, so that no office
silences another's. Why what is held and what goes: `docs/decisions/0006-pauses.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from actions.converse import Open, open_form
from actions.formbook import outlook
from actions.people import offices
from actions.perform import action
from actions.subjects import private_kinds
from domain.forms import Ask
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import Target, may_start
from domain.speech import ALWAYS, Button, Keyboard, Param, lines, moment, term, text
from storage import journal, notices, outbox, pauses, people
from storage.notices import Held
from storage.tx import Tx

ALL = pauses.ALL


class Pause(BaseModel):
    """`regime` is preset where the person is the office of one province only."""

    model_config = ConfigDict(frozen=True)

    regime: str = ""
    province: Annotated[str, Ask("choice", source="office_regimes", when=lambda answers: not answers.get("regime"))] = ""
    reason: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]

    @property
    def chosen(self) -> str:
        return self.regime or self.province


@dataclass(frozen=True)
class Paused:
    """`seat` is empty where it was done at the server's own desk. `ending`: it goes on once what was held back is put in order."""

    at: int
    seat: int | None
    reason: str
    ending: bool = False


async def paused(tx: Tx, regime: str) -> Paused | None:
    """The pause of this province (of everything: `ALL`); None once it has been ended."""
    found = await pauses.of(tx, regime)
    return None if found is None or found.get("ending") else Paused(**found)


async def held_back(tx: Tx) -> Held:
    """What the provinces' pauses hold back of what has gathered for people."""
    found = [tx.world.regime(each) for each in await pauses.paused(tx) if each in tx.world.regimes]
    urgent = {regime.id: [duty.id for duty in regime.duties if duty.urgent] for regime in found}
    return Held(urgent, private_kinds())


async def ending(tx: Tx) -> str | None:
    """A province (or everything: `ALL`) that goes on, and for which what was held back is not in order yet."""
    for regime in sorted(await pauses.paused(tx)):
        found = await pauses.of(tx, regime)
        if found is not None and found.get("ending"):
            return regime
    return None


def _mine(actor: Actor) -> list[str]:
    return list(dict.fromkeys(seat.regime for seat in actor.seats if may_start([seat], "sending.pause")))


@action("sending.pause")
async def begin(tx: Tx, actor: Actor, reason: str) -> Outcome:
    """Ask for the reason, unless it stood behind the command; where all one could pause is paused already, say so."""
    mine = _mine(actor)
    if all([await paused(tx, regime) is not None for regime in mine]):
        return await show(tx, actor, None)
    if len(mine) > 1:
        return await open_form(tx, actor, Open("pause"))
    return await open_form(tx, actor, Open("pause", {"regime": mine[0]}, words=reason))


@outlook("pause")
async def ahead(tx: Tx, answers: Mapping[str, Any], _viewer: int | None) -> Param:
    regime = answers.get("regime") or answers.get("province") or next(iter(tx.world.regimes))
    return text("pause.ahead", people=await people.reached(tx, regime), regime=term(regime, "regime", regime))


@dataclass(frozen=True)
class Resume:
    chosen: str


async def _target(tx: Tx, given: Pause | Resume) -> Target | None:
    """Everything is not an office's to pause or to resume."""
    return Target(given.chosen) if given.chosen in tx.world.regimes else None


@action("sending.pause", of=_target)
async def pause(tx: Tx, actor: Actor, given: Pause) -> Outcome:
    regime = given.chosen
    if await paused(tx, regime) is not None:
        return Refusal("paused_already")
    await pauses.put(tx, regime, vars(Paused(tx.now, actor.seat.id, given.reason)))
    await outbox.say(tx, actor.to(), "pause.done", {"regime": term(regime, "regime", regime)}, (_resume(regime),))
    await tell(tx, regime, "pause.told", {"who": _who(actor), "reason": given.reason}, but=actor.person)
    return Done(("sending", 0), {"paused": 1, "regime": regime})


@action("sending.pause")
async def show(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """What is paused, by whom, since when, why, and how much waits."""
    found = {regime: now for regime in (ALL, *_mine(actor)) if (now := await paused(tx, regime)) is not None}
    rows = [await _state(tx, regime, now) for regime, now in found.items()]
    mine = [regime for regime in found if regime != ALL]
    if rows:
        buttons = [_resume(regime, alone=len(mine) == 1) for regime in mine]
        await outbox.say(tx, actor.to(), "pause.states", {"rows": lines(rows, "\n\n")}, buttons)
    else:
        await outbox.say(tx, actor.to(), "pause.none")
    return Done()


async def _state(tx: Tx, regime: str, now: Paused) -> Param:
    return text(
        "pause.state_all" if regime == ALL else "pause.state",
        regime=term(regime, "regime", regime),
        who=text("pause.server") if now.seat is None else (await people.seat(tx, now.seat)).holder,
        since=moment(now.at),
        reason=now.reason,
        waiting=await waiting(tx, regime),
    )


@action("sending.pause", of=_target)
async def resume(tx: Tx, actor: Actor, given: Resume) -> Outcome:
    regime = given.chosen
    held = await waiting(tx, regime)
    if not await end_pause(tx, regime):
        return Refusal("not_paused")
    await outbox.say(tx, actor.to(), "pause.resumed", {"waiting": held})
    await tell(tx, regime, "pause.resumed_by", {"who": _who(actor)}, but=actor.person)
    return Done(("sending", 0), {"paused": 0, "regime": regime})


def _resume(regime: str, *, alone: bool = True) -> tuple[Button, ...]:
    if alone:
        return (Button("button.resume", "zr", arg=regime),)
    return (Button("button.resume_of", "zr", arg=regime, params={"regime": term(regime, "regime", regime)}),)


def _who(actor: Actor) -> Param:
    return text("pause.who", name=actor.seat.holder, regime=term(actor.seat.regime, "regime", ""))


async def waiting(tx: Tx, regime: str) -> int:
    """How many messages are written and held back; for everything also one for each person for whom something has gathered."""
    return await outbox.held_count(tx, regime) + await notices.people_waiting(tx, regime)


async def set_pause(tx: Tx, regime: str, new: Paused) -> None:
    await pauses.put(tx, regime, vars(new))


async def end_pause(tx: Tx, regime: str) -> bool:
    """False: it was not paused. What was held back goes once it is in order (`actions/catching_up.py`)."""
    now = await paused(tx, regime)
    if now is None:
        return False
    await pauses.put(tx, regime, {**vars(now), "ending": True})
    tx.touch("obligations")
    return True


async def at_the_desk(tx: Tx, regime: str, *, begins: bool, reason: str = "") -> None:
    """What was done at the server's own desk is told and journalled like anybody's."""
    who: dict[str, Param] = {"who": text("pause.server")}
    await tell(tx, regime, "pause.told" if begins else "pause.resumed_by", {**who, "reason": reason} if begins else who)
    await journal.append(tx, None, "sending.pause", ("sending", 0), {"paused": int(begins), "regime": regime})


async def tell(tx: Tx, regime: str, key: str, params: Mapping[str, Param], but: int | None = None) -> None:
    """Every other office that it concerns hears of it, each person once; who paused everything ends it, so there is no button then."""
    told = {but}
    for each in [regime] if regime else list(tx.world.regimes):
        words: dict[str, Param] = {**params, "what": text("pause.of_all") if regime == ALL else term(each, "regime", each)}
        buttons: Keyboard = (_resume(each),) if key == "pause.told" and regime else ()
        for to in await offices(tx, each, told):
            await outbox.say(tx, to, key, words, buttons, priority=ALWAYS)
            told.add(to.person)
