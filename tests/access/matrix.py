"""The written matrix: who of the cast may do what. Read as sentences, line by line, beside the mission; remarks stay when it is made anew."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.access.stage import CAST, STRANGER

LINE = re.compile(r"^`(?P<probe>[^`]+)`: (?P<who>[^#]*?)(?:\s+# (?P<why>.*))?$")
NOBODY, EVERYONE, MEMBERS = "nobody", "everyone", "every member"
HEAD = """# Who may do what

Made by `pytest tests/access --regen`, then read. A line is an action or a button and the thing it is tried on; behind it stand all who may.
Everything on the stage lies in city A and belongs to its liaison; `_b` are the same people of city B, `other_` those of another province,
`former` held a seat of city A that has ended; `special_` is a group that works without notice, `stay_` one that stays in the city all
year; `away_a`, an inspector, is on leave, and `deputy_a`, else a group's liaison, acts; `former_deputy_a` did so once. What is not named is refused
and leaves everything as it was.
"""


def read(path: Path) -> dict[str, tuple[frozenset[str], str]]:
    """Probe → who may, and the remark."""
    found = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        match = LINE.match(line.removeprefix("- "))
        if match is not None:
            found[match["probe"]] = (_who(match["who"].strip()), match["why"] or "")
    return found


def write(path: Path, title: str, may: Mapping[str, Iterable[str]]) -> None:
    remarks = {probe: why for probe, (_, why) in read(path).items()}
    lines = [
        f"- `{probe}`: {_words(set(who))}{f'  # {remarks[probe]}' if remarks.get(probe) else ''}" for probe, who in sorted(may.items())
    ]
    path.write_text("\n".join([HEAD, f"## {title}", "", *lines]) + "\n")


def _who(words: str) -> frozenset[str]:
    whole = {NOBODY: frozenset[str](), EVERYONE: frozenset(CAST), MEMBERS: frozenset(CAST) - {STRANGER, "former", "away_a"}}
    return whole[words] if words in whole else frozenset(words.split(", "))


def _words(who: set[str]) -> str:
    for name in (NOBODY, EVERYONE, MEMBERS):
        if _who(name) == who:
            return name
    return ", ".join(key for key in CAST if key in who)
