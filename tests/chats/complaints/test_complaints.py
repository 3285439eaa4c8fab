"""A complaint is filed, kept from those it is about, answered, and asked for again with the receipt from another account."""

import re
from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")  # as a Chinese keyboard types them


async def filed(scene: Scene) -> str:
    await scene.say("citizen", "/complain")
    await scene.press("citizen", "继续")
    await scene.press("citizen", "山东")
    await scene.press("citizen", (await scene.last("citizen")).labels[0])
    await scene.say("citizen", "德州市")
    await scene.say("citizen", "样本建材厂")
    await scene.press("citizen", (await scene.last("citizen")).labels[0])
    await scene.say("citizen", "夜里偷偷开炉，烟很大，已经半个月。")
    await scene.press("citizen", "跳过")
    await scene.press("citizen", (await scene.last("citizen")).labels[0])
    await scene.press("citizen", "提交")
    for message in await scene.messages("citizen"):
        found = re.search(r"(\d{4} ){6}\d{4}", message.words)
        if found:
            return found[0]
    raise AssertionError("no receipt")


async def test_filed_and_answered(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor")
    await scene.join("citizen", "一位市民")
    await scene.join("friend", "另一个账号", language="en")
    receipt = await filed(scene)
    await scene.move_to("2026-03-02", "09:30")
    await scene.press("office", "打开")
    await scene.press("office", "受理")
    await scene.press("office", "答复")
    await scene.press("office", "属实")
    await scene.say("office", "已责令停炉并立案。")
    await scene.say("office", "经查属实，已责令停炉，后续由专人盯办。")
    await scene.press("office", "提交")
    await scene.say("friend", "/check")
    await scene.say("friend", receipt)
    await scene.say("friend", "/check")
    await scene.say("friend", "1234")
    await scene.say("friend", f"/check {receipt.translate(WIDE)}")
    await scene.say("friend", "/check 1234-5678")
    await scene.say("friend", "/cancel")
    golden(scene)
