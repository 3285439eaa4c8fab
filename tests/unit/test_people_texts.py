"""The texts of people and loose words: in both languages, with the same parameters, short enough for where they are shown."""

import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.menus import entries

LOCALES = Path(__file__).parents[2] / "config" / "locales"


def catalogue(language: str, name: str) -> dict[str, str]:
    with (LOCALES / language / f"{name}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def wants(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", ["people", "loose"])
def test_both_languages_say_the_same_with_the_same_parameters(name: str) -> None:
    chinese, english = catalogue("zh_CN", name), catalogue("en", name)
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        assert text, key
        assert wants(text) == wants(english[key]), key


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", ["people", "loose"])
def test_texts_fit_where_they_are_shown(language: str, name: str) -> None:
    for key, text in catalogue(language, name).items():
        most = {"refusal": 150, "button": 40, "command": 40}.get(key.partition(".")[0], 2000)
        assert len(text) <= most, key


def test_commands_in_menus_have_names_in_both_languages() -> None:
    mine = {"invite", "invites", "whoami", "language", "help", "privacy"}
    assert mine <= {entry.command for entry in entries()}
    for language in ("zh_CN", "en"):
        assert {f"command.{name}" for name in (*mine, "menu")} <= catalogue(language, "people").keys()
