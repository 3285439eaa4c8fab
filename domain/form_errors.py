"""Why an answer does not hold, as a catalogue text."""

from collections.abc import Mapping
from typing import Any

from domain.speech import Param


class SlipError(ValueError):
    """What a validator of ours finds wrong: a key of its own (`form.…`) and what the sentence names."""

    def __init__(self, key: str, **params: Param) -> None:
        super().__init__(key)
        self.params = params


def explain(error: Mapping[str, Any]) -> dict[str, Any]:
    """Pydantic's error as a catalogue text. A validator of ours raises ValueError with a key (`form.…`), or `SlipError`."""
    known = {
        "string_too_short": ("form.error.too_short", "min_length"),
        "string_too_long": ("form.error.too_long", "max_length"),
        "too_short": ("form.error.too_few", "min_length"),
        "too_long": ("form.error.too_many", "max_length"),
    }
    context = error.get("ctx", {})
    if error["type"] in known:
        key, name = known[error["type"]]
        return {"key": key, "n": context.get(name, 0)}
    if error["type"] == "value_error" and str(context.get("error", "")).startswith("form."):
        return {"key": str(context["error"]), **getattr(context["error"], "params", {})}
    return {"key": "form.error.not_valid"}
