"""The picture of the overview: a stacked bar a row, as SVG. Pure: words and numbers in, markup out.

Made for a phone: 1080 wide, no text under 28, and beside every colour its word and its number, since colours alone do not reach everyone
(mission, "One item, one ledger").
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.markup import escape

ROWS = 20
WIDTH, EDGE = 1080, 48
FONT = "Noto Sans SC, Noto Sans CJK SC, sans-serif"
COLOURS = ("#c9372c", "#e5b21a", "#2f8f5b", "#9aa3ad")  # in the order of `domain.obligations.LIGHTS`
INK, FAINT, RULE = "#1f2933", "#5b6773", "#dde2e7"
TITLE, LABEL, SMALL = 44, 32, 28
PITCH, BAR, SWATCH, GAP = 96, 30, 22, 26


@dataclass(frozen=True)
class Bar:
    """`numbers` in the order of `domain.obligations.LIGHTS`; `total` says their sum in words."""

    label: str
    total: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Chart:
    """All words in the reader's language. `lights`: the short word of each colour; `meanings`: what it stands for.

    `rest`: what is said below the rows that are left out ("其余 5 个"), empty where all are shown.
    """

    title: str
    under: str
    total: Bar
    bars: Sequence[Bar]
    lights: tuple[str, ...]
    meanings: tuple[str, ...]
    rest: str = ""


def svg(chart: Chart) -> str:
    """The whole picture; its height follows the number of rows."""
    parts: list[str] = []
    y = _head(chart, parts)
    shown = [chart.total, *chart.bars[:ROWS]]
    room = WIDTH - 2 * EDGE - SWATCH - max(_numbers_width(chart, bar) for bar in shown)
    longest = max((sum(bar.numbers) for bar in chart.bars[:ROWS]), default=1) or 1
    y = _row(parts, chart, chart.total, y, room, sum(chart.total.numbers) or 1) + 6
    parts.append(f'<rect x="{EDGE}" y="{y}" width="{WIDTH - 2 * EDGE}" height="2" fill="{RULE}"/>')
    y += 20
    for bar in chart.bars[:ROWS]:
        y = _row(parts, chart, bar, y, room, longest)
    if chart.rest:
        parts.append(_text(EDGE, y + LABEL, chart.rest, SMALL, FAINT))
        y += 56
    height = y + 32
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="{FONT}">'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _head(chart: Chart, parts: list[str]) -> int:
    """Title, date, legend. Answers where the rows begin."""
    y = EDGE + TITLE
    parts.append(_text(EDGE, y, _cut(chart.title, WIDTH - 2 * EDGE, TITLE), TITLE, INK))
    y += 52
    parts.append(_text(EDGE, y, _cut(chart.under, WIDTH - 2 * EDGE, SMALL), SMALL, FAINT))
    y += 60
    x = EDGE
    for colour, meaning in zip(COLOURS, chart.meanings, strict=True):
        wide = SWATCH + 10 + _width(meaning, SMALL)
        if x > EDGE and x + wide > WIDTH - EDGE:
            x, y = EDGE, y + 44
        parts.extend((_swatch(x, y, colour), _text(x + SWATCH + 10, y, meaning, SMALL, INK)))
        x += wide + GAP
    return y + 40


def _row(parts: list[str], chart: Chart, bar: Bar, y: int, room: int, longest: int) -> int:
    """The label with its sum, below it the bar and what each colour counts."""
    beside = WIDTH - 2 * EDGE - GAP - _width(bar.total, SMALL)
    parts.append(_text(EDGE, y + LABEL, _cut(bar.label, beside, LABEL), LABEL, INK))
    parts.append(_text(WIDTH - EDGE, y + LABEL, bar.total, SMALL, FAINT, anchor="end"))
    top = y + LABEL + 14
    x = float(EDGE)
    for n, colour in zip(bar.numbers, COLOURS, strict=True):
        if n:
            wide = max(room * n / longest, 6.0)  # one among hundreds is still seen
            parts.append(f'<rect x="{x:.1f}" y="{top}" width="{wide:.1f}" height="{BAR}" fill="{colour}"/>')
            x += wide
    at = round(x) + SWATCH
    for n, colour, word in _counted(chart, bar):
        parts.extend((_swatch(at, top + BAR - 4, colour), _text(at + SWATCH + 8, top + BAR - 4, f"{word} {n}", SMALL, INK)))
        at += SWATCH + 8 + _width(f"{word} {n}", SMALL) + GAP
    return y + PITCH


def _counted(chart: Chart, bar: Bar) -> Iterator[tuple[int, str, str]]:
    for n, colour, word in zip(bar.numbers, COLOURS, chart.lights, strict=True):
        if n:
            yield n, colour, word


def _numbers_width(chart: Chart, bar: Bar) -> int:
    # Bars of a pixel or two are drawn wider: room for them, too.
    return sum(SWATCH + 8 + _width(f"{word} {n}", SMALL) + GAP + 6 for n, _, word in _counted(chart, bar))


def _swatch(x: float, baseline: float, colour: str) -> str:
    return f'<rect x="{x}" y="{baseline - SWATCH + 1}" width="{SWATCH}" height="{SWATCH}" rx="4" fill="{colour}"/>'


def _text(x: float, baseline: float, words: str, size: int, fill: str, *, anchor: str = "start") -> str:
    place = f'x="{x}" y="{baseline}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="{fill}">{escape(_printable(words))}</text>'


def _printable(words: str) -> str:
    """Control characters have no place in XML."""
    return "".join(each for each in words if unicodedata.category(each) != "Cc")


def _width(words: str, size: int) -> int:
    """About how wide: an ideograph is a square, other letters about half of one."""
    return round(size * sum(_share(each) for each in words))


def _share(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WFA":
        return 1.0
    return 0.62 if letter.isupper() or letter.isdigit() else 0.5


def _cut(words: str, room: int, size: int) -> str:
    if _width(words, size) <= room:
        return words
    while words and _width(f"{words}…", size) > room:
        words = words[:-1]
    return f"{words}…"
