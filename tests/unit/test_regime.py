import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from actions.place_words import several
from cli.regime import check_regime as check_command
from config.load import REGIMES, RegimeError, check_file, load_regime, load_regimes, shipped
from domain.deadlines import Limit
from domain.regime import CORE_DUTIES, Regime, UnknownIdError
from domain.regime_check import check_regime
from domain.regime_parts import WEEKDAYS
from domain.speech import lines, term

YUNLING = Path(__file__).parents[1] / "regimes" / "yunling-2030.toml"
ALL: list[str | Path] = [*shipped(), YUNLING]
SEED, NOW = date(2019, 9, 1), date(2026, 11, 22)


@pytest.fixture(scope="module")
def jilin() -> Regime:
    return load_regime("jilin-2019")


@pytest.fixture(scope="module")
def shandong() -> Regime:
    return load_regime("shandong-2022")


@pytest.fixture
def data() -> dict[str, Any]:
    return tomllib.loads((REGIMES / "shandong-2022.toml").read_text(encoding="utf-8"))


def test_both_seeds_ship() -> None:
    assert shipped() == ("jilin-2019", "shandong-2022")
    assert list(load_regimes(ALL)) == ["jilin-2019", "shandong-2022", "yunling-2030"]


@pytest.mark.parametrize("name", ALL, ids=str)
def test_every_regime_has_what_the_product_stands_on(name: str | Path) -> None:
    regime = load_regime(name)
    assert all(regime.duty(code) for code in CORE_DUTIES)
    assert regime.roles_with("office")
    assert {language for _, each in regime.named_things() for language in each.name.model_dump()} == {"zh", "en"}


@pytest.mark.parametrize("name", ALL, ids=str)
def test_names_are_in_their_language(name: str | Path) -> None:
    for _, each in load_regime(name).named_things():
        assert not each.name.zh.isascii()
        assert all(ord(letter) < 0x2E80 for letter in each.name.en), each


# Jilin


def test_jilin_judges_thirteen_units_and_has_sixty_counties(jilin: Regime) -> None:
    names = [region.name.zh for region in jilin.scored_regions()]
    assert len(names) == 13
    assert {"延边朝鲜族自治州", "长白山管委会", "长春新区管委会", "梅河口市", "公主岭市"} <= set(names)
    assert sum(region.level == "county" for region in jilin.regions) == 60


def test_gongzhuling_moved_from_siping_to_changchun(jilin: Regime) -> None:
    parents = [jilin.parent("220184", on) for on in (SEED, date(2020, 5, 31), date(2020, 6, 1), NOW)]
    assert [parent and parent.name.zh for parent in parents] == ["四平市", "四平市", "长春市", "长春市"]
    assert jilin.covers("2203", "220184", SEED)
    assert not jilin.covers("2203", "220184", NOW)
    assert jilin.covers("22", "220184", NOW)


def test_a_county_scored_on_its_own_does_not_count_in_its_prefecture(jilin: Regime) -> None:
    assert "梅河口市" in [region.name.zh for region in jilin.children("2205", NOW)]
    assert "梅河口市" not in [region.name.zh for region in jilin.counties("2205", NOW)]
    assert all(not jilin.counties(code, NOW) for code in ("22cbs", "22ccxq", "220184", "220581"))
    assert sum(len(jilin.counties(region.id, NOW)) for region in jilin.scored_regions()) == 58


def test_jilin_coverage(jilin: Regime) -> None:
    coverage = jilin.coverage_of("full")
    assert coverage == jilin.coverage_of("spot")
    assert (coverage.counties, coverage.departments) != (None, None)
    rules = {
        key: (getattr(coverage, key).count, getattr(coverage, key).rule) for key in ("counties", "enterprises", "departments", "persons")
    }
    assert rules == {"counties": (2, "hard"), "enterprises": (10, "reasoned"), "departments": (5, "hard"), "persons": (10, "reasoned")}
    assert [sum(mark.group == group for mark in coverage.marks) for group in ("standard", "problem", "outcome")] == [5, 4, 4]
    assert coverage.members_per_interview == 2
    assert len(coverage.methods) == 6


