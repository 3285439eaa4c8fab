"""Somebody leaves: refused while something is open; after the hand-over erased in two presses."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.handover.test_handover import REGIME, colleague, give
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_leaving(scene: Scene, golden: Golden) -> None:
    seats = await seated(scene, REGIME, "office", "liaison")
    await colleague(scene, "successor", "王接任", seats["liaison"])
    await give(scene, seats["liaison"], "报送本季度重点企业清单")

    await scene.say("liaison", "/leave")
    await scene.press("liaison", "职务交接")
    await scene.press("liaison", "王接任")
    await scene.press("liaison", "提交")
    await scene.say("liaison", "/leave")
    await scene.press("liaison", "确定离任")
    await scene.say("liaison", "/whoami")
    golden(scene)
