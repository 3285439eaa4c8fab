"""The overview's picture: what stands in it, that it can be read on a phone, and that Chinese is really drawn."""

import io
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from bot.pictures import FONT, DrawingError, chart_of, draw
from domain.charts import COLOURS, ROWS, WIDTH, Bar, Chart, svg
from domain.speech import Param

ZH = ("红", "黄", "绿", "灰")
MEANINGS = ("红：已超期", "黄：快到期", "绿：在期限内", "灰：已提交")


def chart(*bars: Bar, rest: str = "", title: str = "督办总览") -> Chart:
    return Chart(title, "截至 2026-03-12 08:31", Bar("合计", "共 9 件", (3, 2, 4, 0)), bars, ZH, MEANINGS, rest)


def words(markup: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(markup).iter("{http://www.w3.org/2000/svg}text")]


def test_beside_every_colour_stand_its_word_and_its_number() -> None:
    said = words(svg(chart(Bar("济南市", "共 5 件", (1, 0, 4, 0)))))
    assert said[:2] == ["督办总览", "截至 2026-03-12 08:31"]
    assert tuple(said[2:6]) == MEANINGS
    assert said[said.index("济南市") :] == ["济南市", "共 5 件", "红 1", "绿 4"]


def test_no_text_is_too_small_for_a_phone_and_none_leaves_the_picture() -> None:
    many = [
        Bar(f"一个名字特别特别长的单位和它的全称还要再长一点才会超出画面的宽度{n}", "共 9999 件", (9999, 9999, 9999, 9999))
        for n in range(30)
    ]
    markup = svg(chart(*many, rest="其余 10 个"))
    root = ET.fromstring(markup)
    assert int(root.attrib["width"]) == WIDTH
    assert min(int(size) for size in re.findall(r'font-size="(\d+)"', markup)) >= 28
    for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(rect.get("x", "0")) + float(rect.attrib["width"]) <= WIDTH
    assert words(markup).count("共 9999 件") == ROWS
    assert words(markup)[-1] == "其余 10 个"
    assert int(root.attrib["height"]) + WIDTH < 10_000  # Telegram's bound for a photo


def test_bars_are_as_long_as_what_they_count_and_one_among_many_is_seen() -> None:
    root = ET.fromstring(svg(chart(Bar("甲", "", (1, 0, 900, 0)), Bar("乙", "", (0, 0, 450, 0)))))
    found = [(each.get("fill"), float(each.attrib["width"])) for each in root.iter() if each.get("height") == "30"]
    red, first, second = found[-3:]
    assert red == (COLOURS[0], 6.0)
    assert first[1] == pytest.approx(2 * second[1], rel=0.01)


def test_somebodys_words_are_no_markup() -> None:
    assert "<script>&" in words(svg(chart(Bar("<script>&\x07", "", (1, 0, 0, 0)))))


def test_a_picture_of_nothing() -> None:
    assert "合计" in words(svg(Chart("督办总览", "", Bar("合计", "", (0, 0, 0, 0)), (), ZH, MEANINGS)))


async def _ink(text: str) -> tuple[bytes, int]:
    """The pixels of a text, and how many are dark."""
    family = "Noto Sans SC, Noto Sans CJK SC, sans-serif"
    markup = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120" font-family="{family}"><rect width="120" height="120" fill="#fff"/>'
        f'<text x="10" y="90" font-size="90">{text}</text></svg>'
    )
    with Image.open(io.BytesIO(await draw(markup))) as picture:
        pixels = picture.convert("L").tobytes()
    return pixels, sum(each < 128 for each in pixels)


async def test_chinese_is_drawn_and_not_a_box_for_each_character() -> None:
    """Rare characters of place names too (郯城, 莒县, 浐): a font without them draws one and the same box, or nothing."""
    drawn = [await _ink(each) for each in "督红黄绿灰郯莒兖"]
    missing = await _ink("\U000f0000")  # for private use: no font has it
    assert len({pixels for pixels, _ in drawn}) == len(drawn)
    assert all(pixels != missing[0] for pixels, _ in drawn)
    assert all(dark > 800 for _, dark in drawn)


async def test_a_whole_chart_becomes_a_png() -> None:
    def plain(param: Param) -> str:
        return str(param)

    say: Callable[[Param], str] = plain
    data = {
        "title": "督办总览 &amp; 山东省",
        "under": "截至 2026-03-12 08:31",
        "bars": [["合计", "共 5 件", [1, 0, 4, 0]], ["济南市", "共 5 件", [1, 0, 4, 0]]],
        "lights": list(ZH),
        "meanings": list(MEANINGS),
        "rest": "",
    }
    made = chart_of(data, say)
    assert made.title == "督办总览 & 山东省"
    with Image.open(io.BytesIO(await draw(svg(made)))) as picture:
        assert picture.format == "PNG"
        assert picture.width == WIDTH
        colours = {colour for _, colour in picture.convert("RGB").getcolors(100_000) or []}
    assert {(0xC9, 0x37, 0x2C), (0x2F, 0x8F, 0x5B)} <= colours


async def test_what_cannot_be_drawn_says_so() -> None:
    with pytest.raises(DrawingError):
        await draw("<svg")


def test_the_font_comes_with_us() -> None:
    assert FONT.read_bytes()[:4] == b"OTTO"
