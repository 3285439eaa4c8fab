"""The message of a slot: a full ping where one matter is all there is, else a list with a button for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from actions.matters import in_rows, numbered, opening, seat_words, words
from actions.obligations import due_words, duty_of
from actions.relay import offered
from actions.subjects import NOUNS, SETTLES, is_private
from domain.dates import Until
from domain.deadlines import due_day, local_date
from domain.obligations import Owed
from domain.overview import is_decision
from domain.people import Seat
from domain.permissions import TABLE
from domain.regime_parts import Duty
from domain.slots import in_quiet, next_slot
from domain.speech import DIGEST, PING, URGENT, Button, Keyboard, Param, To, by, lines, term, text
from storage import notices, obligations, outbox
from storage.tx import Tx

Group = Literal["waiting", "climb", "gap", "over", "today", "soon", "moved", "red"]
GROUPS: tuple[Group, ...] = ("waiting", "climb", "gap", "over", "today", "soon", "moved", "red")
ROWS = 8  # matters in one list; the rest is a press away


@dataclass(frozen=True)
class Matter:
    """One obligation as one person hears of it. `kinds` are its notices; none where only the morning digest names it.

    `waiting`: it was handed in to this person; `watched`: it is overdue in this person's scope.
    """

    owed: Owed
    viewer: Seat
    kinds: frozenset[str] = frozenset()
    waiting: bool = False
    watched: bool = False

    def about(self, word: str) -> list[str]:
        """What the notices of this word name: roles that were told, steps that were taken."""
        return sorted(rest for kind, _, rest in (each.partition(":") for each in self.kinds) if kind == word)

    @property
    def decides(self) -> bool:
        """Somebody else waits for this person's yes or no."""
        return is_decision(self.owed.duty) and self.viewer.id == self.owed.owner

    def group(self, now: int) -> Group:
        if self.waiting or self.watched:
            return "waiting" if self.waiting else "red"
        for each in ("climb", "gap"):
            if self.about(each):
                return "climb" if each == "climb" else "gap"
        if self.decides:
            return "waiting"
        if self.viewer.id != self.owed.owner and self.about("moved"):
            return "moved"  # its creditor hears that it moved, and nothing else
        if now >= self.owed.due_at:
            return "over"
        if due_day(self.owed.due_at) <= local_date(now):
            return "today"
        return "moved" if self.about("moved") else "soon"


@dataclass(frozen=True)
class Picture:
    """All that one person is told now. `red`: how much is overdue in the person's scope; counted in the morning only.

    `weekly`: what last week brought, on the morning that sums it up; `drawn`: the view that its picture shows.
    """

    to: To
    matters: Sequence[Matter]
    red: int = 0
    morning: bool = False
    weekly: Sequence[Param] = ()
    drawn: int = 0


async def say(tx: Tx, picture: Picture) -> None:
    """One message, whatever there is to tell."""
    hold = await _held_until(tx, picture)
    rank = URGENT if any(_urgent(tx, each.owed) for each in picture.matters) else None
    protect = any(is_private(matter.owed.subject_kind) for matter in picture.matters)
    if (
        len(picture.matters) == 1
        and not picture.weekly
        and (picture.matters[0].kinds or picture.matters[0].group(tx.now) in {"over", "today"})
    ):
        key, params, buttons = await _single(tx, picture.matters[0])
        await outbox.say(tx, picture.to, key, params, buttons, priority=rank or PING, not_before=hold, protect=protect)
        return
    params, buttons = await _list(tx, picture)
    await outbox.say(tx, picture.to, "obligation.digest", params, buttons, priority=rank or DIGEST, not_before=hold, protect=protect)


async def _held_until(tx: Tx, picture: Picture) -> int:
    """The process stood still between a slot and its message, into quiet hours: then it waits, unless something urgent is in it."""
    for regime_id in dict.fromkeys(matter.owed.regime for matter in picture.matters):
        quiet = await notices.quiet_for(tx, regime_id, picture.to.person)
        if in_quiet(tx.now, quiet) and not any(_urgent(tx, each.owed) for each in picture.matters):
            return next_slot(tx.now, quiet)
    return 0


