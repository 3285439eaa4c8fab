"""Seats and who sits on them: making a seat and its link, joining by the link, the person's language.

A link stands for one vacant seat. Its token is never stored, only its keyed hash; whoever opens it first and confirms sits on the seat.
The office's side of links (inviting in conversation, lists, withdrawing) is in `actions/invites.py`.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from domain.people import Seat
from domain.permissions import Target, unit_of
from domain.regime import Regime, UnknownIdError
from domain.speech import Param, To, term, text
from domain.terms import next_mark
from storage import enterprises, journal, people
from storage.tx import Row, Tx

DAY = 86_400_000
LINK_DAYS = 7
TOKEN_BYTES = 24  # 32 letters of a deep link's 64


class BadSeatError(ValueError):
    """A seat that the regime does not have; the message says what is wrong and the mend."""


@dataclass(frozen=True)
class NewSeat:
    """A seat to be made. `scope` is a region's or unit's code or an enterprise's id; province-wide roles need none.

    `unit` is a code of the regime; `workplace` the words for a unit that is none of the regime's.
    """

    regime: str
    role: str
    holder: str
    scope: str = ""
    unit: str | None = None
    until_at: int | None = None
    workplace: str = ""


@dataclass(frozen=True)
class Link:
    """What seats one person: the token goes into `https://t.me/BOT?start=TOKEN` and is known here and now only."""

    token: str
    invite: int
    seat: int
    expires_at: int


async def add_seat(tx: Tx, new: NewSeat, person: int | None = None) -> int:
    """A seat in force from now on, vacant without a person. Raises `BadSeatError`."""
    regime = tx.world.regimes.get(new.regime)
    if regime is None:
        raise BadSeatError(f'the regime "{new.regime}" is not served: choose one of {", ".join(tx.world.regimes)}')
    try:
        scope_kind, scope, unit = _place(regime, new)
    except UnknownIdError as error:
        raise BadSeatError(f'the regime "{regime.id}" has no {error.kind} "{error.code}"') from error
    return await people.add_seat(
        tx,
        person=person,
        regime=regime.id,
        role=new.role,
        unit=unit,
        scope_kind=scope_kind,
        scope=scope,
        holder=new.holder,
        workplace=new.workplace or None,
        until_at=new.until_at,
        term_at=next_mark(new.until_at, tx.now, regime.quiet),
    )


def _place(regime: Regime, new: NewSeat) -> tuple[str, str, str | None]:
    """Kind and code of the seat's scope, and its unit. A group's scope is the region it was given (`domain/permissions.py`)."""
    role = regime.role(new.role)
    if role.scope == "province":
        return "province", regime.province.id, new.unit or role.unit
    if role.scope == "unit":
        unit = regime.unit(new.scope or new.unit or role.unit or "").id
        return "unit", unit, unit
    if role.scope == "enterprise":
        if not new.scope.isdigit():
            raise BadSeatError(f'the role "{role.id}" belongs to one enterprise: invite in the chat, where it is named')
        return "enterprise", new.scope, new.unit or role.unit
    return role.scope, regime.region(new.scope).id, new.unit or role.unit


async def make_link(tx: Tx, seat_id: int, issued_by: int | None, days: int = LINK_DAYS) -> Link:
    token, expires_at = secrets.token_urlsafe(TOKEN_BYTES), tx.now + days * DAY
    return Link(token, await people.add_invite(tx, token, seat_id, issued_by, expires_at), seat_id, expires_at)


async def first_office(
    tx: Tx, *, regime: str, role: str, name: str, scope: str = "", unit: str | None = None, days: int = LINK_DAYS
) -> Link:
    """A vacant seat and its link, made by whoever runs the server: there is nobody yet who could invite. Raises `BadSeatError`."""
    link = await make_link(tx, await add_seat(tx, NewSeat(regime, role, name, scope, unit)), None, days)
    await journal.append(tx, None, "people.invite", ("invite", link.invite), {"seat": link.seat})
    return link


async def seat_directly(
    tx: Tx,
    *,
    account: int,
    name: str,
    regime: str,
    role: str,
    scope: str = "",
    unit: str | None = None,
    language: str = "zh",
    until_at: int | None = None,
) -> Seat:
    """A person who has joined already, with a seat: what the demo and tests start from. Again for a further seat."""
    person = await people.add_person(tx, account, name, language)
    seat_id = await add_seat(tx, NewSeat(regime, role, name, scope, unit, until_at), person["id"])
    return await people.seat(tx, seat_id)


async def offices(tx: Tx, regime: str, but: Collection[int | None] = ()) -> list[To]:
    """Where the regime's office is reached, each person once, without those who know already."""
    seats = [seat for seat in await people.seats_in(tx, regime) if seat.rights == "office" and seat.person not in but]
    found = {to.chat: to for to in (seat.to() for seat in seats) if to is not None}
    return list(found.values())


def term_date(day: date) -> Param:
    """A date that may lie years ahead, so with its year."""
    return text("people.term.date", year=day.year, month=day.month, day=day.day)


async def seat_title(tx: Tx, regime: str, role: str, scope_kind: str, scope: str) -> Param:
    """Where, then what: the local liaison of Dezhou."""
    named = term(regime, "role", role)
    if scope_kind in {"region", "group"}:
        return titled(term(regime, "region", scope), named)
    if scope_kind == "unit":
        return titled(term(regime, "unit", scope), named)
    if scope_kind == "enterprise":
        return titled(await enterprises.name(tx, int(scope)), named)
    return named


def titled(where: Param, role: Param) -> Param:
    """德州市 地方联络员; Local liaison, Dezhou."""
    return text("people.title", where=where, role=role)


async def overseen(tx: Tx, target: Target, owner: int) -> Target:
    """The same thing, with what decides who looks over it: the owner's department, and the role that owes it."""
    seat = await people.seat(tx, owner)
    unit = unit_of(seat, tx.world)
    return replace(target, units=frozenset() if unit is None else frozenset({unit}), owed_by=seat.role)


async def title_of(tx: Tx, row: Row | Seat) -> Param:
    """The title of a seat, or of the seat an invite's row names."""
    if isinstance(row, Seat):
        return await seat_title(tx, row.regime, row.role, row.scope_kind, row.scope)
    return await seat_title(tx, row["regime"], row["role"], row["scope_kind"], row["scope"])


def named(seat: Seat) -> Param:
    """The holder and, while somebody acts for them, that one's name."""
    holder: Param = seat.holder or text("people.former")
    return text("people.deputised", holder=holder, deputy=seat.deputy) if seat.deputy else holder


def by_whom(holder: Param, deputy: str | None) -> Param:
    """Who did it: the seat's holder or the deputy of that time. Who has left is not named any more."""
    shown: Param = holder or text("people.former")
    return shown if deputy is None else text("people.acted_for", holder=shown, deputy=deputy or text("people.former"))
