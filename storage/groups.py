"""Units that wait, and which of them may share a commit: at most GROUP, and never two of one lane."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage.tx import Tx

GROUP = 256  # units that may share a commit; 4 cost 42 % of the speed (docs/decisions/0001-group-commit.md)


@dataclass
class Job:
    """One unit that somebody waits for. `error` and `result` are told after the commit.

    `durable`: the commit outlives a power cut. Without it that takes a second, or the next durable one, which holds all before.
    """

    fn: Callable[[Tx], Any]
    lane: str
    origin: str
    future: "asyncio.Future[Any]"
    durable: bool = True
    result: Any = None
    error: BaseException | None = None
    touched: set[str] = field(default_factory=set)
    handed: list[Any] = field(default_factory=list)  # to the sender, once it is committed


def one_a_lane(waiting: Sequence[Job | None]) -> tuple[list[Job], list[Job], bool]:
    """The units for this commit, those held for the next one in their order, and whether the end (None) was among them."""
    group: list[Job] = []
    rest: list[Job] = []
    lanes: set[str] = set()
    for job in waiting:
        if job is None:
            continue
        if job.lane and job.lane in lanes:
            rest.append(job)
            continue
        lanes.add(job.lane)
        group.append(job)
    return group, rest, None in waiting


def answer(group: Sequence[Job]) -> set[str]:
    """Tell everybody who waits how it went; returns the topics that the group touched."""
    for job in group:
        if job.future.done():
            continue  # whoever waited was cancelled meanwhile
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
    return set().union(*(job.touched for job in group))
