"""What is shown of a ledger that came back: counts, what would change from what to what, conflicts and rows to mend, by row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from domain.dates import read_until
from domain.ledger_desk import Desk
from domain.ledger_import import COMMON, Cell, Change, Plan, Refused
from domain.people import Seat
from domain.speech import Message, Param, cut, lines, on, term, text

SHOWN, CELLS = 8, 3  # lines of a kind, cells of a line; the rest is counted
REFUSED = 16
ALIKE = 3  # rows with the same slip, from which on they are one line
LONGEST = 30  # characters of a cell


def preview(file: str, plan: Plan, desk: Desk, since: Mapping[int, Param]) -> Message:
    """`since`: of items that moved after the sheet was made, what happened to them last."""
    if plan.refused or plan.conflicts:
        parts = [
            _part("conflicts", [(lines([_change(each), since.get(each.held.item.id, "")], ""), 1) for each in plan.conflicts]),
            _part("refused", _alike(plan.refused), REFUSED),
        ]
        return Message("items.import.cannot", {"file": file, "parts": lines([part for part in parts if part], "\n\n")})
    if not plan.fits:
        return Message("items.import.nothing", {"file": file, "n": plan.same})
    parts = [
        _part("new", [(_new(plan, n), 1) for n in range(len(plan.new))]),
        _part("changed", [(_change(each), 1) for each in plan.changed]),
        _common(plan, desk),
        _told(plan, desk),
    ]
    if plan.unlisted:
        names = lines([cut(name, LONGEST) for name in sorted(set(plan.unlisted))[:SHOWN]], "、")
        parts.append(text("items.import.unlisted", n=len(plan.unlisted), names=names))
    same = text("items.import.same", n=plan.same) if plan.same else ""
    return Message("items.import.preview", {"file": file, "parts": lines([part for part in (*parts, same) if part], "\n\n")})


def _common(plan: Plan, desk: Desk) -> Param:
    """What was answered once for all new items."""
    if not plan.new:
        return ""
    regime = str(plan.new[0].given["regime"])
    said = [(column, desk.defaults[column]) for column in COMMON if desk.defaults.get(column)]
    rows: list[Param] = [
        text(
            "items.import.common",
            column=text(f"ledger.column.{column}"),
            words=_common_words(regime, column, words, desk),
        )
        for column, words in said
    ]
    return lines(rows)


def heard(plan: Plan, desk: Desk) -> Counter[Seat]:
    """Whose items are opened or changed, and how many: the responsible ones, before and after."""
    seats = {seat.id: seat for held in desk.seats.values() for seat in held}
    found = Counter(seats[each.given["owner"]] for each in plan.new)
    for change in plan.changed:
        found.update({seat.id: seat for seat in (change.held.owner, change.owner or change.held.owner)}.values())
    return found


def _told(plan: Plan, desk: Desk) -> Param:
    owners = heard(plan, desk).most_common()
    keys = {True: "items.import.owner", False: "items.import.owner_unheard"}
    shown = [text(keys[seat.to() is not None], name=seat.holder, n=n) for seat, n in owners[:SHOWN]]
    rest = [text("items.import.more_people", n=len(owners) - SHOWN)] if len(owners) > SHOWN else []
    return text("items.import.owners", names=lines([*shown, *rest], "、"))


def _common_words(regime: str, column: str, words: str, desk: Desk) -> Param:
    if column == "kind":
        return term(regime, "class", words)
    found = read_until(words, desk.on, desk.world.calendar) if column == "due" else None
    return cut(words, LONGEST) if found is None else on(found.until.day, provisional=found.provisional)


def _part(name: str, rows: Sequence[tuple[Param, int]], most: int = SHOWN) -> Param:
    """Lines, each with how many rows of the sheet it stands for."""
    if not rows:
        return ""
    rest = sum(n for _, n in rows[most:])
    more = [text("items.import.more", n=rest)] if rest else []
    return text(f"items.import.part.{name}", n=sum(n for _, n in rows), rows=lines([*(line for line, _ in rows[:most]), *more]))


def _new(plan: Plan, n: int) -> Param:
    each = plan.new[n]
    region = term(each.given["regime"], "region", each.given["region"])
    return text("items.import.new", row=each.row, enterprise=each.given["enterprise"], region=region)


def _change(change: Change) -> Param:
    cells = [
        text("items.import.cell", column=text(f"ledger.column.{cell.column}"), **_shown(change, cell)) for cell in change.cells[:CELLS]
    ]
    if len(change.cells) > CELLS:
        cells.append(text("items.import.more", n=len(change.cells) - CELLS))
    return text("items.import.change", row=change.row, number=change.held.item.number, cells=lines(cells, "；"))


def _alike(refused: Sequence[Refused]) -> list[tuple[Param, int]]:
    """The same slip in many rows is one line: a whole list may miss one thing."""
    slips: dict[tuple[str, str, str], list[Refused]] = {}
    for each in refused:
        slips.setdefault((each.code, each.column, each.word), []).append(each)
    found: list[tuple[Param, int]] = []
    for rows in slips.values():
        if len(rows) < ALIKE:
            found += [(_refused(each), 1) for each in rows]
        else:
            found.append((text("items.import.refused_rows", n=len(rows), rows=_numbers(rows), why=_why(rows[0])), len(rows)))
    return found


def _numbers(rows: Sequence[Refused]) -> Param:
    some = [str(each.row) for each in rows[:SHOWN]]
    return lines([*some, *(["…"] if len(rows) > SHOWN else [])], ", ")


def _refused(each: Refused) -> Param:
    return text("items.import.refused", row=each.row, what=each.what[:LONGEST], why=_why(each))


def _why(each: Refused) -> Param:
    column = text(f"ledger.column.{each.column}") if each.column else ""
    return text(f"items.import.refused.{each.code}", column=column, word=each.word)


def _shown(change: Change, cell: Cell) -> dict[str, Param]:
    old, new = cell_words(change, cell)
    return {"old": cut(old, LONGEST), "new": cut(new, LONGEST)}


def cell_words(change: Change, cell: Cell) -> tuple[Param, Param]:
    """Old and new as they are read: codes by their names."""
    return _words(change, cell.column, cell.old), _words(change, cell.column, cell.new)


def _words(change: Change, column: str, value: str) -> Param:
    if not value:
        return text("items.import.blank")
    if column == "kind":
        return term(change.held.item.regime, "class", value)
    if column == "industry":
        return term(change.held.item.regime, "industry", value)
    return on(date.fromisoformat(value)) if column == "due" else value
