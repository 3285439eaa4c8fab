"""Pictures that are drawn when they are sent: a code to scan, the overview's chart."""

import asyncio
import io
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from domain.charts import Bar, Chart, svg
from domain.markup import unescape
from domain.speech import Param

PENCIL = Path(__file__).with_name("pencil.py")
FONT = Path(__file__).parent.parent / "config" / "fonts" / "NotoSansSC-subset.otf"  # config/fonts/README.md
AT_ONCE = 2  # drawing processes; whoever presses next waits a moment
SECONDS = 30.0

Words = Callable[[Param], str]  # a parameter in the reader's language, as HTML


class DrawingError(Exception):
    """The drawing process failed."""


class Pictures:
    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def chart(self, data: Mapping[str, Any], words: Words) -> bytes:
        """The PNG of an overview; `data` as `actions/overview.py` says it."""
        async with self._room:
            return await draw(svg(chart_of(data, words)))


def chart_of(data: Mapping[str, Any], words: Words) -> Chart:
    def plain(param: Param) -> str:
        return unescape(words(param))

    bars = [Bar(plain(label), plain(total), tuple(numbers)) for label, total, numbers in data["bars"]]
    return Chart(
        title=plain(data["title"]),
        under=plain(data["under"]),
        total=bars[0],
        bars=bars[1:],
        lights=tuple(plain(each) for each in data["lights"]),
        meanings=tuple(plain(each) for each in data["meanings"]),
        rest=plain(data["rest"]),
    )


async def draw(markup: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PENCIL),
        str(FONT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        drawn, said = await asyncio.wait_for(process.communicate(markup.encode()), SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not drawn:
        raise DrawingError(said.decode(errors="replace")[-300:])
    return drawn


def qr_png(text: str) -> bytes:
    import segno

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=8, border=4)
    return out.getvalue()
