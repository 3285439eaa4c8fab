"""One scheduler job per deadline (APScheduler, its defaults), in memory or in its SQLite store; says what it cost as a line of JSON.

`jobs`: so many far deadlines are put into it, then a thousand at one instant come due while it runs.
"""

import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

DUE = 1_000
fired: list[int] = []


def fire(number: int) -> None:
    fired.append(number)


def megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


async def measure(where: str, jobs: int) -> dict[str, float]:
    scheduler = AsyncIOScheduler(timezone=UTC)
    if where != "memory":
        scheduler.add_jobstore("sqlalchemy", url=f"sqlite:///{Path(where)}")
    scheduler.start(paused=True)
    before, begun = megabytes(), time.perf_counter()
    far = datetime.now(UTC) + timedelta(days=100)
    for number in range(jobs):
        scheduler.add_job(fire, "date", run_date=far + timedelta(minutes=number % 10_000), args=(number,))
    added, memory = time.perf_counter() - begun, megabytes() - before
    instant = datetime.now(UTC) + timedelta(seconds=DUE / 200)
    for number in range(DUE):
        scheduler.add_job(fire, "date", run_date=instant, args=(number,))
    scheduler.resume()
    await asyncio.sleep(max(0.0, (instant - datetime.now(UTC)).total_seconds()))
    # It works the due ones off in one turn, run or dropped; with its SQLite store that holds the loop.
    await asyncio.sleep(2)
    return {"added": added, "memory": memory, "lost": DUE - len(set(fired))}


sys.stdout.write(json.dumps(asyncio.run(measure(sys.argv[1], int(sys.argv[2])))) + "\n")
sys.stdout.flush()
