"""Orders that end at an hour: read as people write them, pinged when the hour has come, red from then on, climbing from the due day."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene
from tests.chats.tasks.test_tasks import county_liaison

Golden = Callable[[Scene], None]


async def ordered(scene: Scene, what: str, *dues: str, submit: str = "提交") -> None:
    await scene.say("office", "/assign")
    await scene.say("office", what)
    await scene.say("office", "李联络")
    for due in dues:
        await scene.say("office", due)
    await scene.press("office", submit)


async def test_by_six_today(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison", "supervisor")
    await ordered(scene, "报送停产企业名单", "今天下午", "今天6点", "今天 8:00", "今天18:00前")
    await scene.say("liaison", "/tasks")
    await scene.move_to("2026-03-02", "17:59")
    await scene.move_to("2026-03-02", "18:00")
    await scene.move_to("2026-03-02", "18:01")
    await scene.say("office", "/waiting")
    await scene.move_to("2026-03-03", "08:31")
    await scene.move_to("2026-03-05", "08:31")
    await scene.press("liaison", "已完成")
    golden(scene)


async def test_tomorrow_at_ten(scene: Scene, golden: Golden) -> None:
    """In English; pinged in the morning before the hour; asked for, moved and handed on by the hour."""
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor", english=("office", "liaison"))
    await county_liaison(scene)
    await ordered(scene, "Collect the figures", "tomorrow at 10am", submit="Submit")
    await scene.press("liaison", "Hand on")
    await scene.press("liaison", "孙县联")
    await scene.say("liaison", "tomorrow 11:00")
    await scene.press("liaison", "Submit")
    await scene.press("liaison", "✏️ Due")
    await scene.say("liaison", "9:30 tomorrow")
    await scene.press("liaison", "Submit")
    await scene.press("liaison", "Ask for more time")
    await scene.say("liaison", "tomorrow 9:00")
    await scene.say("liaison", "tomorrow 15:00")
    await scene.say("liaison", "Two plants report at noon.")
    await scene.press("liaison", "Submit")
    await scene.press("supervisor", "同意")
    await scene.move_to("2026-03-03", "08:31")
    await scene.press("office", "Change due date")
    await scene.say("office", "noon")
    await scene.say("office", "The meeting is at one.")
    await scene.press("office", "Submit")
    await scene.move_to("2026-03-03", "12:00")
    golden(scene)
