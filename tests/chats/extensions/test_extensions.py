"""More time is asked for, refused with a reason, asked for again and granted in one press; every reminder follows the new date."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene
from tests.chats.tasks.test_tasks import assigned

Golden = Callable[[Scene], None]


async def test_refused_then_granted(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison", "supervisor", english=("supervisor",))
    await assigned(scene)
    scene.lines.clear()
    await scene.press("liaison", "申请延期")
    await scene.press("liaison", "3个工作日")
    await scene.say("liaison", "两家企业还没有报数")
    await scene.press("liaison", "提交")
    await scene.press("supervisor", "Refuse with a reason")
    await scene.say("supervisor", "先报已有的，缺的写明原因")
    await scene.press("liaison", "申请延期")
    await scene.say("liaison", "12月1日")
    await scene.say("liaison", "3月20日")
    await scene.say("liaison", "企业停产检修，3月18日才能核数")
    await scene.press("liaison", "提交")
    await scene.move_to("2026-03-03", "08:31")
    await scene.press("supervisor", "Grant")
    await scene.move_to("2026-03-17", "08:31")
    golden(scene)
