"""What the actions on complaints take. The subclasses with an `Ask` are asked in conversation (`bot/forms/complaints.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationInfo, field_validator

from domain.complaints import LEAST_WORDS, About, bare_digits, is_receipt
from domain.forms import Ask

Files = list[dict[str, Any]] | None  # `{kind, blob}` or `{kind: "location", latitude, longitude}`
# With an enterprise's name and the markup around it still one message of Telegram's 4,096 characters.
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=LEAST_WORDS, max_length=2500)]


def province_of(answers: Mapping[str, Any]) -> str:
    """The regime a complaint goes to: the only one there is, or the one chosen first."""
    return str(answers.get("only") or answers.get("province") or "")


def _several(answers: Mapping[str, Any]) -> bool:
    return not answers.get("only")


def _about_unit(answers: Mapping[str, Any]) -> bool:
    return answers.get("about") == "unit"


STORY_MARKS = frozenset("，。；！？\n")  # what stands in sentences and in no enterprise's name


def _name(typed: str) -> str:
    if STORY_MARKS & set(typed):
        raise ValueError("form.complain.name_only")
    return typed


class Complain(BaseModel):
    """`kind`, `region` and `unit` are "regime:code", so that changing the province afterwards asks for them again."""

    only: str = ""
    consent: Annotated[Literal["yes"], Ask("choice", source="complaint_consent", notice=True)]
    province: Annotated[str, Ask("choice", source="complaint_provinces", when=_several)] = ""
    kind: Annotated[str, Ask("choice", source="complaint_kinds")]
    region: Annotated[str, Ask("choice", source="complaint_regions")]
    enterprise: Annotated[Annotated[str, AfterValidator(_name)] | None, Ask(optional=True), Field(min_length=2, max_length=100)] = None
    about: Annotated[About, Ask("choice", source="complaint_about")]
    unit: Annotated[str, Ask("choice", source="complaint_units", when=_about_unit)] = ""
    what: Annotated[Words, Ask(gathers=True)]
    files: Annotated[Files, Ask("files", optional=True, caption="what")] = None
    reach: Annotated[Literal["receipt", "chat"], Ask("choice", source="complaint_reach")]

    @field_validator("kind", "region", "unit")
    @classmethod
    def _of_the_province(cls, value: str, info: ValidationInfo) -> str:
        if value and value.partition(":")[0] != province_of(info.data):
            raise ValueError("form.complain.other_province")
        return value

    @property
    def regime(self) -> str:
        return province_of({"only": self.only, "province": self.province})


def _receipt(typed: str) -> str:
    digits = bare_digits(typed)
    if not is_receipt(digits):
        raise ValueError("form.check.not_a_receipt")
    return digits


class Check(BaseModel):
    receipt: Annotated[str, Ask(), AfterValidator(_receipt)]


@dataclass(frozen=True)
class Typed:
    """A command as it was typed: its message, which is deleted, and what stood behind it."""

    message_id: int | None = None
    words: str = ""


class Supplement(BaseModel):
    """More from the complainant. `ticket` proves that the receipt was given to this account today."""

    complaint: int
    ticket: str
    words: Annotated[str, Ask(gathers=True), StringConstraints(strip_whitespace=True, min_length=2, max_length=2500)]
    files: Annotated[Files, Ask("files", optional=True, caption="words")] = None


class OnComplaint(BaseModel):
    """A handler's step. `version` is the one the pressed button showed."""

    complaint: int
    version: int = 0


class Question(OnComplaint):
    words: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=4, max_length=1000)]


class Decline(OnComplaint):
    words: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=LEAST_WORDS, max_length=1000)]


def _founded(answers: Mapping[str, Any]) -> bool:
    return answers.get("outcome") != "unfounded"


class AnswerComplaint(OnComplaint):
    """发现一起查处一起 (S 二(二)): what proved true is not closed without what was done about it."""

    outcome: Annotated[Literal["founded", "partly", "unfounded"], Ask("choice", source="complaint_outcomes")]
    done: Annotated[str, Ask(when=_founded), StringConstraints(strip_whitespace=True, min_length=4, max_length=1000)] = ""
    words: Annotated[Words, Ask(gathers=True)]


@dataclass(frozen=True)
class StepAside:
    """A handler with an interest steps aside; `sure` comes with the second press."""

    complaint: int
    version: int
    sure: bool


@dataclass(frozen=True)
class Ticket:
    """The button under a question to the complainant."""

    complaint: int
    ticket: str


@dataclass(frozen=True)
class PutAway:
    """The message whose button was pressed; `all`: with everything that /check has shown."""

    message_id: int
    all: bool
