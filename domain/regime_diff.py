"""What differs between two regime files, in sentences: for whoever has to say yes to the new one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.regime import Regime

LONGEST = 160  # characters of one value; what is longer has to be looked up in the file


def differences(old: Regime, new: Regime) -> list[str]:
    return list(_differ("", old.model_dump(mode="json", by_alias=True), new.model_dump(mode="json", by_alias=True)))


def _differ(path: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _differ(f"{path} {key}".strip(), old.get(key), new.get(key))
    elif _named(old) and _named(new) and (old or new):
        yield from _differ_named(path, {each["id"]: each for each in old}, {each["id"]: each for each in new})
    else:
        yield f"{path}: {_say(old)} → {_say(new)}"


def _differ_named(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for code, was in old.items():
        if code in new:
            yield from _differ(f"{path} {code}", was, new[code])
        else:
            yield f"{path} {code}: is gone{_name(was)}"
    for code, now in new.items():
        if code not in old:
            yield f"{path} {code}: is new{_name(now)}"
    if set(old) == set(new) and list(old) != list(new):
        yield f"{path}: in another order"


def _named(value: Any) -> bool:
    """A list of things with a code each, none twice."""
    if not isinstance(value, list) or not all(isinstance(each, Mapping) and "id" in each for each in value):
        return False
    return len({each["id"] for each in value}) == len(value)


def _name(thing: Mapping[str, Any]) -> str:
    name = thing.get("name")
    return f" ({name['zh']})" if isinstance(name, Mapping) and "zh" in name else ""


def _say(value: Any) -> str:
    words = _words(value)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _words(value: Any) -> str:
    if value in (None, "", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_words(each)}" for key, each in value.items() if each not in (None, "", [], {}))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_words(each) for each in value)
    return str(value)
