"""What the office sends when a year's holidays are published."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from domain.announcement import AnnouncementError, read_announcement, spans
from domain.form_errors import SlipError
from domain.forms import Ask
from domain.speech import Param, lines, text


def stretches(found: Iterable[tuple[date, date]], between: str) -> Param:
    """Days as they lie together; the year is said beside them."""
    return lines(
        [_date(first) if first == last else text("holidays.span", first=_date(first), last=_date(last)) for first, last in found], between
    )


def _date(day: date) -> Param:
    return {"$": "date", "date": day.isoformat(), "bare": True}


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
            raise SlipError(f"form.holidays.error.{error.slip}", days=stretches(spans(error.missing), "、")) from None
        return notice
