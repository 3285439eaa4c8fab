"""Rosters: show what a list of people would change, and on the second press take it, all in one unit.

The sheet has been read at the edge. What was shown is kept sealed until it is confirmed; where it is not what would be done any more
(somebody joined, another list was taken), it is shown anew instead. Tokens go out in a workbook that is drawn when it is sent.
"""

from dataclasses import dataclass, replace

from actions.inputs_roster import RosterGiven
from actions.people import Link, NewSeat, add_seat, make_link
from actions.perform import action
from actions.roster_view import Made, changed_words, full_list, links_book, preview_message
from domain.deadlines import end_of_day, local_date
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import Target
from domain.regime import Regime
from domain.roster import Changed, Diff, Held, Row, Wanted, understand
from domain.roster_diff import ONE_A_PLACE, compare
from domain.speech import DIGEST, Button, lines, text
from domain.terms import next_mark
from domain.words import fold
from storage import enterprises, outbox, people
from storage import roster as rosters
from storage.roster import Shown
from storage.tx import Tx

LINK_DAYS = 30  # hundreds of links are not handed out in a week


async def difference(tx: Tx, regime: Regime, rows: list[Row]) -> Diff:
    """What taking these rows would change now."""
    plants = await enterprises.places_of(tx, regime.id, {fold(row.enterprise) for row in rows if row.enterprise})
    taken, refused = understand(rows, regime, local_date(tx.now), plants)
    alone = {role.id for role in regime.roles if role.rights in ONE_A_PLACE}
    return compare(taken, refused, await rosters.held(tx, regime.id), alone)


async def _of_given(tx: Tx, given: RosterGiven) -> Target | None:
    return Target(regime=given.chosen) if given.chosen in tx.world.regimes else None


@action("people.import", of=_of_given)
async def show(tx: Tx, actor: Actor, given: RosterGiven) -> Outcome:
    """The first press: nothing changes yet."""
    await _show(tx, actor, given.chosen, given.sheet.name, given.rows)
    return Done()


async def _show(tx: Tx, actor: Actor, regime: str, file: str, rows: list[Row]) -> None:
    diff = await difference(tx, tx.world.regime(regime), rows)
    buttons: tuple[tuple[Button, ...], ...] = ()
    if diff.moves:
        held = await rosters.add(tx, appointment=actor.seat.id, regime=regime, file=file, rows=rows, fingerprint=diff.fingerprint())
        buttons = ((Button("button.roster_take", "pi", held),), (Button("button.roster_drop", "px", held),))
    shown = await preview_message(tx, regime, file, diff)
    rest = await full_list(tx, regime, diff)
    if rest is not None:
        await outbox.say(tx, actor.to(), "roster.full", {}, file=rest)
    await outbox.say(tx, actor.to(), shown.key, shown.params, buttons)


@dataclass(frozen=True)
class OnRoster:
    roster: int
    message_id: int | None = None


async def _of_shown(tx: Tx, given: OnRoster) -> Target | None:
    shown = await rosters.get(tx, given.roster)
    return None if shown is None or shown.regime not in tx.world.regimes else Target(regime=shown.regime)


@action("people.import", of=_of_shown)
async def take(tx: Tx, actor: Actor, given: OnRoster) -> Outcome:
    """The second press."""
    shown = await rosters.get(tx, given.roster)
    if shown is None or not await rosters.drop(tx, given.roster):
        return Refusal("gone")
    await _strip(tx, actor, given)
    diff = await difference(tx, tx.world.regime(shown.regime), shown.rows)
    if diff.fingerprint() != shown.fingerprint:
        await outbox.say(tx, actor.to(), "roster.moved")
        await _show(tx, actor, shown.regime, shown.file, shown.rows)
        return Done()
    made = await enter(tx, shown.regime, diff, actor.seat.id)
    await _answer(tx, actor, shown, diff, made)
    return Done(("roster", given.roster), journalled(diff, made))


async def _answer(tx: Tx, actor: Actor, shown: Shown, diff: Diff, made: list[Made]) -> None:
    if not made:
        await outbox.say(tx, actor.to(), "roster.taken_changes", {"n": len(diff.changed)})
        return
    counts = {"new": len(made), "changed": len(diff.changed)}
    what = lines([text(f"roster.taken.{sort}", n=n) for sort, n in counts.items() if n], " · ")
    await outbox.say(tx, actor.to(), "roster.taken", {"what": what}, file=links_book(shown.regime, made))


async def enter(tx: Tx, regime: str, diff: Diff, issued_by: int | None) -> list[Made]:
    """Make the new seats with their links, change the others and tell their holders."""
    made = [Made(wanted, await _seat(tx, regime, wanted, issued_by)) for wanted in diff.new]
    for changed in diff.changed:
        await _amend(tx, regime, changed)
    return made


def journalled(diff: Diff, made: list[Made]) -> dict[str, str | int | None]:
    """Which seats were made, which changed."""
    new, changed = [each.link.seat for each in made], [each.held.seat for each in diff.changed]
    return {"new": ",".join(map(str, new)), "changed": ",".join(map(str, changed))}


async def _seat(tx: Tx, regime: str, wanted: Wanted, issued_by: int | None) -> Link:
    scope = wanted.scope
    if wanted.enterprise:
        scope = str(await enterprises.find_or_add(tx, regime, wanted.enterprise, wanted.scope))
    until_at = None if wanted.until is None else end_of_day(wanted.until)
    seat = NewSeat(regime, wanted.role, wanted.name, scope, wanted.unit, until_at, wanted.workplace)
    return await make_link(tx, await add_seat(tx, seat), issued_by, LINK_DAYS)


async def _amend(tx: Tx, regime: str, changed: Changed) -> None:
    after = _after(changed)
    until_at = None if after.until is None else end_of_day(after.until)
    term_at = next_mark(until_at, tx.now, tx.world.regime(regime).quiet)
    await rosters.amend(tx, after.seat, unit=after.unit, workplace=after.workplace, until_at=until_at, term_at=term_at)
    to = (await people.seat(tx, after.seat)).to()
    if to is not None:
        await outbox.say(tx, to, "roster.told", changed_words(regime, changed), priority=DIGEST)


def _after(changed: Changed) -> Held:
    held, wanted = changed.held, changed.wanted
    if changed.unit:
        held = replace(held, unit=wanted.unit, workplace=wanted.workplace)
    return replace(held, until=wanted.until) if changed.until else held


@action("people.import", of=_of_shown)
async def leave(tx: Tx, actor: Actor, given: OnRoster) -> Outcome:
    if not await rosters.drop(tx, given.roster):
        return Refusal("gone")
    await _strip(tx, actor, given)
    await outbox.say(tx, actor.to(), "roster.left")
    return Done()


async def _strip(tx: Tx, actor: Actor, given: OnRoster) -> None:
    if given.message_id is not None:
        await outbox.strip(tx, actor.to(), given.message_id)
