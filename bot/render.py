"""From what was said (a key and typed parameters) to what is sent: text in the reader's language, escaped, and buttons.

Texts are HTML in the catalogues; every parameter that is somebody's words is escaped here, once.
"""

import gettext
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.callbacks import pack
from domain.deadlines import due_day, local_time
from domain.markup import escape, unescape
from domain.speech import Button, Param
from domain.world import World

LOCALES = Path(__file__).parent.parent / "config" / "locales"
LANGUAGES = {"zh": "zh_CN", "en": "en"}
MOST_TEXT = 4096
MOST_BUTTON = 64  # characters that a button shows on a phone before it is cut anyway


class MissingTextError(KeyError):
    """A catalogue has no such key: a bug that the catalogue test finds first."""


@dataclass
class Catalogue:
    """One language's texts."""

    language: str
    _known: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _texts(self) -> gettext.GNUTranslations:
        with (LOCALES / LANGUAGES[self.language] / "duban.mo").open("rb") as file:
            return gettext.GNUTranslations(file)

    def get(self, key: str) -> str:
        found = self._known.get(key)
        if found is None:
            found = self._texts.gettext(key)
            if found == key:
                raise MissingTextError(key)
            self._known[key] = found
        return found


class Renderer:
    """Makes texts for any reader. `username` (the bot's) is needed for links that open the bot.

    `today` tells which days lie in another year and are shown with it; without it none are.
    """

    def __init__(self, world: World, username: str = "", today: Callable[[], date] | None = None) -> None:
        self.world = world
        self._today = today
        self.username = username
        self._catalogues = {language: Catalogue(language) for language in LANGUAGES}

    def text(self, key: str, params: Mapping[str, Param], language: str) -> str:
        """HTML, within Telegram's 4,096 characters."""
        return clip(self._text(key, params, _short(language)))

    def plain(self, key: str, params: Mapping[str, Param], language: str) -> str:
        """For toasts and commands, which know no markup."""
        return _untag(self._text(key, params, _short(language)))

    def keyboard(self, rows: Sequence[Sequence[Mapping[str, Any]]], language: str) -> list[list[dict[str, str]]]:
        return [[self._button(Button.load(raw), _short(language)) for raw in row] for row in rows]

    def _text(self, key: str, params: Mapping[str, Param], language: str) -> str:
        shown = {name: self.param(value, language) for name, value in params.items()}
        return self._catalogues[language].get(key).format_map(_Params(shown))

    def _button(self, button: Button, language: str) -> dict[str, str]:
        label = _untag(self._text(button.key, button.params, language))
        label = label if len(label) <= MOST_BUTTON else f"{label[: MOST_BUTTON - 1]}…"
        if button.url:
            return {"text": label, "url": self._url(button.url)}
        return {"text": label, "callback_data": pack(button)}

    def _url(self, url: str) -> str:
        kind, _, rest = url.partition(":")
        return f"https://t.me/{self.username}?start={rest}" if kind == "join" else url

    def param(self, value: Param, language: str) -> str:
        if value is None:
            return ""
        if isinstance(value, dict):
            return self._typed(value, language)
        return escape(str(value))

    def _typed(self, value: Mapping[str, Any], language: str) -> str:
        match value["$"]:
            case "text":
                return self._text(value["key"], value["params"], language)
            case "lines":
                return str(value["between"]).join(self.param(part, language) for part in value["parts"])
            case "term":
                return self._term(value["regime"], value["kind"], value["code"], language, bare=bool(value.get("bare")))
            case "day":
                return self._date(due_day(value["at"]), language)
            case "date":
                shown = self._date(date.fromisoformat(value["date"]), language, bare=bool(value.get("bare")))
                shown = f"{shown} {value['clock']}" if value.get("clock") else shown
                return self._text("date.provisional", {"day": shown}, language) if value.get("provisional") else shown
            case "moment":
                at = local_time(value["at"])
                return f"{self._date(at.date(), language)} {at:%H:%M}"
            case "join_link":
                return escape(self._url(f"join:{value['token']}"))
        raise ValueError(f"a parameter of an unknown type: {value['$']!r}")

    def _term(self, regime_id: str, kind: str, code: str, language: str, *, bare: bool = False) -> str:
        regime = self.world.regimes.get(regime_id)
        if regime is None:
            return escape(code)
        if kind == "regime":
            return escape(regime.name.en if language == "en" else regime.name.zh)
        named = regime.name_of(kind, code, language, bare=bare)  # type: ignore[arg-type]  # checked there
        return escape(named)

    def _date(self, day: date, language: str, *, bare: bool = False) -> str:
        texts = self._catalogues[language]
        weekday, month = texts.get(f"date.weekday.{day.isoweekday()}"), texts.get(f"date.month.{day.month}")
        this_year = bare or self._today is None or self._today().year == day.year
        return texts.get("date.day" if this_year else "date.day_of_year").format(year=day.year, month=month, day=day.day, weekday=weekday)


class _Params(dict[str, str]):
    def __missing__(self, key: str) -> str:
        raise MissingTextError(f"the text wants {{{key}}}, which was not given")


def _short(language: str) -> str:
    return "en" if language.startswith("en") else "zh"


def _untag(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    for tag in ("b", "i", "u", "s", "code", "pre", "blockquote"):
        text = text.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    return unescape(text)


def clip(text: str, most: int = MOST_TEXT) -> str:
    """Cut a text that grew too long at a line's end; callers page, this is the net. Tags that the cut leaves open are closed.

    Telegram counts after parsing; counting the markup too is on the safe side.
    """
    if len(text) <= most:
        return text
    cut = text[: most - 40].rsplit("\n", 1)[0]
    if cut.rfind("<") > cut.rfind(">"):
        cut = cut[: cut.rfind("<")]
    if cut.rfind("&") > cut.rfind(";"):
        cut = cut[: cut.rfind("&")]
    open_tags = [tag for tag in ("blockquote", "pre", "code", "i", "b") if cut.count(f"<{tag}>") > cut.count(f"</{tag}>")]
    return cut + "…" + "".join(f"</{tag}>" for tag in open_tags)
