"""The other tours, each in one province, as `duban tour NAME` plays them: real processes over HTTP."""

from pathlib import Path

import pytest

from config.load import load_regime
from tests.conftest import MASTER_KEY
from tests.e2e.test_main_job import THIRD
from tours import ledger, people, tasks
from tours.stage import staged
from tours.story import Story


async def play(folder: Path, tour: type[Story], regime: str, database_url: str = "") -> list[str]:
    key = folder / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())  # the template database was made with it
    async with staged(folder, regimes=(regime,), database_url=database_url, rates=False) as stage:
        return [chapter.title for chapter in await tour(stage, load_regime(regime)).play()]


async def test_people_come_and_go_in_a_third_province(tmp_path: Path) -> None:
    assert len(await play(tmp_path, people.Story, str(THIRD))) == 8


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_tasks_and_all_that_happens_to_them_on_postgresql(tmp_path: Path, database_url: str) -> None:
    assert len(await play(tmp_path, tasks.Story, "jilin-2019", database_url)) == 6


async def test_a_ledger_from_a_list_to_the_sheet_that_comes_back(tmp_path: Path) -> None:
    assert len(await play(tmp_path, ledger.Story, "shandong-2022")) == 6
