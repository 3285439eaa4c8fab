"""Items as rows of a sheet: each cell is a typed parameter, put into the reader's language at the edge.

What is hidden on a card is hidden here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from actions.inputs_ledger import SheetOut
from actions.ledger_view import Parties, body_words, item_light
from actions.perform import action
from domain import ledger
from domain.deadlines import due_day, local_date, local_time
from domain.ledger import Item
from domain.ledger_columns import COLUMNS
from domain.obligations import LIVE
from domain.outcome import Done, Outcome
from domain.people import Actor, Seat
from domain.permissions import may_start
from domain.regime import Regime
from domain.speech import Param, bare_place, lines, term, text
from storage import files, ledger_lists, ledger_table, outbox
from storage.entries import day_of
from storage.files import Blob
from storage.ledger_lists import Where
from storage.ledger_table import Known
from storage.tx import Row, Tx

AT_ONCE = 200
MOST_HISTORY = 120  # entries of one cell; the card has them all
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def piece(tx: Tx, viewers: Sequence[Seat], where: Where, after: int, before: int) -> tuple[list[list[Param]], int]:
    """The next rows after the item of this id, and the id to go on from (0: that was all). `before` rows stand above."""
    found = await ledger_lists.after(tx, where, after, AT_ONCE)
    seats = {seat for item in found for seat in (item.owner, item.opener, item.leader) if seat is not None}
    known = await ledger_table.known(tx, [item.id for item in found], seats)
    piece = Piece(tx, known, viewers, local_date(tx.now))
    return [_row(piece, item, before + n) for n, item in enumerate(found, 1)], found[-1].id if len(found) == AT_ONCE else 0


@dataclass(frozen=True)
class Piece:
    """Rows that are made together; what many of them share is looked up once."""

    tx: Tx
    known: Known
    viewers: Sequence[Seat]
    on: date
    _places: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _sources: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def place(self, item: Item) -> tuple[str, str]:
        key = (item.regime, item.region)
        if key not in self._places:
            self._places[key] = place(self.tx.world.regime(item.regime), item.region, self.on)
        return self._places[key]

    def source(self, item: Item) -> str:
        key = (item.regime, item.region, item.source)
        if key not in self._sources:
            self._sources[key] = ledger.shown_source(item, self.viewers, self.tx.world, self.on)
        return self._sources[key]


def _row(piece: Piece, item: Item, n: int) -> list[Param]:
    tx, known = piece.tx, piece.known
    regime, owed = tx.world.regime(item.regime), known.owed[item.id]
    of = Parties(item, tuple(each for each in owed if each.state in LIVE))
    due = max((each for each in owed if each.duty == "item.rectify"), key=lambda each: each.id)
    log = known.entries[item.id]
    city, county = piece.place(item)
    cells: dict[str, Param] = {
        "n": n,
        "number": item.number,
        "enterprise": item.enterprise,
        "city": city and term(regime.id, "region", city),
        "county": county and bare_place(regime.id, county),
        "industry": item.industry and term(regime.id, "industry", item.industry),
        **{name: getattr(item, name) for name in ledger.EXTRA},
        "problem": item.problem,
        "kind": term(regime.id, "class", item.kind),
        "goal": item.goal,
        "measures": item.measures,
        "owner": known.seats[of.owner].holder,
        "leader": item.leader and known.seats[item.leader].holder,
        "due": due_day(due.due_at).isoformat(),
        "state": text(f"item.state.{item.state}"),
        "light": "" if ledger.is_over(item.state) else text(f"light.{item_light(tx, of)}"),
        "progress": _last(log, ("report", "closing"), known),
        "files": known.files.get(item.id, 0),
        "verified": _last(log, ("verified", "returned", "undo_verify"), known),
        "closed": "" if item.closed_at is None else local_date(item.closed_at).isoformat(),
        "published": _published(item),
        "source": text(f"item.source.{piece.source(item)}"),
        "history": lines([_said(row, known) for row in log[-MOST_HISTORY:]]),
        "version": f"{item.regime}/{item.version}",
    }
    return [cells[column.key] or "" for column in COLUMNS]


def place(regime: Regime, region: str, on: date) -> tuple[str, str]:
    """City and county of a place, as codes; either may be empty."""
    path = {each.level: each.id for each in regime.above(region, on)}
    return path.get("city", ""), path.get("county", "")


def _published(item: Item) -> Param:
    if item.published == "none":
        return ""
    shown = text(f"item.published.{item.published}")
    return lines([shown, "" if item.announced_on is None else item.announced_on.isoformat()], " ")


def _last(log: Sequence[Row], kinds: tuple[str, ...], known: Known) -> Param:
    last = next((row for row in reversed(log) if row["kind"] in kinds), None)
    return "" if last is None else _said(last, known)


def _said(row: Row, known: Known) -> Param:
    at = f"{local_time(row['at']):%Y-%m-%d %H:%M}"
    author = known.seats.get(row["author"])
    who = text("item.by_itself") if author is None else author.holder
    words = body_words(row["kind"], row["body"], day_of(row), most=600)
    said = text("item.sheet.said", words=words) if words else ""
    return text("item.sheet.entry", at=at, what=text(f"item.entry.{row['kind']}"), who=who, said=said)


@action("item.export")
async def hand_out(tx: Tx, actor: Actor, given: SheetOut) -> Outcome:
    """The sheet was made and stored before this unit; here it is put on record and sent."""
    await files.record(tx, Blob(given.blob, XLSX, given.size, given.name))
    file = {"blob": given.blob, "kind": "document", "name": given.name, "mime": XLSX}
    key = "items.sheet.back" if may_start(actor.seats, "item.import") else "items.sheet"
    await outbox.say(tx, actor.to(), key, {"n": given.rows}, file=file)
    return Done(("sheet", 0), {"rows": given.rows})
