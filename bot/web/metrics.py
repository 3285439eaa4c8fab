"""What /metrics says, in Prometheus' text format. prometheus-client is imported when the route is first asked.

Rows are counted in the database at each scrape, so every replica tells the same; what this process did (`duban_sends…`) is its own.
"""

import time
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

from actions import figures
from actions.figures import Lights, Queue, Waiting

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from bot.app import Bot

TYPE = "text/plain; version=0.0.4; charset=utf-8"
LIGHTS_SECONDS = 60.0  # counting lights looks at each open obligation, so it is done once a minute


class Metrics:
    """Keeps between two scrapes only the lights."""

    def __init__(self, bot: "Bot") -> None:
        self._bot = bot
        self._lights: Lights = {}
        self._counted = float("-inf")

    async def text(self) -> bytes:
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

        store = self._bot.store
        waiting = await store.read(figures.waiting)
        if time.monotonic() - self._counted >= LIGHTS_SECONDS:
            self._lights = await store.read(figures.lights)
            self._counted = time.monotonic()
        registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        registry.register(_Collected([*_of_rows(waiting, self._lights), *_of_process(self._bot)]))
        return generate_latest(registry)


class _Collected:
    """What prometheus-client wants to ask itself, told beforehand: it cannot await."""

    def __init__(self, metrics: list["Metric"]) -> None:
        self._metrics = metrics

    def collect(self) -> list["Metric"]:
        return self._metrics


def _of_rows(waiting: Waiting, lights: Lights) -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily

    yield from _of_queue("inbox", "Updates that are stored and not done", waiting.inbox)
    yield from _of_queue("outbox", "Messages that are said and not sent", waiting.outbox)
    yield GaugeMetricFamily("duban_steps_due", "Obligations whose next step has come and has not fired.", waiting.steps_due)
    late = "How overdue the most overdue work of the clock is: a step, a ping, a digest, the end of a term."
    yield GaugeMetricFamily("duban_clock_late_seconds", late, waiting.late_ms / 1000)
    open_ = GaugeMetricFamily("duban_obligations_open", "Open obligations by light; at most a minute old.", labels=["regime", "light"])
    for (regime, light), n in lights.items():
        open_.add_metric([regime, light], n)
    yield open_


def _of_queue(name: str, what: str, queue: Queue) -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily

    rows = GaugeMetricFamily(f"duban_{name}_rows", f"{what}, by state.", labels=["state"])
    for state, n in queue.rows.items():
        rows.add_metric([state], n)
    yield rows
    yield GaugeMetricFamily(f"duban_{name}_oldest_seconds", f"{what}: how long the oldest waits.", queue.oldest_ms / 1000)


def _of_process(bot: "Bot") -> Iterator["Metric"]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

    counts = bot.delivery.counts
    sends = CounterMetricFamily("duban_sends", "Requests to Telegram since the start, by result.", labels=["result"])
    for result in ("sent", "retried", "slowed", "aside"):
        sends.add_metric([result], getattr(counts, result))
    yield sends
    yield CounterMetricFamily(
        "duban_sends_ambiguous", "Sends whose answer was lost since the start: each may have doubled a message.", counts.ambiguous
    )
    yield GaugeMetricFamily("duban_sender_lease_held", "1 where this process is the one that sends.", int(bot.delivery.sending))
    yield GaugeMetricFamily("duban_updates_in_hand", "People whose updates are being handled.", bot.dispatch.busy)
    yield InfoMetricFamily("duban", "The release.", {"version": version("duban")})