def test_jilin_limits_are_the_document_s(jilin: Regime) -> None:
    limits = {code: str(jilin.duty(code).limit) for code in ("rectification.report", "clue.answer", "group.report")}
    assert limits == {"rectification.report": "1m", "clue.answer": "15wd", "group.report": "5wd"}
    assert jilin.campaign("spot").contact == "on_arrival"
    assert jilin.discipline is not None
    assert len(jilin.discipline.rules) == 10
    assert [each.name.zh for each in jilin.ledger.classes] == ["整改", "拆除退出", "关闭退出", "转型升级"]


# Shandong


def test_shandong_s_map(shandong: Regime) -> None:
    counties = {region.name.zh: len(shandong.counties(region.id, NOW)) for region in shandong.scored_regions()}
    assert (len(counties), sum(counties.values())) == (16, 136)
    assert counties["菏泽市"] == 9
    assert counties["临沂市"] == 12
    assert not any(region.id[4:6] in {str(code) for code in range(71, 80)} for region in shandong.regions)


def test_shandong_s_full_inspection(shandong: Regime) -> None:
    full = shandong.campaign("full")
    assert [(window.since, window.until) for window in full.windows] == [("06-01", "06-30"), ("12-01", "12-31")]
    assert [share.regions for share in full.groups.shares] == [4, 3, 3, 3, 3]
    assert [seat.count for seat in full.groups.seats if seat.of_region] == [30]
    assert full.cross_region
    assert shandong.coverage_of("full").every_enterprise
    assert len(full.records) == 10
    assert len(shandong.industries) == 16
    assert [unit.name.zh[:2] for unit in shandong.joint_units()] == ["省发", "省工", "省生", "省市", "省统"]
    assert str(shandong.duty("group.report").limit) == "1w"


def test_shandong_s_rhythms(shandong: Regime) -> None:
    daily, weekly = shandong.one_series("resident.daily"), shandong.one_series("city.weekly")
    assert (daily.rhythm, daily.owner, daily.industries) == ("daily", "resident", ("steel", "coking"))
    assert weekly.weekday in WEEKDAYS
    assert weekly.to_units == ("gxt", "fgw", "sthjt", "tjj")
    assert shandong.one_series("statistics.daily").unless == daily.id


def test_shandong_s_special_inspection_is_never_announced(shandong: Regime) -> None:
    special = shandong.campaign("special")
    assert (special.contact, special.approval) == ("never", True)
    assert shandong.report("special").signed_by == tuple(unit.id for unit in shandong.joint_units())


# Lookups


def test_names_by_language(shandong: Regime) -> None:
    assert shandong.name_of("region", "3714", "zh") == "德州市"
    assert shandong.name_of("region", "3714", "en") == "Dezhou"
    assert shandong.name_of("class", "close", "zh-CN") == "关停退出"
    assert shandong.name_of("role", "resident", "fr") == "驻企监督员"


def test_regions_of_one_name_are_shown_with_their_city_in_each_language(shandong: Regime, jilin: Regime) -> None:
    assert shandong.name_of("region", "370103", "zh") == "济南市市中区"
    assert shandong.name_of("region", "370402", "en") == "Shizhong District, Zaozhuang"
    assert (shandong.name_of("region", "371302", "zh"), shandong.name_of("region", "371302", "en")) == ("兰山区", "Lanshan District, Linyi")
    assert shandong.name_of("region", "370103", "zh", bare=True) == "市中区"
    for regime in (shandong, jilin):
        for language in ("zh", "en"):
            shown = [regime.name_of("region", region.id, language) for region in regime.regions]
            assert len(set(shown)) == len(shown), (regime.id, language)


def test_a_name_of_several_places_is_answered_with_all_of_them(shandong: Regime) -> None:
    refusal = several(shandong, " 市中区 ")
    assert refusal is not None
    assert refusal.code == "place_several"
    assert refusal.data["places"] == lines([term(shandong.id, "region", code) for code in ("370103", "370402")], "、")
    assert several(shandong, "济南市市中区") is several(shandong, "某地") is None


