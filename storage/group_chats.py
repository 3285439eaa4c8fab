"""Group chats that somebody entitled has bound to an inspection group or a region: what may be said there, and where the chat is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from storage.tx import Row, Tx, one_of

Kind = Literal["group", "region"]

BIND = """
INSERT INTO group_chat (chat, title, regime, kind, region, language, bound_by, created_at)
VALUES (:chat, :title, :regime, :kind, :region, :language, :bound_by, :now)
ON CONFLICT (chat) DO UPDATE SET title = :title, regime = :regime, kind = :kind, region = :region, language = :language,
  bound_by = :bound_by
RETURNING id
"""
OF_CHAT = "SELECT * FROM group_chat WHERE chat = :chat"
BY_ID = "SELECT * FROM group_chat WHERE id = :id"
OF_REGIMES = "SELECT * FROM group_chat WHERE regime IN ({regimes}) ORDER BY id"
RENAME = "UPDATE group_chat SET title = :title WHERE chat = :chat"
DROP = "DELETE FROM group_chat WHERE chat = :chat"
# Telegram made the group a supergroup with another id. Told twice it changes nothing; what was bound under the new id already stands.
MOVE = """
UPDATE group_chat SET chat = :to WHERE chat = :chat AND NOT EXISTS (SELECT 1 FROM group_chat AS other WHERE other.chat = :to)
"""


@dataclass(frozen=True)
class Group:
    """`title` is the chat's own, so that those who post know it again; `region` is what it hears of."""

    id: int
    chat: int
    title: str
    regime: str
    kind: Kind
    region: str
    language: str
    bound_by: int


def _group(row: Row) -> Group:
    return Group(row["id"], row["chat"], row["title"], row["regime"], row["kind"], row["region"], row["language"], row["bound_by"])


async def bind(tx: Tx, *, chat: int, title: str, regime: str, kind: Kind, region: str, language: str, bound_by: int) -> int:
    given = {"chat": chat, "title": title, "regime": regime, "kind": kind, "region": region, "language": language, "bound_by": bound_by}
    return int(await tx.value(BIND, **given, now=tx.now))


async def of_chat(tx: Tx, chat: int) -> Group | None:
    row = await tx.find(OF_CHAT, chat=chat)
    return None if row is None else _group(row)


async def get(tx: Tx, group_id: int) -> Group | None:
    row = await tx.find(BY_ID, id=group_id)
    return None if row is None else _group(row)


async def of_regimes(tx: Tx, regimes: Sequence[str]) -> list[Group]:
    names, params = one_of("regime", regimes)
    return [_group(row) for row in await tx.all(OF_REGIMES.format(regimes=names), **params)]


async def rename(tx: Tx, chat: int, title: str) -> None:
    await tx.run(RENAME, chat=chat, title=title)


async def drop(tx: Tx, chat: int) -> bool:
    return await tx.run(DROP, chat=chat) == 1


async def move(tx: Tx, chat: int, to: int) -> None:
    await tx.run(MOVE, chat=chat, to=to)
    await tx.run(DROP, chat=chat)  # only where the new number was bound by itself: nobody hears anything under the old one any more
