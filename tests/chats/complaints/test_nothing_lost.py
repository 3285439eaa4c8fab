"""What is told at the wrong question is kept for the right one; what cannot be taken stays to be copied; whoever leaves leaves a clean chat."""

from collections.abc import Callable

from actions import housekeeping
from tests.cast import seated
from tests.chats.scene import Scene

STORY = "从正月十五起，每天夜里十一点以后偷偷开第三座焦炉，白天停火应付检查。"


async def test_told_too_early(scene: Scene, golden: Callable[[Scene], None]) -> None:
    await seated(scene, "shandong-2022", "office")
    await scene.join("citizen", "一位市民")

    await scene.say("citizen", "/complain")
    await scene.say("citizen", STORY)
    await scene.press("citizen", "我明白，继续")
    await scene.press("citizen", "山东省")
    await scene.say("citizen", "他们还把监测设备的电线拔了，厂里的人都知道这件事情。")
    await scene.press("citizen", "超产")
    await scene.say("citizen", "齐河县")
    await scene.say("citizen", "叫什么，说不上")
    await scene.say("citizen", "牌子夜里都遮起来，说不上叫什么，就在高速出口东边。")
    await scene.press("citizen", "跳过")
    await scene.press("citizen", "当地政府或部门")
    await scene.say("citizen", "镇里也知道。")
    await scene.press("citizen", "↩ 上一项")
    await scene.press("citizen", "✅ 就这些")
    await scene.say("citizen", "照片我没有，不过厂区南门夜里能看到火光，谁去都看得见。")
    await scene.press("citizen", "跳过")
    await scene.press("citizen", "只凭回执（更稳妥）")
    await scene.press("citizen", "✅ 提交")
    await scene.press("citizen", "🗑 看好了，删除这条")
    await scene.press("office", "打开")
    golden(scene)


async def test_left_clean(scene: Scene, golden: Callable[[Scene], None]) -> None:
    """By a press, by the command, by laying it down: nothing in the chat says what it was."""
    await scene.join("citizen", "A citizen", language="en")
    await scene.say("citizen", "/complain")
    await scene.press("citizen", "I understand, go on")
    await scene.press("citizen", "Shandong Province")
    await scene.say("citizen", "no idea")
    await scene.press("citizen", "Other")
    await scene.press("citizen", "✖ Leave")
    await scene.say("citizen", "Wait, I have not told you yet that they burn coal at night.")
    await scene.press("citizen", "Leave it")

    await scene.say("citizen", "/complain")
    await scene.press("citizen", "I understand, go on")
    await scene.press("citizen", "Shandong Province")
    await scene.press("citizen", "Other")
    await scene.press("citizen", "Jinan")
    await scene.press("citizen", "Skip")
    await scene.press("citizen", "Not sure")
    await scene.say("citizen", "They burn coal at night. " * 110)
    await scene.say("citizen", "/cancel")
    await scene.move_to("2026-03-02", "09:01")

    await scene.say("citizen", "/complain")
    await scene.say("citizen", "hm")
    scene.clock.move_to("2026-03-02", "09:40")
    await scene.unit(housekeeping.expire_drafts)
    await scene.move_to("2026-03-02", "09:41")
    golden(scene)
