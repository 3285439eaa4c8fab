"""What the actions on tasks take. The subclasses with an `Ask` are asked in conversation (`bot/forms/tasks.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, StringConstraints

from actions.inputs_proof import with_proof
from domain.dates import DueDate
from domain.forms import Ask, always

Files = list[dict[str, Any]] | None  # `{kind, blob}` or `{kind: "location", latitude, longitude}`
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]
MANY = ("role", "liaisons")
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000)]


def _to_role(answers: Mapping[str, Any]) -> bool:
    return answers.get("assignee") == "role"


def _to_many(answers: Mapping[str, Any]) -> bool:
    return answers.get("assignee") in MANY


class Assign(BaseModel):
    """To one seat, or to many: whoever holds a role, or all liaisons, in a set of places."""

    what: Annotated[str, Ask(), StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    assignee: Annotated[int | Literal["role", "liaisons"], Ask("choice", source="assignees")]
    role: Annotated[str | None, Ask("choice", source="assign_roles", when=_to_role)] = None
    places: Annotated[str | None, Ask("choice", source="assign_places", when=_to_many)] = None
    due: Annotated[DueDate, Ask("day", counted=True, hours=always)]
    detail: Annotated[Note | None, Ask(optional=True, later=True)] = None
    files: Annotated[Files, Ask("files", optional=True, later=True, caption="detail")] = None
    proof: Annotated[Literal["yes"] | None, Ask("choice", source="proof", optional=True, later=True)] = None


class OnTask(BaseModel):
    """About a task. `version` is the one the pressed button showed (0: any); `pressed` the message it stands in."""

    task: int
    version: int = 0
    pressed: int | None = None


class Step(OnTask):
    """One step of a task, with words and files."""

    body: str | None = None
    files: Files = None


class Progress(Step):
    body: Annotated[Note, Ask()]
    files: Annotated[Files, Ask("files", optional=True, caption="body")] = None


class HandIn(Step):
    body: Annotated[Note | None, Ask(optional=True)] = None
    files: Annotated[Files, Ask("files", optional=True, caption="body")] = None


class HandInProof(OnTask):
    """Where a file is required: it is what is asked, words may be added."""

    files: Annotated[Files, Ask("files", least=1, caption="body"), AfterValidator(with_proof)]
    body: Annotated[Note | None, Ask(optional=True, later=True)] = None


class SendBack(Step):
    body: Annotated[Reason, Ask()]


class Withdraw(Step):
    body: Annotated[Reason, Ask()]


class ChangeDue(OnTask):
    due: Annotated[DueDate, Ask("day", counted=True, hours=always)]
    body: Annotated[Reason, Ask()]


class Reassign(OnTask):
    assignee: Annotated[int, Ask("choice", source="reassignees")]
    body: Annotated[Reason, Ask()]


class HandOn(OnTask):
    """转办: a part of the work, or all of it, to somebody within the own scope; due no later than the task itself."""

    assignee: Annotated[int, Ask("choice", source="hand_on_to")]
    due: Annotated[DueDate, Ask("day", source="hand_on_days", counted=True, hours=always)]
    body: Annotated[Note | None, Ask(optional=True, later=True)] = None
    files: Annotated[Files, Ask("files", optional=True, later=True, caption="body")] = None


@dataclass(frozen=True)
class Listing:
    """A list: `tasks` is what I owe, `waiting` what others owe me. `page` is page and filter (`domain.task_filters`).

    With `pressed` it is turned in place.
    """

    kind: Literal["tasks", "waiting"]
    page: int = 0
    pressed: int | None = None
