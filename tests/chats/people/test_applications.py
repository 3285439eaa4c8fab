"""Somebody without a link asks for an appointment; the office approves one request and refuses another with a reason."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_asking_for_an_appointment(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office")
    await scene.join("newcomer", "张三")
    await scene.join("visitor", "Visitor", language="en")

    await scene.say("newcomer", "/apply")
    await scene.press("newcomer", "山东")
    await scene.say("newcomer", "张三")
    await scene.say("newcomer", "地方联络员")
    await scene.say("newcomer", "德州")
    await scene.press("newcomer", "全域")
    await scene.say("newcomer", "德州市发展改革委")
    await scene.say("newcomer", "接替老李，局里安排")
    await scene.press("newcomer", "提交")
    await scene.say("newcomer", "/apply")
    await scene.press("office", "同意")
    await scene.say("newcomer", "/whoami")

    await scene.say("visitor", "/apply")
    await scene.press("visitor", "Shandong")
    await scene.say("visitor", "John Roe")
    await scene.say("visitor", "Discipline and audit")
    await scene.press("visitor", "Skip")
    await scene.say("visitor", "Curious.")
    await scene.press("visitor", "Submit")
    await scene.press("office", "拒绝")
    await scene.say("office", "请由单位来函说明")
    golden(scene)
