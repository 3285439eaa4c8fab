"""The outbox: a message is a row before it is a request. This module only stores; `bot/delivery.py` sends.

A row's payload is sealed, since it may answer a complainant; clear are only the lane (a keyed hash) and times. `not_before` is business
time (quiet hours); back-off after a failure is the sender's own, in real time. A sent row is deleted.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.compact import pack, unpack
from domain.speech import ALWAYS, DIGEST, INTERACTIVE, NEWS, URGENT, Keyboard, Message, Param, To
from storage.tx import Row, Tx, one_of

ADD = """
INSERT INTO outbox (key, lane, regime, priority, payload, not_before, attempts, state, fence, created_at, card)
VALUES (:key, :lane, :regime, :priority, :payload, :not_before, 0, 'waiting', 0, :now, :card) ON CONFLICT (key) DO NOTHING
"""
# An answer is the sender's from the start where one of this process has room for it: no row to look for, to change and to open again.
ADD_TAKEN = ADD.replace("0, 'waiting', 0", "1, 'sending', :fence") + " RETURNING id"
# Else it would overtake what this chat was answered before.
ANSWERS_WAIT = f"SELECT 1 FROM outbox WHERE state = 'waiting' AND priority <= {INTERACTIVE} AND lane = :lane AND not_before <= :now LIMIT 1"  # noqa: S608
# Interactive answers first, then in the order they were said.
# A lane that is in hand is left alone: a chat that Telegram slows down must not fill the hands of the sender.
# While everything is paused only answers go (and the word that it is paused); while a province is, its major problems go, too, and so does
# what belongs to no province: what complainants and the handlers of complaints hear is not the office's to hold back.
ALLOWED = """(priority <= COALESCE((SELECT 0 FROM meta WHERE key = 'pause'), 9)
AND (priority <= 1 OR regime NOT IN (SELECT substr(key, 7) FROM meta WHERE substr(key, 1, 6) = 'pause:')))"""
CLAIMABLE = f"""
SELECT id, lane FROM outbox WHERE state = 'waiting' AND not_before <= :now AND {ALLOWED} AND lane NOT IN ({{busy}})
ORDER BY priority, id LIMIT :limit /*skip_locked*/
"""  # noqa: S608  a constant
# What somebody waits for, and what is urgent: the sender has hands of their own for them.
FIRST = f"priority <= {URGENT}"
CLAIMABLE_FIRST = CLAIMABLE.replace("WHERE", f"WHERE {FIRST} AND", 1)
# A card's row that still waits shows the newest state when it is sent, so it takes a further wish in: as soon, as urgent as either.
MERGE = """
UPDATE outbox SET not_before = CASE WHEN not_before < :not_before THEN not_before ELSE :not_before END,
  priority = CASE WHEN priority < :priority THEN priority ELSE :priority END
