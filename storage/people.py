"""People, their seats (appointments) and the links that seat them."""

from collections.abc import Sequence
from typing import Any

from domain.people import Actor, Seat
from storage.tx import Row, Tx, one_of

# A seat is in force from its first instant to its last; `person` may be empty while nobody has joined.
IN_FORCE = "a.from_at <= :now AND (a.until_at IS NULL OR a.until_at > :now) AND a.ended_at IS NULL"
# Who acts for a seat while its holder is away: a deputy who can be reached, on a seat still in force.
DEPUTY = """
LEFT JOIN absence b ON b.appointment = a.id AND b.state = 'on'
LEFT JOIN appointment da ON da.id = b.deputy AND da.ended_at IS NULL AND (da.until_at IS NULL OR da.until_at > :now)
LEFT JOIN person d ON d.id = da.person AND d.account IS NOT NULL AND d.unreachable_at IS NULL
"""
COLUMNS = """
a.*, p.account, p.language, p.unreachable_at,
d.id AS deputy_person, d.account AS deputy_account, d.language AS deputy_language, d.name AS deputy_name
"""
SEAT = f"SELECT {COLUMNS} FROM appointment a LEFT JOIN person p ON p.id = a.person {DEPUTY}"  # noqa: S608  constants of this module
# One's own seats unless a deputy acts, and those one acts for; the own ones first.
SEATS_OF_PEOPLE = f"""
{SEAT} WHERE (a.person IN ({{people}}) OR a.id IN (
  SELECT x.appointment FROM absence x JOIN appointment y ON y.id = x.deputy WHERE y.person IN ({{people}}) AND x.state = 'on'))
AND COALESCE(d.id, a.person) IN ({{people}}) AND {IN_FORCE} ORDER BY CASE WHEN d.id IS NULL THEN 0 ELSE 1 END, a.id
"""  # noqa: S608  constants of this module
SEATS_OF = SEATS_OF_PEOPLE.format(people=":person")
HELD_BY = f"{SEAT} WHERE a.person = :person AND {IN_FORCE} ORDER BY a.id"
SEAT_BY_ID = f"{SEAT} WHERE a.id = :id"
SEAT_IN_FORCE = f"{SEAT} WHERE a.id = :id AND {IN_FORCE}"
SEATS_OF_REGIME = f"{SEAT} WHERE a.regime = :regime AND {IN_FORCE} ORDER BY a.id"
PERSON_BY_ACCOUNT = "SELECT * FROM person WHERE account = :account"
REACHED = f"""
SELECT count(*) AS n FROM person p WHERE p.account IS NOT NULL AND p.unreachable_at IS NULL AND EXISTS (
  SELECT 1 FROM appointment a WHERE a.person = p.id AND a.regime = :regime AND {IN_FORCE})
"""  # noqa: S608  a constant
PERSON = "SELECT * FROM person WHERE id = :id"
MANNERS = "SELECT language, quiet, account FROM person WHERE id = :id"
ADD_PERSON = """
INSERT INTO person (account, name, language, created_at) VALUES (:account, :name, :language, :now)
ON CONFLICT (account) DO UPDATE SET name = person.name RETURNING *
"""
SET_LANGUAGE = "UPDATE person SET language = :language WHERE id = :id"
SET_COMMANDS = "UPDATE person SET commands = :commands WHERE id = :id"
FORGET_COMMANDS = "UPDATE person SET commands = '' WHERE commands <> ''"
NEW_COMMANDS = """
INSERT INTO meta (key, value) VALUES ('commands', :release) ON CONFLICT (key) DO UPDATE SET value = :release WHERE meta.value <> :release
"""
# Compare-and-set: who tells it first tells it.
LOSE = """
UPDATE person SET unreachable_at = :now WHERE id = :id AND unreachable_at IS NULL AND account IS NOT NULL
AND (CAST(:chat AS BIGINT) IS NULL OR account = :chat)
"""
FIND_AGAIN = "UPDATE person SET unreachable_at = NULL WHERE id = :id AND unreachable_at IS NOT NULL"
SET_DIGEST_AT = "UPDATE person SET digest_at = :at WHERE id = :id"
SET_QUIET = "UPDATE person SET quiet = :quiet WHERE id = :id"
SET_UNREACHABLE = "UPDATE person SET unreachable_at = :at WHERE id = :id"
ADD_SEAT = """
INSERT INTO appointment (person, regime, role, unit, scope_kind, scope, holder, workplace, from_at, until_at, term_at, created_at)
VALUES (:person, :regime, :role, :unit, :scope_kind, :scope, :holder, :workplace, :from_at, :until_at, :term_at, :now) RETURNING id
"""
SIT = "UPDATE appointment SET person = :person WHERE id = :id AND person IS NULL"
END_SEAT = "UPDATE appointment SET ended_at = :now WHERE id = :id AND ended_at IS NULL"
ADD_INVITE = """
INSERT INTO invite (token_hash, appointment, issued_by, expires_at, created_at)
VALUES (:token_hash, :appointment, :issued_by, :expires_at, :now) RETURNING id
"""
# What stands on a link: the seat it is for, whatever became of it.
INVITED = """
SELECT i.*, a.regime, a.role, a.holder, a.scope_kind, a.scope, a.person, a.ended_at, a.until_at
FROM invite i JOIN appointment a ON a.id = i.appointment
"""
INVITED_BY_TOKEN = f"{INVITED} WHERE i.token_hash = :token_hash"
INVITED_BY_ID = f"{INVITED} WHERE i.id = :id"
# Links nobody used yet, the expired ones too: the office withdraws them or sends a new one.
UNUSED_INVITES = f"""
{INVITED} WHERE a.regime IN ({{regimes}}) AND i.used_at IS NULL AND i.withdrawn_at IS NULL AND a.person IS NULL AND a.ended_at IS NULL
ORDER BY i.id DESC
"""
# Unused links whose time is over and that still stand in somebody's chat (`actions/links.py`).
EXPIRED_LINKS = f"""
{INVITED} WHERE i.used_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at <= :now AND EXISTS (
  SELECT 1 FROM card c WHERE c.subject IN ('joining:' || CAST(i.id AS TEXT), 'letter:' || CAST(i.id AS TEXT)))
ORDER BY i.id LIMIT :limit
"""  # noqa: S608  a constant
USE_INVITE = """
UPDATE invite SET used_at = :now WHERE id = :id AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > :now
"""
WITHDRAW_INVITE = "UPDATE invite SET withdrawn_at = :now WHERE id = :id AND used_at IS NULL AND withdrawn_at IS NULL"


