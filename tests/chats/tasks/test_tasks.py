"""A task is assigned, counted down, climbs when it is overdue, is handed in, sent back, handed in again and accepted."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def assigned(scene: Scene) -> None:
    await scene.say("office", "/assign")
    await scene.say("office", "报送本季度重点企业清单")
    await scene.say("office", "李联络")
    await scene.say("office", "5个工作日")
    await scene.press("office", "跳过")
    await scene.press("office", "跳过")
    await scene.press("office", "提交")


async def test_countdown_and_climb(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison", "supervisor")
    await assigned(scene)
    await scene.move_to("2026-03-04", "08:31")
    await scene.move_to("2026-03-06", "08:31")
    await scene.move_to("2026-03-09", "08:31")
    await scene.move_to("2026-03-10", "08:31")
    await scene.move_to("2026-03-12", "08:31")
    await scene.move_to("2026-03-16", "08:31")
    await scene.press("liaison", "已完成")
    await scene.move_to("2026-03-18", "08:31")
    golden(scene)


async def test_handed_in_sent_back_accepted(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "liaison", english=("liaison",))
    await assigned(scene)
    await scene.press("liaison", "Report progress")
    await scene.say("liaison", "Eight of ten collected.")
    await scene.photo("liaison")
    await scene.press("liaison", "✅ Done")
    await scene.press("liaison", "Submit")
    await scene.press("liaison", "✅ Done")
    await scene.press("office", "退回")
    await scene.say("office", "缺一家企业的用电量")
    await scene.press("liaison", "✅ Done")
    await scene.press("office", "同意")
    await scene.say("office", "/waiting")
    await scene.say("liaison", "/tasks")
    golden(scene)
