"""Group chats: bound by somebody entitled, followed where they go, ended when they must. What is said in them is in `group_news.py`.

In a group the bot says little, and only what everyone there may know; it cannot know who is there, so that is what the place itself knows.
"""

from dataclasses import dataclass

import structlog

from actions.people import offices
from actions.perform import action
from actions.place_words import several
from domain.deadlines import local_date
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import NOTHING, Target, permit
from domain.speech import DIGEST, Button, Message, Param, To, term, text
from storage import cards, group_chats, outbox, people
from storage.group_chats import Group, Kind
from storage.tx import Tx

log = structlog.get_logger(__name__)
TITLE = 80
WORDS = 40
HELLO = "hello:0"  # the card that says whether a chat has been greeted
PRIVATE = ((Button("button.private", url="join:menu"),),)


@dataclass(frozen=True)
class Bind:
    """`words` name the region; none: the group that the binding seat itself belongs to."""

    chat: int
    title: str
    words: str = ""


@dataclass(frozen=True)
class Moved:
    chat: int
    to: int


@dataclass(frozen=True)
class Renamed:
    chat: int
    title: str


def may(tx: Tx, actor: Actor, name: str, target: Target) -> bool:
    return permit(actor, name, target, tx.world, local_date(tx.now)) is not None


def target(group: Group) -> Target:
    """A bound chat belongs to the seat that bound it."""
    return Target(group.regime, group.region, owners=frozenset({group.bound_by}))


def place(group: Group) -> Param:
    """What the chat is bound to, in words."""
    return text(f"group.place.{group.kind}", place=term(group.regime, "region", group.region))


async def target_of(tx: Tx, chat: int) -> Target | None:
    group = await group_chats.of_chat(tx, chat)
    return None if group is None or group.regime not in tx.world.regimes else target(group)


async def _named(tx: Tx, given: Bind) -> Target | None:
    """A name that two provinces share is the one in the actor's own: the action asks again."""
    found = [(regime, regime.find_region(given.words)) for regime in tx.world.regimes.values()] if given.words else []
    targets = [Target(regime.id, region.id) for regime, region in found if region is not None]
    return targets[0] if len(targets) == 1 else NOTHING


async def _bound(tx: Tx, chat: int) -> Target | None:
    return await target_of(tx, chat) or NOTHING


@action("group.bind", of=_named)
async def bind(tx: Tx, actor: Actor, given: Bind) -> Outcome:
    """Said in the group itself, so that everyone there knows what it will hear."""
    seat, regime = actor.seat, tx.world.regime(actor.seat.regime)
    region = regime.find_region(given.words) if given.words else None
    example = term(regime.id, "region", regime.scored_regions()[0].id)
    if given.words and region is None:
        return several(regime, given.words) or Refusal("group_no_region", {"words": given.words[:WORDS], "example": example})
    if region is not None and not may(tx, actor, "group.bind", Target(regime.id, region.id)):
        return Refusal("forbidden")
    leads = seat.rights == "leader" and seat.scope_kind in {"group", "region"}
    if region is None and not leads:
        return Refusal("group_which", {"example": example, "place": term(regime.id, "region", regime.province.id)})
    before = await group_chats.of_chat(tx, given.chat)
    if before is not None and not _may_take(tx, actor, before) and await is_kept(tx, before):
        return Refusal("group_bound", {"place": place(before)})
    kind: Kind = "group" if region is None else "region"
    code = seat.scope if region is None else region.id
    group = await group_chats.bind(
        tx, chat=given.chat, title=given.title[:TITLE], regime=regime.id, kind=kind, region=code, language=actor.language, bound_by=seat.id
    )
    named: dict[str, Param] = {"place": text(f"group.place.{kind}", place=term(regime.id, "region", code))}
    await outbox.say(tx, To(given.chat, None, actor.language), "group.bound", named, PRIVATE)
    return Done(("group", group), {"region": code, "kind": kind})


def _may_take(tx: Tx, actor: Actor, before: Group) -> bool:
    """Bind it anew: whoever may end the binding; what a place was told in common also the place's own leader."""
    if may(tx, actor, "group.unbind", target(before)):
        return True
    return before.kind == "region" and may(tx, actor, "group.bind", Target(before.regime, before.region))


@action("group.unbind", of=_bound)
async def unbind(tx: Tx, actor: Actor, chat: int) -> Outcome:
    group = await group_chats.of_chat(tx, chat)
    if group is None:
        return Refusal("group_not_bound")
    await group_chats.drop(tx, chat)
    await outbox.say(tx, To(chat, None, actor.language), "group.unbound", {}, PRIVATE)
    return Done(("group", group.id))


async def is_kept(tx: Tx, group: Group) -> bool:
    """Whether the seat that bound it, or the successor it was handed over to, is still in force and still entitled."""
    seat = await people.in_force(tx, group.bound_by)
    if seat is None:
        return False
    return may(tx, Actor(account=0, language="", lane="", seats=(seat,)), "group.bind", Target(group.regime, group.region))


# What Telegram tells -----------------------------------------------------------------------------------------------------------------


@action("group.heard")
async def nameless(tx: Tx, actor: Actor, chat: int) -> Outcome:
    """An administrator who hides behind the group's name: nobody knows whether this one is entitled."""
    await outbox.say(tx, To(chat, None, actor.language), "group.nameless")
    return Done()


@action("group.heard")
async def joined(tx: Tx, actor: Actor, chat: int) -> Outcome:
    """The bot was taken into a group: one sentence, the way to the private chat, and how it is bound. A group that moved knows it."""
    if await group_chats.of_chat(tx, chat) is None and not await cards.stands(tx, HELLO, tx.vault.lane(chat)):
        await cards.say(tx, HELLO, To(chat, None, actor.language), Message("group.hello", {}, PRIVATE))
    return Done()


@action("group.heard")
async def ended(tx: Tx, _actor: Actor, chat: int) -> Outcome:
    await cards.forget(tx, HELLO, tx.vault.lane(chat))
    await lost(tx, chat)
    return Done()


@action("group.heard")
async def moved(tx: Tx, actor: Actor, given: Moved) -> Outcome:
    await group_chats.move(tx, given.chat, given.to)
    if await cards.forget(tx, HELLO, tx.vault.lane(given.chat)):
        await cards.note(tx, HELLO, To(given.to, None, actor.language))
    return Done()


@action("group.heard")
async def renamed(tx: Tx, _actor: Actor, given: Renamed) -> Outcome:
    await group_chats.rename(tx, given.chat, given.title[:TITLE])
    return Done()


async def lost(tx: Tx, chat: int) -> None:
    """The bot is no longer there, or may not write there: whoever bound the group hears so, once, else the office."""
    group = await group_chats.of_chat(tx, chat)
    if group is None or not await group_chats.drop(tx, chat) or group.regime not in tx.world.regimes:
        return
    try:
        async with tx.savepoint():
            await _tell_lost(tx, group)
    except Exception:
        # The sender settles its row in this unit: what cannot be told must not keep it from that.
        log.exception("groups.untold", group=group.id)


async def _tell_lost(tx: Tx, group: Group) -> None:
    seat = await people.in_force(tx, group.bound_by)
    to = None if seat is None else seat.to()
    for hears in [to] if to is not None else await offices(tx, group.regime):
        await outbox.say(tx, hears, "group.lost", {"title": group.title, "place": place(group)}, priority=DIGEST)
