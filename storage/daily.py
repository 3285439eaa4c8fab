"""Keys that live for a day or a few: what was hashed under one can be tied to nobody once it is destroyed, not even with the master key."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date

from storage.tx import Tx, one_of
from storage.vault import new_key

KEY = "SELECT sealed FROM secret WHERE name = :name"
ADD_KEY = "INSERT INTO secret (name, sealed) VALUES (:name, :sealed) ON CONFLICT (name) DO NOTHING"
FORGET_KEYS = "DELETE FROM secret WHERE name LIKE :kind AND name NOT IN ({names})"


async def key(tx: Tx, kind: str, day: date) -> bytes | None:
    sealed = await tx.value(KEY, name=_name(kind, day))
    return None if sealed is None else tx.vault.unseal(sealed, _name(kind, day))


async def make_key(tx: Tx, kind: str, day: date) -> bytes:
    await tx.run(ADD_KEY, name=_name(kind, day), sealed=tx.vault.seal(new_key(), _name(kind, day)))
    made = await key(tx, kind, day)
    assert made is not None  # inserted just now, or by another replica
    return made


async def forget_all_but(tx: Tx, kind: str, days: Sequence[date]) -> None:
    names, params = one_of("name", [_name(kind, day) for day in days])
    await tx.run(FORGET_KEYS.format(names=names), kind=f"{kind}:%", **params)


def hashed(daily: bytes, words: str) -> str:
    return base64.urlsafe_b64encode(hashlib.blake2b(words.encode(), digest_size=18, key=daily).digest()).decode()


def _name(kind: str, day: date) -> str:
    return f"{kind}:{day}"