def test_roles_are_offered_as_many_ask_for_them(shandong: Regime, jilin: Regime) -> None:
    """Localities before the province; who has a seat, roles of the same scope first. All of them, each once."""
    assert [role.id for role in jilin.roles_to_choose()] == [
        "local_liaison", "inspector", "unit_liaison", "local_supervisor", "receiver", "leader", "group_liaison", "unit_lead",
        "office", "office_lead", "audit",
    ]  # fmt: skip
    assert shandong.roles_to_choose()[0].id in {"local_liaison", "supervision_member", "county_lead"}
    assert shandong.roles_to_choose()[-1].scope == "province"
    assert [role.id for role in jilin.roles_to_choose({"unit"})][:2] == ["unit_liaison", "unit_lead"]
    assert set(shandong.roles_to_choose({"group"})) == set(shandong.roles)


def test_an_unknown_code_says_what_was_asked(shandong: Regime) -> None:
    for lookup in (shandong.region, shandong.unit, shandong.role, shandong.duty, shandong.ledger_class, shandong.campaign):
        with pytest.raises(UnknownIdError, match="'nowhere'"):
            lookup("nowhere")
    with pytest.raises(UnknownIdError, match="has no region 'nowhere'"):
        shandong.name_of("region", "nowhere", "zh")


def test_regions_are_found_as_people_write_them(jilin: Regime, shandong: Regime) -> None:
    assert [found and found.id for found in map(jilin.find_region, ("延边州", "220381", "公主岭", "长春市"))] == [
        "2224",
        "220184",
        "220184",
        "2201",
    ]
    assert shandong.find_region("市中区") is None  # there is one in 济南 and one in 枣庄
    for words in ("济南市市中区", "济南 市中区", "济南市中区", "Shizhong District, Jinan"):
        assert shandong.find_region(words) is shandong.region("370103"), words
    assert shandong.find_region("某地") is None


def test_item_numbers(jilin: Regime) -> None:
    assert jilin.item_number("220184", 2019, 7) == "220184-2019-0007"
    assert load_regime(YUNLING).item_number("9901", 2030, 7) == "2030/9901/7"


def test_covers_and_parents(shandong: Regime) -> None:
    assert shandong.covers("37", "371402", NOW)
    assert shandong.covers("3714", "3714", NOW)
    assert not shandong.covers("371402", "3714", NOW)
    assert shandong.parent("37", NOW) is None
    assert [region.id for region in shandong.above("371402", NOW)] == ["371402", "3714", "37"]


def test_chain_words_are_found_by_rights(shandong: Regime) -> None:
    words = {
        word: [role.id for role in shandong.chain_roles(word)]
        for word in ("owner", "unit_lead", "supervisor", "office", "provincial", "audit")
    }
    assert words == {
        "owner": [],
        "unit_lead": ["unit_lead"],
        "supervisor": ["office_lead", "local_supervisor"],
        "office": ["office"],
        "provincial": ["provincial_group", "duty_officer", "sijin_office"],
        "audit": ["audit"],
    }


def test_another_province_uses_other_words() -> None:
    yunling = load_regime(YUNLING)
    assert [role.id for role in yunling.chain_roles("office")] == ["bureau"]
    assert [role.id for role in yunling.chain_roles("liaison")] == ["county_officer"]
    assert yunling.duty("item.rectify").limit == Limit(2, "w")
    assert [yunling.parent("990201", on).id for on in (date(2030, 12, 31), date(2031, 1, 1))] == ["9901", "9902"]  # type: ignore[union-attr]  # both exist


# What the check says


def mended(data: dict[str, Any]) -> Iterator[str]:
    for problem in check_regime(data).problems:
        line = str(problem)
        assert "; mend: " in line
        assert "\n" not in line
        yield line


