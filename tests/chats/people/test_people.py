"""From the first link to a menu; a link works once; who has no seat is told how to get one."""

from collections.abc import Callable

from actions import housekeeping
from actions.people import first_office
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_registering(scene: Scene, golden: Golden) -> None:
    link = await scene.unit(lambda tx: first_office(tx, regime="jilin-2019", role="office", name="张三"))
    await scene.join("office", "张三")
    await scene.join("newcomer", "李四", language="en")
    await scene.join("stranger", "过路人")

    await scene.start("office", link.token)
    await scene.press("office", "是我")
    await scene.press("office", "中文")
    await scene.say("office", "/menu")
    await scene.press("office", "更多")
    await scene.press("office", "返回")

    await scene.say("office", "/invite")
    await scene.say("office", "李四")
    await scene.say("office", "地方联络员")
    await scene.say("office", "四平")
    await scene.press("office", "全域")
    await scene.press("office", "跳过")
    await scene.press("office", "提交")
    token = next(message.words for message in await scene.messages("office") if "start=" in message.words).split("start=")[1].split()[0]

    await scene.start("stranger")
    await scene.start("newcomer", token)
    await scene.press("newcomer", "That is me")
    await scene.press("newcomer", "English")
    await scene.say("newcomer", "/whoami")
    await scene.start("stranger", token)
    await scene.say("stranger", "/invite")
    await scene.say("office", "/invites")
    golden(scene)


async def invited(scene: Scene, name: str) -> str:
    for words in ("/invite", name, "地方联络员", "四平"):
        await scene.say("office", words)
    for label in ("全域", "跳过", "提交"):
        await scene.press("office", label)
    letter = [message.words for message in await scene.messages("office") if "start=" in message.words][-1]
    return letter.split("start=")[1].split()[0]


async def test_links_that_are_over(scene: Scene, golden: Golden) -> None:
    """Used, withdrawn or expired: no button in any chat says otherwise."""
    link = await scene.unit(lambda tx: first_office(tx, regime="jilin-2019", role="office", name="张三"))
    await scene.join("office", "张三")
    await scene.join("newcomer", "李四", language="en")
    await scene.join("stranger", "过路人")
    await scene.start("office", link.token)
    await scene.press("office", "是我")
    await scene.press("office", "中文")
    token = await invited(scene, "李四")
    scene.lines.clear()
    await scene.say("office", "/invites")
    await scene.start("stranger", token)
    asked = await scene.last("stranger")
    await scene.start("newcomer", token)
    await scene.press("newcomer", "That is me")
    me = next(each for each in asked.buttons if each.text == "是我")
    assert me.data is not None
    await scene.press_data("stranger", me.data, asked.message_id)
    told, scene.lines = scene.lines, []
    await scene.start("stranger", await invited(scene, "王五"))
    scene.lines = told
    await scene.move_to("2026-03-10", "09:00")
    await scene.unit(housekeeping.expire_links)
    await scene.settle()
    await scene.press("office", "重发")
    golden(scene)


async def test_plain_answers(scene: Scene, golden: Golden) -> None:
    await scene.join("stranger", "过路人")
    await scene.join("visitor", "Visitor", language="en")
    for who in ("stranger", "visitor"):
        for command in ("/start", "/help", "/whoami", "/privacy", "/menu", "/nonsense"):
            await scene.say(who, command)
    golden(scene)
