"""What is said of a roster: the preview, the full list where it is long, the workbook of links."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from actions.people import Link, seat_title, term_date, titled
from domain.roster import Changed, Diff, Held, Refused, Wanted
from domain.speech import Message, Param, lines, moment, term, text
from storage import enterprises
from storage.tx import Tx

ROWS = 10  # of each sort in the message; the full list is a workbook
NEAR = {"role_unknown": "role", "scope_unknown": "region", "scope_ambiguous": "region", "plant_ambiguous": "region"}
NAMED = {"scope_ambiguous", "plant_ambiguous"}  # reasons whose own words name what may have been meant


@dataclass(frozen=True)
class Made:
    wanted: Wanted
    link: Link


async def preview_message(tx: Tx, regime: str, file: str, diff: Diff) -> Message:
    sorts = {"new": diff.new, "changed": diff.changed, "unchanged": diff.unchanged, "refused": diff.refused}
    counts = [text(f"roster.count.{sort}", n=len(found)) for sort, found in sorts.items() if found]
    blocks = [text("roster.block.new", rows=_first([_new_line(regime, each) for each in diff.new]))] if diff.new else []
    if diff.changed:
        blocks.append(text("roster.block.changed", rows=_first([_changed_line(regime, each) for each in diff.changed])))
    if diff.refused:
        blocks.append(text("roster.block.refused", rows=_first([_refused_line(regime, each) for each in diff.refused])))
    if diff.beside:
        blocks.append(text("roster.block.beside", rows=_first([_beside_line(regime, *each) for each in diff.beside])))
    if diff.kept:
        blocks.append(text("roster.block.kept", rows=_first([await _kept_line(tx, regime, each) for each in diff.kept])))
    ask = text("roster.ask" if diff.moves else "roster.nothing")
    again = [text("roster.again")] if diff.refused else []
    params: dict[str, Param] = {"file": file, "counts": lines(counts), "rest": lines([*blocks, ask, *again], "\n\n")}
    return Message("roster.preview", params)


def _beside_line(regime: str, wanted: Wanted, held: Held) -> Param:
    return text("roster.row.beside", row=wanted.row, name=wanted.name, seat=_title(regime, wanted), other=held.name)


def changed_lines(regime: str, diff: Diff) -> list[Param]:
    return [_changed_line(regime, each) for each in diff.changed]


def refused_lines(regime: str, diff: Diff) -> list[Param]:
    return [_refused_line(regime, each) for each in diff.refused]


def _first(rows: Sequence[Param]) -> Param:
    more = [text("roster.more", n=len(rows) - ROWS)] if len(rows) > ROWS else []
    return lines([*rows[:ROWS], *more])


def _new_line(regime: str, wanted: Wanted) -> Param:
    return text("roster.row.new", name=wanted.name, seat=_title(regime, wanted))


def _changed_line(regime: str, changed: Changed) -> Param:
    wanted = changed.wanted
    return text("roster.row.changed", row=wanted.row, name=wanted.name, seat=_title(regime, wanted), changes=_changes(regime, changed))


def _changes(regime: str, changed: Changed) -> Param:
    held, wanted, found = changed.held, changed.wanted, []
    if changed.until:
        found.append(text("roster.change.until", before=_until(held), after=_until(wanted)))
    if changed.unit:
        found.append(text("roster.change.unit", before=_unit(regime, held), after=_unit(regime, wanted)))
    return lines(found, " · ")


def _until(of: Held | Wanted) -> Param:
    return text("people.term.open") if of.until is None else term_date(of.until)


def _unit(regime: str, of: Held | Wanted) -> Param:
    if of.workplace:
        return of.workplace
    return term(regime, "unit", of.unit) if of.unit else text("roster.no_unit")


def _title(regime: str, wanted: Wanted) -> Param:
    """As `seat_title` says it; an enterprise may not be on file yet."""
    named = term(regime, "role", wanted.role)
    if wanted.scope_kind == "province":
        return named
    if wanted.scope_kind == "unit":
        return titled(term(regime, "unit", wanted.scope), named)
    return titled(wanted.enterprise or term(regime, "region", wanted.scope), named)


def _refused_line(regime: str, refused: Refused) -> Param:
    who = text("roster.row.of", row=refused.row, name=refused.name) if refused.name else text("roster.row.nobody", row=refused.row)
    return text("roster.row.refused", who=who, reason=reason(regime, refused))


def reason(regime: str, refused: Refused) -> Param:
    near = lines([term(regime, NEAR[refused.code], code) for code in refused.near], " / ")
    why = text(f"roster.reason.{refused.code}", word=refused.word, other=refused.other, near=near)
    return why if not refused.near or refused.code in NAMED else lines([why, text("roster.near", near=near)], "")


async def _kept_line(tx: Tx, regime: str, held: Held) -> Param:
    return text("roster.row.kept", name=held.name, seat=await _held_title(tx, regime, held))


async def _held_title(tx: Tx, regime: str, held: Held) -> Param:
    role = tx.world.regime(regime).role(held.role)
    if role.scope != "enterprise":
        return await seat_title(tx, regime, held.role, role.scope, held.place)
    region, _, folded = held.place.partition("/")
    found = next((row for row in await enterprises.in_region(tx, regime, region) if row["folded"] == folded), None)
    named = term(regime, "role", held.role)
    return named if found is None else titled(found["name"], named)


def changed_words(regime: str, changed: Changed) -> dict[str, Param]:
    """For whoever sits there."""
    return {"seat": _title(regime, changed.wanted), "changes": _changes(regime, changed)}


# Workbooks -------------------------------------------------------------------------------------------------------------------------


async def full_list(tx: Tx, regime: str, diff: Diff) -> dict[str, Any] | None:
    """All that the message could not hold."""
    if max(len(diff.new), len(diff.changed), len(diff.refused), len(diff.kept), len(diff.beside)) <= ROWS:
        return None
    new: list[list[Param]] = [[each.row, each.name, _title(regime, each), _until(each)] for each in diff.new]
    changed = [[each.wanted.row, each.wanted.name, _title(regime, each.wanted), _changes(regime, each)] for each in diff.changed]
    refused: list[list[Param]] = [[each.row, each.name, reason(regime, each)] for each in diff.refused]
    beside: list[list[Param]] = [[each.row, each.name, _title(regime, each), held.name] for each, held in diff.beside]
    kept = [[each.name, await _held_title(tx, regime, each)] for each in diff.kept]
    sheets = [
        _sheet("refused", ("row", "name", "reason"), (8, 16, 60), refused),
        _sheet("new", ("row", "name", "seat", "until"), (8, 16, 40, 18), new),
        _sheet("changed", ("row", "name", "seat", "changes"), (8, 16, 40, 60), changed),
        _sheet("beside", ("row", "name", "seat", "other"), (8, 16, 40, 16), beside),
        _sheet("kept", ("name", "seat"), (16, 40), kept),
    ]
    return {"make": "book", "name": text("roster.book.full"), "sheets": [sheet for sheet in sheets if sheet["rows"]]}


def links_book(regime: str, made: Iterable[Made]) -> dict[str, Any]:
    """A row for each new seat, with the link in words and as a picture."""
    rows: list[list[Param]] = []
    for each in made:
        link: Param = {"$": "join_link", "token": each.link.token}
        wanted, until = each.wanted, moment(each.link.expires_at)
        rows.append(
            [wanted.row, wanted.name, _unit(regime, wanted), _title(regime, wanted), _until(wanted), link, {"$": "qr", "of": link}, until]
        )
    columns = ("row", "name", "unit", "seat", "until", "link", "qr", "works_until")
    return {"make": "book", "name": text("roster.book.links"), "sheets": [_sheet("links", columns, (8, 12, 24, 32, 18, 48, 16, 22), rows)]}


def _sheet(title: str, columns: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[Param]]) -> dict[str, Any]:
    head = [text(f"roster.column.{column}") for column in columns]
    return {"title": text(f"roster.sheet.{title}"), "head": head, "widths": list(widths), "rows": [list(row) for row in rows]}
