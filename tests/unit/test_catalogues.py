"""Both catalogues are complete, alike in their parameters and well-formed; every key the code names is in them, and none is left over."""

import ast
import re
import string
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bot.forms
import bot.handlers
from actions.converse import FORMS
from bot.hearing import load_package
from bot.render import MOST_TEXT
from bot.routes import COMMANDS
from config.catalogues import LOCALES
from domain import forms
from domain.permissions import PUBLIC, TABLE
from domain.regime import CORE_DUTIES

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+")
TAGS = {"b", "i", "u", "s", "code", "pre", "blockquote"}
ROOMS = ("bot", "actions", "domain", "cli")


def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    assert message.id not in found, f"{path.name}: {message.id} stands twice"
                    found[str(message.id)] = str(message.string)
    return found


ZH, EN = texts("zh_CN"), texts("en")


def parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def literals() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if path.name.startswith("regime_"):
                continue  # names the keys of a regime file, which look alike
            tree = ast.parse(path.read_text())
            # Half of a key that is put together is none; what it becomes is found by the stories.
            parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and id(node) not in parts and isinstance(node.value, str) and KEY.fullmatch(node.value):
                    yield node.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def refusals() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "actions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal"
            if named and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                yield f"refusal.{node.args[0].value!s}", f"{path.relative_to(ROOT)}:{node.lineno}"


def form_keys() -> Iterator[str]:
    load_package(bot.forms)
    for form in FORMS.values():
        yield f"form.{form.name}.title"
        for field in forms.asks(form.model):
            yield f"form.{form.name}.{field}"
            yield f"form.{form.name}.{field}.name"


def test_both_languages_have_the_same_keys() -> None:
    assert set(ZH) - set(EN) == set()
    assert set(EN) - set(ZH) == set()


def test_a_text_takes_the_same_parameters_in_both_languages() -> None:
    """A date is given every part; each language takes its own."""
    assert [key for key in ZH if not key.startswith("date.") and parameters(ZH[key]) != parameters(EN[key])] == []


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, f"Telegram knows no <{tag}>"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_markup_is_closed_and_what_telegram_knows(language: str) -> None:
    for key, text in texts(language).items():
        balance = _Balance()
        balance.feed(text)
        assert balance.open == [], key
        assert text.strip(), key
        assert len(text) < MOST_TEXT, key


def test_a_refusal_fits_the_toast_of_a_button() -> None:
    assert [key for key in ZH if key.startswith("refusal.") and max(len(ZH[key]), len(EN[key])) > 200] == []


def test_every_form_command_and_refusal_has_its_texts() -> None:
    load_package(bot.handlers)
    wanted = [
        *form_keys(),
        *(f"command.{name}" for name, each in COMMANDS.items() if each.listed or each.menu),
        *(key for key, _ in refusals()),
    ]
    assert [key for key in wanted if key not in ZH] == []


def test_every_key_the_code_names_exists() -> None:
    """A literal that looks like a key and whose first word is one of the catalogues'."""
    kinds = {key.split(".", 1)[0] for key in ZH}
    actions = set(TABLE) | PUBLIC
    missing = [
        f"{key} ({where})"
        for key, where in literals()
        if key.split(".", 1)[0] in kinds and key not in ZH and key not in actions and key not in CORE_DUTIES
    ]
    assert missing == []


# What people do to a button is called 点, everywhere; 按 is left for "by" (按地区), 长按 and the name of the thing.
PRESSING = re.compile(r"请按|按「|按一|按下面|再按|误按|按按钮|按回形针|(?<!长)按那|按哪一项|刚按|不用按")


def test_a_button_is_pressed_by_one_word() -> None:
    assert [key for key, text in ZH.items() if PRESSING.search(text)] == []


def test_no_text_names_what_one_province_alone_has() -> None:
    """A leading group's office (领导小组办公室) is Jilin's; what a province calls its own stands in its regime file."""
    assert [key for key, text in ZH.items() if "领导小组" in text or "四进" in text] == []
