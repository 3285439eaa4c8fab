"""The supervisor hears what climbed, looks at the whole picture, and stops a climb with a reason."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene
from tests.chats.tasks.test_tasks import assigned

Golden = Callable[[Scene], None]


async def test_looked_over_and_stopped(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor")
    await assigned(scene)
    scene.lines.clear()
    await scene.move_to("2026-03-12", "08:31")
    await scene.say("office", "/overview")
    await scene.press("office", "市")
    await scene.press("office", "全部地区")
    await scene.say("liaison", "/overview")
    await scene.press("supervisor", "停止逐级上报")
    await scene.say("supervisor", "企业名单改由省里统一报送")
    await scene.say("liaison", "/mine")
    await scene.move_to("2026-03-13", "08:31")
    golden(scene)
