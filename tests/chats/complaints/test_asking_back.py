"""The handler asks back and neither learns who the other is; the complainant answers from a friend's account, with the receipt."""

import re
from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene

# Random as well: the cover code, and a receipt typed without blanks or without its last digit.
MASKS = ((re.compile(r"\b[A-HJ-NP-Z]\d{3}\b"), "A000"), (re.compile(r"\b\d{28}\b|(\d{4} ){6}\d{3}\b"), "DIGITS"))


async def receipt_shown_to(scene: Scene, who: str) -> str:
    found = re.search(r"(\d{4} ){6}\d{4}", (await scene.last(who)).words)
    assert found
    return found[0]


async def test_asked_back_and_answered(scene: Scene, golden: Callable[[Scene], None]) -> None:
    await seated(scene, "shandong-2022", "office", "supervisor")
    await scene.join("citizen", "一位市民")
    await scene.join("friend", "另一个账号")

    await scene.say("citizen", "/complain")
    await scene.press("citizen", "我明白，继续")
    await scene.press("citizen", "山东省")
    await scene.press("citizen", "超产")
    await scene.say("citizen", "齐河县")
    await scene.press("citizen", "跳过")
    await scene.say("citizen", "某某厂")  # no answer to whom it is about
    await scene.press("citizen", "当地政府或部门")
    await scene.say("citizen", "太短")
    await scene.say("citizen", "夜里偷偷开第三座焦炉，白天停火应付检查")
    await scene.photo("citizen")
    await scene.press("citizen", "✅ 发完了")
    await scene.press("citizen", "只凭回执（更稳妥）")
    await scene.press("citizen", "✅ 提交")
    receipt = await receipt_shown_to(scene, "citizen")
    await scene.press("citizen", "🗑 看好了，删除这条")

    await scene.press("office", "打开")
    await scene.press("office", "✅ 受理")
    await scene.press("office", "❓ 请补充")
    await scene.say("office", "大约从哪天开始的？")
    await scene.press("office", "✅ 提交")

    await scene.say("friend", "/check")
    await scene.say("friend", receipt[:-1])
    await scene.say("friend", receipt)
    await scene.press("friend", "✏️ 补充说明")
    await scene.say("friend", "从正月十五以后")
    await scene.press("friend", "跳过")
    await scene.press("friend", "✅ 提交")

    await scene.say("office", "/complaints")
    await scene.press("office", "打开")
    await scene.press("office", "📝 办结答复")
    await scene.press("office", "不属实")
    await scene.say("office", "已到现场核查，没有发现第三座焦炉在用。")
    await scene.press("office", "✅ 提交")
    await scene.say("citizen", "/check")
    await scene.say("citizen", receipt.replace(" ", ""))
    await scene.press("citizen", "🗑 看完了，全部删除")

    await scene.say("friend", "/check " + "1" * 28)
    old = await scene.last("friend")
    await scene.press("friend", "🗑 看完了，全部删除")  # what was shown before, too
    await scene.press_data("friend", "1.cr.0.0.all", old.message_id)

    for pattern, instead in MASKS:
        scene.lines = [pattern.sub(instead, line) for line in scene.lines]
    golden(scene)
