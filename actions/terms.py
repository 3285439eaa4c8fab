"""Appointments that end by themselves, made visible: the holder hears a week before and on the last day, the office hears in time to
find a successor, and what is still open when the term is over goes up at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.people import offices, term_date, title_of
from actions.tick import owners_gone
from domain import terms as rules
from domain.deadlines import due_day
from domain.people import Seat
from domain.slots import say_at
from domain.speech import DIGEST, Button, Param, lines, text
from storage import notices, outbox, people, terms
from storage.tx import Row, Tx

BATCH = 500  # seats in one unit: terms of hundreds end on the same day, and the office hears of them in one message
ROWS = 12
MENU = ((Button("button.mine", "om"),),)


@dataclass(frozen=True)
class Ending:
    seat: Seat
    until_at: int
    kind: rules.TermKind
    open: int


async def tell_due(tx: Tx, limit: int = BATCH) -> int:
    """Speak of the terms whose instant has come, and plan the next. Returns how many seats were looked at."""
    rows = await terms.due(tx, limit)
    if not rows:
        return 0
    counts = await terms.open_counts(tx, [row["id"] for row in rows])
    endings = [found for row in rows if (found := await _ending(tx, row, counts)) is not None]
    own = await notices.own_times(tx, [each.seat.person for each in endings if each.seat.person is not None])
    for each in endings:
        if each.kind != "over":
            await _tell_holder(tx, each, own)
    for regime in sorted({each.seat.regime for each in endings}):
        await _tell_office(tx, regime, [each for each in endings if each.seat.regime == regime and each.kind == "soon"])
    await owners_gone(tx, await terms.open_of(tx, [each.seat.id for each in endings if each.kind == "over"]))
    return len(rows)


async def _ending(tx: Tx, row: Row, counts: Mapping[int, int]) -> Ending | None:
    """None where nothing is to be said: the seat was ended by hand, or its term was taken off."""
    quiet, until_at = tx.world.regime(row["regime"]).quiet, row["until_at"]
    over = row["ended_at"] is not None or until_at is None
    await terms.set_next(tx, row["id"], None if over else rules.next_mark(until_at, tx.now, quiet))
    mark = None if over else rules.passed(until_at, row["term_at"], tx.now, quiet)
    if mark is None:
        return None
    return Ending(people.seat_of(tx, row), until_at, mark.kind, counts.get(row["id"], 0))


async def _tell_holder(tx: Tx, ending: Ending, own: Mapping[int, str]) -> None:
    to = ending.seat.to()
    if to is None or to.person is None:
        return
    quiet = await notices.quiet_for(tx, ending.seat.regime, to.person)
    at = say_at(tx.now, quiet, own.get(to.person), exact=False, urgent=False)
    left = text("people.ending.open", n=ending.open) if ending.open else text("people.ending.none")
    params: dict[str, Param] = {"seat": await title_of(tx, ending.seat), "day": term_date(due_day(ending.until_at)), "left": left}
    buttons = MENU if ending.open else ()
    await outbox.say(tx, to, f"people.ending.{ending.kind}", params, buttons, priority=DIGEST, not_before=at)


async def _tell_office(tx: Tx, regime: str, endings: Sequence[Ending]) -> None:
    """One message, a week ahead: those with most open first."""
    if not endings:
        return
    first = sorted(endings, key=lambda each: (-each.open, each.seat.id))[:ROWS]
    rows = [
        text(
            "people.ending.row",
            name=each.seat.holder,
            seat=await title_of(tx, each.seat),
            day=term_date(due_day(each.until_at)),
            open=text("people.ending.row_open", n=each.open) if each.open else "",
        )
        for each in first
    ]
    if len(endings) > len(rows):
        rows.append(text("people.ending.more", n=len(endings) - len(rows)))
    at = say_at(tx.now, tx.world.regime(regime).quiet, None, exact=False, urgent=False)
    params: dict[str, Param] = {"n": len(endings), "rows": lines(rows)}
    buttons = ((Button("command.roster", "m", arg="roster"), Button("command.invite", "m", arg="invite")),)
    for to in await offices(tx, regime):
        await outbox.say(tx, to, "people.ending.office", params, buttons, priority=DIGEST, not_before=at)
