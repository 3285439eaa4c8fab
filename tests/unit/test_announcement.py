"""Holidays as the office gets them: the announcement pasted, lines, a file; and what cannot be meant."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import CALENDARS, load_calendar
from domain.announcement import AnnouncementError, read_announcement, spans

YEAR_2026 = load_calendar().years[2026]
NOTICE = """关于2026年部分节假日安排的通知
发明电〔2025〕7号
经批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
"""
LINES = """
休 2026-01-01..01-03、2026-02-15..02-23
休 4月4日至6日
休：5-1..5-5
off 2026-06-19..06-21, 2026-09-25..27
休 10-01..07
班 01-04, 02-14 02-28 05-09 09-20 10-10
"""
ONE_DAY_EACH = """
休 2027-01-01..01-03
休 2027-02-05..02-11
休 2027-04-05
休 2027-05-01..05-03
休 2027-06-09
休 2027-09-15
休 2027-10-01..10-07
"""


def test_the_announcement_pasted_as_it_is() -> None:
    assert read_announcement(NOTICE) == YEAR_2026


def test_lines() -> None:
    assert read_announcement(LINES) == YEAR_2026


def test_the_shipped_file_sent_as_text() -> None:
    assert read_announcement((CALENDARS / "cn-2026.toml").read_text(encoding="utf-8")) == YEAR_2026


def test_an_announcement_that_begins_in_december() -> None:
    words = ONE_DAY_EACH.replace("休 2027-01-01..01-03", "休 2026-12-31..2027-01-02\n班 2026-12-26")
    year = read_announcement(words)
    assert year.year == 2027
    assert date(2026, 12, 31) in year.off_days
    assert year.working_weekends == {date(2026, 12, 26)}


@pytest.mark.parametrize(
    ("words", "slip"),
    [
        ("明年的放假安排", "year"),
        ("2027年的安排请看附件", "nothing"),
        ("休 2027-01-01..01-03", "missing"),
        (ONE_DAY_EACH + "班 2027-01-04", "days"),  # a Monday
        (ONE_DAY_EACH + "班 2027-01-02", "days"),  # off, too
        (ONE_DAY_EACH + "休 2027-02-30", "days"),
        (ONE_DAY_EACH + "休 2027-13-01", "days"),
        (ONE_DAY_EACH + "休 2025-03-01", "days"),
        (ONE_DAY_EACH + "休 2027-03-01..07-01", "days"),
        ("year = 2027\nsource = 'x'\noff = []", "file"),
        ("year = 2027\noff = [", "file"),
        ("year = 2027\nsource = 'x'\noff = [{ from = 2027-01-01, to = 2027-01-01 }]\nworking = [2027-01-04]", "days"),
        ("year = 2027\nsource = 'x'\noff = [{ from = 2027-01-01, to = 2027-01-01 }]", "missing"),
    ],
)
def test_what_cannot_be_a_year_says_why(words: str, slip: str) -> None:
    with pytest.raises(AnnouncementError) as raised:
        read_announcement(words)
    assert raised.value.slip == slip


@given(st.text(alphabet="休班放假上班20271230-..至年月日、\n（） ", max_size=80))
def test_no_words_break_it(words: str) -> None:
    with contextlib.suppress(AnnouncementError):
        read_announcement(words)


@pytest.mark.parametrize("year", range(2019, 2027))
def test_every_announced_year_can_be_written_as_lines(year: int) -> None:
    days = load_calendar().years[year]
    words = "\n".join(
        [f"休 {first}..{last}" for first, last in spans(days.off_days)] + [f"班 {day}" for day in sorted(days.working_weekends)]
    )
    assert read_announcement(words) == days
