"""A time of day in a due date: what people write, which day it is of, what has passed, and what is not guessed at."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import Renderer
from config.load import load_calendar
from domain.clock_words import END, split
from domain.dates import Counted, Until, read_date, read_due, read_until
from domain.deadlines import DAY_MS, at, end_of_day
from domain.speech import by
from domain.world import World

TODAY = date(2026, 11, 22)  # a Sunday
NOW = at(TODAY, "14:00")
CALENDAR = load_calendar()


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("今天 18:00", "2026-11-22T18:00"),
        ("今天18:00前", "2026-11-22T18:00"),
        ("今天下午6点之前", "2026-11-22T18:00"),
        ("今天下午六点", "2026-11-22T18:00"),
        ("今日１８：３０", "2026-11-22T18:30"),
        ("今晚8点", "2026-11-22T20:00"),
        ("今晚八点半", "2026-11-22T20:30"),
        ("今天晚上12点", "2026-11-22"),
        ("今天24:00", "2026-11-22"),
        ("今天24点前", "2026-11-22"),
        ("明天上午10点", "2026-11-23T10:00"),
        ("明天上午十点一刻", "2026-11-23T10:15"),
        ("明早8点", "2026-11-23T08:00"),
        ("明日 9时30分", "2026-11-23T09:30"),
        ("明天9:05", "2026-11-23T09:05"),
        ("明天中午", "2026-11-23T12:00"),
        ("明天中午12点半", "2026-11-23T12:30"),
        ("明天中午1点", "2026-11-23T13:00"),
        ("明天 06:00", "2026-11-23T06:00"),
        ("明天凌晨3点", "2026-11-23T03:00"),
        ("后天下午两点三刻", "2026-11-24T14:45"),
        ("后天 二十点", "2026-11-24T20:00"),
        ("后天晚上20点", "2026-11-24T20:00"),
        ("后天上午12点", "2026-11-24T12:00"),
        ("12月1日 17:30", "2026-12-01T17:30"),
        ("12月1日17点30分", "2026-12-01T17:30"),
        ("12月1日17点整", "2026-12-01T17:00"),
        ("12月1日二十三点五十五", "2026-12-01T23:55"),
        ("12月1日十点零五分", "2026-12-01T10:05"),
        ("12月1日（周二） 17:30", "2026-12-01T17:30"),
        ("12-1 17:30", "2026-12-01T17:30"),
        ("1月5日下午3点", "2027-01-05T15:00"),
        ("2026年12月1日 8时", "2026-12-01T08:00"),
        ("2026-12-01 18:00", "2026-12-01T18:00"),
        ("2026-12-01T18:00", "2026-12-01T18:00"),
        ("下午3点", "2026-11-22T15:00"),
        ("18:00", "2026-11-22T18:00"),
        ("18:00前", "2026-11-22T18:00"),
        ("14:00", "2026-11-23T14:00"),  # it is 14:00 now
        ("上午9点", "2026-11-23T09:00"),
        ("10点", "2026-11-23T10:00"),
        ("24:00", "2026-11-22"),
        ("today 6pm", "2026-11-22T18:00"),
        ("Today 6 PM", "2026-11-22T18:00"),
        ("today 6:30 p.m.", "2026-11-22T18:30"),
        ("by 18:00 today", "2026-11-22T18:00"),
        ("by 6pm", "2026-11-22T18:00"),
        ("6pm", "2026-11-22T18:00"),
        ("tonight 8pm", "2026-11-22T20:00"),
        ("tomorrow 10:00", "2026-11-23T10:00"),
        ("tomorrow at 10am", "2026-11-23T10:00"),
        ("10am tomorrow", "2026-11-23T10:00"),
        ("noon tomorrow", "2026-11-23T12:00"),
        ("tomorrow, 12pm", "2026-11-23T12:00"),
        ("tomorrow 12:30am", "2026-11-23T00:30"),
        ("day after tomorrow 9:00", "2026-11-24T09:00"),
        ("1 Dec 17:30", "2026-12-01T17:30"),
        ("Tue 1 Dec 17:30", "2026-12-01T17:30"),
        ("17:30 on 1 Dec", "2026-12-01T17:30"),
        ("5个工作日 18:00", "2026-11-27T18:00=5wd@2026-11-22"),
        ("3wd@2026-11-20 18:00", "2026-11-25T18:00=3wd@2026-11-20"),
        ("5个工作日内", "2026-11-27=5wd@2026-11-22"),
        ("今天", "2026-11-22"),
        ("Tomorrow", "2026-11-23"),
        ("by 1 Dec", "2026-12-01"),
        ("周五下午5点前", "2026-11-27T17:00"),
        ("本周日 18:00", "2026-11-22T18:00"),
        ("星期天", "2026-11-22"),
        ("周日", "2026-11-22"),
        ("周一", "2026-11-23"),
        ("下周一上午9点", "2026-11-23T09:00"),
        ("下个星期五", "2026-11-27"),
        ("Friday 5pm", "2026-11-27T17:00"),
        ("by 9am Mon", "2026-11-23T09:00"),
        ("2小时内", "2026-11-22T16:00"),
        ("两个小时后", "2026-11-22T16:00"),
        ("半小时", "2026-11-22T14:30"),
        ("十小时内", "2026-11-22"),
        ("within 3 hours", "2026-11-22T17:00"),
        ("24h", "2026-11-23T14:00"),
    ],
)
def test_what_people_write(words: str, meant: str) -> None:
    found = read_due(words, NOW, CALENDAR)
    assert isinstance(found, Counted), found
    assert str(found.until) == meant
    assert Until.read(meant) == found.until
    assert read_due(found.until.code, NOW, CALENDAR) == found


@pytest.mark.parametrize(
    "words",
    [
        "今天 13:59",
        "本周五",
        "这周六 18:00",
        "0小时",
        "今天上午9点",
        "today 2pm",
        "今天 14:00",
        "2026-11-21 18:00",
        "2026-11-21",
        "1 Nov 2026",
        "今天中午",
    ],
)
def test_what_has_passed(words: str) -> None:
    assert read_due(words, NOW, CALENDAR) == "past"


@pytest.mark.parametrize(
    "words", ["今天3点", "明天 3:00", "6点半", "tomorrow 6:30", "明天0点", "12月1日 00:00", "tomorrow 12am", "明天凌晨12点", "三点"]
)
def test_what_can_mean_two_times_is_asked_again(words: str) -> None:
    assert read_due(words, NOW, CALENDAR) == "two_ways"


@pytest.mark.parametrize(
    "words",
    [
        "今天 25:00",
        "今天 18:60",
        "明天上午15点",
        "晚上2点",
        "明天晚上12点半",
        "明天中午9点",
        "24:30",
        "25点",
        "13am",
        "下午0点",
        "12-110:00",
        "18：",
        "点",
        "六",
        "十十点",
        "一二点",
        "明天下午",
        "31 Feb 18:00",
        "昨天 18:00",
        "next friday",
        "周八",
        "1000小时",
        "tomorrow afternoon",
        "18:00 someday",
        "today tomorrow 18:00",
        "2046-12-01 18:00",
        "18:000",
        "",
        "明天" + " ," * 2000 + "十点",
        "3" * 4000,
    ],
    ids=lambda words: words[:24],
)
def test_what_is_no_time(words: str) -> None:
    assert read_due(words, NOW, CALENDAR) == "unclear"


@pytest.mark.parametrize("words", ["明天{}10:00", "{}明天 10:00{}", "10:00{}tomorrow"])
def test_thousands_of_spaces_hold_nobody_up(words: str) -> None:
    """A message holds 4096 characters, and everybody waits for the one writer."""
    found = read_due(words.replace("{}", " " * 2000), NOW, CALENDAR)
    assert isinstance(found, Counted)
    assert str(found.until) == "2026-11-23T10:00"


@pytest.mark.parametrize("words", ["明天 10:00", "明天3点", "18:00"])
def test_where_only_days_count_no_time_is_taken(words: str) -> None:
    assert read_until(words, TODAY, CALENDAR) is None
    assert read_date(words, TODAY, CALENDAR) is None


@pytest.mark.parametrize(
    "raw", ["2026-12-01T00:00", "2026-12-01T24:00", "2026-12-01T8:00", "2026-12-01T", "2026-12-01T18:00=5wd", "2026-12-01 18:00"]
)
def test_a_raw_answer_that_is_none(raw: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Until.read(raw)


DAYS = st.dates(date(2026, 11, 23), date(2030, 1, 1))
TIMES = st.times().filter(lambda each: (each.hour, each.minute) != (0, 0))


@given(DAYS, TIMES)
def test_any_day_and_time(day: date, time: object) -> None:
    clock = f"{time:%H:%M}"
    until = Until(day, clock=clock)
    found = read_due(f"{day} {clock}", NOW, CALENDAR)
    assert isinstance(found, Counted)
    assert found.until == until == Until.read(str(until)) == Until.ending(until.at)
    assert end_of_day(day) - DAY_MS < until.at < end_of_day(day)


@given(DAYS)
def test_any_whole_day(day: date) -> None:
    assert Until.ending(Until(day).at) == Until(day) == Until.read(str(Until(day)))


@given(DAYS, TIMES, st.sampled_from(["zh", "en"]))
def test_what_the_bot_shows_can_be_typed(day: date, time: object, language: str) -> None:
    until = Until(day, clock=f"{time:%H:%M}")
    shown = Renderer(World({}, CALENDAR), today=lambda: TODAY).param(by(until), language)
    found = read_due(shown, NOW, CALENDAR)
    assert isinstance(found, Counted)
    assert found.until == until


@given(TIMES)
def test_a_time_alone_is_the_next_to_come(time: object) -> None:
    clock = f"{time:%H:%M}"
    found = read_due(clock, NOW, CALENDAR)
    assert isinstance(found, Counted)
    assert NOW < found.until.at <= NOW + DAY_MS
    assert found.until.clock == clock


@given(st.text(alphabet="今明后天上下中午晚早点半刻分时前0123456789十二三:： -月日apmnoby@Twd", max_size=14))
def test_whatever_is_typed_gets_an_answer(words: str) -> None:
    found = read_due(words, NOW, CALENDAR)
    if isinstance(found, str):
        return
    assert found.until.at > NOW
    assert Until.read(str(found.until)) == found.until


def test_only_the_time_is_taken_off() -> None:
    told = split("后天 晚上8点半前")
    assert told is not None
    assert (told.day, told.clock) == ("后天", "20:30")
    assert split("后天") is None
    end = split("晚上12点")
    assert end is not None
    assert (end.day, end.clock) == ("", END)
