"""Links that give a person another Telegram account: a lost phone, a new number."""

from storage.tx import Row, Tx

WITHDRAW_OLDER = "UPDATE relink SET withdrawn_at = :now WHERE person = :person AND used_at IS NULL AND withdrawn_at IS NULL"
ADD = """
INSERT INTO relink (token_hash, person, issued_by, expires_at, created_at) VALUES (:token_hash, :person, :issued_by, :expires_at, :now)
RETURNING id
"""
OF_LINK = "SELECT r.*, p.name, p.account, p.language FROM relink r JOIN person p ON p.id = r.person WHERE r.token_hash = :token_hash"
USE = "UPDATE relink SET used_at = :now WHERE id = :id AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > :now"
# The list of commands of the new chat is another one, so it counts as never sent.
MOVE = "UPDATE person SET account = :account, unreachable_at = NULL, commands = '' WHERE id = :person"


async def add(tx: Tx, token: str, person: int, issued_by: int, expires_at: int) -> int:
    """A new link makes the older ones of this person worthless."""
    await tx.run(WITHDRAW_OLDER, person=person, now=tx.now)
    hashed = tx.vault.mac("relink", token)
    return int(await tx.value(ADD, token_hash=hashed, person=person, issued_by=issued_by, expires_at=expires_at, now=tx.now))


async def by_token(tx: Tx, token: str) -> Row | None:
    """The link with the person's name, account and language."""
    return await tx.find(OF_LINK, token_hash=tx.vault.mac("relink", token))


async def use(tx: Tx, relink: int) -> bool:
    """Compare-and-set: the link works once."""
    return await tx.run(USE, id=relink, now=tx.now) == 1


async def move(tx: Tx, person: int, account: int) -> None:
    await tx.run(MOVE, person=person, account=account)


async def withdraw_all(tx: Tx, person: int) -> None:
    await tx.run(WITHDRAW_OLDER, person=person, now=tx.now)
