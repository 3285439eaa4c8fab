"""Complaints. Clear are only what statistics and routing need (kind, region, day, state, handler); all that was said is in sealed parts.

Neither an account, a person nor a chat stands with a complaint, except sealed in `complaint_reach` where the complainant asked for it.
The format of what is sealed is in `storage/sealed.py`.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nacl.bindings import sodium_pad, sodium_unpad

from domain.complaints import OPEN, Bar, Plant, State
from domain.deadlines import end_of_day, local_date
from domain.speech import To
from storage import sealed
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO complaint (id, regime, receipt_mac, receipt_wrap, kind, region, handler, state, tier, twin_mac, version, day)
VALUES (:id, :regime, :receipt_mac, :receipt_wrap, :kind, :region, :handler, 'received', 'confidential', :twin_mac, 1, :day)
"""
GET = "SELECT * FROM complaint WHERE id = :id"
BY_RECEIPT = "SELECT * FROM complaint WHERE receipt_mac = :receipt_mac"
MOVE = """
UPDATE complaint SET state = :state, outcome = :outcome, handler = :handler, closed_at = :closed_at, version = version + 1
WHERE id = :id AND version = :version
"""
# Where a seat has many, those with the longest wait come first; within a day the random id orders, which tells nothing.
OF_HANDLERS = """
SELECT * FROM complaint WHERE handler IN ({seats}) AND state IN ({states}) ORDER BY day, id LIMIT :limit OFFSET :offset
"""
COUNT_OF_HANDLERS = "SELECT count(*) AS n FROM complaint WHERE handler IN ({seats}) AND state IN ({states})"
LOAD = "SELECT handler, count(*) AS n FROM complaint WHERE regime = :regime AND state IN ({states}) GROUP BY handler"
TWINS = "SELECT count(*) AS n FROM complaint WHERE twin_mac = :twin_mac"
ADD_BAR = "INSERT INTO bar (complaint, kind, code) VALUES (:complaint, :kind, :code) ON CONFLICT (complaint, kind, code) DO NOTHING"
BARS = "SELECT kind, code FROM bar WHERE complaint = :complaint ORDER BY kind, code"
# An enterprise seat's scope is the enterprise's id as text.
PLANTS = """
SELECT a.id, e.region, e.folded FROM appointment a JOIN enterprise e ON CAST(e.id AS TEXT) = a.scope
WHERE a.regime = :regime AND a.scope_kind = 'enterprise'
"""
HANDLER_KEY = "SELECT * FROM handler_key WHERE appointment = :seat"
ADD_HANDLER_KEY = """
INSERT INTO handler_key (appointment, public, private_sealed) VALUES (:seat, :public, :private_sealed) ON CONFLICT (appointment) DO NOTHING
"""
ADD_WRAP = "INSERT INTO complaint_key (complaint, appointment, sealed) VALUES (:complaint, :seat, :sealed)"
WRAP = "SELECT sealed FROM complaint_key WHERE complaint = :complaint AND appointment = :seat"
DROP_WRAPS = "DELETE FROM complaint_key WHERE complaint = :complaint"
PARTS = "SELECT * FROM complaint_part WHERE complaint = :complaint ORDER BY n"
ADD_PART = "INSERT INTO complaint_part (complaint, n, field, sealed) VALUES (:complaint, :n, :field, :sealed)"
LAST_PART = "SELECT max(n) AS n FROM complaint_part WHERE complaint = :complaint"
SET_REACH = "INSERT INTO complaint_reach (complaint, sealed) VALUES (:complaint, :sealed)"
REACH = "SELECT sealed FROM complaint_reach WHERE complaint = :complaint"
DROP_REACH = "DELETE FROM complaint_reach WHERE complaint = :complaint"
KEEP_BLOB = "INSERT INTO kept_blob (hash) VALUES (:hash) ON CONFLICT (hash) DO NOTHING"

REACH_BYTES = 64  # a chat's id and a language, always padded to the same length