def _urgent(tx: Tx, owed: Owed) -> bool:
    duty = _duty(tx, owed)
    return duty is not None and duty.urgent


def _duty(tx: Tx, owed: Owed) -> Duty | None:
    return duty_of(tx.world.regime(owed.regime), owed.duty)


# One matter alone ------------------------------------------------------------------------------------------------------------------


async def _single(tx: Tx, matter: Matter) -> tuple[str, dict[str, Param], Keyboard]:
    params, button = await words(tx, matter.owed, matter.viewer)
    opens = (opening(button, "button.open_matter", {}),)
    group = matter.group(tx.now)
    if group in {"climb", "gap"}:
        params["owner"] = await _owner(tx, matter.owed)
        params["extra"] = lines([*(_climb_lines(tx, matter) if group == "climb" else []), *_gap_lines(tx, matter)], "")
        word = await offered(tx, matter.owed, matter.viewer) if group == "climb" else ()
        return f"obligation.{group}", params, ((*opens, *word), *_stopping(matter))
    if group == "moved":
        params["old"] = _was_due(matter)
        return "obligation.moved", params, (*(_own_buttons(tx, matter) if matter.viewer.id == matter.owed.owner else ()), opens)
    params["extra"] = lines([*_told_lines(matter), *_moved_lines(matter), *_reminded_lines(matter)], "")
    return f"obligation.{'late' if group == 'over' else 'ping'}", params, (*_own_buttons(tx, matter), (*opens, *_tomorrow(matter)))


def _tomorrow(matter: Matter) -> tuple[Button, ...]:
    return (Button("button.remind", "ot", matter.owed.id),) if matter.viewer.id == matter.owed.owner else ()


def _reminded_lines(matter: Matter) -> list[Param]:
    return [text("obligation.reminded")] if "remind" in matter.kinds else []


def _stopping(matter: Matter) -> Keyboard:
    return ((Button("button.stop_climbing", "os", matter.owed.id),),) if matter.viewer.rights in TABLE["obligation.stop"] else ()


def _own_buttons(tx: Tx, matter: Matter) -> Keyboard:
    noun, duty = NOUNS.get(matter.owed.subject_kind), _duty(tx, matter.owed)
    rows = () if noun is None else tuple(tuple(row) for row in noun.buttons(matter.owed, matter.viewer))
    if duty is not None and duty.receipt and matter.owed.acked_at is None and matter.viewer.id == matter.owed.owner:
        return ((Button("button.receipt", "oa", matter.owed.id),), *rows)
    return rows


async def _owner(tx: Tx, owed: Owed) -> Param:
    return await seat_words(tx, (await obligations.seats(tx, [owed.owner]))[owed.owner])


def _told_lines(matter: Matter) -> list[Param]:
    """The owner is told to whom it went up."""
    roles = _told(matter)
    return [] if roles is None else [text("obligation.told", role=roles)]


def _told(matter: Matter) -> Param:
    roles = matter.about("told")
    return lines([term(matter.owed.regime, "role", role) for role in roles], " / ") if roles else None


def _moved_lines(matter: Matter) -> list[Param]:
    was = _was_due(matter)
    return [] if was is None else [text("obligation.moved.from", old=was, new=due_words(matter.owed))]


def _was_due(matter: Matter) -> Param:
    """The due date was counted again: what it had been."""
    moved = matter.about("moved")
    return by(Until.read(moved[0])) if moved else None


def _climb_lines(tx: Tx, matter: Matter) -> list[Param]:
    propose = _proposal(tx, matter)
    return [] if propose is None else [text("obligation.propose", what=text(f"obligation.propose.{propose}"))]


def _proposal(tx: Tx, matter: Matter) -> str | None:
    """What the highest step proposes; a person decides."""
    duty, steps = _duty(tx, matter.owed), [int(step) for step in matter.about("climb")]
    return duty.chain[max(steps)].propose if duty is not None and steps and max(steps) < len(duty.chain) else None


