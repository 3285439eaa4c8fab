"""What every benchmark shares: figures, runs in turn, child processes on a core of their own, and what these cost.

A figure sets ours against the peer's of the same run: the machine's mood falls on both. The load stands on one core, what is measured on
the others.
"""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
FULL = "--full" in sys.argv
PEERS = Path(os.environ.get("BENCH_PEERS", ROOT / ".venv-bench" / "bin" / "python"))  # `make bench` makes it
CORES = sorted(os.sched_getaffinity(0))
LOAD_CORE = {CORES[0]}
WORK_CORES = set(CORES[1:2]) or {CORES[0]}  # one: peers and product get the same, however many there are
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figure:
    """One line. `goal` reads `ratio >= 2` or `ours <= 10`; `ratio` is ours / peer; `ok` is None where a goal or its peer is missing."""

    bench: str
    ours: float
    peer: float | None
    unit: str
    ratio: float | None
    goal: str
    ok: bool | None
    note: str = ""


def figure(bench: str, ours: float, peer: float | None, unit: str, goal: str = "", note: str = "") -> Figure:
    """Make a figure and print its line. `goal` is `ratio|ours >=|<= number`."""
    ratio = ours / peer if peer else None
    made = Figure(bench, _short(ours), _short(peer), unit, _short(ratio), goal, _met(goal, ours, ratio), note)
    sys.stdout.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return made


def _short(value: Any) -> Any:
    return None if value is None else float(f"{value:.4g}")


def _met(goal: str, ours: float, ratio: float | None) -> bool | None:
    if not goal:
        return None
    what, sign, number = goal.split()
    value = {"ours": ours, "ratio": ratio}[what]
    if value is None:
        return None
    return value >= float(number) if sign == ">=" else value <= float(number)


def in_turn(runs: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Each run once, then each again: a slow minute of the machine falls on all of them."""
    found: dict[str, list[T]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return found


async def in_turn_async(runs: Mapping[str, Callable[[], Awaitable[T]]], rounds: int) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(await run())
    return found


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def say(words: str) -> None:
    """What goes on, for whoever watches; figures alone go to stdout."""
    sys.stderr.write(f"{words}\n")


class BrokenError(Exception):
    """A run did not do what it should: there is no figure."""


class Child:
    """A process under measurement (or beside it). Its log is shown where it dies."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self.process = process
        self.pid = process.pid
        self._log = log

    def cpu(self) -> float:
        """Seconds of CPU so far, of all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss_mb(self) -> float:
        return self._status("VmRSS") / 1024

    def peak_mb(self) -> float:
        return self._status("VmHWM") / 1024

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name))

    def alive(self) -> None:
        if self.process.poll() is not None:
            raise BrokenError(f"{self.process.args!r} ended with {self.process.returncode}:\n{self._log.read_text()[-3000:]}")

    def log(self) -> str:
        return self._log.read_text()

    def ask(self, words: str) -> str:
        """One line to its stdin, one line from its stdout."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(10)
            self.alive()
        return line


@contextlib.contextmanager
def child(command: Sequence[str], *, env: Mapping[str, str] | None = None, cores: set[int] | None = None) -> Iterator[Child]:
    """Run it on these cores (all: None) until the block ends. stdin and stdout are pipes (`ask`), stderr is its log."""
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        mine = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores or mine)  # children inherit it, with all the threads they make
        try:
            process = subprocess.Popen(  # noqa: S603  our own scripts
                list(command),
                env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(env or {})},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        finally:
            os.sched_setaffinity(0, mine)
        try:
            yield Child(process, Path(log.name))
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def script(module: str, *arguments: object) -> list[str]:
    """A command that runs a module of ours."""
    return [sys.executable, "-m", module, *(str(each) for each in arguments)]


def peer(name: str, *arguments: object) -> list[str]:
    """A command that runs `benchmarks/peers/NAME.py` with the peers' interpreter."""
    if not PEERS.exists():
        raise BrokenError("the peers are not installed: run `make bench`, or name their interpreter in BENCH_PEERS")
    return [str(PEERS), str(ROOT / "benchmarks" / "peers" / f"{name}.py"), *(str(each) for each in arguments)]


def peer_has(module: str) -> bool:
    """Whether the peers' interpreter has it: a peer that cannot be had here is a figure without its ratio."""
    return subprocess.run([*peer("has"), module], check=False).returncode == 0  # noqa: S603  our own script


def until(ready: Callable[[], bool], what: str, seconds: float = 60.0) -> float:
    """Wait until it holds; returns how long it took."""
    begun = time.monotonic()
    while not ready():
        if time.monotonic() - begun > seconds:
            raise BrokenError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.02)
    return time.monotonic() - begun


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder on the disk the project stands on, so that a durable commit costs what it costs there (a RAM disk would flatter it)."""
    return tempfile.TemporaryDirectory(prefix=".bench-", dir=os.environ.get("BENCH_DIR", ROOT))


def table(figures: Sequence[Figure]) -> str:
    rows = [["benchmark", "ours", "peer", "unit", "ratio", "goal", ""]]
    for each in figures:
        verdict = {True: "met", False: "MISSED", None: ""}[each.ok]
        rows.append([each.bench, _show(each.ours), _show(each.peer), each.unit, _show(each.ratio), each.goal, verdict])
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