@dataclass(frozen=True)
class Complaint:
    id: int
    regime: str
    kind: str
    region: str
    handler: int
    state: State
    outcome: str | None
    twin_mac: str
    version: int
    day: date


@dataclass(frozen=True)
class New:
    regime: str
    kind: str
    region: str
    handler: int
    bars: frozenset[Bar]
    twin: str | None  # what complaints about the same have in common; None where nothing was named
    receipt: str
    report: dict[str, Any]


@dataclass(frozen=True)
class Part:
    n: int
    field: str
    body: dict[str, Any]


def _complaint(row: Row) -> Complaint:
    names = ("id", "regime", "kind", "region", "handler", "state", "outcome", "twin_mac", "version")
    return Complaint(**{name: row[name] for name in names}, day=date.fromisoformat(row["day"]))


async def add(tx: Tx, new: New) -> int:
    """Store a complaint, sealed for its handler and its receipt. The id is random: it tells neither time nor order."""
    case, key = secrets.randbits(62) | 1 << 62, sealed.new_case_key()
    await tx.run(
        ADD,
        id=case,
        regime=new.regime,
        receipt_mac=sealed.receipt_mac(tx.vault, new.receipt),
        receipt_wrap=sealed.wrap_for_receipt(tx.vault, key, case, new.receipt),
        kind=new.kind,
        region=new.region,
        handler=new.handler,
        twin_mac=tx.vault.mac("twin", new.twin if new.twin is not None else str(case)),
        day=local_date(tx.now).isoformat(),
    )
    await add_bars(tx, case, new.bars)
    await _wrap(tx, case, key, new.handler)
    await add_part(tx, case, key, "report", new.report)
    return case


async def get(tx: Tx, case: int) -> Complaint | None:
    row = await tx.find(GET, id=case)
    return None if row is None else _complaint(row)


async def by_receipt(tx: Tx, receipt: str) -> tuple[Complaint, bytes] | None:
    """The complaint of a receipt and its key, opened with nothing but the receipt."""
    row = await tx.find(BY_RECEIPT, receipt_mac=sealed.receipt_mac(tx.vault, receipt))
    if row is None:
        return None
    return _complaint(row), sealed.unwrap_for_receipt(tx.vault, row["id"], receipt, row["receipt_wrap"])


async def move(tx: Tx, complaint: Complaint, state: State, *, outcome: str | None = None) -> bool:
    """Compare-and-set on the version. Closing keeps the day only, and forgets how to reach the complainant."""
    over = state not in OPEN
    changed = await tx.run(
        MOVE,
        id=complaint.id,
        version=complaint.version,
        state=state,
        outcome=outcome,
        handler=complaint.handler,
        closed_at=end_of_day(local_date(tx.now)) if over else None,
    )
    if changed and over:
        await tx.run(DROP_REACH, complaint=complaint.id)
    return changed == 1


async def hand_over(tx: Tx, complaint: Complaint, key: bytes, handler: int) -> bool:
    """Give it to another seat: the key is wrapped for that seat only, the old wrap goes."""
    changed = await tx.run(
        MOVE, id=complaint.id, version=complaint.version, state="transferred", outcome=None, handler=handler, closed_at=None
    )
    if changed:
        await tx.run(DROP_WRAPS, complaint=complaint.id)
        await _wrap(tx, complaint.id, key, handler)
    return changed == 1


async def of_handlers(tx: Tx, seats: Sequence[int], limit: int, offset: int) -> tuple[list[Complaint], int]:
    """What these seats still have to deal with: a page and how many there are."""
    seat_names, seat_params = one_of("seat", seats)
    state_names, state_params = one_of("state", OPEN)
    params = seat_params | state_params
    names = {"seats": seat_names, "states": state_names}
    rows = await tx.all(OF_HANDLERS.format(**names), limit=limit, offset=offset, **params)
    return [_complaint(row) for row in rows], int(await tx.value(COUNT_OF_HANDLERS.format(**names), **params))


async def load(tx: Tx, regime: str) -> dict[int, int]:
    """How many open complaints each handler has."""
    names, params = one_of("state", OPEN)
    return {row["handler"]: row["n"] for row in await tx.all(LOAD.format(states=names), regime=regime, **params)}


