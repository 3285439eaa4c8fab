"""The recipes of docs/ are followed to the letter, in a copy of the tree: every file that a recipe shows is written as it stands."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.regime import check_regime

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "docs" / "adding-a-form.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|po))`")
WITHOUT = shutil.ignore_patterns(".git", ".venv", ".demo", ".*_cache", ".hypothesis", "__pycache__", "screenshots", "node_modules")


def shown(text: str) -> Iterator[tuple[str, str, str]]:
    """(language, file named last before it, content) of each block of code."""
    for fence in FENCE.finditer(text):
        named = FILE.findall(text[: fence.start()])
        yield fence[1], named[-1], fence[2]


def add(path: Path, diff: str) -> None:
    """The line above stands in the file once; the new one goes below it."""
    above, new = diff.splitlines()
    assert (above[0], new[0]) == (" ", "+")
    lines = path.read_text().splitlines()
    assert lines.count(above[1:]) == 1, f"{path.name}: {above[1:]!r}"
    lines.insert(lines.index(above[1:]) + 1, new[1:])
    path.write_text("\n".join(lines) + "\n")


def run(folder: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path / "duban", ignore=WITHOUT))


def test_a_form_is_added_as_the_recipe_says(tree: Path) -> None:
    transcript = ""
    for language, name, content in shown(RECIPE.read_text()):
        path = tree / name
        match language:
            case "diff":
                add(path, content)
            case "python" | "po":
                assert not path.exists(), f"{name} is new"
                path.parent.mkdir(exist_ok=True)
                path.write_text(content)
            case _:
                transcript = content
    (tree / "tests" / "chats" / "suggestions" / "__init__.py").touch()
    run(tree, "config.catalogues")
    story = "tests/chats/suggestions"
    run(
        tree,
        "pytest",
        "-p",
        "no:cacheprovider",
        f"--basetemp={tree / 'tmp'}",
        story,
        "tests/unit/test_catalogues.py",
        "tests/unit/test_commands.py",
        "--regen",
    )
    told = re.sub(r" +$", "", (tree / story / "a_suggestion.md").read_text(), flags=re.MULTILINE)
    assert told.endswith(transcript), told
    run(tree, "ruff", "check", "-q", *(name for _, name, _ in shown(RECIPE.read_text()) if name.endswith(".py")))


def test_the_regime_of_the_recipe_is_right_and_says_what_the_recipe_shows(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "adding-a-regime.md").read_text()
    [regime] = [fence[2] for fence in FENCE.finditer(text) if fence[1] == "toml"]
    file = tmp_path / "qingchuan-2031.toml"
    file.write_text(regime)
    checked = CliRunner().invoke(check_regime, [str(file)])
    assert checked.exit_code == 0, checked.output
    assert f"```\n{checked.output}```" in text
    file.write_text(regime.replace('keep = "365d"', 'keep = "1y"'))
    assert f"```\n{CliRunner().invoke(check_regime, [str(file)]).output}```" in text
