"""Somebody blocks the bot: known at once, the supervisor is told, and on coming back one message says what waits."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.handover.test_handover import REGIME, give
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_blocked(scene: Scene, golden: Golden) -> None:
    seats = await seated(scene, REGIME, "office", "liaison", "supervisor")
    await give(scene, seats["liaison"], "报送本季度重点企业清单", "核对在建项目台账")
    await scene.block("liaison")
    await scene.unblock("liaison")
    golden(scene)