WHERE card = :card AND state = 'waiting'
"""
CLAIM = "UPDATE outbox SET state = 'sending', fence = :fence, attempts = attempts + 1 WHERE id IN ({ids}) RETURNING *"
STRANDED = "UPDATE outbox SET state = 'waiting' WHERE state = 'sending' AND fence <> :fence"
BACK = "UPDATE outbox SET state = 'waiting' WHERE id = :id AND state = 'sending' AND fence = :fence"
AGAIN = "UPDATE outbox SET state = 'waiting', not_before = :not_before, attempts = 0 WHERE id = :id"
SENT = "DELETE FROM outbox WHERE id = :id"
ASIDE = "UPDATE outbox SET state = 'aside', error = :error WHERE id = :id"
# What is in the sender's hand cannot be called back.
OF_LANE = "SELECT * FROM outbox WHERE lane = :lane AND state <> 'sending' ORDER BY id"
SAID_AFTER = "SELECT * FROM outbox WHERE id > :after AND state = 'waiting' ORDER BY id"
NEXT_AT = "SELECT min(not_before) AS at FROM outbox WHERE state = 'waiting' AND not_before > :now"
COUNTS = "SELECT state, count(*) AS n FROM outbox GROUP BY state"
DUE_WAITING = f"SELECT 1 AS due FROM outbox WHERE state = 'waiting' AND not_before <= :now AND {ALLOWED} LIMIT 1"  # noqa: S608  a constant
FIRST_WAITING = DUE_WAITING.replace("WHERE", f"WHERE {FIRST} AND", 1)
DUE_COUNT = f"SELECT count(*) AS n FROM outbox WHERE state = 'sending' OR (state = 'waiting' AND not_before <= :now AND {ALLOWED})"  # noqa: S608
# What a pause of this province (of everything, where it is empty) holds back.
OF_PAUSE = "state = 'waiting' AND not_before <= :now AND priority > 0 AND (:regime = '' OR (regime = :regime AND priority > 1))"
HELD = f"SELECT count(*) AS n FROM outbox WHERE {OF_PAUSE}"  # noqa: S608  a constant
HELD_LANES = f"SELECT lane, min(id) AS first FROM outbox WHERE {OF_PAUSE} AND hushed IS NULL GROUP BY lane ORDER BY 2 LIMIT :limit"  # noqa: S608
HELD_OF_LANE = f"SELECT * FROM outbox WHERE lane = :lane AND {OF_PAUSE} AND hushed IS NULL ORDER BY id"  # noqa: S608  a constant
LET_GO = "UPDATE outbox SET hushed = :hushed WHERE id = :id"
LET_GO_BY_KEY = "UPDATE outbox SET hushed = :hushed WHERE key = :key"


@dataclass(frozen=True)
class Parcel:
    """A claimed row, opened."""

    id: int
    key: str
    lane: str
    priority: int
    attempts: int
    body: dict[str, Any]
    hushed: bool = False  # one of several that a pause has held back: only the first of them sounds


async def say(
    tx: Tx,
    to: To,
    key: str,
    params: Mapping[str, Param] | None = None,
    buttons: Keyboard = (),
    *,
    priority: int = INTERACTIVE,
    not_before: int = 0,
    once: str = "",
    protect: bool = False,
    file: Mapping[str, Any] | None = None,
    remember: int | None = None,
    own: int | None = None,
    fades: bool = False,
) -> None:
    """Say a catalogue text to somebody. `once` is an idempotency key; without it one is made from what set the unit off.

    `remember`: the row of `storage/cards.py` that learns which message it became.
    `own`: it is about a complaint of the reader's own, so the chat's list (`storage/sent.py`) does not name it; above zero it is the row of
    `storage/shown.py` that learns which message it became. `fades`: deleted again a minute after it came.
    `file` is `{"make": name, …}` (drawn when sent, e.g. a QR) or `{"blob": hash, "kind": …}` (stored evidence).
    """
    body = _sent(Message(key, params or {}, buttons), protect=protect)
    if file:
        body["file"] = dict(file)
    if remember is not None:
        body["remember"] = remember
    if own is not None:
        body["own"] = own
    if fades:
        body["fades"] = True
    await put(tx, to, body, priority=priority, not_before=not_before, once=once)


@dataclass(frozen=True)
class Saying:
    """A message of many that are said together."""

    to: To
    message: Message
    priority: int = DIGEST
    not_before: int = 0
    protect: bool = False


async def say_all(tx: Tx, sayings: Sequence[Saying]) -> None:
    """Many messages in one statement."""
    rows = []
    for each in sayings:
        full = _full(each.to, _sent(each.message, protect=each.protect))
        rows.append(_row(tx, each.to, full, pack(full), each.priority, each.not_before))
    await tx.many(ADD, rows)
    if rows:
        tx.touch("outbox")


def _sent(message: Message, *, protect: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"op": "send", "key": message.key, "params": dict(message.params), "buttons": dump(message.buttons)}
    return {**body, "protect": True} if protect else body


async def strip(tx: Tx, to: To, message_id: int) -> None:
    """Take the buttons off a message that is over."""
    await put(tx, to, {"op": "strip", "message_id": message_id}, once=f"strip:{tx.vault.lane(to.chat)}:{message_id}")


async def turn_into(tx: Tx, to: To, message_id: int, key: str, params: Mapping[str, Param]) -> None:
    """Let a message that is over say how it ended; its buttons go."""
    body = {"op": "edit", "message_id": message_id, "key": key, "params": dict(params)}
    await put(tx, to, body, once=f"end:{tx.vault.lane(to.chat)}:{message_id}")


async def rewrite(tx: Tx, to: To, message_id: int, message: Message) -> None:
    """Put something else into a message that stands in the chat, buttons and all. What follows a subject is a card instead."""
    body = {"op": "edit", "message_id": message_id, "key": message.key, "params": dict(message.params), "buttons": dump(message.buttons)}
    await put(tx, to, body)


async def delete(tx: Tx, to: To, message_ids: Sequence[int], *, not_before: int = 0) -> None:
    """Delete messages from the chat (a complainant's answers, once sealed). It says nothing, so no pause holds it back."""
    for message_id in message_ids:
        key = f"delete:{tx.vault.lane(to.chat)}:{message_id}"
        await put(tx, to, {"op": "delete", "message_id": message_id}, priority=ALWAYS, not_before=not_before, once=key)


async def recall(tx: Tx, to: To) -> None:
    """Take back what `storage/sent.py` lists for this chat: the row comes again and again, a request each, until nothing is left."""
    await put(tx, to, {"op": "recall"}, priority=ALWAYS)


async def again(tx: Tx, row_id: int, not_before: int = 0) -> None:
    """A row in hand has more to do. It waits from now on: it has not been stuck since it was made (`storage/figures.py`)."""
    await tx.run(AGAIN, id=row_id, not_before=not_before or tx.now)
    tx.touch("outbox")


async def put_card(tx: Tx, to: To, card: int, *, priority: int, not_before: int) -> None:
    """Bring a card up to date; one in the sender's hand already has to be followed by another row."""
    if any(parcel.body["op"] == "card" and parcel.body["card"] == card for parcel in tx.handed):
        return  # it is made after this unit, and shows the newest state
    priority = _rank(tx, to, priority)
    if not await tx.run(MERGE, card=card, priority=priority, not_before=not_before):
        key = f"card:{card}:{_origin(tx)}:{tx.said}"
        await put(tx, to, {"op": "card", "card": card}, priority=priority, not_before=not_before, once=key, card=card)
        return
    tx.touch("outbox")


async def put(
    tx: Tx, to: To, body: Mapping[str, Any], *, priority: int = INTERACTIVE, not_before: int = 0, once: str = "", card: int | None = None
) -> None:
    full = _full(to, body)
    plain = pack(full)
    row = _row(tx, to, full, plain, priority, not_before, once, card)
    if await _hand_over(tx, row, plain):
        return
    await tx.run(ADD, **row)
    tx.touch("outbox")


async def _hand_over(tx: Tx, row: Row, plain: bytes) -> bool:
    """Give the row to the sender once this unit is committed, if it answers whoever set the unit off. False: it waits for its turn."""
    sender, lane = tx.sender, row["lane"]
    if sender is None or row["priority"] > INTERACTIVE or lane != tx.answering or row["not_before"] > tx.now:
        return False
    if not sender.has_room(lane) or (not tx.handed and await tx.find(ANSWERS_WAIT, lane=lane, now=tx.now) is not None):
        tx.sender = None  # nor does what this unit says next go first
        return False
    found = await tx.find(ADD_TAKEN, **row, fence=sender.fence)
    if found is not None:  # else it was said before
        # Read anew, so that it is what it would be after a restart.
        tx.handed.append(Parcel(found["id"], row["key"], lane, row["priority"], 1, unpack(plain)))
    return True


def _full(to: To, body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, "chat": to.chat, "person": to.person, "language": to.language, "regime": to.regime}


def _row(
    tx: Tx, to: To, full: Mapping[str, Any], plain: bytes, priority: int, not_before: int, once: str = "", card: int | None = None
) -> dict[str, Any]:
    tx.said += 1
    return {
        "key": once or f"{_origin(tx)}:{tx.said}",
        "lane": tx.vault.lane(to.chat),
        "regime": "" if full.get("protect") else to.regime,  # what is private is no office's to hold back
        "priority": _rank(tx, to, priority),
        "payload": tx.vault.seal(plain, "outbox"),
        "not_before": not_before,
        "now": tx.now,
        "card": card,
    }


def _origin(tx: Tx) -> str:
    """A unit that nothing set off which could come again is named here."""
    tx.origin = tx.origin or secrets.token_hex(8)
    return tx.origin


def _rank(tx: Tx, to: To, priority: int) -> int:
    """An answer goes to whom this unit answers. What a press tells others, or the clock anybody, is none: it comes after all answers,
    waits while sending is paused, and makes no sound at night.
    """
    return NEWS if priority == INTERACTIVE and tx.vault.lane(to.chat) != tx.answering else priority


def dump(buttons: Keyboard) -> list[list[dict[str, Any]]]:
    return [[button.dump() for button in row] for row in buttons]


async def claim(tx: Tx, fence: int, limit: int, *, busy: Iterable[str] = (), per_lane: int | None = None) -> list[Parcel]:
    """Take up to `limit` rows for this sender, best first, at most `per_lane` of each lane that is not `busy`."""
    lanes, held = one_of("lane", busy)
    rows = await tx.all(CLAIMABLE.format(busy=lanes if held else "''"), now=tx.now, limit=limit, **held)
    names, params = one_of("id", _few_of_each(rows, per_lane or limit))
    if not params:
        return []
    claimed = await tx.all(CLAIM.format(ids=names), fence=fence, **params)
    return [_open(tx, row) for row in sorted(claimed, key=lambda row: (row["priority"], row["id"]))]


async def claim_first(tx: Tx, fence: int, limit: int, *, busy: Iterable[str]) -> list[Parcel]:
    """The same of answers and what is urgent only, one of each lane."""
    lanes, held = one_of("lane", busy)
    rows = await tx.all(CLAIMABLE_FIRST.format(busy=lanes if held else "''"), now=tx.now, limit=limit, **held)
    names, params = one_of("id", _few_of_each(rows, 1))
    claimed = await tx.all(CLAIM.format(ids=names), fence=fence, **params) if params else []
    return [_open(tx, row) for row in sorted(claimed, key=lambda row: (row["priority"], row["id"]))]


def _few_of_each(rows: Sequence[Row], most: int) -> list[int]:
    taken: Counter[str] = Counter()
    chosen = []
    for row in rows:
        taken[row["lane"]] += 1
        if taken[row["lane"]] <= most:
            chosen.append(row["id"])
    return chosen


def _open(tx: Tx, row: Row) -> Parcel:
    body = unpack(tx.vault.unseal(row["payload"], "outbox"))
    return Parcel(row["id"], row["key"], row["lane"], row["priority"], row["attempts"], body, bool(row["hushed"]))


async def reclaim(tx: Tx, fence: int) -> int:
    """Rows another sender had in hand when it died: Telegram may have them already. Returns how many (they are counted)."""
    return await tx.run(STRANDED, fence=fence)


async def give_back(tx: Tx, row_id: int, fence: int) -> None:
    """Not where another sender has taken over meanwhile: then it is in that one's hand."""
    await tx.run(BACK, id=row_id, fence=fence)


async def sent(tx: Tx, row_id: int) -> None:
    await tx.run(SENT, id=row_id)


async def set_aside(tx: Tx, row_id: int, error: str) -> None:
    await tx.run(ASIDE, id=row_id, error=error)


async def next_at(tx: Tx) -> int | None:
    found = await tx.value(NEXT_AT, now=tx.now)
    return None if found is None else int(found)


async def due_waiting(tx: Tx) -> bool:
    """Whether anything may be claimed now."""
    return await tx.find(DUE_WAITING, now=tx.now) is not None


async def first_waiting(tx: Tx) -> bool:
    """Whether an answer, or anything urgent, may be claimed now."""
    return await tx.find(FIRST_WAITING, now=tx.now) is not None


async def due_count(tx: Tx) -> int:
    return int(await tx.value(DUE_COUNT, now=tx.now))


async def counts(tx: Tx) -> dict[str, int]:
    return {row["state"]: row["n"] for row in await tx.all(COUNTS)}


async def readdress(tx: Tx, lane: str, person: int, to: To | None) -> None:
    """Nothing more goes to this chat that was meant for the person; messages that wait go to `to` instead, if given.

    What was to be deleted still goes from this chat. Of a complaint of one's own nothing goes to another account: a receipt opens it.
    """
    for row in await tx.all(OF_LANE, lane=lane):
        parcel = _open(tx, row)
        if parcel.body["person"] != person or parcel.body["op"] == "delete":
            continue
        await tx.run(SENT, id=row["id"])
        if to is not None and row["state"] == "waiting" and parcel.body["op"] == "send" and "own" not in parcel.body:
            there = to if to.regime else replace(to, regime=parcel.body["regime"])
            await put(tx, there, parcel.body, priority=row["priority"], not_before=row["not_before"], once=row["key"])


async def held_count(tx: Tx, regime: str) -> int:
    """How much would go out now if this province (everything, where it is empty) were not paused."""
    return int(await tx.value(HELD, now=tx.now, regime=regime))


async def held_lanes(tx: Tx, regime: str, limit: int) -> list[str]:
    """Chats for which a pause holds something back, and for which `let_go` has not been asked yet."""
    return [row["lane"] for row in await tx.all(HELD_LANES, now=tx.now, regime=regime, limit=limit)]


async def held_of(tx: Tx, regime: str, lane: str) -> list[Parcel]:
    return [_open(tx, row) for row in await tx.all(HELD_OF_LANE, now=tx.now, regime=regime, lane=lane)]


async def let_go(tx: Tx, row_id: int, *, hushed: bool) -> None:
    """It goes once the pause is dropped, with or without a sound."""
    await tx.run(LET_GO, id=row_id, hushed=int(hushed))


async def let_go_by_key(tx: Tx, key: str, *, hushed: bool) -> None:
    """The same for a row that was made just now."""
    await tx.run(LET_GO_BY_KEY, key=key, hushed=int(hushed))


async def said_after(tx: Tx, row_id: int) -> list[tuple[Parcel, int]]:
    """Rows that wait, made after this one, each with its `not_before`."""
    return [(_open(tx, row), row["not_before"]) for row in await tx.all(SAID_AFTER, after=row_id)]
