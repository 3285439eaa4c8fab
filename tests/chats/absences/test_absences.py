"""A week away: the deputy is asked, gets the reminders, acts, and everything comes back by itself."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.handover.test_handover import REGIME, colleague, give
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_a_week_away(scene: Scene, golden: Golden) -> None:
    seats = await seated(scene, REGIME, "office", "liaison")
    await colleague(scene, "deputy", "Wang Fang", seats["liaison"], "en")
    await give(scene, seats["liaison"], "报送本季度重点企业清单")

    await scene.say("liaison", "/absence")
    await scene.say("liaison", "3月3日")
    await scene.say("liaison", "3月9日")
    await scene.press("liaison", "Wang Fang")
    await scene.press("liaison", "提交")
    await scene.move_to("2026-03-03", "00:00")
    await scene.move_to("2026-03-03", "08:01")
    await scene.say("liaison", "/menu")
    await scene.move_to("2026-03-09", "08:31")
    await scene.press("deputy", "✅ Done")
    await scene.press("office", "经过与附件")
    await scene.move_to("2026-03-10", "08:31")
    golden(scene)


async def test_declined_in_the_middle(scene: Scene, golden: Golden) -> None:
    """Days later the button is still in the chat: pressed by mistake it changes nothing."""
    seats = await seated(scene, REGIME, "office", "liaison")
    await colleague(scene, "deputy", "Wang Fang", seats["liaison"], "en")
    await scene.say("liaison", "/absence")
    for words in ("3月2日", "3月9日", "Wang Fang"):
        await scene.say("liaison", words)
    await scene.press("liaison", "提交")
    await scene.move_to("2026-03-04", "09:00")
    await scene.forget()
    await scene.press("deputy", "I cannot")
    await scene.press("deputy", "I cannot act for them")
    await scene.press("deputy", "I cannot")
    golden(scene)


async def test_declined(scene: Scene, golden: Golden) -> None:
    seats = await seated(scene, REGIME, "office", "liaison")
    await colleague(scene, "deputy", "王接任", seats["liaison"])
    await scene.forget()

    await scene.say("liaison", "/absence")
    await scene.press("liaison", "今天")
    await scene.press("liaison", "一周")
    await scene.press("liaison", "王接任")
    await scene.press("liaison", "提交")
    await scene.press("deputy", "不能代理")
    await scene.say("liaison", "/absence")
    golden(scene)
