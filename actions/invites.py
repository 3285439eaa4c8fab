"""The office's side of links: invite, send a new link, withdraw, see what is still open."""

from dataclasses import dataclass

from actions import links
from actions.cards import card
from actions.inputs_people import Invite
from actions.people import BadSeatError, Link, NewSeat, add_seat, make_link, title_of
from actions.perform import action
from domain.deadlines import end_of_day
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import Target, may_start
from domain.speech import Button, Message, Param, lines, moment, term, text
from storage import cards, enterprises, handover, outbox, people
from storage.tx import Row, Tx

PAGE = 6


async def _of_new(tx: Tx, given: Invite) -> Target | None:
    return Target(regime=given.chosen) if given.chosen in tx.world.regimes else None


async def _of_link(tx: Tx, given: "OnLink") -> Target | None:
    row = await people.invited(tx, given.invite)
    return None if row is None else Target(regime=row["regime"])


@action("people.invite", of=_of_new)
async def invite(tx: Tx, actor: Actor, given: Invite) -> Outcome:
    """A vacant seat and its link, with a message for the office to pass on."""
    scope = given.scope
    if given.place == "enterprise":
        scope = str(await enterprises.find_or_add(tx, given.chosen, given.enterprise, given.region_code))
    until_at = None if given.until is None else end_of_day(given.until)
    try:
        seat_id = await add_seat(tx, NewSeat(given.chosen, given.role_id, given.name, scope, until_at=until_at))
    except BadSeatError:
        return Refusal("gone")  # the regime was changed while the form stood open
    link = await make_link(tx, seat_id, actor.seat.id)
    await hand_out(tx, actor, link)
    return Done(("invite", link.invite), {"seat": seat_id})


async def hand_out(tx: Tx, actor: Actor, link: Link) -> None:
    """Two messages: one to pass on as it is, with the picture; one for the office, with the way back."""
    row = await people.invited(tx, link.invite)
    assert row is not None  # made in this unit
    shown: Param = {"$": "join_link", "token": link.token}
    params: dict[str, Param] = {
        "name": row["holder"],
        "seat": await title_of(tx, row),
        "regime": term(row["regime"], "regime", row["regime"]),
        "until": moment(link.expires_at),
        "link": shown,
    }
    await outbox.say(tx, actor.to(), "people.invite.letter", params, file={"make": "qr", "text": shown})
    back = Button("button.invite_withdraw", "pw", link.invite, params={"name": row["holder"]})
    rows = ((back,), (Button("command.invites", "m", arg="invites"),))
    await cards.say(tx, f"letter:{link.invite}", actor.to(), Message("people.invite.made", {"name": row["holder"]}, rows))


@dataclass(frozen=True)
class OnLink:
    """`page` is that of the list on which it was pressed; None: under the link itself."""

    invite: int
    page: int | None = None
    message_id: int | None = None


@action("people.withdraw", of=_of_link)
async def withdraw(tx: Tx, actor: Actor, given: OnLink) -> Outcome:
    """The link works no more, and its vacant seat is closed with it, unless something is open there: that must not be nobody's."""
    row = await people.invited(tx, given.invite)
    if row is None or not await people.withdraw_invite(tx, given.invite):
        return await _too_late(tx, actor, given)
    held = (await handover.holding(tx, row["appointment"])).total
    if not held:
        await people.end_seat(tx, row["appointment"])
    await links.settled(tx, row, "withdrawn")
    await _show_again(tx, actor, given)
    key = "people.invite.withdrawn_held" if held else "people.invite.withdrawn"
    await outbox.say(tx, actor.to(), key, {"name": row["holder"], "n": held} if held else {"name": row["holder"]})
    return Done(("invite", given.invite), {"seat": row["appointment"]})


@action("people.invite", of=_of_link)
async def renew(tx: Tx, actor: Actor, given: OnLink) -> Outcome:
    """A new link for the same seat; the old one works no more. Also where the letter was lost: the link itself is not kept."""
    row = await people.invited(tx, given.invite)
    if row is None or row["person"] is not None or row["ended_at"] is not None or not await people.withdraw_invite(tx, given.invite):
        return await _too_late(tx, actor, given)
    await links.settled(tx, row, "renewed")
    link = await make_link(tx, row["appointment"], actor.seat.id)
    await _show_again(tx, actor, given)
    await hand_out(tx, actor, link)
    return Done(("invite", link.invite), {"seat": row["appointment"], "before": given.invite})


async def _too_late(tx: Tx, actor: Actor, given: OnLink) -> Outcome:
    if given.message_id is None:
        return Refusal("link_settled")
    await _show_again(tx, actor, given)
    return Done(result="link_settled")


async def _show_again(tx: Tx, actor: Actor, given: OnLink) -> None:
    if given.page is not None:
        await cards.show(tx, f"invites:{given.page}", actor.to(), message_id=given.message_id)
    elif given.message_id is not None:
        await outbox.strip(tx, actor.to(), given.message_id)


@dataclass(frozen=True)
class Turn:
    page: int = 0
    message_id: int | None = None  # turn the page in this message; without it the list comes anew


@action("people.invite")
async def show_list(tx: Tx, actor: Actor, given: Turn) -> Outcome:
    await cards.show(tx, f"invites:{given.page}", actor.to(), fresh=given.message_id is None, message_id=given.message_id)
    return Done()


@card("invites")
async def invites_card(tx: Tx, page: int, viewer: int | None) -> Message | None:
    """One page of the links nobody used yet, of every regime whose office the viewer is."""
    if viewer is None:
        return None
    regimes = [seat.regime for seat in await people.seats_of(tx, viewer) if may_start([seat], "people.invite")]
    found = await people.unused_invites(tx, regimes)
    if not found:
        return Message("people.invites.none", {}, ((Button("command.invite", "m", arg="invite"),),))
    last = (len(found) - 1) // PAGE
    page = min(page, last)
    shown = found[page * PAGE : (page + 1) * PAGE]
    rows = [await _line(tx, row) for row in shown]
    buttons = [
        (
            Button("button.invite_withdraw", "pw", row["id"], page + 1, params={"name": row["holder"]}),
            Button("button.invite_renew", "pr", row["id"], page + 1, params={"name": row["holder"]}),
        )
        for row in shown
    ]
    turns = [Button("button.page_back", "pp", version=page - 1)] if page else []
    turns += [Button("button.page_on", "pp", version=page + 1)] if page < last else []
    return Message("people.invites", {"n": len(found), "rows": lines(rows)}, (*buttons, *([tuple(turns)] if turns else [])))


async def _line(tx: Tx, row: Row) -> Param:
    expired = row["expires_at"] <= tx.now
    state = text("people.invites.expired") if expired else text("people.invites.open", until=moment(row["expires_at"]))
    return text("people.invites.row", name=row["holder"], seat=await title_of(tx, row), state=state)
