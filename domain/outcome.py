"""What an action answers: it is done, or the rule says no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.speech import Keyboard, Param


@dataclass(frozen=True)
class Refusal:
    """The rule says no. `code` is the catalogue key behind `refusal.`; nothing has changed."""

    code: str
    data: Mapping[str, Param] = field(default_factory=dict)
    buttons: Keyboard = ()


@dataclass(frozen=True)
class Done:
    """It is done. With a `subject` the journal gets a row; `data` holds ids and codes only, never somebody's words.

    `asks`: nothing is sent before one more press, so a form's summary must not say it was.
    """

    subject: tuple[str, int] | None = None
    data: Mapping[str, str | int | None] = field(default_factory=dict)
    result: Any = None
    asks: bool = False


Outcome = Done | Refusal
