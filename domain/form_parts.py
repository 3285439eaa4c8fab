"""What a conversation is made of: a form, its questions, the draft, a turn. The steps are in `domain/forms.py`.

A form is a pydantic model whose fields carry an `Ask`; fields without one are preset when the form is opened. After each answer the whole
raw draft is validated and the errors of the answered fields are kept (a `TypeAdapter` per field would skip field validators), so checks
across fields stand in the later field; model validators speak at the summary.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from domain.form_errors import explain
from domain.speech import Param

SUMMARY = "*"
MOST_OFFERED = 64
PAGE = 8  # options on one page: what a thumb finds without scrolling

Doubt = Literal["", "leave", "other"]
AskKind = Literal["text", "choice", "day", "files", "place", "sheet"]


def always(_answers: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True)
class Ask:
    """How a field is asked. The question's key is `form.FORM.FIELD`, the short name in the summary `form.FORM.FIELD.name`.

    `source` names where a choice's options, or a day's usual ones, come from (`actions/options.py`); `free` lets typed words stand
    where no option fits.
    `when` skips the question where it says no. `most` is how many files may be sent.
    `later`: not asked by itself; it stands in the summary, where whoever wants fills it in.
    `notice`: something to be read and agreed to; there is nothing to change about it in the summary.
    `counted`: a day given as a span keeps it (`domain.dates.Until`), so that it is counted again when holidays are announced.
    `hours` says whether a counted day may be given with a time of day, depending on what is known by then.
    `collects` names a preset list to which files are added that arrive while this question stands (the rest of an album).
    `caption` names the field to whose words is added what was written under a file.
    `gathers`: a story told at another question is kept for this one (`domain/told.py`); what comes later is added to it.
    """

    kind: AskKind = "text"
    source: str = ""
    free: bool = False
    optional: bool = False
    least: int = 0
    most: int = 10
    when: Callable[[Mapping[str, Any]], bool] | None = None
    collects: str = ""
    caption: str = ""
    later: bool = False
    notice: bool = False
    counted: bool = False
    hours: Callable[[Mapping[str, Any]], bool] | None = None
    gathers: bool = False


# What was written about a day → the raw answer and how it reads; or the catalogue key that says why not.
ReadDay = Callable[[str], tuple[str, Param] | str]


@dataclass(frozen=True)
class Form:
    """`submit` is the action that takes the filled model. `wipe` deletes the person's messages once they are stored sealed."""

    name: str
    model: type[BaseModel]
    submit: Any
    version: int = 1
    minutes: int = 24 * 60
    wipe: bool = False
    confirm: bool = True  # sum up before sending; a form of one short answer may leave it out


@dataclass(frozen=True)
class Option:
    """One thing to choose. `words` are what typed text is matched against, `longer` what it is matched against where none of those fit."""

    code: str
    label: Param
    words: tuple[str, ...] = ()
    longer: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A conversation as data: what was answered (raw), how it reads, where it stands."""

    form: str
    form_version: int
    at: str
    answers: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, Param] = field(default_factory=dict)
    offered: tuple[tuple[str, Param], ...] = ()
    page: int = 0
    more: int = 0  # options that are not among the offered ones
    error: Param = None
    note: Param = None  # what became of a file that was sent
    kept: tuple[str, ...] = ()  # questions for which files or words came early: they are still asked
    editing: bool = False  # came back from the summary to change one answer
    doubt: Doubt = ""  # asked, before anything else is answered: leave what was filled in, or for the other one?
    left: tuple[int, ...] = ()  # messages that were no answer, where the form deletes those that are: they go when it ends
    wanted: dict[str, Any] | None = None  # the other one, as it is opened once this one is left; None: it has to be asked for again

    def dump(self) -> dict[str, Any]:
        return {**self.__dict__, "offered": [list(pair) for pair in self.offered]}

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> "Draft":
        offered = tuple((code, label) for code, label in raw["offered"])
        return cls(**{**raw, "offered": offered, "kept": tuple(raw.get("kept", ())), "left": tuple(raw.get("left", ()))})


@dataclass(frozen=True)
class Turn:
    """`done` holds the filled model once the summary was confirmed. `moved`: another question stands now (else the same again).

    `left`: what was sent is no part of the draft, or not all of it.
    """

    draft: Draft
    moved: bool = False
    done: BaseModel | None = None
    left: bool = False


@lru_cache(maxsize=256)
def asks(model: type[BaseModel]) -> dict[str, Ask]:
    """The asked fields of a model, in order."""
    found = {}
    for name, info in model.model_fields.items():
        ask = next((each for each in info.metadata if isinstance(each, Ask)), None)
        if ask is not None:
            found[name] = ask
    return found


def active(form: Form, answers: Mapping[str, Any]) -> list[str]:
    """The fields that are asked, given what is answered so far."""
    return [name for name, ask in asks(form.model).items() if ask.when is None or ask.when(answers)]


def progress(form: Form, draft: Draft) -> tuple[int, int]:
    names = [name for name in active(form, draft.answers) if not asks(form.model)[name].later or name == draft.at]
    return (names.index(draft.at) + 1 if draft.at in names else len(names)), len(names)


def known(form: Form, preset: Mapping[str, Any]) -> bool:
    """Whether everything is there that is not asked: a form about a task does not begin without one."""
    told = (name for name, info in form.model.model_fields.items() if info.is_required() and name not in asks(form.model))
    return all(name in preset for name in told)


def reason(form: Form, answers: Mapping[str, Any], at: str) -> dict[str, Any] | None:
    """Why the answer just given does not hold, or None. Errors of fields not reached yet do not count."""
    try:
        form.model.model_validate(answers)
    except ValidationError as error:
        mine = next((each for each in error.errors() if each["loc"] and each["loc"][0] == at), None)
        return None if mine is None else explain(mine)
    return None