def seat_of(tx: Tx, row: Row) -> Seat:
    """A seat as it is reached now: while a deputy acts, person, account and language are the deputy's, and `sitter` is its holder."""
    deputy = row.get("deputy_person")
    account = None if row["unreachable_at"] is not None else row["account"]
    return Seat(
        id=row["id"],
        regime=row["regime"],
        role=row["role"],
        rights=tx.world.regime(row["regime"]).role(row["role"]).rights,
        scope_kind=row["scope_kind"],
        scope=row["scope"],
        holder=row["holder"],
        person=row["person"] if deputy is None else deputy,
        unit=row["unit"],
        account=account if deputy is None else row["deputy_account"],
        language=(row["language"] if deputy is None else row["deputy_language"]) or "zh",
        sitter=None if deputy is None else row["person"],
        deputy="" if deputy is None else row["deputy_name"],
    )


def _served(tx: Tx, rows: Sequence[Row]) -> tuple[Seat, ...]:
    """Seats of a regime that is no longer served are on file, not in force."""
    return tuple(seat_of(tx, row) for row in rows if row["regime"] in tx.world.regimes)


async def actor(tx: Tx, account: int, language: str) -> Actor:
    """Whoever has this account, with the seats in force now; `language` is Telegram's word for a stranger."""
    person = await tx.find(PERSON_BY_ACCOUNT, account=account)
    lane = tx.vault.lane(account)
    if person is None:
        return Actor(account, language, lane)
    seats = await seats_of(tx, person["id"])
    lost = person["unreachable_at"] is not None
    return Actor(account, person["language"], lane, person["id"], person["name"], seats, commands=person["commands"], unreachable=lost)


async def seats_of(tx: Tx, person: int) -> tuple[Seat, ...]:
    return _served(tx, await tx.all(SEATS_OF, person=person, now=tx.now))


async def seats_of_people(tx: Tx, people: Sequence[int]) -> dict[int, list[Seat]]:
    """The same of many at once."""
    names, params = one_of("person", people)
    found: dict[int, list[Seat]] = {person: [] for person in people}
    for seat in _served(tx, await tx.all(SEATS_OF_PEOPLE.format(people=names), now=tx.now, **params)):
        assert seat.person is not None  # it was found by whoever sits on it or acts for it
        found[seat.person].append(seat)
    return found


async def held_by(tx: Tx, person: int) -> tuple[Seat, ...]:
    """The person's own seats, whoever acts for them just now."""
    return _served(tx, await tx.all(HELD_BY, person=person, now=tx.now))


async def terms_of(tx: Tx, person: int) -> dict[int, int | None]:
    """When each of the person's seats in force ends; None: no end is set."""
    return {row["id"]: row["until_at"] for row in await tx.all(SEATS_OF, person=person, now=tx.now)}


async def seat(tx: Tx, seat_id: int) -> Seat:
    return seat_of(tx, await tx.one(SEAT_BY_ID, id=seat_id, now=tx.now))


async def in_force(tx: Tx, seat_id: int) -> Seat | None:
    """The seat, or None where it has ended or its regime is not served any more."""
    return next(iter(_served(tx, await tx.all(SEAT_IN_FORCE, id=seat_id, now=tx.now))), None)


