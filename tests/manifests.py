"""Reads the part of YAML that our manifests keep to: block mappings and lists, inline lists, `{}`, quoted and plain words, whole numbers.

Anything else raises, so that a manifest stays as simple as this; a YAML library is not among our dependencies.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = re.compile(r'("[^"]*"|[A-Za-z0-9_./-]+):(?: +(.*))?$')


class ManifestError(ValueError):
    """Not in our part of YAML."""


@dataclass(frozen=True)
class Line:
    number: int
    indent: int
    text: str


def documents(path: Path) -> list[Any]:
    parts: list[list[Line]] = [[]]
    for number, raw in enumerate(path.read_text().splitlines(), 1):
        text = raw.strip()
        if "\t" in raw:
            raise ManifestError(f"{path.name}:{number}: a tab")
        if text == "---":
            parts.append([])
        elif text and not text.startswith("#"):
            parts[-1].append(Line(number, len(raw) - len(raw.lstrip()), text))
    return [_whole(path, part) for part in parts if part]


def _whole(path: Path, lines: list[Line]) -> Any:
    value, rest = _block(lines, lines[0].indent)
    if rest:
        raise ManifestError(f"{path.name}:{rest[0].number}: wrongly indented")
    return value


def _block(lines: list[Line], indent: int) -> tuple[Any, list[Line]]:
    return _list(lines, indent) if _item(lines[0]) else _mapping(lines, indent)


def _item(line: Line) -> bool:
    return line.text.startswith("- ")


def _list(lines: list[Line], indent: int) -> tuple[list[Any], list[Line]]:
    found: list[Any] = []
    while lines and lines[0].indent == indent and _item(lines[0]):
        first = lines[0]
        inner = Line(first.number, indent + 2, first.text[2:].strip())
        if KEY.fullmatch(inner.text):
            value, lines = _mapping([inner, *lines[1:]], indent + 2)
        else:
            value, lines = _scalar(inner), lines[1:]
        found.append(value)
    return found, lines


def _mapping(lines: list[Line], indent: int) -> tuple[dict[str, Any], list[Line]]:
    found: dict[str, Any] = {}
    while lines and lines[0].indent == indent and not _item(lines[0]):
        line = lines[0]
        match = KEY.fullmatch(line.text)
        if match is None:
            raise ManifestError(f"line {line.number}: {line.text!r} is no key")
        key, lines = match[1].strip('"'), lines[1:]
        if key in found:
            raise ManifestError(f"line {line.number}: {key} stands there twice")
        if match[2]:
            found[key] = _scalar(Line(line.number, indent, match[2]))
        elif lines and (lines[0].indent > indent or (lines[0].indent == indent and _item(lines[0]))):
            found[key], lines = _block(lines, lines[0].indent)
        else:
            raise ManifestError(f"line {line.number}: {key} has no value")
    return found, lines


def _scalar(line: Line) -> Any:
    text = line.text
    if text.startswith(('"', "[")) or text == "{}" or re.fullmatch(r"-?\d+|true|false", text):
        try:
            return json.loads(text)
        except ValueError as error:
            raise ManifestError(f"line {line.number}: {text!r}") from error
    if text[0] in "'&*!|>%@`{}" or re.search(r": |\s#", text):
        raise ManifestError(f"line {line.number}: {text!r} needs quotes, or is beyond our part of YAML")
    return text
