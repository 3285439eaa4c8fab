"""What the actions on requests for more time take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, ValidationInfo, field_validator

from domain.dates import DueDate, Until
from domain.forms import Ask

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


@dataclass(frozen=True)
class About:
    """The obligation for which more time is wanted, from whatever button names it."""

    obligation: int


@dataclass(frozen=True)
class Press:
    """A button of a request; `pressed` is the message it stands in."""

    extension: int
    pressed: int | None = None


def _by_the_hour(answers: Mapping[str, Any]) -> bool:
    return bool(answers.get("hours"))


class AskMore(BaseModel):
    """`due` and `latest` are what held when the question was asked; the action checks again.

    `hours`: the new due date may have a time of day.
    """

    obligation: int
    due: DueDate
    latest: DueDate
    hours: bool = False
    wanted: Annotated[DueDate, Ask("day", source="extension_days", counted=True, hours=_by_the_hour)]
    reason: Annotated[Reason, Ask()]

    @field_validator("wanted")
    @classmethod
    def within(cls, wanted: Until, info: ValidationInfo) -> Until:
        due, latest = info.data.get("due"), info.data.get("latest")
        if due is not None and wanted.at <= due.at:
            raise ValueError("form.error.extension_not_later")
        if latest is not None and wanted.at > latest.at:
            raise ValueError("form.error.extension_too_long")
        return wanted


class RefuseMore(BaseModel):
    extension: int
    reason: Annotated[Reason, Ask()]
