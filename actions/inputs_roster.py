"""What the roster's form asks: the province where there are several, and the sheet."""

from typing import Annotated, Any

from pydantic import BaseModel, field_validator

from domain.forms import Ask
from domain.roster import NoHeaderError, Row, TooManyRowsError, read_rows, roster_sheet


class SheetGiven(BaseModel):
    name: str = ""
    sheets: list[list[list[str]]] = []


class RosterGiven(BaseModel):
    """`regime` is preset where the person is the office of one province only."""

    regime: str = ""
    province: Annotated[str, Ask("choice", source="office_regimes", when=lambda answers: not answers.get("regime"))] = ""
    sheet: Annotated[SheetGiven, Ask("sheet")]

    @field_validator("sheet")
    @classmethod
    def _readable(cls, value: SheetGiven) -> SheetGiven:
        try:
            rows = read_rows(roster_sheet(value.sheets))
        except NoHeaderError as error:
            raise ValueError("form.roster.error.header") from error
        except TooManyRowsError as error:
            raise ValueError("form.roster.error.too_many") from error
        if not rows:
            raise ValueError("form.roster.error.empty")
        return value

    @property
    def chosen(self) -> str:
        return self.regime or self.province

    @property
    def rows(self) -> list[Row]:
        return read_rows(roster_sheet(self.sheet.sheets))


def preset(regimes: list[str], **more: Any) -> dict[str, Any]:
    return ({"regime": regimes[0]} if len(regimes) == 1 else {}) | more
