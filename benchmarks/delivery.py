"""A message to each of many chats, 60 ± 30 ms away from the API, while some people write and want answers.

Nobody outside knows how Telegram counts its 30 a second, so the server counts in two ways: a bucket that refills, and every second
strictly. The usual pace is clean under both; where the bucket is known, `DUBAN_SENDS_PER_SECOND` may be higher. Peers, under the bucket:
python-telegram-bot's AIORateLimiter with retries and as it comes, and a loop that sleeps.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from actions.people import seat_directly
from benchmarks import product
from benchmarks.frame import FULL, WORK_CORES, child, figure, peer, say, scratch, until
from benchmarks.load import Load, load
from bot.pacing import ALL_PER_SECOND
from domain.speech import DIGEST, To
from storage import outbox
from storage.db import Store
from storage.tx import Tx

CHATS = 3_000 if FULL else 450
LOOPED = CHATS if FULL else 90  # the sleeping loop is known by few
FIRST = 100_000  # the first chat that is told
ASKERS = range(1000, 1003)
READS = 1.0  # seconds between an answer and the next question
PER_SECOND = 30.0
BUCKET_PACE = 29.95
AT_ONCE = 500


async def fill(store: Store) -> None:
    async def seat(tx: Tx) -> None:
        city = next(region.id for region in tx.world.regime(product.REGIME).regions if region.level == "city")
        for account in ASKERS:
            await seat_directly(tx, account=account, name=f"联络员{account}", regime=product.REGIME, role="local_liaison", scope=city)

    async def tell(start: int, tx: Tx) -> None:
        for chat in range(start, min(start + AT_ONCE, FIRST + CHATS)):
            await outbox.say(tx, To(chat, None, "zh"), "form.cancelled", {"form": "通知"}, priority=DIGEST)

    await store.unit(seat)
    for start in range(FIRST, FIRST + CHATS, AT_ONCE):
        await store.unit(partial(tell, start))


@dataclass(frozen=True)
class Told:
    """What the server counted."""

    rate: float
    refused: int
    lost: int
    doubled: int
    p95: float | None = None

    @classmethod
    def of(cls, found: dict[str, Any], chats: int) -> "Told":
        gate = found["gate"]
        told = {int(chat): n for chat, n in gate["told"].items()}
        mine = [told.get(chat, 0) for chat in range(FIRST, FIRST + chats)]
        rate = (sum(told.values()) - 1) / gate["seconds"] if gate["seconds"] else 0.0
        return cls(rate, gate["refused"], mine.count(0), sum(n > 1 for n in mine), found["p95"])


def _all_told(server: Load) -> bool:
    return sum(int(chat) >= FIRST for chat in server.read()["gate"]["told"]) >= CHATS


def ours(template: Path, folder: Path, gate: str, pace: float) -> Told:
    with product.copied(template, folder) as url, load() as server:
        server.gate(f"benchmarks.gates:{gate}")
        server.people("benchmarks.people:Asker", ASKERS, reads=READS)
        with product.running(url, folder, server, SENDS_PER_SECOND=str(pace)) as bot:
            server.begin()
            until(lambda: _all_told(server), "everybody told", CHATS / 10 + 60)
            bot.alive()
            return Told.of(server.read(), CHATS)


def theirs(how: str, gate: str, chats: int) -> Told:
    with load() as server:
        server.gate(f"benchmarks.gates:{gate}")
        with child(peer("broadcast", server.url, how, FIRST, chats), cores=WORK_CORES) as bot:
            bot.hear()
            return Told.of(server.read(), chats)


def _show(name: str, told: Told) -> None:
    answers = "" if told.p95 is None else f"  answers p95 {told.p95 * 1000:.0f} ms"
    say(f"  {name:28} {told.rate:5.2f}/s  429: {told.refused}  lost {told.lost}  doubled {told.doubled}{answers}")


def main() -> None:
    with scratch() as place:
        folder = Path(place)
        template = folder / "waiting.db"
        product.fill(f"sqlite:///{template}", fill)
        found = {
            "bucket": ours(template, folder, "Bucket", BUCKET_PACE),
            "strict": ours(template, folder, "Strict", ALL_PER_SECOND),
        }
        if FULL:
            found["bucket, usual pace"] = ours(template, folder, "Bucket", ALL_PER_SECOND)
        with ThreadPoolExecutor(5) as pool:  # they wait nearly all the time, so they do not hinder each other
            waiting = {"loop": pool.submit(theirs, "loop", "Bucket", LOOPED)}
            for how in ("retries", "default"):
                waiting[how] = pool.submit(theirs, how, "Bucket", CHATS)
                waiting[f"{how}, strict"] = pool.submit(theirs, how, "Strict", CHATS)
            found |= {how: each.result() for how, each in waiting.items()}
    for name, told in found.items():
        _show(name, told)
    report(found)


def report(found: dict[str, Told]) -> None:
    bucket, strict = found["bucket"], found["strict"]
    note = f"delivery: {CHATS} chats; under a bucket with DUBAN_SENDS_PER_SECOND={BUCKET_PACE}, under a strict second with the usual pace"
    figure("delivery: bucket, of 30 a second", bucket.rate, PER_SECOND, "1/s", "ratio >= 0.99", note)
    figure("delivery: strict second, of 30 a second", strict.rate, PER_SECOND, "1/s", "ratio >= 0.95")
    amiss = [each.refused + each.lost + each.doubled for name, each in found.items() if name.startswith(("bucket", "strict"))]
    figure("delivery: answers 429, lost and doubled", max(amiss), None, "messages", "ours <= 0")
    slowest = max(each.p95 or 0.0 for each in (bucket, strict)) * 1000
    figure("delivery: answers meanwhile, p95", slowest, None, "ms", "ours <= 300")
    for gate, mine, suffix in (("bucket", bucket, ""), ("strict second", strict, ", strict")):
        retries, default = found[f"retries{suffix}"], found[f"default{suffix}"]
        figure(f"delivery: {gate}, AIORateLimiter with retries", mine.rate, retries.rate, "1/s")
        figure(f"delivery: {gate}, its answers 429", mine.refused, retries.refused, "answers")
        figure(f"delivery: {gate}, AIORateLimiter as it comes, lost", mine.lost, default.lost, "messages")
    figure("delivery: a loop that sleeps", bucket.rate, found["loop"].rate, "1/s")
    if "bucket, usual pace" in found:
        figure("delivery: bucket, usual pace", found["bucket, usual pace"].rate, PER_SECOND, "1/s")


if __name__ == "__main__":
    main()
