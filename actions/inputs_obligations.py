"""What people are asked about an obligation itself."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.forms import Ask


class StopInput(BaseModel):
    """Stopping a climb takes a reason; it stands in the matter's history."""

    model_config = ConfigDict(frozen=True)

    obligation: int
    reason: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]
