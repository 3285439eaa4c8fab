"""Whether a regime file can be used, told in sentences an official can act on: where, what is wrong, what to write.

Two passes: the shape (pydantic, translated here) and, once that holds, what the sections say about each other (`regime_links`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.regime import Regime
from domain.regime_links import Problem, link_problems
from domain.regime_parts import PROPOSED, Sourced


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
    for section, source in regime.sources.items():
        if source == PROPOSED:
            yield section
    yield from _proposed(regime, "")


def _proposed(part: BaseModel, path: str) -> Iterator[str]:
    if isinstance(part, Sourced):
        yield from (f"{path}.{key}" for key in part.proposed)
    if getattr(part, "source", None) == PROPOSED:
        yield path
    for key in type(part).model_fields:
        value = getattr(part, key)
        here = f"{path}.{key}" if path else key
        if isinstance(value, BaseModel):
            yield from _proposed(value, here)
        elif isinstance(value, tuple):
            for each in value:
                if isinstance(each, BaseModel):
                    yield from _proposed(each, f"{here}[{getattr(each, 'id', '')}]")


def _translate(error: ErrorDetails, data: Mapping[str, Any]) -> Problem:
    location = error["loc"]
    path = _path(location, data)
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(path, location)
        case "missing":
            return Problem(path, "this key is missing", f"write {location[-1]} = ...")
        case "literal_error":
            allowed = error["ctx"]["expected"]
            return Problem(path, f"{error['input']!r} is not allowed here", f"write one of {allowed}")
        case "value_error":
            return Problem(path, str(error["ctx"]["error"]).rstrip("."), "correct the value")
        case "string_pattern_mismatch":
            return Problem(path, f"{error['input']!r} is no code", "write small letters, digits, _ . or -, at most 40")
        case kind:
            return Problem(path, _PLAIN.get(kind, error["msg"]), _MEND.get(kind, "write a value of the right kind"))


_PLAIN = {
    "string_type": "this is no text",
    "string_too_short": "this text is empty",
    "int_type": "this is no whole number",
    "bool_type": "this is neither true nor false",
    "tuple_type": "this is no list",
    "model_type": "this is no table",
    "too_short": "this list is empty",
    "date_type": "this is no date",
}
_MEND = {
    "string_type": 'write it in quotes, as in "..."',
    "string_too_short": "write at least one character",
    "int_type": "write a number without quotes",
    "bool_type": "write true or false without quotes",
    "tuple_type": "write it in square brackets, as in [ ... ]",
    "model_type": "write it in braces, as in { ... }",
    "too_short": "give at least one entry",
    "date_type": "write it without quotes, as in 2020-06-01",
}


def _unknown_key(path: str, location: Sequence[int | str]) -> Problem:
    known = _keys_at(location[:-1])
    close = get_close_matches(str(location[-1]), known, n=1)
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
