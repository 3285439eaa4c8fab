"""What the actions on requests for more time take."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

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


class AskMore(BaseModel):
    """`due` and `latest` are what held when the question was asked; the action checks again."""

    obligation: int
    due: date
    latest: date
    wanted: Annotated[DueDate, Ask("day", source="extension_days", counted=True)]
    reason: Annotated[Reason, Ask()]

    @field_validator("wanted")
    @classmethod
    def within(cls, wanted: Until, info: ValidationInfo) -> Until:
        due, latest = info.data.get("due"), info.data.get("latest")
        if due is not None and wanted.day <= due:
            raise ValueError("form.error.extension_not_later")
        if latest is not None and wanted.day > latest:
            raise ValueError("form.error.extension_too_long")
        return wanted


class RefuseMore(BaseModel):
    extension: int
    reason: Annotated[Reason, Ask()]
