"""Whether a regime file can be used, told in sentences an official can act on: where, what is wrong, what to write.

Two passes: the shape (pydantic, translated here) and, once that holds, what the sections say about each other (`regime_links`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.regime import Regime
from domain.regime_links import Problem, link_problems, regime_sections
from domain.regime_parts import PROPOSED
from domain.words import near


@dataclass(frozen=True)
class Checked:
    """`regime` is there exactly when there is no problem. `proposed`: paths of values for the office to confirm."""

    regime: Regime | None
    problems: tuple[Problem, ...]
    proposed: tuple[str, ...] = ()


def check_regime(data: Mapping[str, Any]) -> Checked:
    """`data` is the parsed file."""
    try:
        regime = Regime.model_validate(data)
    except ValidationError as error:
        return Checked(None, tuple(_translate(details, data) for details in error.errors(include_url=False)))
    problems = tuple(link_problems(regime))
    return Checked(None if problems else regime, problems, tuple(proposed_values(regime)))


def proposed_values(regime: Regime) -> Iterator[str]:
    """`path: value` of everything that waits for the office: whole lists, whole sections, single keys."""
    for section, source in regime.sources.items():
        if source == PROPOSED:
            yield section
    for path, part in regime_sections(regime):
        if part.source == PROPOSED:
            yield f"{path}: {_shown(part.model_dump(mode='json', by_alias=True, exclude_unset=True, exclude=_LABELS))}"
        values = part.model_dump(mode="json", by_alias=True)
        yield from (f"{path}.{key}" + (f": {_shown(values[key])}" if key in values else "") for key in part.proposed)


_LABELS = {"id", "name", "source", "proposed"}


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        if {"zh", "en"} <= value.keys():
            return str(value["zh"])
        named = [f"{value['id']} {_shown(value['name'])}"] if {"id", "name"} <= value.keys() else []
        rest = {key: each for key, each in value.items() if key not in _LABELS and each not in (None, [], False)}
        return ", ".join(named + [f"{key} {_shown(each)}" for key, each in rest.items()])
    if isinstance(value, list):
        return "[" + "; ".join(_shown(each) for each in value) + "]"
    return str(value)


def _translate(error: ErrorDetails, data: Mapping[str, Any]) -> Problem:
    location = error["loc"]
    path = _path(location, data)
    if error["type"] == "extra_forbidden":
        return _unknown_key(path, location)
    if error["type"] == "missing":
        return Problem(path, "this key is missing", f"write {location[-1]} = ...")
    return Problem(path, *_wrong_value(error))


def _wrong_value(error: ErrorDetails) -> tuple[str, str]:
    shown = repr(error["input"])
    match error["type"]:
        case "literal_error":
            return f"{shown} is not allowed here", f"write one of {error['ctx']['expected']}"
        case "value_error":
            return str(error["ctx"]["error"]).rstrip("."), "correct the value"
        case "string_pattern_mismatch":
            return f"{shown} is no code", "write small letters, digits, _ . or -, at most 40"
        case "greater_than_equal" | "less_than_equal" as kind:
            return f"{shown} is out of range", f"write {_BOUND[kind]} {next(iter(error['ctx'].values()))}"
        case kind:
            return _KINDS.get(kind.removesuffix("_parsing"), (error["msg"], "write a value of the right kind"))


_BOUND = {"greater_than_equal": "at least", "less_than_equal": "at most"}
_TEXT = ("this is no text", 'write it in quotes, as in "..."')
_NUMBER = ("this is no whole number", "write a number without quotes")
_FLAG = ("this is neither true nor false", "write true or false without quotes")
_DATE = ("this is no date", "write it without quotes, as in 2020-06-01")
_KINDS = {
    "string_type": _TEXT,
    "string_too_short": ("this text is empty", "write at least one character"),
    "int_type": _NUMBER,
    "int": _NUMBER,
    "int_from_float": _NUMBER,
    "bool_type": _FLAG,
    "bool": _FLAG,
    "date_type": _DATE,
    "date": _DATE,
    "date_from_datetime": _DATE,
    "tuple_type": ("this is no list", "write it in square brackets, as in [ ... ]"),
    "dict_type": ("this is no table", "write it in braces, as in { ... }"),
    "model_type": ("this is no table", "write it in braces, as in { ... }"),
    "too_short": ("this list is empty", "give at least one entry"),
}


def _unknown_key(path: str, location: Sequence[int | str]) -> Problem:
    known = _keys_at(location[:-1])
    close = near(str(location[-1]), known)
    mend = f"did you mean {close[0]}?" if close else f"remove it; known here are {', '.join(known)}"
    return Problem(path, "no such key", mend)


def _keys_at(location: Sequence[int | str]) -> list[str]:
    model: type[BaseModel] = Regime
    for step in location:
        if isinstance(step, int):
            continue
        field = next(field for name, field in model.model_fields.items() if step in (name, field.alias))
        model = next(_models_in(field.annotation))
    return sorted(field.alias or name for name, field in model.model_fields.items())


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _path(location: Sequence[int | str], data: Any) -> str:
    """`duties[item.rectify].chain[0].to`: entries by their code where they have one, because nobody counts lines."""
    path = ""
    for step in location:
        data = _inside(data, step)
        if isinstance(step, int):
            code = data.get("id") if isinstance(data, Mapping) else None
            path += f"[{code if isinstance(code, str) else step}]"
        else:
            path += f".{step}" if path else step
    return path


def _inside(data: Any, step: int | str) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None
