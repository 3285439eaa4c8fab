"""What /check has shown in somebody's chat, so that one press clears all of it.

Like a count (`storage/tally.py`) it lies under a keyed hash of the account. A key goes with the second day after its own: until then the
messages can be deleted, afterwards Telegram does not do it any more and nobody can tell whose they were.
"""

from datetime import date, timedelta

from domain.deadlines import local_date
from storage import daily
from storage.tx import Tx, one_of

KIND = "shown"
DAYS = 3  # a message of the evening before last is not yet 48 hours old
ADD = "INSERT INTO shown (owner, message_id) VALUES (:owner, NULL) RETURNING id"
ARRIVED = "UPDATE shown SET message_id = :message_id WHERE id = :id"
WAITS = "SELECT 1 AS found FROM shown WHERE id = :id"
PUT_AWAY = "DELETE FROM shown WHERE owner IN ({owners}) RETURNING message_id"
FORGET = "DELETE FROM shown WHERE substr(owner, 1, 10) < :oldest"


async def expect(tx: Tx, account: int) -> int:
    """A message that is about to be said: the row that learns which one it became."""
    today = local_date(tx.now)
    key = await daily.key(tx, KIND, today)
    if key is None:
        await forget(tx)
        key = await daily.make_key(tx, KIND, today)
    return int(await tx.value(ADD, owner=_owner(today, key, account)))


async def arrived(tx: Tx, row: int, message_id: int) -> bool:
    """False where it was put away before it came."""
    return await tx.run(ARRIVED, id=row, message_id=message_id) == 1


async def wanted(tx: Tx, row: int) -> bool:
    return await tx.find(WAITS, id=row) is not None


async def put_away(tx: Tx, account: int) -> list[int]:
    """Everything that was shown to this account: the messages that stand in its chat. What is still on its way is not wanted any more."""
    keys = [(day, key) for day in _days(tx) if (key := await daily.key(tx, KIND, day)) is not None]
    names, params = one_of("owner", [_owner(day, key, account) for day, key in keys])
    return [row["message_id"] for row in await tx.all(PUT_AWAY.format(owners=names), **params) if row["message_id"] is not None]


async def forget(tx: Tx) -> None:
    """For the clock, at least daily."""
    days = _days(tx)
    await daily.forget_all_but(tx, KIND, days)
    await tx.run(FORGET, oldest=str(days[-1]))


def _days(tx: Tx) -> list[date]:
    return [local_date(tx.now) - timedelta(days=n) for n in range(DAYS)]


def _owner(day: date, key: bytes, account: int) -> str:
    return f"{day}:{daily.hashed(key, str(account))}"
