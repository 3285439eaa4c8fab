"""What people read is true: every command, option, target, setting, file, link and metric that a page names is there, and none is left out."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.commands import COMMANDS, group
from cli.tour import TOURS
from config.settings import Settings
from domain.permissions import PUBLIC, TABLE

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
PAGES = [ENGLISH, CHINESE, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "sandbox" / "README.md"]
SETTINGS = {f"DUBAN_{name.upper()}": str(field.default) for name, field in Settings.model_fields.items()}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
each_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)


def code(page: Path) -> Iterator[str]:
    """Every line of a block and every span of code."""
    text = page.read_text()
    for fence in FENCE.finditer(text):
        yield from fence[2].splitlines()
    yield from SPAN.findall(FENCE.sub("", text))


# Lines in which the word is a user, a unit, a repository or what is sealed.
NO_CALL = re.compile(r"\s*(?:sudo (?:useradd|install|systemctl)|kubectl|journalctl|alias|duban complaint )")


def called(page: Path) -> Iterator[list[str]]:
    """The words of each call of `duban`, without what stands before it (a path, another command) and behind it (a remark)."""
    for line in code(page):
        found = re.match(r"(?:.*\s)?(?:\.venv/bin/|/usr/local/bin/)?duban (?=[a-z-])(.*)", line.partition("  #")[0].strip())
        if found and not NO_CALL.match(line):
            yield shlex.split(found[1])


def command_of(words: list[str]) -> tuple[str, click.Command, list[str]]:
    """Groups are followed: the command itself and what is given to it."""
    if words[0] == "--settings":
        words = words[2:]
    assert words[0] in COMMANDS, f"there is no `duban {words[0]}`"
    found = group.get_command(click.Context(group), words[0])
    name, rest = words[0], words[1:]
    while isinstance(found, click.Group) and rest:
        assert rest[0] in found.commands, f"there is no `duban {name} {rest[0]}`"
        name, found, rest = f"{name} {rest[0]}", found.commands[rest[0]], rest[1:]
    assert found is not None
    return name, found, rest


@each_page
def test_every_command_and_option_exists(page: Path) -> None:
    for words in called(page):
        if words == ["--help"]:
            continue
        name, found, rest = command_of(words)
        options = {each for param in found.params for each in (*param.opts, *param.secondary_opts)}
        assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= options, f"duban {name}"


def test_every_command_is_written_about() -> None:
    told = {command_of(words)[0].split()[0] for page in PAGES for words in called(page) if words != ["--help"]}
    assert set(COMMANDS) - told == set()


@each_page
def test_every_target_of_make_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {match[1] for line in code(page) if (match := re.match(r"\s*make ([a-z-]+)", line))} <= targets


def test_every_target_of_make_is_listed_with_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text()
    listed = set(re.findall(r"^([a-z-]+):.*## \S", text, re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())  # type: ignore[index]  # it stands there
    assert phony - listed == {"run-deps", "dev-deps"}


@each_page
def test_every_setting_that_is_named_exists(page: Path) -> None:
    assert set(re.findall(r"\bDUBAN_[A-Z_]+[A-Z]\b", page.read_text())) <= {*SETTINGS, "DUBAN_DATABASE_PASSWORD"}  # compose's own


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_setting_is_explained_with_what_holds_without_it(page: Path) -> None:
    rows = dict(re.findall(r"^\| `(DUBAN_[A-Z_]+)` \| ([^|]*) \|", page.read_text(), re.MULTILINE))
    assert set(rows) == set(SETTINGS)
    for name, shown in rows.items():
        default = re.fullmatch(r"`([^`]+)`|(\d+)", shown)
        assert default is None or SETTINGS[name].removesuffix(".0") == (default[1] or default[2]), name


def test_both_readmes_say_the_same() -> None:
    """The same commands, settings and links in the same order; words and pictures in their own language."""

    def bones(page: Path) -> list[str]:
        text = page.read_text().replace("-zh.png", "-en.png")
        fences = [fence[2] for fence in FENCE.finditer(text)]
        return [
            *fences,
            *re.findall(r"^\| `(DUBAN_[A-Z_]+)`", text, re.MULTILINE),
            *re.findall(r"\]\((?!README)([^)]+)\)|src=\"([^\"]+)\"", text),
        ]

    assert bones(ENGLISH) == bones(CHINESE)
    assert "(README.zh-CN.md)" in ENGLISH.read_text()
    assert "(README.md)" in CHINESE.read_text()


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text()
    for link in [*re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)), *re.findall(r'src="([^"]+)"', text)]:
        if link.startswith("https://"):
            continue
        file, _, place = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE) if place else []
        assert not place or place in {anchor(each) for each in headings}, link


# Made by following a page, or named as what is not ours.
NOT_THERE = {"config/locales/zh_CN/suggestion.po", "config/locales/en/suggestion.po", "tests/chats/suggestions/a_suggestion.md"}
NEW = re.compile(r"(?:actions|bot/forms|bot/handlers|tests/chats/suggestions)/(?:test_)?suggestions\.py")


def is_there(name: str) -> bool:
    """A file, a folder, or `room/module.name` of something that a module defines."""
    module, _, defined = name.rpartition(".")
    source = ROOT / f"{module}.py"
    return (ROOT / name).exists() or (
        source.exists() and re.search(rf"^(?:async )?(?:def|class) {defined}\b|^{defined}\b", source.read_text(), re.MULTILINE) is not None
    )


@each_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    rooms = "|".join(each.name for each in ROOT.iterdir() if each.is_dir() and not each.name.startswith("."))
    named = {span for span in SPAN.findall(FENCE.sub("", page.read_text())) if re.fullmatch(rf"(?:{rooms})/[\w./-]*", span)}
    gone = {name for name in named if not is_there(name) and not NEW.fullmatch(name)}
    assert gone <= NOT_THERE


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_tours_are_named(page: Path) -> None:
    assert set(re.findall(r"`(?:\.venv/bin/duban )?tour ([a-z]+)`", page.read_text())) == set(TOURS)


def test_every_metric_is_explained() -> None:
    source = (ROOT / "bot" / "web" / "metrics.py").read_text()
    kept = {
        f"{name}_total" if kind.startswith("Counter") else name for kind, name in re.findall(r"(\w+)\(\s*f?\"(duban_[a-z_]+)\"", source)
    }
    told = set(re.findall(r"`(duban_[a-z_]+)`", (ROOT / "docs" / "operating.md").read_text()))
    assert kept <= told


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "pictures").iterdir()), ids=lambda path: path.name)
def test_a_picture_is_light_and_shown(path: Path) -> None:
    assert path.stat().st_size <= 200_000
    page = {"en": ENGLISH, "zh": CHINESE}[path.stem.rpartition("-")[2]]
    assert f'src="docs/pictures/{path.name}"' in page.read_text()


def test_decisions_are_numbered_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(folder.glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        title = page.read_text().splitlines()[0].removeprefix("# ")
        assert f"[{page.name[:4]}]({page.name}) | {title.partition(' ')[2]}" in (folder / "README.md").read_text()
        assert title.startswith(page.name[:4])


def test_every_noun_of_tables_and_actions_is_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text().lower()
    tables = [
        name
        for path in sorted((ROOT / "storage" / "migrations" / "versions").glob("*.py"))
        for name in re.findall(r"CREATE TABLE (\w+)", path.read_text())
    ]
    nouns = {action.partition(".")[0] for action in (*TABLE, *PUBLIC)} - {"reply", "people"}
    missing = {name for name in {*tables, *nouns} if not re.search(rf"\b{name.replace('_', '[ _]')}\b", glossary)}
    assert missing == set(), "a line in docs/glossary.md"
