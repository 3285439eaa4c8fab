"""One card for how somebody wants to be spoken to; its buttons edit it in place."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.handover.test_handover import REGIME
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_settings(scene: Scene, golden: Golden) -> None:
    await seated(scene, REGIME, "liaison")
    await scene.say("liaison", "/settings")
    await scene.press("liaison", "🕘 12:00")
    await scene.press("liaison", "🌙 20:00-08:00")
    await scene.press("liaison", "English")
    golden(scene)