async def seats_in(tx: Tx, regime: str) -> tuple[Seat, ...]:
    """All seats of a regime in force, taken or vacant."""
    return _served(tx, await tx.all(SEATS_OF_REGIME, regime=regime, now=tx.now))


async def person_by_account(tx: Tx, account: int) -> Row | None:
    return await tx.find(PERSON_BY_ACCOUNT, account=account)


async def person(tx: Tx, person_id: int) -> Row:
    return await tx.one(PERSON, id=person_id)


async def manners(tx: Tx, person_id: int) -> Row | None:
    """How this person wants to be spoken to: the language, their own quiet hours, if any; and the account that is theirs now."""
    return await tx.find(MANNERS, id=person_id)


async def add_person(tx: Tx, account: int, name: str, language: str) -> Row:
    return await tx.one(ADD_PERSON, account=account, name=name, language=language, now=tx.now)


async def set_language(tx: Tx, person_id: int, language: str) -> None:
    await tx.run(SET_LANGUAGE, id=person_id, language=language)


async def set_commands(tx: Tx, person_id: int, commands: str) -> None:
    """What the list of commands in the person's chat was made from."""
    await tx.run(SET_COMMANDS, id=person_id, commands=commands)


async def new_commands(tx: Tx, release: str) -> bool:
    """Whether this release's commands are others than those of the last start."""
    return await tx.run(NEW_COMMANDS, release=release) == 1


async def forget_commands(tx: Tx) -> None:
    await tx.run(FORGET_COMMANDS)


async def set_unreachable(tx: Tx, person_id: int, at: int | None) -> None:
    await tx.run(SET_UNREACHABLE, id=person_id, at=at)


async def set_digest_at(tx: Tx, person_id: int, at: str | None) -> None:
    """As "HH:MM"; None: as the regime has it."""
    await tx.run(SET_DIGEST_AT, id=person_id, at=at)


async def set_quiet(tx: Tx, person_id: int, quiet: str | None) -> None:
    """As "HH:MM-HH:MM"; None: as the regime has it."""
    await tx.run(SET_QUIET, id=person_id, quiet=quiet)


async def lose(tx: Tx, person_id: int, chat: int | None) -> bool:
    """Nobody reaches this person any more. False: known before, or `chat` is not the person's account now."""
    return await tx.run(LOSE, id=person_id, chat=chat, now=tx.now) == 1


async def find_again(tx: Tx, person_id: int) -> bool:
    return await tx.run(FIND_AGAIN, id=person_id) == 1


async def add_seat(tx: Tx, **fields: Any) -> int:
    """`person?, regime, role, unit?, scope_kind, scope, holder, workplace?, until_at?, term_at?`; in force from now."""
    given = {"person": None, "unit": None, "workplace": None, "until_at": None, "term_at": None, "from_at": tx.now, **fields}
    return int(await tx.value(ADD_SEAT, **given, now=tx.now))


async def sit(tx: Tx, seat_id: int, person_id: int) -> bool:
    return await tx.run(SIT, id=seat_id, person=person_id) == 1


async def end_seat(tx: Tx, seat_id: int) -> bool:
    return await tx.run(END_SEAT, id=seat_id, now=tx.now) == 1


async def add_invite(tx: Tx, token: str, seat_id: int, issued_by: int | None, expires_at: int) -> int:
    hashed = tx.vault.mac("invite", token)
    return int(await tx.value(ADD_INVITE, token_hash=hashed, appointment=seat_id, issued_by=issued_by, expires_at=expires_at, now=tx.now))


async def invited_by_token(tx: Tx, token: str) -> Row | None:
    """The link with the seat it is for; None where no such link was ever made."""
    return await tx.find(INVITED_BY_TOKEN, token_hash=tx.vault.mac("invite", token))


async def invited(tx: Tx, invite_id: int) -> Row | None:
    return await tx.find(INVITED_BY_ID, id=invite_id)


async def unused_invites(tx: Tx, regimes: Sequence[str]) -> list[Row]:
    """Newest first."""
    names, params = one_of("regime", regimes)
    return await tx.all(UNUSED_INVITES.format(regimes=names), **params)


async def expired_links(tx: Tx, limit: int) -> list[Row]:
    return await tx.all(EXPIRED_LINKS, now=tx.now, limit=limit)


async def use_invite(tx: Tx, invite_id: int) -> bool:
    """Compare-and-set: the link works once."""
    return await tx.run(USE_INVITE, id=invite_id, now=tx.now) == 1


async def withdraw_invite(tx: Tx, invite_id: int) -> bool:
    return await tx.run(WITHDRAW_INVITE, id=invite_id, now=tx.now) == 1


async def reached(tx: Tx, regime: str) -> int:
    """How many people of this province messages can come to."""
    return int(await tx.value(REACHED, regime=regime, now=tx.now))
