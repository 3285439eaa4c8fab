"""How a roster differs from the seats there are. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from domain.roster import Changed, Diff, Held, Refused, Wanted
from domain.roster_words import fold

ONE_A_PLACE = frozenset({"liaison", "receiver", "county_lead"})  # rights; who comes after one takes over, and is not a second one


@dataclass
class _Pairs:
    """Rows and seats of one name, role and place. Usually one of each; namesakes are told apart by their unit."""

    wanted: list[Wanted] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


def compare(taken: Iterable[Wanted], refused: Iterable[Refused], held: Sequence[Held], alone: Iterable[str] = ()) -> Diff:
    """What would be done. Seats of the list come first by their unit, what is left over by order. `alone`: roles a place has one of."""
    groups: dict[tuple[str, str, str], _Pairs] = {}
    for wanted in taken:
        groups.setdefault(wanted.key, _Pairs()).wanted.append(wanted)
    names, others = {key[0] for key in groups}, []
    for seat in held:
        if seat.key in groups:
            groups[seat.key].held.append(seat)
        elif fold(seat.name) in names:
            others.append(seat)
    new, same, changed = [], [], []
    for group in groups.values():
        for wanted, match in _matched(group):
            if match is None:
                new.append(wanted)
                continue
            found = _changed(wanted, match)
            (changed.append(found) if found.unit or found.until else same.append(wanted))
        others += group.held
    return Diff(
        new=tuple(sorted(new, key=_row)),
        unchanged=tuple(sorted(same, key=_row)),
        changed=tuple(sorted(changed, key=lambda each: each.wanted.row)),
        refused=tuple(refused),
        kept=tuple(others),
        beside=tuple(_beside([each for each in new if each.role in set(alone)], held)),
    )


def _beside(new: Iterable[Wanted], held: Sequence[Held]) -> Iterator[tuple[Wanted, Held]]:
    """A list with a new name for an old seat gives nothing over: whoever sits there keeps it."""
    for wanted in sorted(new, key=_row):
        there = (seat for seat in held if (seat.role, seat.place) == wanted.key[1:] and fold(seat.name) != wanted.key[0])
        yield from ((wanted, seat) for seat in there)


def _row(wanted: Wanted) -> int:
    return wanted.row


def _matched(group: _Pairs) -> list[tuple[Wanted, Held | None]]:
    """Takes the seats out of the group."""
    found: dict[int, Held | None] = {}
    for strict in (True, False):
        for wanted in group.wanted:
            if found.get(wanted.row) is None:
                match = next((held for held in group.held if not strict or not _changed(wanted, held).unit), None)
                found[wanted.row] = match
                if match is not None:
                    group.held.remove(match)
    return [(wanted, found[wanted.row]) for wanted in group.wanted]


def _changed(wanted: Wanted, held: Held) -> Changed:
    unit = wanted.says_unit and (wanted.unit, fold(wanted.workplace)) != (held.unit, fold(held.workplace))
    return Changed(wanted, held, unit, wanted.says_until and wanted.until != held.until)
