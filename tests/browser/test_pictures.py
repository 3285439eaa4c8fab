"""`make pictures`: the README's pictures can be taken at any time, the same ones in both languages."""

from pathlib import Path

import pytest

from tours.pictures import take

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SHIPPED = Path(__file__).parents[2] / "docs" / "pictures"


async def test_every_picture_is_taken_anew(tmp_path: Path) -> None:
    taken = await take(tmp_path)
    assert {path.name for path in taken} == {path.name for path in SHIPPED.iterdir()}
