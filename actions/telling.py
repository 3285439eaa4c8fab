"""The message of a slot: a full ping where one matter is all there is, else a list with a button for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from actions.matters import Words, in_rows, opening, seat_words
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
from domain.slots import in_quiet, next_slot, widened
from domain.speech import DIGEST, PING, URGENT, Button, Keyboard, Message, Param, To, by, lines, term, text
from storage import notices, obligations, outbox
from storage.outbox import Saying
from storage.tx import Tx

Group = Literal["waiting", "climb", "gap", "over", "today", "soon", "moved", "red"]
GROUPS: tuple[Group, ...] = ("waiting", "climb", "gap", "over", "today", "soon", "moved", "red")
ROWS = 8  # matters in one list; the rest is a press away


@dataclass(frozen=True)
class Matter:
    """One obligation as one person hears of it `now`. `kinds` are its notices; none where only the morning digest names it.

    `waiting`: it was handed in to this person; `watched`: it is overdue in this person's scope.
    """

    owed: Owed
    viewer: Seat
    now: int
    kinds: frozenset[str] = frozenset()
    waiting: bool = False
    watched: bool = False

    def about(self, word: str) -> Sequence[str]:
        """What the notices of this word name: roles that were told, steps that were taken."""
        return _by_word(self.kinds).get(word, ())

    @property
    def decides(self) -> bool:
        """Somebody else waits for this person's yes or no."""
        return is_decision(self.owed.duty) and self.viewer.id == self.owed.owner

    @property
    def group(self) -> Group:
        if self.waiting or self.watched:
            return "waiting" if self.waiting else "red"
        if self.about("climb"):
            return "climb"
        if self.about("gap"):
            return "gap"
        if self.decides:
            return "waiting"
        if self.viewer.id != self.owed.owner and self.about("moved"):
            return "moved"  # its creditor hears that it moved, and nothing else
        if self.now >= self.owed.due_at:
            return "over"
        if due_day(self.owed.due_at) <= local_date(self.now):
            return "today"
        return "moved" if self.about("moved") else "soon"

    @property
    def theirs(self) -> bool:
        """It is told whose it is."""
        return self.group in {"climb", "gap", "waiting", "red"} and not self.decides