async def twins(tx: Tx, complaint: Complaint) -> int:
    """How many others of this month are about the same enterprise and kind."""
    return int(await tx.value(TWINS, twin_mac=complaint.twin_mac)) - 1


async def add_bars(tx: Tx, case: int, bars: Iterable[Bar]) -> None:
    await tx.many(ADD_BAR, [{"complaint": case, "kind": bar.kind, "code": bar.code} for bar in sorted(bars)])


async def bars(tx: Tx, case: int) -> frozenset[Bar]:
    return frozenset(Bar(row["kind"], row["code"]) for row in await tx.all(BARS, complaint=case))


def enterprise_mac(tx: Tx, regime: str, folded: str) -> str:
    return tx.vault.mac("bar", f"{regime}:{folded}")


async def plants(tx: Tx, regime: str) -> dict[int, Plant]:
    """Of each enterprise seat: where the enterprise stands and the hash of its name."""
    rows = await tx.all(PLANTS, regime=regime)
    return {row["id"]: Plant(row["region"], enterprise_mac(tx, regime, row["folded"])) for row in rows}


async def _wrap(tx: Tx, case: int, key: bytes, seat: int) -> None:
    """A seat's key pair is made when it first handles a complaint."""
    if await tx.find(HANDLER_KEY, seat=seat) is None:
        fresh = sealed.new_handler_key(tx.vault, seat)
        await tx.run(ADD_HANDLER_KEY, seat=seat, public=fresh.public, private_sealed=fresh.private_sealed)
    stored = await tx.one(HANDLER_KEY, seat=seat)
    await tx.run(ADD_WRAP, complaint=case, seat=seat, sealed=sealed.wrap_for_handler(key, case, stored["public"]))


async def key_of(tx: Tx, complaint: Complaint) -> bytes:
    """The complaint's key, opened with its handler's private key."""
    stored = await tx.one(HANDLER_KEY, seat=complaint.handler)
    wrapped = await tx.value(WRAP, complaint=complaint.id, seat=complaint.handler)
    return sealed.unwrap_for_handler(tx.vault, complaint.handler, stored["private_sealed"], complaint.id, wrapped)


async def add_part(tx: Tx, case: int, key: bytes, field: str, body: dict[str, Any]) -> None:
    """Append what was said. When it was said stands inside, to the day."""
    n = int(await tx.value(LAST_PART, complaint=case) or 0) + 1
    content = json.dumps({"day": local_date(tx.now).isoformat(), **body}, ensure_ascii=False).encode()
    await tx.run(ADD_PART, complaint=case, n=n, field=field, sealed=sealed.seal_part(key, case, n, field, content))


async def parts(tx: Tx, case: int, key: bytes) -> list[Part]:
    rows = await tx.all(PARTS, complaint=case)
    return [Part(row["n"], row["field"], json.loads(sealed.open_part(key, case, row["n"], row["field"], row["sealed"]))) for row in rows]


async def set_reach(tx: Tx, case: int, to: To) -> None:
    """Remember the chat, sealed under a key that no handler's key opens."""
    content = sodium_pad(json.dumps([to.chat, to.language]).encode(), REACH_BYTES)
    await tx.run(SET_REACH, complaint=case, sealed=sealed.FORMAT + tx.vault.seal(content, f"reach:{case}", key="reach"))


async def reach(tx: Tx, case: int) -> To | None:
    found = await tx.value(REACH, complaint=case)
    if found is None:
        return None
    content = tx.vault.unseal(bytes(found)[len(sealed.FORMAT) :], f"reach:{case}", key="reach")
    chat, language = json.loads(sodium_unpad(content, REACH_BYTES))
    return To(chat, None, language)


async def keep_blobs(tx: Tx, hashes: Iterable[str]) -> None:
    """These files belong to something; to what stands only in sealed parts, so that a sweep of orphans needs this list."""
    await tx.many(KEEP_BLOB, [{"hash": each} for each in sorted(set(hashes))])
