"""MarkdownV2, as far as a bot needs it: the marks nest, every other special character must be escaped."""

from typing import Any

from sandbox.entities import parse_error, utf16_length, valid_url

JSON = dict[str, Any]

MARKS = {"||": "spoiler", "__": "underline", "*": "bold", "_": "italic", "~": "strikethrough"}
RESERVED = "_*[]()~`>#+-=|{}.!"


class _MarkdownReader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.offset = 0
        # (mark, offset in the result, byte offset in the source)
        self.open: list[tuple[str, int, int]] = []
        self.entities: list[JSON] = []

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _put(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def read(self) -> tuple[str, list[JSON]]:
        while self.at < len(self.source):
            self._step()
        if self.open:
            mark, _, where = self.open[-1]
            name = {"[": "TextUrl"}.get(mark, MARKS.get(mark, "").capitalize())
            raise parse_error(f"Can't find end of {name} entity at byte offset {where}")
        return "".join(self.out), self.entities

    def _step(self) -> None:
        here = self.source[self.at]
        following = self.source[self.at + 1 : self.at + 2]
        if here == "\\" and following and ord(following) < 127:
            self._put(following)
            self.at += 2
        elif here == "`":
            self._code()
        elif here == "[":
            self.open.append(("[", self.offset, self._bytes(self.at)))
            self.at += 1
        elif here == "]" and self.open and self.open[-1][0] == "[":
            self._link()
        elif (mark := next((mark for mark in MARKS if self.source.startswith(mark, self.at)), None)) is not None:
            self._mark(mark)
        elif here in RESERVED:
            raise parse_error(f"Character '{here}' is reserved and must be escaped with the preceding '\\'")
        else:
            self._put(here)
            self.at += 1

    def _mark(self, mark: str) -> None:
        if self.open and self.open[-1][0] == mark:
            _, start, _ = self.open.pop()
            self._entity(MARKS[mark], start)
        else:
            self.open.append((mark, self.offset, self._bytes(self.at)))
        self.at += len(mark)

    def _entity(self, kind: str, start: int, **more: str) -> None:
        if self.offset > start:
            self.entities.append({"type": kind, "offset": start, "length": self.offset - start, **more})

    def _code(self) -> None:
        fence = "```" if self.source.startswith("```", self.at) else "`"
        kind = "pre" if fence == "```" else "code"
        begin = self.at + len(fence)
        end = self.source.find(fence, begin)
        if end < 0:
            raise parse_error(f"Can't find end of {kind.capitalize()} entity at byte offset {self._bytes(self.at)}")
        inside, more = self.source[begin:end], {}
        if kind == "pre" and "\n" in inside:
            language, inside = inside.split("\n", 1)
            more = {"language": language} if language else {}
        start = self.offset
        self._put(inside.replace("\\`", "`").replace("\\\\", "\\"))
        self._entity(kind, start, **more)
        self.at = end + len(fence)

    def _link(self) -> None:
        _, start, where = self.open.pop()
        end = self.source.find(")", self.at)
        if self.source[self.at + 1 : self.at + 2] != "(" or end < 0:
            raise parse_error(f"Can't find end of a URL at byte offset {where}")
        url = self.source[self.at + 2 : end].replace("\\", "")
        if valid_url(url):
            self._entity("text_link", start, url=url)
        self.at = end + 1


def read_markdown(source: str) -> tuple[str, list[JSON]]:
    return _MarkdownReader(source).read()
