"""What the office sends when a year's holidays are published."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from domain.announcement import AnnouncementError, read_announcement
from domain.forms import Ask


class HolidayNotice(BaseModel):
    """The announcement's own words, lines of days, or the text of a calendar file."""

    model_config = ConfigDict(frozen=True)

    notice: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, max_length=8000)]

    @field_validator("notice")
    @classmethod
    def _whole_year(cls, notice: str) -> str:
        try:
            read_announcement(notice)
        except AnnouncementError as error:
            raise ValueError(f"form.holidays.error.{error.slip}") from None
        return notice
