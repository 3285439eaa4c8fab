"""The office's desk: everything the bot says by itself held back and let go again; what it will say tomorrow."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene
from tests.chats.tasks.test_tasks import assigned

Golden = Callable[[Scene], None]


async def test_paused_and_resumed(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor", english=("supervisor",))
    await assigned(scene)
    scene.lines.clear()
    await scene.say("liaison", "/pause")
    await scene.say("office", "/pause")
    await scene.say("office", "名单有误，正在更正")
    await scene.press("office", "提交")
    await scene.move_to("2026-03-12", "08:31")
    await scene.say("liaison", "/mine")
    await scene.say("office", "/pause")
    await scene.press("office", "恢复发送")
    await scene.say("office", "/resume")
    await scene.say("office", "/pause 名单还要再核一遍")
    await scene.press("office", "退出")
    golden(scene)


async def test_foretold(scene: Scene, golden: Golden) -> None:
    """The evening before it is due: who will hear what tomorrow; and then it comes so."""
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor", english=("supervisor",))
    await assigned(scene)
    await scene.move_to("2026-03-09", "18:00")
    scene.lines.clear()
    await scene.say("liaison", "/forecast")
    await scene.say("office", "/forecast")
    await scene.move_to("2026-03-10", "08:31")
    golden(scene)
