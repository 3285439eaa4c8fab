"""Whether a person can be reached: blocking the bot is known at once."""

from dataclasses import dataclass

from actions import reaching
from actions.perform import action
from domain.outcome import Done, Outcome
from domain.people import Actor
from storage.tx import Tx


@dataclass(frozen=True)
class Reach:
    reachable: bool


@action("people.reach")
async def changed(tx: Tx, actor: Actor, given: Reach) -> Outcome:
    if actor.person is None:
        return Done()
    await (reaching.back(tx, actor) if given.reachable else reaching.lost(tx, actor.person))
    return Done(("person", actor.person), {"reachable": int(given.reachable)})


@action("reply")
async def nothing(_tx: Tx, _actor: Actor, _given: None) -> Outcome:
    """An update that asks nothing of us; still a unit, so that it is marked done."""
    return Done()
