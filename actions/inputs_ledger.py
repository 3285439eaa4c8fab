"""What the ledger's conversations ask (declared as forms in `bot/forms/ledger.py`) and what its presses carry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from actions.inputs_proof import with_proof
from domain.dates import DueDate
from domain.forms import Ask
from domain.ledger import Source
from domain.ledger_desk import Row
from domain.ledger_import import MOST_EXTRA, MOST_WORDS

NAME_MOST, WORDS_MOST = 80, MOST_WORDS  # a card holds problem, measures, goal and the last entry within Telegram's 4,096 characters


def _bare(answers: Mapping[str, Any]) -> bool:
    return not answers.get("evidence")


def _proven(answers: Mapping[str, Any]) -> bool:
    return bool(answers.get("evidence"))


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=WORDS_MOST)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=WORDS_MOST)]
Extra = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_EXTRA)]
Files = list[dict[str, Any]]


class OpenItem(BaseModel):
    """`place` is "regime:region". `source` is never asked: whoever opens an item from something else than an inspection presets it."""

    source: Source = "inspection"
    place: Annotated[str, Ask("choice", source="regions"), StringConstraints(pattern=r"^[^:]+:[^:]+$")]
    enterprise: Annotated[
        str, Ask("choice", source="enterprises", free=True), StringConstraints(strip_whitespace=True, min_length=2, max_length=NAME_MOST)
    ]
    industry: Annotated[str | None, Ask("choice", source="industries", optional=True)] = None
    problem: Annotated[Words, Ask()]
    kind: Annotated[str, Ask("choice", source="ledger_classes")]
    measures: Annotated[Words, Ask()]
    goal: Annotated[Note | None, Ask(optional=True)] = None
    owner: Annotated[int, Ask("choice", source="owners")]
    due: Annotated[DueDate, Ask("day", counted=True)]
    project: Extra = ""
    capacity: Extra = ""
    started: Extra = ""
    formalities: Extra = ""
    violation: Extra = ""
    duty_unit: Extra = ""

    @property
    def regime(self) -> str:
        return self.place.partition(":")[0]

    @property
    def region(self) -> str:
        return self.place.partition(":")[2]


class Progress(BaseModel):
    """Words or files for an item; what comes without a conversation may have no words."""

    item: int
    text: Note = ""
    files: Files | None = None


class ReportItem(Progress):
    text: Annotated[Words, Ask()]
    files: Annotated[Files | None, Ask("files", optional=True, caption="text")] = None


class CloseItem(BaseModel):
    """`evidence`: how many files are on record already that show the work. Without any, one is asked for; else more may be added."""

    item: int
    evidence: int = 0
    text: Annotated[Words, Ask()]
    proof: Annotated[Files | None, Ask("files", least=1, when=_bare, caption="text"), AfterValidator(with_proof)] = Field(default=None)
    more: Annotated[Files | None, Ask("files", optional=True, when=_proven, caption="text")] = None

    @property
    def files(self) -> Files:
        return [*(self.proof or ()), *(self.more or ())]


class VerifyItem(BaseModel):
    """`version` is the item's when the form was opened: what was looked at is what is passed."""

    item: int
    version: int
    note: Annotated[Note | None, Ask(optional=True)] = None
    files: Annotated[Files | None, Ask("files", optional=True, caption="note")] = None


class ReturnItem(BaseModel):
    item: int
    version: int
    reason: Annotated[Words, Ask()]


class ExtraWords(BaseModel):
    """One of the words about an item that nobody has to give; empty takes them away."""

    item: int
    what: Annotated[str, Ask("choice", source="item_extras")]
    words: Annotated[Extra | None, Ask(optional=True)] = None


class ReopenItem(BaseModel):
    item: int
    version: int
    reason: Annotated[Words, Ask()]
    due: Annotated[DueDate, Ask("day", counted=True)]


@dataclass(frozen=True)
class OnItem:
    """A press about an item. `version` 0: the button does not name one. `pressed` is the message it stands in."""

    item: int
    version: int = 0
    page: int = 0
    pressed: int | None = None


@dataclass(frozen=True)
class Listing:
    """One page of the items: those that are one's own, or all one looks over."""

    all: bool = False
    page: int = 0
    pressed: int | None = None


@dataclass(frozen=True)
class Pick:
    """One choice of the filter: `by` is `regime`, `region`, `class`, `state`, `light`, or `all` to see everything again.

    The same choice again takes it back.
    """

    by: str
    code: str = ""
    pressed: int | None = None


@dataclass(frozen=True)
class Sift:
    """The filter's own screen: the choices, or a page of places (from 1)."""

    places: int = 0
    pressed: int | None = None


class Wanted(BaseModel):
    """Words to look for in the list: a number, an enterprise or a place."""

    words: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=2, max_length=NAME_MOST)]


@dataclass(frozen=True)
class Piece:
    evidence: int


@dataclass(frozen=True)
class SheetOut:
    """A workbook that was made and stored at the edge."""

    blob: str
    size: int
    name: str
    rows: int


@dataclass(frozen=True)
class SheetIn:
    """A ledger that came back, read at the edge."""

    file: str
    rows: list[Row]


@dataclass(frozen=True)
class OnImport:
    id: int
    pressed: int | None = None


def _lacks(column: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda answers: column in answers.get("wanting", ())


class BulkWords(BaseModel):
    """What a list of new items leaves out, asked once for all of them. `wanting` names it; `place` is where classes are looked up."""

    id: int
    place: str
    wanting: list[str]
    problem: Annotated[Words | None, Ask(when=_lacks("problem"))] = None
    kind: Annotated[str | None, Ask("choice", source="ledger_classes", when=_lacks("kind"))] = None
    measures: Annotated[Words | None, Ask(when=_lacks("measures"))] = None
    due: Annotated[DueDate | None, Ask("day", when=_lacks("due"), counted=True)] = None
