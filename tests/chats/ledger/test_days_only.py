"""The ledger counts in days: an hour is refused with that reason, for the item and for more time for it; in words, a day is read as ever."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_an_item_is_due_on_a_day(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "leader", "liaison", "supervisor", english=("liaison",))
    for words in ("/item", "济南市", "样本机械厂"):
        await scene.say("leader", words)
    await scene.press("leader", "跳过")
    for words in ("一台旧炉仍在使用", "关停退出", "停用、拆除，留存照片"):
        await scene.say("leader", words)
    await scene.press("leader", "跳过")
    await scene.say("leader", "李联络")
    scene.lines.clear()
    await scene.say("leader", "下周五 18:00")
    await scene.say("leader", "下周五")
    await scene.press("leader", "提交")
    await scene.press("liaison", "Ask for more time")
    await scene.say("liaison", "20 March at noon")
    await scene.say("liaison", "20 March")
    golden(scene)
