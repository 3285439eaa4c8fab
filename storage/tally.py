"""How often an account did something today, without knowing which account.

An account is counted under a keyed hash whose key is made anew each day and destroyed as soon as the day is over, so that not even who
holds the master key can later tell who came.
"""

from domain.complaints import CEILINGS, Tally
from domain.deadlines import local_date, local_minutes
from storage import daily
from storage.tx import Tx

KIND = "rate"
FORGET = "DELETE FROM tally WHERE bucket NOT LIKE :today"
GET = "SELECT n FROM tally WHERE bucket = :bucket AND slot = :slot"
COUNT = """
INSERT INTO tally (bucket, slot, n) VALUES (:bucket, :slot, :n) ON CONFLICT (bucket, slot) DO UPDATE SET n = tally.n + :n
"""


async def left(tx: Tx, what: Tally, account: int) -> int:
    """How many times this account may still do it now. Makes nothing, so a read may ask."""
    ceiling, key = CEILINGS[what], await _key(tx)
    if key is None:
        return ceiling.each
    mine = await _n(tx, _mine(tx, key, what, account), _slot(tx, ceiling.each_hours))
    all_of_us = await _n(tx, _everyone(tx, what), _slot(tx, ceiling.everyone_hours))
    return max(0, min(ceiling.each - mine, ceiling.everyone - all_of_us))


async def count(tx: Tx, what: Tally, account: int) -> None:
    ceiling, key = CEILINGS[what], await _made_key(tx)
    await tx.run(COUNT, bucket=_mine(tx, key, what, account), slot=_slot(tx, ceiling.each_hours), n=1)
    await tx.run(COUNT, bucket=_everyone(tx, what), slot=_slot(tx, ceiling.everyone_hours), n=1)


async def spent(tx: Tx, what: str, account: int) -> int:
    """How much of something this account has used up today."""
    key = await _key(tx)
    return 0 if key is None else await _n(tx, _mine(tx, key, what, account), 0)


async def spend(tx: Tx, what: str, account: int, n: int) -> None:
    await tx.run(COUNT, bucket=_mine(tx, await _made_key(tx), what, account), slot=0, n=n)


async def forget(tx: Tx) -> None:
    """Destroy the keys of days that are over, and what was counted under them. To be called by the clock as well."""
    await daily.forget_all_but(tx, KIND, [local_date(tx.now)])
    await tx.run(FORGET, today=f"{local_date(tx.now)}:%")


async def _key(tx: Tx) -> bytes | None:
    return await daily.key(tx, KIND, local_date(tx.now))


async def _made_key(tx: Tx) -> bytes:
    key = await _key(tx)
    if key is None:
        await forget(tx)
        key = await daily.make_key(tx, KIND, local_date(tx.now))
    return key


def _mine(tx: Tx, key: bytes, what: str, account: int) -> str:
    return f"{local_date(tx.now)}:{daily.hashed(key, f'{what}:{account}')}"


def _everyone(tx: Tx, what: Tally) -> str:
    return f"{local_date(tx.now)}:{what}"


def _slot(tx: Tx, hours: int) -> int:
    return local_minutes(tx.now) // 60 // hours


async def _n(tx: Tx, bucket: str, slot: int) -> int:
    return int(await tx.value(GET, bucket=bucket, slot=slot) or 0)