@lru_cache(maxsize=1024)
def _by_word(kinds: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """Most people hear of the same few kinds."""
    found: dict[str, list[str]] = {}
    for kind in sorted(kinds):
        word, _, rest = kind.partition(":")
        found.setdefault(word, []).append(rest)
    return found


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


@dataclass(frozen=True)
class Known:
    """What the messages of some people need, read at once: an answer a question, not one a person."""

    tx: Tx
    words: Words
    owners: Mapping[int, Seat]
    quiets: Mapping[int, str]  # people's own quiet hours
    _holds: dict[tuple[str, str | None], int | None] = field(default_factory=dict)

    def held_until(self, regime: str, person: int | None) -> int | None:
        """The end of the quiet hours that it is in; None outside of them."""
        alike = (regime, self.quiets.get(person or 0))
        if alike not in self._holds:
            quiet, now = widened(self.tx.world.regime(regime).quiet, alike[1]), self.tx.now
            self._holds[alike] = next_slot(now, quiet) if in_quiet(now, quiet) else None
        return self._holds[alike]

    def duty(self, owed: Owed) -> Duty | None:
        return duty_of(self.tx.world.regime(owed.regime), owed.duty)

    def urgent(self, owed: Owed) -> bool:
        duty = self.duty(owed)
        return duty is not None and duty.urgent

    async def owner(self, owed: Owed) -> Param:
        return await seat_words(self.tx, self.owners[owed.owner])


async def say(tx: Tx, pictures: Sequence[Picture]) -> None:
    """One message each, whatever there is to tell."""
    matters = [matter for picture in pictures for matter in picture.matters]
    known = Known(
        tx,
        await Words.of(tx, (matter.owed for matter in matters)),
        await obligations.seats(tx, {matter.owed.owner for matter in matters if matter.theirs}),
        await notices.own_quiets(tx, [picture.to.person for picture in pictures if picture.to.person is not None]),
    )
    await outbox.say_all(tx, [await _message(known, picture) for picture in pictures])


async def _message(known: Known, picture: Picture) -> Saying:
    matters = picture.matters
    urgent = any(known.urgent(matter.owed) for matter in matters)
    alone = len(matters) == 1 and not picture.weekly and (matters[0].kinds or matters[0].group in {"over", "today"})
    message = await (_single(known, matters[0]) if alone else _list(known, picture))
    return Saying(
        picture.to,
        message,
        URGENT if urgent else PING if alone else DIGEST,
        0 if urgent else _held_until(known, picture),
        any(is_private(matter.owed.subject_kind) for matter in matters),
    )


def _held_until(known: Known, picture: Picture) -> int:
    """The process stood still between a slot and its message, into quiet hours: then it waits."""
    for regime_id in dict.fromkeys(matter.owed.regime for matter in picture.matters):
        if (hold := known.held_until(regime_id, picture.to.person)) is not None:
            return hold
    return 0


# One matter alone ------------------------------------------------------------------------------------------------------------------


async def _single(known: Known, matter: Matter) -> Message:
    params, button = known.words.params(matter.owed)
    opens, group = (opening(button, "button.open_matter", {}),), matter.group
    if group in {"climb", "gap"}:
        params["owner"] = await known.owner(matter.owed)
        params["extra"] = lines([*(_climb_lines(known, matter) if group == "climb" else []), *_gap_lines(known, matter)], "")
        word = await offered(known.tx, matter.owed, matter.viewer) if group == "climb" else ()
        return Message(f"obligation.{group}", params, ((*opens, *word), *_stopping(matter)))
    if group == "moved":
        params["old"] = _was_due(matter)
        return Message("obligation.moved", params, (*(_own_buttons(known, matter) if matter.viewer.id == matter.owed.owner else ()), opens))
    params["extra"] = lines([*_told_lines(matter), *_moved_lines(matter), *_reminded_lines(matter)], "")
    buttons = (*_own_buttons(known, matter), (*opens, *_tomorrow(matter)))
    return Message(f"obligation.{'late' if group == 'over' else 'ping'}", params, buttons)


def _tomorrow(matter: Matter) -> tuple[Button, ...]:
    return (Button("button.remind", "ot", matter.owed.id),) if matter.viewer.id == matter.owed.owner else ()


def _reminded_lines(matter: Matter) -> list[Param]:
    return [text("obligation.reminded")] if "remind" in matter.kinds else []


def _stopping(matter: Matter) -> Keyboard:
    return ((Button("button.stop_climbing", "os", matter.owed.id),),) if matter.viewer.rights in TABLE["obligation.stop"] else ()


def _own_buttons(known: Known, matter: Matter) -> Keyboard:
    noun, duty = NOUNS.get(matter.owed.subject_kind), known.duty(matter.owed)
    rows = () if noun is None else tuple(tuple(row) for row in noun.buttons(matter.owed, matter.viewer))
    if duty is not None and duty.receipt and matter.owed.acked_at is None and matter.viewer.id == matter.owed.owner:
        return ((Button("button.receipt", "oa", matter.owed.id),), *rows)
    return rows


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


def _climb_lines(known: Known, matter: Matter) -> list[Param]:
    propose = _proposal(known, matter)
    return [] if propose is None else [text("obligation.propose", what=text(f"obligation.propose.{propose}"))]


def _proposal(known: Known, matter: Matter) -> str | None:
    """What the highest step proposes; a person decides."""
    duty, steps = known.duty(matter.owed), [int(step) for step in matter.about("climb")]
    return duty.chain[max(steps)].propose if duty is not None and steps and max(steps) < len(duty.chain) else None


def _gap_lines(known: Known, matter: Matter, *, row: bool = False) -> list[Param]:
    """Which seat is empty: the owner's, or one that the chain names."""
    found: list[Param] = []
    where = "obligation.row_gap." if row else "obligation.gap."
    duty, regime = known.duty(matter.owed), known.tx.world.regime(matter.owed.regime)
    for step in matter.about("gap"):
        if step == "owner":
            found.append(text(where + "owner"))
        elif duty is not None and int(step) < len(duty.chain):
            roles = regime.chain_roles(duty.chain[int(step)].to)
            named = lines([term(regime.id, "role", role.id) for role in roles], " / ")
            found.append(text(where + "step", role=named) if roles else text(where + "owner"))
    return found


# Several ---------------------------------------------------------------------------------------------------------------------------


async def _list(known: Known, picture: Picture) -> Message:
    by_group: dict[Group, list[Matter]] = {}
    for matter in picture.matters:
        by_group.setdefault(matter.group, []).append(matter)
    blocks: list[Param] = []
    opens: list[Button] = []
    for group in GROUPS:
        rows: list[Param] = []
        for matter in by_group.get(group, [])[: ROWS - len(opens)]:
            row, button = await _row(known, len(opens) + 1, matter)
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
    direct = await _direct(known, picture.matters[0]) if len(picture.matters) == 1 else ()
    return Message("obligation.digest", params, (*direct, *in_rows(opens), *_turns(picture)))


async def _direct(known: Known, matter: Matter) -> Keyboard:
    """A list of one needs no detour: what may be pressed about it stands right here."""
    if matter.waiting:
        settle = SETTLES.get(matter.owed.subject_kind)
        return () if settle is None else await settle(known.tx, matter.owed, matter.viewer)
    if matter.group == "climb":
        word = await offered(known.tx, matter.owed, matter.viewer)
        return (*((word,) if word else ()), *_stopping(matter))
    if matter.group == "gap":
        return _stopping(matter)
    return _own_buttons(known, matter) if matter.viewer.id == matter.owed.owner else ()


def _turns(picture: Picture) -> Keyboard:
    row = [Button("button.mine", "om")] if any(matter.viewer.id == matter.owed.owner for matter in picture.matters) else []
    if picture.red or picture.weekly:
        row.append(Button("button.overview", "vo"))
    if picture.drawn:
        row.append(Button("button.overview_picture", "vc", picture.drawn))
    return (tuple(row),) if row else ()


async def _row(known: Known, n: int, matter: Matter) -> tuple[Param, Button]:
    if matter.theirs:
        more: list[Param] = []
        if matter.group == "climb" and (propose := _proposal(known, matter)) is not None:
            more.append(text("obligation.row_propose", what=text(f"obligation.propose.{propose}")))
        more += _gap_lines(known, matter, row=True)  # also where it climbed to the office because of the gap
        owner = await known.owner(matter.owed)
        return known.words.numbered("obligation.row_theirs", n, matter.owed, owner=owner, extra=lines(more, ""))
    roles = _told(matter)
    extra = [] if roles is None else [text("obligation.row_told", role=roles)]
    return known.words.numbered("obligation.row_mine", n, matter.owed, extra=lines([*extra, *_moved_lines(matter)], ""))