def change(data: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """`duties.1.chain.0.to`; the value None removes."""
    changed = deepcopy(data)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    here: Any = changed
    for step in steps:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("lights.yelow", "3wd", "lights.yelow: no such key; mend: did you mean yellow?"),
        ("duties.1.chian", [], "duties[item.rectify].chian: no such key; mend: did you mean chain?"),
        ("zzz", 1, "zzz: no such key; mend: remove it; known here are accountability, "),
        ("ledger.verify", None, "ledger.verify: this key is missing; mend: write verify = ..."),
        ("lights.yellow", "3", "lights.yellow: '3' is no limit: write a number and wd"),
        ("lights.yellow", 3, 'lights.yellow: 3 is no limit: write it in quotes, as in "5wd"'),
        ("lights.yellow", "-3wd", "lights.yellow: -3wd points back"),
        ("duties.1.pings.0", "5wd", "duties[item.rectify].pings[0]: a ping comes before the due date or on it; write -5wd or 0d; mend: "),
        ("quiet.from", "9pm", "quiet.from: '9pm' is no time of day: write it as 08:30; mend: "),
        ("quiet.to", 8, "quiet.to: 8 is no time of day: write it in quotes"),
        ("roles.0.rights", "boss", "roles[office].rights: 'boss' is not allowed here; mend: write one of 'office', 'leader'"),
        ("schema", 2, "schema: 2 is not allowed here; mend: write one of 1"),
        ("units.0.id", "FGW!", "units[FGW!].id: 'FGW!' is no code; mend: "),
        ("units", [], "units: this list is empty; mend: give at least one entry"),
        ("units", "fgw", "units: this is no list; mend: write it in square brackets"),
        ("lights", "3wd", "lights: this is no table; mend: write it in braces"),
        ("units.0.name.zh", " ", "units[fgw].name.zh: this text is empty; mend: "),
        ("units.0.name.zh", 1, 'units[fgw].name.zh: this is no text; mend: write it in quotes, as in "..."'),
        ("regions.1.parents.0.until", "soon", "regions[3701].parents[37].until: this is no date; mend: write it without quotes, as in 2020-06-01"),
        ("regions.1.scored", "yup", "regions[3701].scored: this is neither true nor false; mend: "),
        ("complaints.draft_minutes", 1, "complaints.draft_minutes: 1 is out of range; mend: write at least 5"),
        ("complaints.draft_minutes", "x", "complaints.draft_minutes: this is no whole number; mend: "),
        ("campaigns.0.windows.0.from", "06-31", "campaigns[full].windows[0].from: '06-31' is no day of the year"),
        ("duties.1.chain.0.to", "superviser", 'duties[item.rectify].chain[0].to: "superviser" does not exist in this regime; mend: did you mean "supervisor"?'),
        ("duties.1.chain.0.repeat", "0wd", "duties[item.rectify].chain[0].repeat: it would repeat without end; mend: "),
        ("duties.1.id", "item.mend", 'duties: the duty "item.rectify" is missing, without which Duban cannot run; mend: add [[duties]] with id = "item.rectify"'),
        ("units.1.id", "fgw", "unit fgw: this code stands 2 times; mend: "),
        ("regions.1.parents", [], "regions[3701].parents: this region lies in none; mend: "),
        ("regions.1.parents.0.id", "99", 'regions[3701].parents: "99" does not exist in this regime'),
        ("regions.1.parents.0.id", "370102", "regions[3701].parents: it lies in itself, through 37"),
        ("regions.0.parents", [{"id": "3701"}], "regions[37].parents: the province has a region above it; mend: remove it"),
        ("regions.1.parents", [{"id": "37"}, {"id": "3702", "from": date(2020, 1, 1)}], "regions[3701].parents: 37 and 3702 hold at the same time; mend: write until = 2020-01-01 for 37"),
        ("regions.1.level", "province", "regions: there are 2 provinces; mend: "),
        ("roles.0.unit", "gone", 'roles[office].unit: "gone" does not exist'),
        ("roles.0.rights", "audit", 'roles[office].id: "office" is a word of its own in chains, and this role has the rights audit; mend: '),
        ("series.0.duty", "gone", 'series[resident.daily].duty: "gone" does not exist'),
        ("series.2.weekday", None, 'series[city.weekly].weekday: a weekly report needs it; mend: write weekday = "mon"'),
        ("campaigns.0.coverage", "gone", 'campaigns[full].coverage: "gone" does not exist'),
        ("campaigns.0.groups.shares.0.regions", 3, "campaigns[full].groups.shares: they give out 15 regions of 16; mend: make the sum equal"),
        ("campaigns.0.groups.count", 6, "campaigns[full].groups.shares: 5 shares for 6 groups; mend: "),
        ("campaigns.0.scored", True, "campaigns[full].scored: there is no standard to score by; mend: "),
        ("reports.0.template", "gone", 'reports[group].template: "gone" does not exist'),
        ("reports.0.to", ["offices"], 'reports[group].to: "offices" does not exist in this regime; mend: did you mean "office"?'),
        ("complaints.last_resort", "gone", 'complaints.last_resort: "gone" does not exist'),
        ("ledger.number", "{region}-{seqq}", "ledger.number: '{region}-{seqq}' cannot be filled in; mend: use {region}, {year} and {seq}"),
        ("ledger.number", "{region}", "ledger.number: two items would get the same number; mend: "),
        ("ledger.proposed", ["nummer"], 'ledger.proposed: there is no key "nummer" in this section; mend: '),
        ("sources.unitz", "S", 'sources: "unitz" does not exist in this regime; mend: did you mean "units"?'),
    ],
)  # fmt: skip
def test_each_fault_is_one_sentence_with_its_mend(data: dict[str, Any], path: str, value: object, line: str) -> None:
    lines = list(mended(change(data, path, value)))
    assert any(each.startswith(line) for each in lines), lines


