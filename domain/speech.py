"""What an action says, before it is text: a catalogue key, typed parameters, buttons. `bot/render.py` makes it text when it is sent.

Parameters are JSON, so that a row of the outbox can hold them. Plain strings are somebody's words and are shown escaped; what must be put
into the reader's language (dates, names of a regime, other texts) is marked by the functions here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.dates import Until

Param = str | int | dict[str, Any] | list[Any] | None

# Priorities: who just pressed waits for nobody; then major problems; what others hear of a press comes after. `ALWAYS` goes even while
# sending is paused. Only an answer and what is urgent sound in somebody's quiet hours (`domain/slots.rings`).
ALWAYS, INTERACTIVE, URGENT, NEWS, PING, DIGEST = -1, 0, 1, 2, 5, 9


def day(at_ms: int) -> Param:
    """A due date: the calendar day that ends at `at_ms` (24:00), or on which `at_ms` falls."""
    return {"$": "day", "at": at_ms}


def on(when: date, *, provisional: bool = False) -> Param:
    """A date; `provisional` where it may still move, since the holidays that decide about it are not announced."""
    return {"$": "date", "date": when.isoformat(), "provisional": provisional}


def by(until: Until, *, provisional: bool = False) -> Param:
    """A due date; with the time of day only where one was given."""
    shown = {"$": "date", "date": until.day.isoformat(), "provisional": provisional}
    return {**shown, "clock": until.clock} if until.clock else shown


def moment(at_ms: int) -> Param:
    return {"$": "moment", "at": at_ms}


def term(regime: str, kind: str, code: str) -> Param:
    """A name from a regime file; `kind` is `region`, `unit`, `role`, `class`, `duty`, `industry`, `regime`, `complaint`."""
    return {"$": "term", "regime": regime, "kind": kind, "code": code}


def bare_place(regime: str, code: str) -> Param:
    """A region by its own name alone, where its city stands beside it; `term` names the city where two regions are called the same."""
    return {"$": "term", "regime": regime, "kind": "region", "code": code, "bare": True}


def text(key: str, **params: Param) -> Param:
    """Another catalogue text inside this one."""
    return {"$": "text", "key": key, "params": params}


def cut(param: Param, most: int) -> Param:
    """Somebody's words, no longer than this; what is typed stays as it is."""
    return f"{param[: most - 1]}…" if isinstance(param, str) and len(param) > most else param


def lines(parts: Iterable[Param], between: str = "\n") -> Param:
    return {"$": "lines", "parts": list(parts), "between": between}


@dataclass(frozen=True)
class Button:
    """A button: `key` names its text. A press comes back as (`verb`, `id`, `version`, `arg`); `verb` has at most three letters.

    `url` makes it a link instead. `label` overrides the text with somebody's own words or a typed parameter.
    """

    key: str
    verb: str = ""
    id: int = 0
    version: int = 0
    arg: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)
    url: str = ""

    def dump(self) -> dict[str, Any]:
        found: dict[str, Any] = {"k": self.key}
        if self.verb:
            found["v"] = self.verb
        if self.id:
            found["i"] = self.id
        if self.version:
            found["n"] = self.version
        if self.arg:
            found["a"] = self.arg
        if self.params:
            found["p"] = dict(self.params)
        if self.url:
            found["u"] = self.url
        return found

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> "Button":
        return cls(raw["k"], raw.get("v", ""), raw.get("i", 0), raw.get("n", 0), raw.get("a", ""), raw.get("p", {}), raw.get("u", ""))


Keyboard = Sequence[Sequence[Button]]


@dataclass(frozen=True)
class Message:
    """A whole message: what a card shows, what a handler answers."""

    key: str
    params: Mapping[str, Param] = field(default_factory=dict)
    buttons: Keyboard = ()


@dataclass(frozen=True)
class To:
    """Where a message goes: a chat, and whose language it is in (a registered person's own, else `language`).

    `regime` is the province in which somebody is addressed: whose quiet hours count. Empty where they are addressed in none.
    """

    chat: int
    person: int | None = None
    language: str = "zh"
    regime: str = ""
