"""The ledger as a workbook: rows are read in pieces, put into the reader's language here, and written by another process."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from actions import ledger_table
from bot.render import LANGUAGES, Renderer
from domain.ledger_columns import ALSO, COLUMNS
from domain.markup import unescape
from domain.people import Seat
from domain.speech import Param
from domain.words import fold
from storage.db import Store
from storage.ledger_lists import Where
from storage.tx import Tx

SCRIBE = Path(__file__).with_name("scribe.py")
Cell = str | int
encode = json.JSONEncoder(ensure_ascii=False).encode


class ScribeError(Exception):
    """The process that writes workbooks did not end well."""


async def book(
    store: Store, renderer: Renderer, language: str, viewers: Sequence[Seat], where: Callable[[Tx], Awaitable[Where]]
) -> tuple[bytes, int]:
    """The workbook and how many rows it has. `where` is asked anew for each piece: rights that end meanwhile end this, too."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(SCRIBE), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    reading = asyncio.create_task(process.stdout.read())
    count = 0
    try:
        process.stdin.write(_line(head(renderer, language)))
        async for piece in pieces(store, renderer, language, viewers, where):
            count += len(piece)
            process.stdin.write(b"".join([_line(row) for row in piece]))
            await process.stdin.drain()
        process.stdin.close()
        content = await reading
        if await process.wait() != 0:
            raise ScribeError(f"it ended with {process.returncode}")
    finally:
        reading.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()
    return content, count


def head(renderer: Renderer, language: str) -> dict[str, Any]:
    return {
        "sheet": renderer.plain("items.sheet.title", {}, language),
        "head": [renderer.plain(f"ledger.column.{column.key}", {}, language) for column in COLUMNS],
        "widths": [column.width for column in COLUMNS],
        "hidden": [n for n, column in enumerate(COLUMNS) if column.hidden],
    }


async def pieces(
    store: Store, renderer: Renderer, language: str, viewers: Sequence[Seat], where: Callable[[Tx], Awaitable[Where]]
) -> AsyncIterator[list[list[Cell]]]:
    """Some rows at a time."""
    words, after, count = Words(renderer, language), 0, 0
    while True:

        async def unit(tx: Tx, after: int = after, count: int = count) -> tuple[list[list[Param]], int]:
            return await ledger_table.piece(tx, viewers, await where(tx), after, count)

        found, after = await store.read(unit)
        yield [[cell if isinstance(cell, (int, str)) else words.of(cell) for cell in row] for row in found]
        count += len(found)
        if after == 0:
            return


class Words:
    """What is no one's own words in the reader's language: names and states come again and again, and are put into words once."""

    def __init__(self, renderer: Renderer, language: str) -> None:
        self._renderer = renderer
        self._language = language
        self._known: dict[tuple[str, str, str], str] = {}

    def of(self, cell: Param) -> str:
        key = _name(cell)
        if key is None:
            return self._shown(cell)
        if key not in self._known:
            self._known[key] = self._shown(cell)
        return self._known[key]

    def _shown(self, cell: Param) -> str:
        """What the renderer escaped for Telegram stands plain in a cell."""
        return unescape(self._renderer.param(cell, self._language))


def _name(cell: Param) -> tuple[str, str, str] | None:
    """What a cell is known by that says the same wherever it stands: a name of a regime, a text without parameters."""
    if not isinstance(cell, dict):
        return None
    if cell["$"] == "term":
        return cell["regime"], cell["kind"], cell["code"]
    return ("", "", cell["key"]) if cell["$"] == "text" and not cell["params"] else None


def heads(renderer: Renderer) -> dict[str, str]:
    """What the header of a sheet may say, in any language, to the column that is meant."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for column in COLUMNS:
            words = [renderer.plain(f"ledger.column.{column.key}", {}, language)]
            if column.key in ALSO:
                words += renderer.plain(f"ledger.column.{column.key}.also", {}, language).split("|")
            found |= {fold(each): column.key for each in words}
    return found


def name(renderer: Renderer, day: str, language: str) -> str:
    return renderer.plain("items.sheet.name", {"day": day}, language)


def _line(value: Any) -> bytes:
    return encode(value).encode("utf-8", "replace") + b"\n"
