"""A lost phone: the office makes a link, the new account takes over, the old one is nobody's."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.handover.test_handover import REGIME, give
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_lost_phone(scene: Scene, golden: Golden) -> None:
    seats = await seated(scene, REGIME, "office", "liaison")
    await give(scene, seats["liaison"], "报送本季度重点企业清单")
    await scene.say("office", "/relink")
    await scene.say("office", "李联络")
    await scene.press("office", "提交")
    token = next(message.words for message in await scene.messages("office") if "start=" in message.words).split("start=")[1].split()[0]
    await scene.start("liaison", token)
    await scene.join("newphone", "李联络的新手机")
    await scene.start("newphone", token)
    await scene.press("newphone", "是我")
    await scene.press("newphone", "查看 1")
    await scene.say("liaison", "/tasks")
    await scene.start("liaison", token)
    golden(scene)
