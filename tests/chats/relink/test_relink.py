"""A lost phone: the office makes a link, the new account takes over, the old one is nobody's."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.handover.test_handover import REGIME, give
from tests.chats.scene import Scene
from tests.faults.edge import until

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


async def _new_link(scene: Scene) -> str:
    await scene.say("office", "/relink")
    await scene.say("office", "李联络")
    await scene.press("office", "提交")
    links = [message.words for message in await scene.messages("office") if "start=" in message.words]
    return links[-1].split("start=")[1].split()[0]


async def test_old_messages(scene: Scene, golden: Golden) -> None:
    """What is younger than two days is deleted, the rest is written over: words, a file, a card that was there all the time."""
    seats = await seated(scene, REGIME, "office", "liaison")
    await give(scene, seats["liaison"], "报送本季度重点企业清单")
    await scene.say("liaison", "/calendar")
    await scene.move_to("2026-03-05")
    await scene.say("liaison", "/tasks")
    await scene.move_to("2026-03-06")
    token = await _new_link(scene)
    await scene.join("newphone", "李联络的新手机")
    await scene.start("newphone", token)
    await scene.forget()
    await scene.press("newphone", "是我")
    golden(scene)


async def _refused(scene: Scene) -> bool:
    return any(not each.ok for each in await scene.sandbox.log(method="editMessageText"))


async def test_stopped_in_the_middle(scene: Scene) -> None:
    """The program ends while old messages are being written over: it goes on with them."""
    seats = await seated(scene, REGIME, "office", "liaison")
    await give(scene, seats["liaison"], "报送本季度重点企业清单")
    await scene.say("liaison", "/tasks")
    await scene.move_to("2026-03-05")
    token = await _new_link(scene)
    await scene.join("newphone", "李联络的新手机")
    await scene.start("newphone", token)
    old = {each.message_id for each in await scene.messages("liaison") if not each.outgoing}
    await scene.sandbox.fault("5xx", method="editMessageText", chat=scene.cast["liaison"].id, times=0)

    await scene.sandbox.press(scene.cast["newphone"], "是我")
    await until(lambda: _refused(scene), "the first to be refused")
    await scene.down()
    await scene.sandbox.clear_faults()
    await scene.up()
    await scene.settle()
    left = [each.words for each in await scene.messages("liaison") if each.message_id in old]
    assert left
    assert set(left) == {"这条内容已收回。"}


async def test_blocked_meanwhile(scene: Scene, golden: Golden) -> None:
    """Whoever holds the old phone has blocked the bot: it is asked for again every day, and what is too old by then is written over."""
    seats = await seated(scene, REGIME, "office", "liaison")
    await give(scene, seats["liaison"], "报送本季度重点企业清单")
    token = await _new_link(scene)
    await scene.join("newphone", "李联络的新手机")
    await scene.start("newphone", token)
    await scene.block("liaison")
    await scene.forget()
    await scene.press("newphone", "是我")
    await scene.unblock("liaison")
    await scene.move_to("2026-03-05")
    golden(scene)
