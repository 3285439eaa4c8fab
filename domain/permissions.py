"""Who may do what: one table, action × rights × scope. `actions/perform.py` asks it; menus only hide what it would refuse.

A grant is `rights: relation`. Rights come from the regime's role (office, leader, liaison, ...); `*` is any seat. The relation says how
the seat must stand to the thing:

- `any`    anywhere in the thing's regime (or, for an action about no thing yet, anywhere)
- `scope`  the seat's scope covers the thing's region; a department's own seat looks over what its department owes, nothing else,
           and a place's own seat what the place itself owes
- `owner`  the seat owes it
- `asker`  the seat is owed it (asked for it, handles it)

`PUBLIC` actions need no seat at all: a stranger may.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.people import Actor, Seat
from domain.sides import looks_over
from domain.world import World

Relation = Literal["any", "scope", "owner", "asker"]

PUBLIC = frozenset(
    {
        "reply",  # answers that change nothing: /help, /privacy, a refusal's twin
        "converse",  # stepping one's own conversation; what it submits is authorised by itself
        "people.join",
        "people.apply",  # asks only; the office decides
        "people.language",
        "people.settings",
        "people.leave",
        "people.absence",  # one's own: the action looks for the person's seats, which a deputy may have just now
        "people.reach",  # Telegram tells whether the bot was blocked
        "complaint.file",
        "complaint.check",
        "complaint.reply",  # proven by what only the receipt gives
        "complaint.put_away",  # deletes one message of one's own chat
        "group.heard",  # Telegram tells that the bot came into a group, left it, or that it has another number
        "loose.attach",  # routes a loose text; the action it ends in is authorised by itself
    }
)

TABLE: Mapping[str, Mapping[str, Relation]] = {
    "people.invite": {"office": "any"},
    "people.withdraw": {"office": "any"},
    "people.import": {"office": "any"},
    "people.decide": {"office": "any"},
    "people.relink": {"office": "any"},
    "people.leave_of": {"office": "any"},
    "people.absence_of": {"office": "any"},
    "people.handover": {"*": "owner", "office": "any"},
    "task.assign": {"office": "any", "leader": "scope", "provincial": "any"},
    "task.view": {"*": "owner", "office": "any", "leader": "scope", "supervisor": "scope", "provincial": "any", "audit": "any"},
    "task.progress": {"*": "owner"},
    "task.hand_in": {"*": "owner"},
    "task.undo": {"*": "owner"},
    "task.undo_accept": {"*": "asker"},
    "task.accept": {"*": "asker"},
    "task.return": {"*": "asker"},
    "task.withdraw": {"*": "asker", "office": "any"},
    "task.due": {"*": "asker", "office": "any"},
    "task.reassign": {"*": "asker", "office": "any"},
    "task.batch": {"*": "asker"},
    "task.batch_view": {"*": "asker", "office": "any", "provincial": "any", "audit": "any"},
    "task.hand_on": {"*": "owner"},  # to whom, `domain.tasks.may_hand_on` says
    "item.open": {"office": "any", "leader": "scope", "inspector": "scope", "provincial": "any"},
    "item.view": {
        "*": "owner", "office": "any", "leader": "scope", "inspector": "scope", "group_liaison": "scope", "liaison": "scope",
        "supervisor": "scope", "county_lead": "scope", "taskforce": "scope", "provincial": "any", "audit": "any",
    },
    "item.edit": {"*": "owner", "office": "any", "leader": "scope", "inspector": "scope"},
    "item.publish": {"office": "any"},
    "item.reopen": {"office": "any", "inspector": "scope"},
    "item.import": {"office": "any", "leader": "scope", "provincial": "any"},
    "item.export": {"*": "any"},  # what the same person may list, nothing more
    "item.report": {"*": "owner"},
    "item.request_closing": {"*": "owner"},
    "item.undo": {"*": "owner"},
    "item.undo_verify": {"*": "asker"},  # whoever passed it just now
    "item.verify": {"*": "asker", "inspector": "scope", "leader": "scope", "office": "any", "provincial": "any"},
    "item.return": {"*": "asker", "inspector": "scope", "leader": "scope", "office": "any", "provincial": "any"},
    "complaint.view": {"*": "asker"},
    "complaint.list": {"*": "any"},
    "complaint.accept": {"*": "asker"},
    "complaint.answer": {"*": "asker"},
    "obligation.ack": {"*": "owner"},
    "obligation.stop": {"office": "any", "supervisor": "scope"},
    "obligation.mine": {"*": "any"},
    "obligation.remind": {"*": "owner"},
    "extension.ask": {"*": "owner"},
    "extension.decide": {"*": "owner"},  # who that may be is the regime's `[extensions]`, counted out for each request
    "extension.view": {"*": "owner", "office": "any", "leader": "scope", "supervisor": "scope", "provincial": "any", "audit": "any"},
    "sending.pause": {"office": "any"},
    "sending.forecast": {"office": "any"},
    "calendar.import": {"office": "any"},  # days off are the same everywhere, so any office may
    "group.bind": {"office": "any", "leader": "scope"},
    "group.unbind": {"office": "any", "leader": "owner"},  # the seat that bound it: other leaders need not know that the chat is there
    "group.list": {"office": "any", "leader": "any"},  # the chats one may post to
    "group.post": {"office": "any", "leader": "owner"},
    "matter.relay": {"office": "any", "leader": "scope", "supervisor": "scope", "provincial": "any"},
    "overview.view": {"office": "any", "leader": "any", "supervisor": "any", "provincial": "any", "audit": "any"},
}  # fmt: skip


# What belongs to the person on the seat: a deputy does not do it for them.
PERSONAL = frozenset({"people.handover"})


@dataclass(frozen=True)
class Target:
    """The thing an action is about, as far as permissions ask. `region` of a thing not there yet may be empty."""

    regime: str = ""
    region: str = ""
    owners: frozenset[int] = frozenset()
    askers: frozenset[int] = frozenset()
    units: frozenset[str] = frozenset()  # departments that owe it
    owed_by: str = ""  # the role that owes it: a place must not learn what a group or the province is about to do there (`domain/sides.py`)
    barred: frozenset[int] = frozenset()  # seats that must not, whatever else holds (nobody verifies the own work)
    card: str = ""  # what its live card is called: in whose chat one stands, that person had to do with it


NOTHING = Target()


def permit(actor: Actor, action: str, target: Target, world: World, on: date) -> Seat | None:
    """The first of the actor's seats that may, or None. For `PUBLIC` actions ask `is_public` instead."""
    return next((seat for seat in actor.seats if _may(seat, action, target, world, on)), None)


