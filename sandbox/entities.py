"""From what a bot sends to text with entities: HTML as Telegram reads it, with its error texts, and what it finds by itself.

Offsets of entities count UTF-16 code units; offsets in error texts count bytes of UTF-8.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

from sandbox.errors import ApiError, bad

JSON = dict[str, Any]

NAMES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline", "s": "strikethrough",
    "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre", "a": "text_link", "tg-spoiler": "spoiler",
    "span": "spoiler", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(lt|gt|amp|quot));")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]*)\s*(?:(=)\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.\-]*)))?""")


def utf16_length(text: str) -> int:
    return len(text) + sum(1 for character in text if character > "\uffff")


def parse_error(text: str) -> ApiError:
    return bad(f"can't parse entities: {text}")


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int


class _HtmlReader:
    """One pass over the text, as Telegram does: a small fixed set of tags, and an error at the first thing it does not know."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[JSON] = []

    def byte_offset(self, position: int) -> int:
        return len(self.source[:position].encode())

    def read(self) -> tuple[str, list[JSON]]:
        source = self.source
        while self.at < len(source):
            end = min((i for i in (source.find("<", self.at), source.find("&", self.at)) if i >= 0), default=len(source))
            self._put(source[self.at : end])
            self.at = end
            if end == len(source):
                break
            if source[end] == "&":
                self._character()
            elif source[end + 1 : end + 2] == "/":
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise parse_error(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.out), self.entities

    def _put(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def _character(self) -> None:
        found = _ENTITY.match(self.source, self.at)
        self._put(html.unescape(found[0]) if found else "&")
        self.at = found.end() if found else self.at + 1

    def _start_tag(self) -> None:
        begin = self.at
        name_end = re.compile(r"[\s>]").search(self.source, begin + 1)
        where = f"at byte offset {self.byte_offset(begin)}"
        if name_end is None:
            raise parse_error(f"Unclosed start tag {where}")
        tag = self.source[begin + 1 : name_end.start()].lower()
        if tag not in NAMES:
            raise parse_error(f'Unsupported start tag "{tag}" {where}')
        self.at = name_end.start()
        argument = self._attributes(tag, where)
        if tag == "span" and argument != "spoiler":
            raise parse_error(f'Tag "span" must have class "tg-spoiler" {where}')
        self.open.append(_Open(tag, argument, self.offset))

    def _attributes(self, tag: str, where: str) -> str:
        argument = ""
        while True:
            self.at += len(self.source[self.at :]) - len(self.source[self.at :].lstrip())
            if self.at >= len(self.source):
                raise parse_error(f"Unclosed start tag {where}")
            if self.source[self.at] == ">":
                self.at += 1
                return argument
            found = _ATTRIBUTE.match(self.source, self.at)
            if found is None or not found[1]:
                raise parse_error(f'Empty attribute name in the tag "{tag}" {where}')
            if not found[2] and not (tag == "blockquote" and found[1] == "expandable"):
                raise parse_error(f'Expected equal sign in declaration of an attribute of the tag "{tag}" {where}')
            self.at = found.end()
            value = next((group for group in found.groups()[2:] if group is not None), "")
            argument = _argument(tag, found[1], _ENTITY.sub(lambda sign: html.unescape(sign[0]), value)) or argument

    def _end_tag(self) -> None:
        begin = self.at
        where = f"at byte offset {self.byte_offset(begin)}"
        if not self.open:
            raise parse_error(f"Unexpected end tag {where}")
        close = self.source.find(">", begin)
        if close < 0:
            raise parse_error(f"Unclosed end tag {where}")
        found = self.source[begin + 2 : close].strip()
        start = self.open.pop()
        if found and found != start.tag:
            raise parse_error(f'Unmatched end tag {where}, expected "</{start.tag}>", found "</{found}>"')
        self.at = close + 1
        self._close(start)

    def _close(self, start: _Open) -> None:
        kind = NAMES[start.tag]
        entity: JSON = {"type": kind, "offset": start.offset, "length": self.offset - start.offset}
        if kind == "text_link":
            # A link without an address takes its own text; what is no address leaves plain text.
            url = start.argument or _slice(self.out, start.offset)
            if not valid_url(url):
                return
            entity["url"] = url
        elif kind == "custom_emoji":
            entity["custom_emoji_id"] = start.argument
        elif start.tag == "blockquote" and start.argument:
            entity["type"] = "expandable_blockquote"
        elif start.tag == "code" and start.argument and self.open and self.open[-1].tag == "pre":
            self.open[-1].argument = start.argument
            return
        elif start.tag == "pre" and start.argument:
            entity["language"] = start.argument
        if entity["length"] > 0:
            self.entities.append(entity)


def _slice(parts: list[str], offset: int) -> str:
    return "".join(parts).encode("utf-16-le")[offset * 2 :].decode("utf-16-le")


def _argument(tag: str, name: str, value: str) -> str:
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return "1" if (tag, name) == ("blockquote", "expandable") else ""


def valid_url(url: str) -> bool:
    """What Telegram takes for an address: a host with a dot, or one of its own schemes. `localhost` is none."""
    if re.match(r"(tg|ton|mailto|tel):", url):
        return True
    found = re.fullmatch(r"(?:https?://)?(?:[^@/\s]*@)?([^/:?#\s]+)(?::\d+)?(?:[/?#]\S*)?", url)
    return bool(found) and "." in found[1].strip(".")  # type: ignore[index] # bool(found) has just been asked


_FOUND = re.compile(
    r"(?P<url>https?://[!-~]+)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"
    r"|(?P<bot_command>(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<![\w@])@[A-Za-z][A-Za-z0-9_]{3,31}\b)"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d_]\w*)",
)
_CLOSED = frozenset({"code", "pre", "text_link"})


def detect(text: str, known: list[JSON]) -> list[JSON]:
    """The entities that Telegram finds in any text: commands, links, mentions, addresses, hashtags."""
    if not any(sign in text for sign in "/@#"):
        return []
    taken = [(e["offset"], e["offset"] + e["length"]) for e in known if e["type"] in _CLOSED]
    entities: list[JSON] = []
    for found in _FOUND.finditer(text):
        words = found[0].rstrip(".,;:!?)'\"") if found.lastgroup == "url" else found[0]
        offset, length = utf16_length(text[: found.start()]), utf16_length(words)
        if not any(start < offset + length and offset < end for start, end in taken):
            entities.append({"type": found.lastgroup, "offset": offset, "length": length})
    return entities


def _clean(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise bad("strings must be encoded in UTF-8") from error
    return re.sub(r"[\x00-\x09\x0b-\x1f]", " ", text.replace("\r", ""))


def _trim(text: str, entities: list[JSON]) -> tuple[str, list[JSON]]:
    trimmed = text.strip()
    cut = utf16_length(text[: len(text) - len(text.lstrip())])
    whole = utf16_length(trimmed)
    kept: list[JSON] = []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        end = min(whole, entity["offset"] + entity["length"] - cut)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return trimmed, kept


def formatted(source: str, parse_mode: str, explicit: list[JSON] | None) -> tuple[str, list[JSON]]:
    """Text and entities as they stand in the message. Explicit entities count only where there is no parse mode."""
    text, entities = _clean(source), list(explicit or [])
    mode = parse_mode.lower()
    if mode == "html":
        text, entities = _HtmlReader(text).read()
    elif mode in {"markdownv2", "markdown"}:
        from sandbox.markdown import read_markdown

        text, entities = read_markdown(text)
    elif mode and mode != "none":
        raise bad("unsupported parse_mode")
    text, entities = _trim(text, entities)
    entities += detect(text, entities)
    return text, sorted(entities, key=lambda e: (e["offset"], -e["length"]))
