"""The benchmark's hand on the Bot API server that runs beside it (`benchmarks/botapi.py`)."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.frame import LOAD_CORE, BrokenError, Child, child, script, until

START_SECONDS = 60.0
WARM = 2.0  # seconds before anything is counted


@dataclass(frozen=True)
class Run:
    """One measurement: answers a second, seconds until they came, seconds of CPU of what was measured for each."""

    rate: float
    p50: float
    p95: float
    cpu: float
    seconds: float
    answered: int
    load: float  # how busy the load's own core was, 0 to 1
    raw: dict[str, Any]


class Load:
    def __init__(self, running: Child) -> None:
        self.child = running
        self.url = f"http://127.0.0.1:{running.hear().strip()}"

    def tell(self, do: str, **order: Any) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.child.ask(json.dumps({"do": do, **order})))
        return answer

    def people(self, script: str, accounts: Sequence[int], **options: Any) -> None:
        """Each account is a person of this class (`module:Class`, see `botapi.Person`)."""
        self.tell("people", script=script, accounts=list(accounts), options=options)

    def gate(self, script: str, **options: Any) -> None:
        self.tell("gate", script=script, options=options)

    def delay(self, seconds: float) -> None:
        """Every answer of the API takes so long."""
        self.gate("benchmarks.botapi:Open", delay=seconds)

    def hooks(self, urls: Sequence[str], secret: str) -> None:
        """Updates go to these webhooks in turn, not into getUpdates."""
        self.tell("hooks", urls=list(urls), secret=secret)

    def begin(self) -> None:
        self.tell("begin")

    def hush(self) -> None:
        self.tell("hush")

    def read(self) -> dict[str, Any]:
        return self.tell("read")

    def called(self, method: str) -> bool:
        """Whether the bot called this method, ever: it is up."""
        return method in self.read()["first"]

    def measure(self, seconds: float, work: Child, *, cpu: Callable[[], float] | None = None, warm: float = WARM) -> Run:
        """Let it answer, let it run warm, then count. `cpu`: seconds of CPU so far, where more than the one process is measured."""
        cpu = cpu or work.cpu
        until(lambda: self.read()["answered"] > 0, f"the first answer\n{work.log()}", START_SECONDS)
        time.sleep(warm)
        self.tell("mark")
        before, mine = cpu(), self.child.cpu()
        time.sleep(seconds)
        found, spent, busy = self.read(), cpu() - before, self.child.cpu() - mine
        work.alive()
        self.child.alive()
        if not found["answered"]:
            found.pop("people")
            raise BrokenError(f"nobody was answered in {seconds} s: {found}\n{work.log()}{self.child.log()}")
        return Run(
            found["rate"], found["p50"], found["p95"], spent / found["answered"],
            found["seconds"], found["answered"], busy / found["seconds"], found,
        )  # fmt: skip


@contextlib.contextmanager
def load() -> Iterator[Load]:
    with child(script("benchmarks.botapi"), cores=LOAD_CORE) as running:
        yield Load(running)
