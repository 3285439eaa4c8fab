"""What a person answers a question with: words, a file that is stored already, a place, a sheet, a press, or something strange."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    text: str


@dataclass(frozen=True)
class Sent:
    """A file that is stored already: `kind` is photo, document, voice, video; `blob` its keyed hash."""

    kind: str
    blob: str
    name: str = ""
    caption: str = ""


@dataclass(frozen=True)
class Spot:
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet that was read at the edge, because a question of kind `sheet` stands: rows of words, a list a sheet."""

    name: str
    sheets: Sequence[Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Strange:
    """Something that is no answer at all: a sticker, a poll. `reason` is the catalogue key that says why, where there is one (a file)."""

    what: str
    reason: str = ""


@dataclass(frozen=True)
class Pressed:
    """A button of the prompt: an option's index, or a word: skip, done, submit, edit:FIELD-NUMBER, page:N, back."""

    choice: str


Reply = Said | Sent | Spot | Sheet | Strange | Pressed
