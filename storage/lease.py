"""Leases: one holder of a name at a time, fenced. Compare-and-set on the database's own clock, so replicas need not agree on theirs."""

from dataclasses import dataclass

from storage.tx import Tx

TAKE = """
INSERT INTO lease (name, holder, fence, until) VALUES (:name, :holder, 1, :now + :length)
ON CONFLICT (name) DO UPDATE SET holder = :holder, fence = lease.fence + 1, until = :now + :length
WHERE lease.until < :now OR lease.holder = :holder OR lease.holder = :dead
RETURNING fence
"""
RENEW = "UPDATE lease SET until = :now + :length WHERE name = :name AND holder = :holder AND fence = :fence"
DROP = "UPDATE lease SET until = 0 WHERE name = :name AND holder = :holder AND fence = :fence"
HOLDER = "SELECT holder FROM lease WHERE name = :name"
NOT_DROPPED = "SELECT holder, until < :now AS run_out FROM lease WHERE name = :name AND until > 0"
HELD = "SELECT 1 FROM lease WHERE name = :name AND holder = :holder AND fence = :fence AND until > :now"


@dataclass(frozen=True)
class Lease:
    name: str
    holder: str
    fence: int


async def holder_of(tx: Tx, name: str) -> str:
    """Who took it last, whether or not it runs still; empty where nobody ever did."""
    found = await tx.find(HOLDER, name=name)
    return "" if found is None else str(found["holder"])


async def last_hold(tx: Tx, name: str) -> tuple[str, bool] | None:
    """Who holds it and whether it ran out meanwhile; None where its last holder gave it back."""
    row = await tx.find(NOT_DROPPED, name=name, now=await tx.database_now())
    return None if row is None else (str(row["holder"]), bool(row["run_out"]))


async def take(tx: Tx, name: str, holder: str, length_ms: int, dead: str = "") -> Lease | None:
    """The lease, or None while another holds it. `dead` is a holder that is known to run no more: its lease need not run out."""
    row = await tx.find(TAKE, name=name, holder=holder, now=await tx.database_now(), length=length_ms, dead=dead)
    return None if row is None else Lease(name, holder, int(row["fence"]))


async def renew(tx: Tx, lease: Lease, length_ms: int) -> bool:
    now = await tx.database_now()
    return await tx.run(RENEW, name=lease.name, holder=lease.holder, fence=lease.fence, now=now, length=length_ms) == 1


async def drop(tx: Tx, lease: Lease) -> None:
    await tx.run(DROP, name=lease.name, holder=lease.holder, fence=lease.fence)


async def held(tx: Tx, lease: Lease) -> bool:
    found = await tx.find(HELD, name=lease.name, holder=lease.holder, fence=lease.fence, now=await tx.database_now())
    return found is not None
