"""/find: a number, an enterprise, a name; with words behind the command or asked for; only what one may see."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene


async def assigned(scene: Scene, what: str) -> None:
    await scene.say("office", "/assign")
    await scene.say("office", what)
    await scene.say("office", "李联络")
    await scene.say("office", "5个工作日")
    while any(button.text == "跳过" for row in (await scene.last("office")).keyboard or [] for button in row):
        await scene.press("office", "跳过")
    await scene.press("office", "提交")


async def test_found_and_opened(scene: Scene, golden: Callable[[Scene], None]) -> None:
    await seated(scene, "shandong-2022", "office", "liaison", "inspector", english=("inspector",))
    await assigned(scene, "报送本季度重点企业清单")
    await assigned(scene, "补齐用电量")
    scene.lines.clear()
    await scene.say("office", "/find 0002")
    await scene.press("office", "1")
    await scene.say("office", "/find 李联络")
    await scene.press("office", "3")
    await scene.say("liaison", "/find")
    await scene.say("liaison", "清单")
    await scene.press("liaison", "查看 1")
    await scene.press("liaison", "谁能看到")
    await scene.press("office", "谁能看到")
    await scene.say("liaison", "/find 孙检")
    await scene.say("inspector", "/find 周办")
    await scene.press("inspector", "1")
    golden(scene)
