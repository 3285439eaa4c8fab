"""What people get wrong: each slip gets a sentence that says what to do, and changes nothing."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene
from tests.chats.tasks.test_tasks import assigned

Golden = Callable[[Scene], None]


async def test_wrong_answers(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison", english=("liaison",))
    await scene.say("office", "/cancel")
    await scene.say("office", "/assign")
    await scene.send("office", "sticker", b"RIFF", file_name="sticker.webp")
    await scene.photo("office")
    await scene.say("office", "报")
    await scene.say("office", "报送清单")
    await scene.edit("office", (await scene.messages("office"))[-2].message_id, "报送另一份清单")
    await scene.say("office", "查无此人")
    await scene.say("office", "李联络")
    await scene.say("office", "昨天")
    await scene.say("office", "2020-01-01")
    await scene.say("office", "/item")
    await scene.press("office", "放弃它，去办")
    await scene.say("liaison", "/assign")
    golden(scene)


async def test_another_form_is_wanted(scene: Scene, golden: Golden) -> None:
    """The one that is open is left for the wanted one in one press, or goes on; in between nothing is taken for an answer.

    Where nothing was answered yet, nothing is lost and nobody is asked.
    """
    await seated(scene, "jilin-2019", "office", "liaison", english=("liaison",))
    await assigned(scene)
    await scene.forget()
    await scene.press("liaison", "Ask for more time")
    await scene.press("liaison", "3 working days")
    await scene.press("liaison", "Ask for more time")
    await scene.press("liaison", "Leave it, start anew")
    await scene.press("liaison", "3 working days")
    await scene.say("liaison", "/find")
    await scene.say("liaison", "李代班")
    await scene.press("liaison", "Leave it, open")
    await scene.press("liaison", "Ask for more time")
    await scene.say("liaison", "/cancel")
    await scene.say("office", "/item")
    await scene.say("office", "长春市")
    await scene.say("office", "/assign 核对台账")
    await scene.press("office", "继续填")
    await scene.say("office", "/assign 核对台账")
    await scene.photo("office")
    old = await scene.last("office")
    await scene.press("office", "放弃它，去办")
    swap = next(button.data for button in old.buttons if "去办" in button.text)
    assert swap is not None
    await scene.press_data("office", swap, old.message_id)
    await scene.say("office", "/complain")
    await scene.press("office", "放弃它")
    golden(scene)


async def test_leaving_a_half_filled_form(scene: Scene, golden: Golden) -> None:
    """One press in haste loses no more than one answer."""
    await seated(scene, "jilin-2019", "office", "liaison")
    await scene.say("office", "/assign")
    await scene.say("office", "报送清单")
    await scene.press("office", "退出")
    await scene.say("office", "/assign")
    await scene.say("office", "报送清单")
    await scene.say("office", "李联络")
    await scene.press("office", "退出")
    await scene.say("office", "5个工作日")
    await scene.press("office", "继续填")
    await scene.say("office", "/cancel")
    await scene.press("office", "继续填")
    await scene.say("office", "5个工作日")
    await scene.press("office", "退出")
    await scene.press("office", "放弃它")
    await scene.say("office", "/assign 报送清单")
    await scene.say("office", "李联络")
    await scene.say("office", "/cancel")
    await scene.say("office", "/cancel")
    golden(scene)


async def test_old_and_foreign_buttons(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison", "supervisor")
    await assigned(scene)
    card = next(message for message in await scene.messages("liaison") if any("已完成" in label for label in message.labels))
    done = next(button.data for button in card.buttons if "已完成" in button.text)
    assert done is not None
    await scene.press("liaison", "已完成")
    await scene.press_data("liaison", done, card.message_id)
    foreign = await scene.last("supervisor")
    await scene.press_data("supervisor", done, foreign.message_id)
    await scene.press_data("supervisor", "9.zz.0.0", foreign.message_id)
    await scene.press_data("supervisor", "1.zz.0.0", foreign.message_id)
    golden(scene)


async def test_loose_words(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison")
    await scene.join("stranger", "过路人")
    await assigned(scene)
    await scene.say("liaison", "清单今天下午能报上来")
    await scene.press("liaison", "报送本季度")
    await scene.photo("liaison", caption="第一页")
    await scene.say("stranger", "有人吗")
    await scene.photo("stranger")
    await scene.send("stranger", "sticker", b"RIFF", file_name="sticker.webp")
    golden(scene)
