"""The stage of the stories: SQLite (storage tests prove both databases equal), the movable clock, transcripts as files."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.chats.scene import Scene, opened
from tests.conftest import Clock


@pytest.fixture
async def scene(sqlite_template: Path, tmp_path: Path, clock: Clock, regimes_read_once: None) -> AsyncIterator[Scene]:
    database = tmp_path / "duban.db"
    shutil.copy(sqlite_template, database)
    async with opened(f"sqlite:///{database}", tmp_path, clock, ("jilin-2019", "shandong-2022")) as scene:
        yield scene


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Scene], None]:
    """Compare the scene's transcript with the file beside the test, or write it (`--regen`)."""

    def check(scene: Scene) -> None:
        path = Path(request.path).parent / f"{request.node.name.removeprefix('test_')}.md"
        text = "\n".join(scene.lines).strip() + "\n"
        if request.config.getoption("--regen"):
            path.write_text(text)
        assert path.exists(), f"there is no transcript {path.name}: run pytest --regen and read it"
        assert text == path.read_text(), "the conversation changed: read the difference; pytest --regen writes it anew"

    return check
