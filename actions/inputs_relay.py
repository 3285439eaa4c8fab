"""What passing on a word takes."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.forms import Ask


@dataclass(frozen=True)
class About:
    """`kind` is a noun ("task", "item"), as the button says it."""

    kind: str
    subject: int


class Relay(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: str
    subject: int
    words: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]
