"""Somebody cannot be reached any more, or can again. Known at once, told once: a duty must not wait behind a closed door.

Telegram tells it in two ways, when somebody blocks the bot and when a message is refused; both end here.
"""

import structlog

from actions.assignees import work_region
from actions.open_matters import open_matters
from actions.people import title_of
from actions.perform import whenever_back
from actions.subjects import private_kinds
from domain.deadlines import local_date
from domain.escalation import Around, nearest, office, reachable
from domain.people import Actor, Seat
from domain.speech import PING, Param, To, lines, text
from storage import absences, obligations, outbox, people
from storage.tx import Tx

log = structlog.get_logger(__name__)
ABOVE = ("unit_lead", "supervisor")  # who answers for a seat, the nearest first; after them the office


async def lost(tx: Tx, person: int, chat: int | None = None) -> None:
    """Compare-and-set, so that it is told once. `chat`: where the message was refused, which may be an account the person had before."""
    if not await people.lose(tx, person, chat):
        return
    tx.touch("obligations")
    try:
        async with tx.savepoint():
            await _tell_lost(tx, person)
    except Exception:
        # The sender settles its row in this unit: what cannot be told must not keep it from that.
        log.exception("reach.untold", person=person)


async def _tell_lost(tx: Tx, person: int) -> None:
    """One message for each who should hear, whatever number of the person's seats they stand above. A deputy who is lost leaves the seat to
    its absent holder again, who hears so; where that one is lost, too, whoever answers for the seat.
    """
    heard: dict[int, tuple[To, list[Param]]] = {}
    acted_for = [await people.in_force(tx, seat) for seat in await absences.acted_for(tx, person)]
    for seat in (*await people.held_by(tx, person), *(seat for seat in acted_for if seat is not None)):
        row = await _row(tx, seat)
        for to in await _who_hears(tx, seat, person):
            heard.setdefault(to.chat, (to, []))[1].append(row)
    name = (await people.person(tx, person))["name"]
    for to, rows in heard.values():
        await outbox.say(tx, to, "people.reach.lost", {"name": name, "rows": lines(rows)}, priority=PING)


async def _row(tx: Tx, seat: Seat) -> Param:
    """Counts only, and none of what is private: whoever hears of it need not know the matters."""
    n, overdue = await obligations.count_owed(tx, seat.id, private_kinds())
    title = await title_of(tx, seat)
    if overdue:
        return text("people.reach.holds_red", seat=title, n=n, red=overdue)
    return text("people.reach.holds", seat=title, n=n) if n else text("people.reach.holds_none", seat=title)


async def _who_hears(tx: Tx, seat: Seat, person: int) -> list[To]:
    """The deputy (of a deputy, who was away), else the nearest who answers for the seat, else the office."""
    acting = seat.to()
    if acting is not None and acting.person != person:
        return [acting]
    regime = tx.world.regime(seat.regime)
    around = Around(seat, None, await work_region(tx, seat), regime, local_date(tx.now))
    others = [each for each in await people.seats_in(tx, seat.regime) if each.person != person]
    tiers = [tier for word in ABOVE for tier in nearest(word, around, others) or ()]
    above = next((found for tier in tiers if (found := reachable(tier))), ()) or office(around, others)
    return list({to.chat: to for to in (each.to() for each in above) if to is not None}.values())


@whenever_back
async def back(tx: Tx, actor: Actor) -> None:
    """Whoever writes or lets the bot in again hears in one message what waits."""
    assert actor.person is not None  # a stranger is never marked
    if not await people.find_again(tx, actor.person):
        return
    tx.touch("obligations")
    found = await open_matters(tx, await people.seats_of(tx, actor.person))
    if found.total:
        params: dict[str, Param] = {"n": found.total, "rows": found.rows}
        await outbox.say(tx, actor.to(), "people.reach.back", params, found.buttons, priority=PING, protect=found.protect)
