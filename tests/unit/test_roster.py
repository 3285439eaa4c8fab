"""Rosters as people send them: headers in two languages, blown-up names, short places, dates of all sorts, and what is wrong with a row."""

from datetime import date

import pytest

from domain.roster import Diff, Held, NoHeaderError, is_roster, read_rows, spot, understand
from domain.roster_diff import compare
from domain.world import World

TODAY = date(2026, 3, 2)
HEAD = ["姓名", "单位", "职务", "范围", "任期至", "企业"]


def wanted_of(world: World, *lines: list[str], head: list[str] = HEAD) -> Diff:
    plants = {"甲钢铁公司": ["371402"], "乙焦化": ["370103", "370402"]}
    taken, refused = understand(read_rows([head, *lines]), world.regime("shandong-2022"), TODAY, plants)
    return compare(taken, refused, [])


def test_a_header_is_found_below_a_title_in_either_language() -> None:
    rows = read_rows(
        [["全省联络员名册", "", ""], [], ["序号", "＊姓　名", "职务（必填）", "范围|地区"], ["1", "张三", "地方联络员", "德州"], ["", ""]]
    )
    assert [(row.number, row.name, row.scope, row.until) for row in rows] == [(4, "张三", "德州", None)]
    assert is_roster([["Name", "Unit", "Role", "Scope", "Until"]])
    with pytest.raises(NoHeaderError):
        read_rows([["企业", "问题"], ["某厂", "超产"]])


@pytest.mark.parametrize(
    ("line", "kind", "scope"),
    [
        (["张　三", "德州市发展改革委", "地方联络员", "德州市", "", ""], "region", "3714"),
        (["张三", "", "地方联络员", "德州", "长期", ""], "region", "3714"),
        (["张三", "", "地方联络员", "３７１４", "", ""], "region", "3714"),
        (["张三", "", "地方联络员", "济南市市中区", "", ""], "region", "370103"),
        (["张三", "", "地方联络员", "山东省枣庄市市中区", "", ""], "region", "370402"),
        (["张三", "", "联合检查组组长", "全省", "", ""], "group", "37"),
        (["张三", "", "“四进”工作组成员", "德州", "", ""], "group", "3714"),
        (["张三", "", "纪检监察、审计", "", "", ""], "province", "37"),
        (["张三", "省工业和信息化厅", "成员单位联络员", "", "", ""], "unit", "gxt"),
        (["张三", "", "驻企监督员", "德城区", "", "示例钢铁有限公司"], "enterprise", "371402"),
        (["Li Si", "", "Local liaison", "Dezhou", "", ""], "region", "3714"),
    ],
)
def test_what_a_row_asks_for(world: World, line: list[str], kind: str, scope: str) -> None:
    diff = wanted_of(world, line)
    assert diff.refused == ()
    (found,) = diff.new
    assert (found.scope_kind, found.scope) == (kind, scope)


@pytest.mark.parametrize(
    "words", ["2027-06-30", "2027-06-30 00:00:00", "2027/6/30", "2027.6.30", "2027年6月30日", "２０２７年 6 月 30 日", "20270630"]
)
def test_dates_as_they_are_typed(world: World, words: str) -> None:
    (found,) = wanted_of(world, ["张三", "", "地方联络员", "德州", words, ""]).new
    assert found.until == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["", "甲", "地方联络员", "德州", "", ""], "no_name"),
        (["张", "", "地方联络员", "德州", "", ""], "bad_name"),
        (["张三1", "", "地方联络员", "德州", "", ""], "bad_name"),
        (["张三", "", "", "德州", "", ""], "no_role"),
        (["张三", "", "国王", "德州", "", ""], "role_unknown"),
        (["张三", "", "地方联络员", "", "", ""], "no_scope"),
        (["张三", "", "地方联络员", "某地", "", ""], "scope_unknown"),
        (["张三", "", "地方联络员", "市中区", "", ""], "scope_ambiguous"),
        (["张三", "", "地方联络员", "全省", "", ""], "scope_too_wide"),
        (["张三", "", "纪检监察、审计", "德州", "", ""], "scope_province"),
        (["张三", "", "成员单位联络员", "", "", ""], "no_unit"),
        (["张三", "某厅", "成员单位联络员", "", "", ""], "unit_unknown"),
        (["张三", "", "驻企监督员", "德城区", "", ""], "no_enterprise"),
        (["张三", "", "地方联络员", "德州", "明年", ""], "bad_date"),
        (["张三", "", "地方联络员", "德州", "2027-02-30", ""], "bad_date"),
        (["张三", "", "地方联络员", "德州", "2026-03-01", ""], "past"),
    ],
)
def test_why_a_row_cannot_be_taken(world: World, line: list[str], code: str) -> None:
    diff = wanted_of(world, line, ["李四", "", "地方联络员", "德州", "", ""])
    assert [(each.row, each.code) for each in diff.refused] == [(2, code)]
    assert [each.name for each in diff.new] == ["李四"]


