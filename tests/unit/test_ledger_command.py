"""`duban export-ledger` from the command line: a workbook that only its owner may read; a wrong regime is named."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.ledger import export_ledger
from config.catalogues import compile_all
from config.settings import SettingsError
from tests.conftest import MASTER_KEY


@pytest.fixture
def served(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_all()
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())
    (tmp_path / "duban.db").write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite:///{tmp_path / 'duban.db'}")
    monkeypatch.setenv("DUBAN_MASTER_KEY_FILE", str(key))
    monkeypatch.setenv("DUBAN_DATA_DIR", str(tmp_path))


@pytest.mark.usefixtures("served")
def test_an_empty_ledger_has_its_columns(tmp_path: Path) -> None:
    import openpyxl

    out = tmp_path / "台账.xlsx"
    done = CliRunner().invoke(export_ledger, ["--regime", "shandong-2022", "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "0 items" in done.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = list(openpyxl.load_workbook(out).active.values)
    assert len(rows) == 1
    assert {"企业", "违规情形", "全部记录"} <= set(rows[0])


@pytest.mark.usefixtures("served")
def test_a_regime_that_is_not_served(tmp_path: Path) -> None:
    done = CliRunner().invoke(export_ledger, ["--regime", "x", "--out", str(tmp_path / "a.xlsx")])
    assert isinstance(done.exception, SettingsError)
    assert "jilin-2019" in str(done.exception)
