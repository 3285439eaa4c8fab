"""What a bound group hears: once a week how many matters of its place are red, yellow and green, and what somebody entitled posts there.

Never a title, a name, a complaint, or what a group is about to do.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from actions.converse import Open, open_form
from actions.formbook import outlook
from actions.groups import PRIVATE, is_kept, may, place, target, target_of
from actions.options import source
from actions.perform import action
from actions.subjects import private_kinds
from domain.deadlines import local_date
from domain.forms import Ask, Draft, Option
from domain.obligations import Light, yellow_until
from domain.outcome import Done, Outcome
from domain.overview import Sight, lights_of
from domain.people import Actor
from domain.permissions import Target
from domain.regime import Regime
from domain.sides import local_roles
from domain.speech import DIGEST, Param, To, lines, term, text
from storage import group_chats, outbox, overview
from storage.group_chats import Group
from storage.tx import Tx

EVERY = "all"
SHOWN: tuple[Light, ...] = ("red", "yellow", "green")  # what waits for others to accept it is no figure of the place
MOST = 20  # groups named before a post is sent


class Post(BaseModel):
    """`to` is a group's number, or `all:REGIME`; with one group only it is preset in `group`, and nobody is asked."""

    group: str = ""
    words: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=2, max_length=1000)]
    to: Annotated[str, Ask("choice", source="bound_groups", when=lambda answers: not answers.get("group"))] = ""


async def _posted_to(tx: Tx, given: Post) -> Target | None:
    """To all groups of a province only who may post to any of them."""
    to = given.to or given.group
    kind, _, regime = to.partition(":")
    if kind == EVERY:
        return Target(regime) if regime in tx.world.regimes else None
    found = await _chosen(tx, to)
    return await target_of(tx, found[0].chat) if found else None


@action("group.list")
async def begin(tx: Tx, actor: Actor, words: str) -> Outcome:
    """The form; where no group is bound yet, how one is. `words` stood behind the command."""
    groups = await _postable(tx, actor)
    if not groups:
        await outbox.say(tx, actor.to(), "group.none")
        return Done()
    return await open_form(tx, actor, Open("post", {"group": str(groups[0].id)} if len(groups) == 1 else {}, words=words))


@action("group.post", of=_posted_to)
async def post(tx: Tx, actor: Actor, given: Post) -> Outcome:
    """The summary has said who will see it; this is the second press."""
    groups = await _chosen(tx, given.to or given.group)
    words: dict[str, Param] = {"words": given.words, "who": term(actor.seat.regime, "role", actor.seat.role)}
    for group in groups:
        await outbox.say(tx, To(group.chat, None, group.language), "group.post", words)
    if len(groups) == 1:
        await outbox.say(tx, actor.to(), "group.posted_one", {"group": _label(groups[0])})
    else:
        await outbox.say(tx, actor.to(), "group.posted", {"n": len(groups)})
    return Done(("group", groups[0].id if groups else 0), {"groups": len(groups)})


async def _chosen(tx: Tx, to: str) -> list[Group]:
    kind, _, regime = to.partition(":")
    if kind == EVERY:
        return await group_chats.of_regimes(tx, [regime])
    group = await group_chats.get(tx, int(to)) if to.isascii() and to.isdigit() and len(to) < 19 else None
    return [] if group is None else [group]


@source("bound_groups")
async def bound_groups(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    regimes = list(dict.fromkeys(seat.regime for seat in actor.seats))
    mine = await _postable(tx, actor)
    found = [Option(str(group.id), _label(group), (group.title,)) for group in mine]
    whole = [
        Option(f"{EVERY}:{regime}", text("group.every", regime=term(regime, "regime", regime)), ())
        for regime in regimes
        if sum(group.regime == regime for group in mine) > 1 and may(tx, actor, "group.post", Target(regime))
    ]
    return [*whole, *found]


async def _postable(tx: Tx, actor: Actor) -> list[Group]:
    bound = await group_chats.of_regimes(tx, sorted({seat.regime for seat in actor.seats}))
    return [group for group in bound if may(tx, actor, "group.post", target(group))]


def _label(group: Group) -> Param:
    return text("group.label", title=group.title, place=place(group))


@outlook("post")
async def ahead(tx: Tx, answers: Mapping[str, Any], _viewer: int | None) -> Param:
    groups = await _chosen(tx, str(answers.get("group") or answers["to"]))
    named = [_label(group) for group in groups[:MOST]]
    if len(groups) == 1:
        return text("group.ahead_one", group=named[0])
    if len(groups) > MOST:
        named.append(text("group.more", n=len(groups) - MOST))
    return text("group.ahead", n=len(groups), groups=lines(named))


async def sum_up(tx: Tx, regime: Regime) -> None:
    """Once a week. Where whoever bound the group is no longer entitled, it hears that this was the end, and nothing more.

    Counted is what the place itself owes: nobody there can infer from it what a group or the province is about to do (mission, S4).
    """
    groups = await group_chats.of_regimes(tx, [regime.id])
    if not groups:
        return
    yellow = yellow_until(tx.now, regime, tx.world.calendar)
    counts = await overview.counts(tx, Sight(regime.id, regime.province.id, roles=local_roles(regime)), yellow, private_kinds())
    by_place = lights_of(counts, regime, local_date(tx.now))
    for group in groups:
        if not await is_kept(tx, group):
            await group_chats.drop(tx, group.chat)
            await outbox.say(tx, To(group.chat, None, group.language), "group.lapsed", {}, PRIVATE, priority=DIGEST)
            continue
        found: Mapping[Light, int] = by_place.get(group.region, {})
        lights = [text("overview.light", light=text(f"light.{light}"), n=found[light]) for light in SHOWN if found.get(light)]
        if lights:
            words: dict[str, Param] = {"place": place(group), "lights": lines(lights, "　")}
            await outbox.say(tx, To(group.chat, None, group.language), "group.week", words, priority=DIGEST)
