"""The supervisor hears what climbed, looks at the whole picture, and stops a climb with a reason."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene
from tests.chats.tasks.test_tasks import assigned

Golden = Callable[[Scene], None]


async def test_looked_over_and_stopped(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor")
    await assigned(scene)
    scene.lines.clear()
    await scene.move_to("2026-03-12", "08:31")
    await scene.say("office", "/overview")
    await scene.press("office", "市")
    await scene.press("office", "全部地区")
    await scene.say("liaison", "/overview")
    await scene.press("supervisor", "停止逐级上报")
    await scene.say("supervisor", "企业名单改由省里统一报送")
    await scene.say("liaison", "/mine")
    await scene.move_to("2026-03-13", "08:31")
    golden(scene)


async def test_sorted_and_drawn(scene: Scene, golden: Golden) -> None:
    """By unit, class and light; down to a matter and back; the picture."""
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor", english=("supervisor",))
    await assigned(scene)
    scene.lines.clear()
    await scene.move_to("2026-03-12", "10:00")
    scene.lines.clear()
    await scene.say("office", "/overview")
    await scene.press("office", "单位")
    await scene.press("office", "地方和其他")
    await scene.press("office", "↩ 全部单位")
    await scene.press("office", "类别")
    await scene.press("office", "灯色")
    await scene.press("office", "红")
    await scene.press("office", "查看 1")
    await scene.say("supervisor", "/overview")
    await scene.press("supervisor", "📊 Picture")
    golden(scene)


async def test_a_word_passed_on(scene: Scene, golden: Golden) -> None:
    """A supervisor passes a word on; it stands on the cards; the owner answers with progress; whoever asked for it has other ways."""
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor", english=("supervisor",))
    await assigned(scene)
    scene.lines.clear()
    await scene.move_to("2026-03-12", "10:00")
    scene.lines.clear()
    await scene.say("supervisor", "/overview")
    await scene.press("supervisor", "Jinan")
    await scene.press("supervisor", "Open 1")
    await scene.press("supervisor", "Pass on a word")
    await scene.say("supervisor", "好")
    await scene.say("supervisor", "名单先报已经核实的几家，其余下周补齐")
    await scene.press("liaison", "报进展")
    await scene.say("liaison", "已报 5 家，其余下周三前补齐")
    await scene.press("liaison", "跳过")
    await scene.press("liaison", "提交")
    golden(scene)


async def test_stopped_from_the_card(scene: Scene, golden: Golden) -> None:
    """Whoever is entitled finds the button on the card, also of an item; afterwards the card says who stopped it, when and why."""
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor", english=("supervisor",))
    await assigned(scene)
    await scene.move_to("2026-03-12", "10:00")
    scene.lines.clear()
    await scene.say("supervisor", "/overview")
    await scene.press("supervisor", "Jinan")
    await scene.press("supervisor", "Open 1")
    card = await scene.last("supervisor")
    stop = next(each for each in card.buttons if each.text == "Stop the escalation")
    await scene.press("supervisor", "Stop the escalation")
    await scene.say("supervisor", "企业名单改由省里统一报送")
    assert stop.data is not None
    await scene.press_data("supervisor", stop.data, card.message_id)
    golden(scene)


async def test_a_monday_morning(scene: Scene, golden: Golden) -> None:
    """What last week brought comes with the morning's message, to those who look over a scope."""
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor", english=("supervisor",))
    await assigned(scene)
    await scene.move_to("2026-03-13", "10:00")
    scene.lines.clear()
    await scene.move_to("2026-03-16", "08:31")
    await scene.press("office", "📊 图")
    await scene.move_to("2026-03-17", "08:31")
    golden(scene)


async def test_settled_in_one_press(scene: Scene, golden: Golden) -> None:
    """What waits for somebody comes first in the morning; alone, it is settled right there, and an old button settles nothing."""
    await seated(scene, "shandong-2022", "office", "liaison")
    await assigned(scene)
    await scene.move_to("2026-03-05", "10:00")
    await scene.press("liaison", "已完成")
    scene.lines.clear()
    await scene.move_to("2026-03-06", "08:31")
    digest = await scene.last("office")
    accept = digest.keyboard[0][0]
    await scene.press("office", "退回")
    await scene.say("office", "缺 2 家焦化企业")
    await scene.press("liaison", "已完成")
    assert accept.data is not None
    await scene.press_data("office", accept.data, digest.message_id)
    await scene.press("office", "确认办结")
    golden(scene)