def _gap_lines(tx: Tx, matter: Matter, *, row: bool = False) -> list[Param]:
    """Which seat is empty: the owner's, or one that the chain names."""
    found: list[Param] = []
    where = "obligation.row_gap." if row else "obligation.gap."
    duty, regime = _duty(tx, matter.owed), tx.world.regime(matter.owed.regime)
    for step in matter.about("gap"):
        if step == "owner":
            found.append(text(where + "owner"))
        elif duty is not None and int(step) < len(duty.chain):
            roles = regime.chain_roles(duty.chain[int(step)].to)
            named = lines([term(regime.id, "role", role.id) for role in roles], " / ")
            found.append(text(where + "step", role=named) if roles else text(where + "owner"))
    return found


# Several ---------------------------------------------------------------------------------------------------------------------------


async def _list(tx: Tx, picture: Picture) -> tuple[dict[str, Param], Keyboard]:
    by_group: dict[Group, list[Matter]] = {}
    for matter in picture.matters:
        by_group.setdefault(matter.group(tx.now), []).append(matter)
    blocks: list[Param] = []
    opens: list[Button] = []
    for group in GROUPS:
        rows: list[Param] = []
        for matter in by_group.get(group, [])[: ROWS - len(opens)]:
            row, button = await _row(tx, group, len(opens) + 1, matter)
            rows.append(row)
            opens.append(button)
        if rows:
            blocks.append(text(f"obligation.group.{group}", rows=lines(rows)))
    if len(picture.matters) > len(opens):
        blocks.append(text("obligation.digest.more", n=len(picture.matters) - len(opens)))
    counts = [text(f"obligation.count.{group}", n=len(found)) for group in GROUPS[:-1] if (found := by_group.get(group))]
    if picture.red:
        counts.append(text("obligation.count.red", n=picture.red))
    if not counts:
        counts.append(text("weekly.alone"))  # nothing waits for this person: the summary is all there is
    blocks += picture.weekly
    head = text("obligation.digest.morning" if picture.morning else "obligation.digest.now")
    params: dict[str, Param] = {"head": head, "counts": lines(counts, " · "), "blocks": lines(["", *blocks], "\n\n") if blocks else ""}
    direct = await _direct(tx, picture.matters[0]) if len(picture.matters) == 1 else ()
    return params, (*direct, *in_rows(opens), *_turns(picture))


async def _direct(tx: Tx, matter: Matter) -> Keyboard:
    """A list of one needs no detour: what may be pressed about it stands right here."""
    if matter.waiting:
        settle = SETTLES.get(matter.owed.subject_kind)
        return () if settle is None else await settle(tx, matter.owed, matter.viewer)
    if matter.group(tx.now) == "climb":
        word = await offered(tx, matter.owed, matter.viewer)
        return (*((word,) if word else ()), *_stopping(matter))
    if matter.group(tx.now) == "gap":
        return _stopping(matter)
    return _own_buttons(tx, matter) if matter.viewer.id == matter.owed.owner else ()


def _turns(picture: Picture) -> Keyboard:
    row = [Button("button.mine", "om")] if any(matter.viewer.id == matter.owed.owner for matter in picture.matters) else []
    if picture.red or picture.weekly:
        row.append(Button("button.overview", "vo"))
    if picture.drawn:
        row.append(Button("button.overview_picture", "vc", picture.drawn))
    return (tuple(row),) if row else ()


async def _row(tx: Tx, group: Group, n: int, matter: Matter) -> tuple[Param, Button]:
    if group in {"climb", "gap", "waiting", "red"} and not matter.decides:
        more: list[Param] = []
        if group == "climb" and (propose := _proposal(tx, matter)) is not None:
            more.append(text("obligation.row_propose", what=text(f"obligation.propose.{propose}")))
        more += _gap_lines(tx, matter, row=True)  # also where it climbed to the office because of the gap
        return await numbered(
            tx, "obligation.row_theirs", n, matter.owed, matter.viewer, owner=await _owner(tx, matter.owed), extra=lines(more, "")
        )
    roles = _told(matter)
    extra = [] if roles is None else [text("obligation.row_told", role=roles)]
    return await numbered(tx, "obligation.row_mine", n, matter.owed, matter.viewer, extra=lines([*extra, *_moved_lines(matter)], ""))
