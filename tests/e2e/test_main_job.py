"""The main job on every shipped regime and on a made-up third province, as `duban tour main` plays it: real processes over HTTP."""

from pathlib import Path

import pytest

from config.load import load_regime
from tests.conftest import MASTER_KEY
from tours.main import Story
from tours.stage import staged

THIRD = Path(__file__).parents[1] / "regimes" / "yunling-2030.toml"


async def play(folder: Path, regime: str, database_url: str = "", *, webhook: bool = False) -> list[str]:
    key = folder / "master.key"
    key.touch(mode=0o600)
    key.write_text(MASTER_KEY.hex())  # the template database was made with it
    async with staged(folder, regimes=(regime,), database_url=database_url, webhook=webhook, rates=False) as stage:
        return [chapter.title for chapter in await Story(stage, load_regime(regime)).play()]


async def test_shandong_on_sqlite(tmp_path: Path) -> None:
    assert len(await play(tmp_path, "shandong-2022")) == 6


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_jilin_on_postgresql_through_the_webhook(tmp_path: Path, database_url: str) -> None:
    assert len(await play(tmp_path, "jilin-2019", database_url, webhook=True)) == 6


async def test_a_third_province_needs_no_code(tmp_path: Path) -> None:
    assert len(await play(tmp_path, str(THIRD))) == 6
