"""The forms there are, by name. They are declared in `bot/forms/`; the engine knows nothing of any single one."""

from domain.forms import Form

FORMS: dict[str, Form] = {}


def register(form: Form) -> Form:
    FORMS[form.name] = form
    return form
