"""Pausing everything that the bot says by itself, and going on. Deadlines run meanwhile; answers to whoever writes still go, so that the
office can end the pause.

The pause holds for the whole installation: rows of the outbox belong to people, and a person may sit in several provinces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from actions.converse import Open, open_form
from actions.formbook import outlook
from actions.people import offices
from actions.perform import action
from domain.forms import Ask
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.speech import ALWAYS, Button, Param, moment, term, text
from storage import meta, notices, outbox, people
from storage.tx import Tx

KEY = "pause"  # `storage/outbox.py` asks for it by this name


class Pause(BaseModel):
    model_config = ConfigDict(frozen=True)

    reason: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]


@dataclass(frozen=True)
class Paused:
    """`seat` is empty where it was done at the server's own desk."""

    at: int
    seat: int | None
    reason: str


async def paused(tx: Tx) -> Paused | None:
    found = await meta.get(tx, KEY)
    return None if found is None else Paused(**found)


async def is_paused(tx: Tx) -> bool:
    return await paused(tx) is not None


@action("sending.pause")
async def begin(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """Ask for the reason; where it is paused already, say so."""
    return await show(tx, actor, None) if await is_paused(tx) else await open_form(tx, actor, Open("pause"))


@outlook("pause")
async def ahead(tx: Tx, _answers: Mapping[str, Any]) -> Param:
    return text("pause.ahead", people=await people.reached(tx))


@action("sending.pause")
async def pause(tx: Tx, actor: Actor, given: Pause) -> Outcome:
    if await is_paused(tx):
        return Refusal("paused_already")
    await set_pause(tx, Paused(tx.now, actor.seat.id, given.reason))
    await outbox.say(tx, actor.to(), "pause.done", {}, RESUME)
    await tell(tx, "pause.told", {"who": _who(actor), "reason": given.reason}, but=actor.person)
    return Done(("sending", 0), {"paused": 1})


@action("sending.pause")
async def show(tx: Tx, actor: Actor, _given: None) -> Outcome:
    """Whether it is paused, by whom, since when, why, and how much waits."""
    now = await paused(tx)
    if now is None:
        await outbox.say(tx, actor.to(), "pause.none")
        return Done()
    params: dict[str, Param] = {
        "who": text("pause.server") if now.seat is None else (await people.seat(tx, now.seat)).holder,
        "since": moment(now.at),
        "reason": now.reason,
        "waiting": await waiting(tx),
    }
    await outbox.say(tx, actor.to(), "pause.state", params, RESUME)
    return Done()


@action("sending.pause")
async def resume(tx: Tx, actor: Actor, _given: None) -> Outcome:
    held = await waiting(tx)
    if not await end_pause(tx):
        return Refusal("not_paused")
    await outbox.say(tx, actor.to(), "pause.resumed", {"waiting": held})
    await tell(tx, "pause.resumed_by", {"who": _who(actor)}, but=actor.person)
    return Done(("sending", 0), {"paused": 0})


RESUME = ((Button("button.resume", "zr"),),)


def _who(actor: Actor) -> Param:
    return text("pause.who", name=actor.seat.holder, regime=term(actor.seat.regime, "regime", ""))


async def waiting(tx: Tx) -> int:
    """How many messages would go out now: those that are written, and one for each person for whom something has gathered."""
    return await outbox.held_count(tx) + await notices.people_waiting(tx)


async def set_pause(tx: Tx, new: Paused) -> None:
    await meta.put(tx, KEY, vars(new))


async def end_pause(tx: Tx) -> bool:
    """False: it was not paused."""
    tx.touch("outbox")
    tx.touch("obligations")
    return await meta.drop(tx, KEY)


async def tell(tx: Tx, key: str, params: Mapping[str, Param], but: int | None = None) -> None:
    """Every other office hears of it, each person once."""
    told = {but}
    for regime in tx.world.regimes:
        for to in await offices(tx, regime, told):
            await outbox.say(tx, to, key, params, RESUME if key == "pause.told" else (), priority=ALWAYS)
            told.add(to.person)
