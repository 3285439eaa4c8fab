"""The forms there are, by name. They are declared in `bot/forms/`; the engine knows nothing of any single one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from domain.forms import Form
from domain.speech import Param
from storage.tx import Tx

FORMS: dict[str, Form] = {}
Outlook = Callable[[Tx, Mapping[str, Any], int | None], Awaitable[Param]]
OUTLOOKS: dict[str, Outlook] = {}


def register(form: Form) -> Form:
    FORMS[form.name] = form
    return form


def outlook(form: str) -> Callable[[Outlook], Outlook]:
    """What submitting will do, shown under the summary's answers, as it stands then: `async (tx, raw answers, reading person) -> Param`."""

    def add(fn: Outlook) -> Outlook:
        OUTLOOKS[form] = fn
        return fn

    return add