@pytest.mark.parametrize(("scope", "enterprise", "place"), [
    ("", "甲 钢铁公司", "371402"),
    ("德州", "甲钢铁公司", "371402"),
    ("济南市", "甲钢铁公司", "3701"),
    ("济南", "乙焦化", "370103"),
    ("枣庄 市中区", "乙焦化", "370402"),
    ("德城区", "丙水泥", "371402"),
])  # fmt: skip
def test_a_resident_supervisor_is_where_the_enterprise_is(world: World, scope: str, enterprise: str, place: str) -> None:
    """On file, its place need not be written; a wider one that is written means it; elsewhere it is another enterprise."""
    (found,) = wanted_of(world, ["张三", "", "驻企监督员", scope, "", enterprise]).new
    assert (found.scope_kind, found.scope, found.enterprise) == ("enterprise", place, enterprise)


def test_an_enterprise_not_known_or_in_two_places_needs_its_place(world: World) -> None:
    line = ["张三", "", "驻企监督员", "", ""]
    refused = wanted_of(world, [*line, "丙水泥"], [*line, "乙焦化"]).refused
    assert [(each.code, each.near) for each in refused] == [("plant_unknown", ()), ("plant_ambiguous", ("370103", "370402"))]


def test_a_place_of_two_cities_is_refused_with_both_named(world: World) -> None:
    (refused,) = wanted_of(world, ["张三", "", "地方联络员", "市中区", "", ""]).refused
    assert refused.near == ("370103", "370402")
    for words in ("济南市市中区", "济南 市中区", "济南市 市中区"):
        (found,) = wanted_of(world, ["张三", "", "地方联络员", words, "", ""]).new
        assert found.scope == "370103", words


def test_a_role_nearly_right_is_named_back(world: World) -> None:
    (refused,) = wanted_of(world, ["张三", "", "监督员", "德州", "", ""]).refused
    assert "resident" in refused.near


def test_the_second_of_two_equal_rows_is_refused_and_namesakes_of_two_units_are_two_people(world: World) -> None:
    line = ["张伟", "省统计局", "检查组市县成员", "德州", "", ""]
    diff = wanted_of(world, line, line, ["张伟", "省生态环境厅", "检查组市县成员", "德州", "", ""])
    assert [(each.row, each.code, each.other) for each in diff.refused] == [(3, "twice", 2)]
    assert [each.unit for each in diff.new] == ["tjj", "sthjt"]


def held(
    seat: int, *, name: str = "张三", place: str = "3714", unit: str | None = None, workplace: str = "", until: date | None = None
) -> Held:
    return Held(seat, name, "local_liaison", place, unit, workplace, until)


def test_the_difference_to_the_seats_there_are(world: World) -> None:
    taken, refused = understand(
        read_rows(
            [
                ["姓名", "单位", "职务", "范围", "任期至"],
                ["张三", "德州市发改委", "地方联络员", "德州", "2027-06-30"],
                ["李四", "", "地方联络员", "德州", ""],
                ["王五", "", "地方联络员", "聊城", ""],
            ]
        ),
        world.regime("shandong-2022"),
        TODAY,
        {},
    )
    diff = compare(taken, refused, [held(1, workplace="德州市 发改委"), held(2, name="李四"), held(3, name="王五"), held(4, name="赵六")])
    assert [each.name for each in diff.new] == ["王五"]
    assert [each.name for each in diff.unchanged] == ["李四"]
    assert [(each.held.seat, each.unit, each.until) for each in diff.changed] == [(1, False, True)]
    assert [each.seat for each in diff.kept] == [3]


def test_a_column_that_is_not_there_changes_nothing(world: World) -> None:
    taken, refused = understand(
        read_rows([["姓名", "职务", "范围"], ["张三", "地方联络员", "德州"]]), world.regime("shandong-2022"), TODAY, {}
    )
    diff = compare(taken, refused, [held(1, workplace="德州市发改委", until=date(2027, 6, 30))])
    assert not diff.moves
    assert len(diff.unchanged) == 1


def test_an_enterprise_is_the_same_however_it_is_spaced() -> None:
    assert spot("371402", "示例 钢铁") == spot("371402", "示例钢铁")
