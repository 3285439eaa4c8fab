"""A time of day as people write it beside a day: `18:00`, `下午3点半`, `晚上8点前`, `6pm`, `by 18:00 today`."""

import re
from dataclasses import dataclass

END = "24:00"  # the day's own end: nothing that a day without a time would not say

NUMBER = r"\d{1,2}|[零一二两三四五六七八九十]{1,3}"
_HALVES = {
    "am": ("凌晨", "清晨", "清早", "早晨", "早上", "早"),
    "forenoon": ("上午",),
    "noon": ("中午", "正午"),
    "pm": ("下午", "午后", "傍晚"),
    "night": ("晚上", "晚间", "夜里", "晚"),
}
_HALF_OF = {word: half for half, words in _HALVES.items() for word in words}
_HALF = "|".join(sorted(_HALF_OF, key=len, reverse=True))
_LETTERS = r"\s*(?P<{}>[ap])\.?m\b\.?"
_SPELT = rf"(?P<half>{_HALF})?\s*(?<!\d)(?P<hour>{NUMBER})"
_MINUTES = rf":(?P<colon>\d\d)(?!\d)|[点时點時](?:钟|整|(?P<thirty>半)|(?P<quarters>[一三])刻|(?P<minute>{NUMBER})分?)?"
_CLOCK = (
    r"(?:(?:by|before|at)\s+)?"
    rf"(?:{_SPELT}(?:(?:{_MINUTES})(?:{_LETTERS.format('letter')})?|{_LETTERS.format('bare')})|(?P<noon>中午|正午|noon))"
    r"\s*(?:之前|以前|前)?"
)
_BEHIND = re.compile(rf"(?P<day>.*?)(?:(?<=\d)t|[\s,]*){_CLOCK}", re.IGNORECASE)
_AHEAD = re.compile(rf"{_CLOCK}[\s,]+(?:on\s+)?(?P<day>.+)", re.IGNORECASE)
_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2}


@dataclass(frozen=True)
class Told:
    """`clock` as `08:30`, or `END`; empty where the words can mean two times. `day`: the words that are left, about the day."""

    day: str
    clock: str


def split(words: str) -> Told | None:
    """None where no time of day stands there, or none that exists."""
    found = _BEHIND.fullmatch(words) or _AHEAD.fullmatch(words)
    clock = None if found is None else _clock(found)
    return None if found is None or clock is None else Told(found["day"].strip(" ,"), clock)


def _clock(found: re.Match[str]) -> str | None:
    if found["noon"]:
        return "12:00"
    hour, minute = number(found["hour"]), _minute(found)
    if hour is None or minute is None or minute > 59:
        return None
    letter = found["letter"] or found["bare"]
    half = _HALF_OF.get(found["half"] or "") or (f"{letter.lower()}m" if letter else "")
    if not half:
        return _bare(hour, minute, exact=len(found["hour"]) == 2 and found["hour"].isdigit())
    return _of_half(half, hour, minute)


def _bare(hour: int, minute: int, *, exact: bool) -> str | None:
    """`3点` is the night or the afternoon, and 0:00 of a day its beginning to one and its end to another: nobody is guessed at."""
    if hour == 24:
        return END if minute == 0 else None
    two_ways = (hour, minute) == (0, 0) or (1 <= hour <= 6 and not exact)
    return "" if two_ways else _written(hour, minute)


def _of_half(half: str, hour: int, minute: int) -> str | None:
    if half == "night" and (hour, minute) in {(12, 0), (24, 0)}:
        return END
    if half in {"am", "forenoon"}:
        hour = 0 if hour == 12 and half == "am" else hour
        return None if hour > 12 else "" if (hour, minute) == (0, 0) else _written(hour, minute)
    if half == "noon":
        hour += 12 if hour in {1, 2} else 0
        return _written(hour, minute) if 11 <= hour <= 14 else None
    if hour == 0 or (half == "night" and hour in {1, 2, 3, 4, 12}):  # 晚上2点 is the next day's to some
        return None
    return _written(hour + 12 if hour < 12 else hour, minute)


def _written(hour: int, minute: int) -> str | None:
    return f"{hour:02}:{minute:02}" if hour < 24 else None


def _minute(found: re.Match[str]) -> int | None:
    if found["thirty"]:
        return 30
    if found["quarters"]:
        return 15 if found["quarters"] == "一" else 45
    return number(found["colon"] or found["minute"] or "0")


def number(words: str) -> int | None:
    """`9`, `09`, `九`, `十二`, `二十三`, `零五`."""
    if words.isdigit():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    if any(part and (part.lstrip("零") or "零") not in _DIGITS for part in (tens, ones)):
        return None
    return ((_DIGITS[tens] if tens else 1) * 10 if ten else 0) + (_DIGITS[ones.lstrip("零") or "零"] if ones else 0)