def is_public(action: str) -> bool:
    return action in PUBLIC


def looks(action: str) -> bool:
    """Whether it only shows something: so do the many buttons of a list, each of them another matter's."""
    return action.endswith(".view")


def may_start(seats: Iterable[Seat], action: str) -> bool:
    """Whether any seat could do this to anything: what menus show, and what is asked before a form's first question."""
    grants = TABLE.get(action, {})
    return is_public(action) or any(seat.rights in grants or "*" in grants for seat in seats)


def _may(seat: Seat, action: str, target: Target, world: World, on: date) -> bool:
    if seat.sitter is not None and action in PERSONAL:
        return False
    if seat.id in target.barred or (target.regime and seat.regime != target.regime):
        return False
    grants = TABLE[action]
    return any(_stands(seat, relation, target, world, on) for rights, relation in grants.items() if rights in {"*", seat.rights})


def _stands(seat: Seat, relation: Relation, target: Target, world: World, on: date) -> bool:
    if relation == "any":
        return True
    if relation == "owner":
        return seat.id in target.owners
    if relation == "asker":
        return seat.id in target.askers
    if seat.scope_kind == "unit":
        return seat.scope in target.units
    regime = world.regime(seat.regime)
    if target.owed_by and not looks_over(seat, regime.role(target.owed_by), regime):
        return False
    return not target.region or covers(seat, target.region, world, on)


def unit_of(seat: Seat, world: World) -> str | None:
    """The department a seat belongs to."""
    return seat.scope if seat.scope_kind == "unit" else seat.unit or world.regime(seat.regime).role(seat.role).unit


def covers(seat: Seat, region: str, world: World, on: date) -> bool:
    """Whether a region lies in the seat's scope. A group's scope is the region it was given; a unit works province-wide."""
    if seat.scope_kind in {"province", "unit"}:
        return True
    if seat.scope_kind == "enterprise":
        return False
    return world.regime(seat.regime).covers(seat.scope, region, on)
