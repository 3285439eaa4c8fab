"""Two regime files compared in sentences."""

import tomllib
from pathlib import Path

from click.testing import CliRunner

from cli.diff_regime import diff_regime
from config.load import REGIMES, load_regime
from domain.regime import Regime
from domain.regime_diff import differences

OLD = load_regime("jilin-2019")


def changed(old: str, new: str, times: int = 1) -> Regime:
    text = (REGIMES / "jilin-2019.toml").read_text(encoding="utf-8")
    assert old in text
    return Regime.model_validate(tomllib.loads(text.replace(old, new, times)))


def test_the_same_says_nothing() -> None:
    assert differences(OLD, changed("schema = 1", "# another layout\nschema = 1")) == []


def test_a_light_and_a_name() -> None:
    yellow = f'yellow = "{OLD.lights.yellow}"'
    assert differences(OLD, changed(yellow, 'yellow = "9wd"')) == [f"lights yellow: {OLD.lights.yellow} → 9wd"]


def test_chains_pings_and_duties_are_named_by_code() -> None:
    raw = OLD.model_dump(by_alias=True)
    task = next(duty for duty in raw["duties"] if duty["id"] == "task")
    task["chain"] = task["chain"][:1]
    task["pings"] = ["-9wd"]
    raw["duties"] = [duty for duty in raw["duties"] if duty["id"] != "briefing"]
    raw["roles"] = [*raw["roles"], {**raw["roles"][0], "id": "second_office"}]
    found = differences(OLD, Regime.model_validate(raw))
    assert any(each.startswith("duties task pings: ") and each.endswith("→ -9wd") for each in found)
    assert any(each.startswith("duties task chain: after ") for each in found)
    assert any(each.startswith("roles second_office: is new") for each in found)
    assert len(found) <= 4


def test_two_provinces_differ_in_much_and_it_ends_well() -> None:
    shown = CliRunner().invoke(diff_regime, ["jilin-2019", "shandong-2022"], env={"DUBAN_DATABASE_URL": ""})
    assert shown.exit_code == 0
    assert "id: jilin-2019 → shandong-2022" in shown.output
    assert "differences." in shown.output


def test_a_file_and_its_copy(tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text((REGIMES / "jilin-2019.toml").read_text(encoding="utf-8"), encoding="utf-8")
    shown = CliRunner().invoke(diff_regime, ["jilin-2019", str(copy)], env={"DUBAN_DATABASE_URL": ""})
    assert shown.exit_code == 0
    assert shown.output == "The two say the same.\n"
