"""A lost phone or a new account: the office makes a link; whoever opens it on the new account and confirms is that person from then on.

In the same unit of work the old account loses everything: seats, open conversation, cards, what was still to be sent.
"""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from actions import chats, links
from actions.formbook import outlook
from actions.open_matters import open_matters
from actions.options import source
from actions.people import TOKEN_BYTES, Link, title_of
from actions.perform import action
from domain.deadlines import DAY_MS
from domain.forms import Ask, Draft, Option
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target, may_start
from domain.speech import Button, Message, Param, To, lines, moment, text
from storage import cards, journal, outbox, people, relink
from storage.tx import Row, Tx

LINK_DAYS = 2  # it is for somebody who waits for it; the shorter it lives the better


class Relink(BaseModel):
    person: Annotated[int, Ask("choice", source="joined_people")]


async def _of_person(tx: Tx, given: Relink) -> Target | None:
    seats = await people.seats_of(tx, given.person)
    return Target(seats[0].regime) if seats else None


def offices_of(actor: Actor) -> list[str]:
    """The regimes whose office the actor is."""
    return list(dict.fromkeys(seat.regime for seat in actor.seats if may_start([seat], "people.relink")))


@source("joined_people")
async def joined_people(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """Who has joined in the actor's regimes, by name or title; once a person, however many seats."""
    found: dict[int, list[Seat]] = {}
    for regime in offices_of(actor):
        for seat in await people.seats_in(tx, regime):
            if seat.person is not None:
                found.setdefault(seat.person, []).append(seat)
    return [await _option(tx, person, seats) for person, seats in found.items()]


async def _option(tx: Tx, person: int, seats: list[Seat]) -> Option:
    names = [tx.world.regime(seat.regime).role(seat.role).name for seat in seats]
    words = (seats[0].holder, *(word for name in names for word in (name.zh, name.en)))
    title = lines([await title_of(tx, seat) for seat in seats], " / ")
    return Option(str(person), text("task.seat", who=seats[0].holder, title=title), words)


@outlook("relink")
async def ahead(_tx: Tx, _answers: Mapping[str, Any], _viewer: int | None) -> Param:
    return text("people.relink.ahead")


@action("people.relink", of=_of_person)
async def issue(tx: Tx, actor: Actor, given: Relink) -> Outcome:
    """A link for the person, given to the office to pass on. Nothing changes until it is used."""
    theirs = {seat.regime for seat in await people.seats_of(tx, given.person)}
    if theirs - set(offices_of(actor)):
        return Refusal("relink_elsewhere")  # one office must not take over seats that another has given
    token, expires_at = secrets.token_urlsafe(TOKEN_BYTES), tx.now + LINK_DAYS * DAY_MS
    made = await relink.add(tx, token, given.person, actor.seat.id, expires_at)
    name = (await people.person(tx, given.person))["name"]
    link: Param = {"$": "join_link", "token": token}
    params: dict[str, Param] = {"name": name, "until": moment(expires_at), "link": link}
    await outbox.say(tx, actor.to(), "people.relink.letter", params, file={"make": "qr", "text": link})
    await outbox.say(tx, actor.to(), "people.relink.made", {"name": name})
    return Done(("person", given.person), {"relink": made})


async def issue_at_desk(tx: Tx, seat: Seat) -> Link:
    """The same for whoever sits there, made by whoever runs the server: the first office account has nobody to ask. Nobody is told."""
    assert seat.person is not None  # the caller looks for a seat that is taken
    token, expires_at = secrets.token_urlsafe(TOKEN_BYTES), tx.now + LINK_DAYS * DAY_MS
    made = await relink.add(tx, token, seat.person, seat.id, expires_at)
    await journal.append(tx, None, "people.relink", ("person", seat.person), {"relink": made})
    return Link(token, made, seat.id, expires_at)


async def _usable(tx: Tx, actor: Actor, token: str) -> Row | Refusal:
    row = await relink.by_token(tx, token)
    if row is None:
        return Refusal("link_unknown")
    if actor.person == row["person"]:
        return Refusal("relink_same")
    if row["used_at"] is not None:
        return Refusal("link_used")
    if row["withdrawn_at"] is not None:
        return Refusal("link_withdrawn")
    if row["expires_at"] <= tx.now:
        return Refusal("link_expired")
    return Refusal("relink_taken") if actor.person is not None else row


async def look(tx: Tx, actor: Actor, token: str) -> Outcome:
    """Opened on the new account: whose it is, before anything changes. Called where no invitation has this token."""
    row = await _usable(tx, actor, token)
    if isinstance(row, Refusal):
        return row
    yes, no = Button("button.thats_me", "pk", arg=token), Button("button.not_me", "pu", arg=token)
    ask = Message("people.relink.ask", {"name": row["name"], "until": moment(row["expires_at"])}, ((yes, no),))
    await cards.say(tx, f"relinking:{row['id']}", actor.to(), ask)
    return Done()


class Confirmed(BaseModel):
    token: str
    message_id: int | None = None


@action("people.join")
async def decline(tx: Tx, actor: Actor, given: Confirmed) -> Outcome:
    row = await _usable(tx, actor, given.token)
    if isinstance(row, Refusal):
        return await links.too_late(tx, actor, row, given.message_id)
    await _strip(tx, actor, given)
    await outbox.say(tx, actor.to(), "people.join.not_me", {"name": row["name"]})
    return Done()


@action("people.join")
async def take(tx: Tx, actor: Actor, given: Confirmed) -> Outcome:
    """The person moves to this account, and everything leaves the old one, in this unit."""
    row = await _usable(tx, actor, given.token)
    if isinstance(row, Refusal):
        return await links.too_late(tx, actor, row, given.message_id)
    if not await relink.use(tx, row["id"]):
        return Refusal("link_used")
    await relink.move(tx, row["person"], actor.account)
    to = To(actor.account, row["person"], row["language"])
    if row["account"] is not None:
        await chats.clear(tx, row["account"], row["language"], row["person"], now_at=to)
        await outbox.say(tx, To(row["account"], None, row["language"]), "people.relink.old")
    await _strip(tx, actor, given)
    await cards.over(tx, f"relinking:{row['id']}", Message("refusal.link_used"), but=actor.account)
    await _welcome(tx, to, row)
    issuer = (await people.seat(tx, row["issued_by"])).to()
    if issuer is not None and issuer.person != row["person"]:
        await outbox.say(tx, issuer, "people.relink.issuer", {"name": row["name"]})
    tx.touch("obligations")
    return Done(("person", row["person"]), {"relink": row["id"]})


async def _strip(tx: Tx, actor: Actor, given: Confirmed) -> None:
    if given.message_id is not None:
        await outbox.strip(tx, actor.to(), given.message_id)


async def _welcome(tx: Tx, to: To, row: Row) -> None:
    seats = await people.seats_of(tx, row["person"])
    found = await open_matters(tx, seats)
    params: dict[str, Param] = {
        "name": row["name"],
        "seats": lines([await title_of(tx, seat) for seat in seats]),
        "open": text("people.relink.open", n=found.total, rows=found.rows) if found.total else "",
    }
    buttons = found.buttons or ((Button("command.menu", "m", arg="menu"),),)
    await outbox.say(tx, to, "people.relink.done", params, buttons, protect=found.protect)
