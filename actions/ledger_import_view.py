"""What is shown of a ledger that came back: counts, what would change from what to what, conflicts and rows to mend, by row."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from domain.dates import read_until
from domain.ledger_desk import Desk
from domain.ledger_import import COMMON, Cell, Change, Plan, Refused
from domain.speech import Message, Param, cut, lines, on, term, text

SHOWN, CELLS = 8, 3  # lines of a kind, cells of a line; the rest is counted
REFUSED = 16
LONGEST = 30  # characters of a cell


def preview(file: str, plan: Plan, desk: Desk) -> Message:
    if plan.refused or plan.conflicts:
        parts = [
            _part("conflicts", [_change(each) for each in plan.conflicts]),
            _part("refused", [_refused(each) for each in plan.refused], REFUSED),
        ]
        return Message("items.import.cannot", {"file": file, "parts": lines([part for part in parts if part], "\n\n")})
    if not plan.fits:
        return Message("items.import.nothing", {"file": file, "n": plan.same})
    parts = [_part("new", [_new(plan, n) for n in range(len(plan.new))]), _part("changed", [_change(each) for each in plan.changed])]
    parts.append(_common(plan, desk))
    if plan.unlisted:
        names = ", ".join(sorted(set(plan.unlisted))[:SHOWN])
        parts.append(text("items.import.unlisted", n=len(plan.unlisted), names=cut(names, 2 * LONGEST)))
    same = text("items.import.same", n=plan.same) if plan.same else ""
    return Message("items.import.preview", {"file": file, "parts": lines([part for part in (*parts, same) if part], "\n\n")})


def _common(plan: Plan, desk: Desk) -> Param:
    """What was answered once for all new items, and who will owe how many of them."""
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
    names = {seat.id: seat.holder for seats in desk.seats.values() for seat in seats}
    owners = Counter(names[each.given["owner"]] for each in plan.new).most_common()
    shown = [text("items.import.owner", name=name, n=n) for name, n in owners[:SHOWN]]
    rest = [text("items.import.more_people", n=len(owners) - SHOWN)] if len(owners) > SHOWN else []
    return lines([*rows, text("items.import.owners", names=lines([*shown, *rest], "、"))])


def _common_words(regime: str, column: str, words: str, desk: Desk) -> Param:
    if column == "kind":
        return term(regime, "class", words)
    found = read_until(words, desk.on, desk.world.calendar) if column == "due" else None
    return cut(words, LONGEST) if found is None else on(found.until.day, provisional=found.provisional)


def _part(name: str, rows: Sequence[Param], most: int = SHOWN) -> Param:
    if not rows:
        return ""
    more = [text("items.import.more", n=len(rows) - most)] if len(rows) > most else []
    return text(f"items.import.part.{name}", n=len(rows), rows=lines([*rows[:most], *more]))


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


def _refused(each: Refused) -> Param:
    column = text(f"ledger.column.{each.column}") if each.column else ""
    why = text(f"items.import.refused.{each.code}", column=column, word=each.word)
    return text("items.import.refused", row=each.row, what=each.what[:LONGEST], why=why)


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