def test_an_untouched_file_has_no_fault(data: dict[str, Any]) -> None:
    checked = check_regime(data)
    assert checked.problems == ()
    assert checked.regime is not None


def test_proposed_values_are_listed_with_what_is_proposed(data: dict[str, Any]) -> None:
    proposed = check_regime(data).proposed
    assert "lights: yellow 3wd" in proposed
    assert "duties[item.rectify].pings: [-5wd; -1wd; 0d]" in proposed
    assert not any(line.startswith("duties[group.report].limit") for line in proposed)


def run_check(name: str | Path) -> tuple[int, list[str], list[str]]:
    result = CliRunner().invoke(check_command, [str(name)])
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


@pytest.mark.parametrize("name", ALL, ids=str)
def test_the_command_says_ok(name: str | Path) -> None:
    code, out, err = run_check(name)
    assert (code, err) == (0, [])
    assert out[0].startswith("OK ")


def test_the_command_lists_faults(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(YUNLING.read_text(encoding="utf-8").replace('yellow = "2wd"', 'yelow = "2wd"'), encoding="utf-8")
    code, out, err = run_check(broken)
    assert (code, out) == (1, [])
    assert err == [
        "lights.yellow: this key is missing; mend: write yellow = ...",
        "lights.yelow: no such key; mend: did you mean yellow?",
    ]


def test_broken_toml_is_told_by_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('schema = 1\nid = "x\n', encoding="utf-8")
    code, _, err = run_check(broken)
    assert code == 1
    assert "line 2" in err[0]
    assert len(err) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["no text", "no file"])
def test_an_unreadable_file_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "x.toml").write_bytes(content)
    code, _, err = run_check(tmp_path / "x.toml")
    assert (code, len(err)) == (1, 1)
    assert run_check(tmp_path)[0] == 1


def test_an_unknown_calendar_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(YUNLING.read_text(encoding="utf-8").replace('calendar = "cn"', 'calendar = "mars"'), encoding="utf-8")
    assert [str(each) for each in check_file(other).problems] == ['calendar: there is no calendar "mars"; mend: write calendar = "cn"']


def test_two_files_with_one_id_are_refused() -> None:
    with pytest.raises(RegimeError, match="loaded already"):
        load_regimes([YUNLING, YUNLING])
