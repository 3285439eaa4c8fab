"""A task is assigned, counted down, climbs when it is overdue, is handed in, sent back, handed in again and accepted."""

from collections.abc import Callable
from datetime import date
from functools import partial

from actions.people import seat_directly
from actions.task_giving import Order, give_out
from domain.dates import Until
from domain.deadlines import local_date
from storage import people
from storage.tx import Tx
from tests.cast import seated
from tests.chats.scene import Scene
from tours.cast import cast_of

Golden = Callable[[Scene], None]


async def assigned(scene: Scene) -> None:
    await scene.say("office", "/assign")
    await scene.say("office", "报送本季度重点企业清单")
    await scene.say("office", "李联络")
    await scene.say("office", "5个工作日")
    await scene.press("office", "提交")


async def test_countdown_and_climb(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison", "supervisor")
    await assigned(scene)
    await scene.move_to("2026-03-04", "08:31")
    await scene.move_to("2026-03-06", "08:31")
    await scene.move_to("2026-03-09", "08:31")
    await scene.move_to("2026-03-10", "08:31")
    await scene.move_to("2026-03-12", "08:31")
    await scene.move_to("2026-03-16", "08:31")
    await scene.press("liaison", "已完成")
    await scene.move_to("2026-03-18", "08:31")
    golden(scene)


async def test_handed_in_sent_back_accepted(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "liaison", english=("liaison",))
    await assigned(scene)
    await scene.press("liaison", "Report progress")
    await scene.say("liaison", "Eight of ten collected.")
    await scene.photo("liaison")
    await scene.press("liaison", "✅ Done")
    await scene.press("liaison", "Submit")
    await scene.press("liaison", "✅ Done")
    await scene.press("office", "退回")
    await scene.say("office", "缺一家企业的用电量")
    await scene.press("liaison", "✅ Done")
    await scene.press("office", "确认办结")
    await scene.say("office", "/waiting")
    await scene.press("office", "已了结")
    await scene.say("liaison", "/tasks")
    await scene.press("liaison", "Finished")
    golden(scene)


async def test_handed_on_with_proof(scene: Scene, golden: Golden) -> None:
    """The line of responsibility: the city hands on to a county, whose photo it accepts before it hands in itself."""
    await seated(scene, "shandong-2022", "office", "liaison")
    await county_liaison(scene)
    await scene.say("office", "/assign")
    await scene.say("office", "核对停产企业名单")
    await scene.say("office", "李联络")
    await scene.say("office", "5个工作日")
    await scene.press("office", "办结凭证")
    await scene.press("office", "办结时要附")
    await scene.press("office", "提交")
    await scene.press("liaison", "转办")
    await scene.press("liaison", "孙县联")
    await scene.press("liaison", "3个工作日")
    await scene.press("liaison", "要求")
    await scene.say("liaison", "先核对你县的 3 家")
    await scene.press("liaison", "提交")
    await scene.press("county", "收到")
    await scene.press("liaison", "✅ 已完成")
    await scene.press("county", "✅ 已完成")
    await scene.photo("county")
    await scene.press("county", "发完了")
    await scene.press("county", "提交")
    await scene.press("liaison", "确认办结")
    golden(scene)


async def test_handed_on_and_not_received(scene: Scene, golden: Golden) -> None:
    """收到 is owed by itself: without it whoever handed it on hears so, then the supervisor; the work's own date is days away."""
    await seated(scene, "shandong-2022", "office", "liaison", "supervisor", english=("liaison",))
    await county_liaison(scene)
    await scene.say("office", "/assign")
    await scene.say("office", "核对停产企业名单")
    await scene.say("office", "李联络")
    await scene.say("office", "15个工作日")
    await scene.press("office", "提交")
    await scene.press("liaison", "Hand on")
    await scene.press("liaison", "孙县联")
    await scene.press("liaison", "5 working days")
    await scene.press("liaison", "Submit")
    await scene.forget()
    await scene.move_to("2026-03-03", "08:31")
    await scene.move_to("2026-03-04", "08:31")
    await scene.move_to("2026-03-05", "08:31")
    await scene.press("county", "收到")
    await scene.move_to("2026-03-06", "08:31")
    golden(scene)


async def test_an_old_reminder_after_it_went_to_somebody_else(scene: Scene, golden: Golden) -> None:
    """The buttons of a reminder outlive the duty: pressed, it says who has it no longer, and loses them."""
    await seated(scene, "shandong-2022", "office", "liaison")
    await county_liaison(scene)
    await assigned(scene)
    await scene.move_to("2026-03-04", "08:31")
    await scene.press("office", "换承办人")
    await scene.press("office", "孙县联")
    await scene.say("office", "县里办更合适")
    await scene.press("office", "提交")
    await scene.forget()
    await scene.press("liaison", "报进展")
    golden(scene)


async def county_liaison(scene: Scene) -> None:
    person = await scene.join("county", "孙县联")

    async def unit(tx: Tx) -> None:
        regime, on = scene.bot.store.world.regime("shandong-2022"), local_date(scene.clock.now)
        parts = cast_of(regime, on)
        scope = regime.counties(parts["liaison"].scope, on)[0].id
        await seat_directly(tx, account=person.id, name="孙县联", regime=regime.id, role=parts["liaison"].role, scope=scope)

    await scene.unit(unit)
    await scene.start("county")
    scene.lines.clear()


async def test_changed_while_under_way(scene: Scene, golden: Golden) -> None:
    """A new due date, then another owner: those concerned are told once."""
    await seated(scene, "jilin-2019", "office", "liaison", "supervisor", english=("supervisor",))
    await assigned(scene)
    scene.lines.clear()
    await scene.press("office", "改期限")
    await scene.say("office", "3月20日")
    await scene.say("office", "检查推迟到月底")
    await scene.press("office", "提交")
    await scene.press("office", "换承办人")
    await scene.press("office", "吴分管")
    await scene.say("office", "李联络出差")
    await scene.press("office", "提交")
    await scene.say("liaison", "/tasks")
    await scene.say("supervisor", "/tasks")
    golden(scene)


async def test_one_order_to_many(scene: Scene, golden: Golden) -> None:
    """All liaisons of several places: one task each, one overview, nothing sent before the second press."""
    await seated(scene, "shandong-2022", "office", "liaison")
    await county_liaison(scene)
    await scene.say("office", "/assign")
    await scene.say("office", "报送上半年自查情况")
    await scene.press("office", "多个地区的联络员")
    await scene.say("office", "济南、历下区")
    await scene.say("office", "5个工作日")
    await scene.press("office", "提交")
    await scene.press("office", "确认发给 2 人")
    await scene.press("liaison", "✅ 已完成")
    await scene.press("office", "待确认 1")
    await scene.press("office", "1")
    await scene.press("office", "确认办结")
    await scene.move_to("2026-03-10", "10:00")
    await scene.say("office", "/waiting")
    golden(scene)


async def test_all_of_an_order_accepted(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "liaison", english=("liaison",))
    await county_liaison(scene)
    await scene.say("office", "/assign")
    await scene.say("office", "报送上半年自查情况")
    await scene.press("office", "多个地区的联络员")
    await scene.say("office", "济南、历下区")
    await scene.say("office", "5个工作日")
    await scene.press("office", "提交")
    await scene.press("office", "确认发给 2 人")
    await scene.press("liaison", "✅ Done")
    await scene.press("county", "✅ 已完成")
    await scene.forget()
    await scene.press("office", "全部确认")
    await scene.press("office", "确认这")
    golden(scene)


async def test_deadlines_for_the_phone(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison")
    await scene.say("liaison", "/calendar")
    await assigned(scene)
    scene.lines.clear()
    await scene.say("liaison", "/calendar")
    golden(scene)


async def test_a_long_list_narrowed(scene: Scene, golden: Golden) -> None:
    seats = await seated(scene, "jilin-2019", "office", "liaison", "supervisor")

    async def unit(tx: Tx) -> None:
        for n in range(12):
            order = Order(f"第{n + 1}项核查", "", Until(date(2026, 3, 3 + n)))
            await give_out(tx, seats["office"], seats["liaison" if n % 3 else "supervisor"], order)

    await scene.unit(unit)
    await scene.move_to("2026-03-05", "08:31")
    scene.lines.clear()
    await scene.say("office", "/waiting")
    await scene.press("office", "超期")
    await scene.press("office", "按人")
    await scene.press("office", "吴分管")
    await scene.press("office", "按地区")
    await scene.press("office", "全部")
    golden(scene)


async def test_reminded_tomorrow(scene: Scene, golden: Golden) -> None:
    await seated(scene, "jilin-2019", "office", "liaison")
    await assigned(scene)
    await scene.move_to("2026-03-06", "08:31")
    await scene.press("liaison", "明天提醒")
    await scene.press("liaison", "明天提醒")
    await scene.move_to("2026-03-09", "08:31")
    golden(scene)


async def test_accepted_by_mistake(scene: Scene, golden: Golden) -> None:
    """The liaison asked for more time and then pressed 已完成 by mistake: taken back, the request waits again. Then the office slips."""
    await seated(scene, "jilin-2019", "office", "liaison", "supervisor", english=("liaison",))
    await assigned(scene)
    await scene.press("liaison", "Ask for more time")
    await scene.press("liaison", "3 working days")
    await scene.say("liaison", "Two plants have not reported")
    await scene.press("liaison", "Submit")
    await scene.forget()
    await scene.press("liaison", "✅ Done")
    await scene.press("liaison", "Undo")
    await scene.press("supervisor", "同意延期")
    await scene.press("liaison", "✅ Done")
    await scene.press("office", "确认办结")
    await scene.press("office", "撤销")
    await scene.press("office", "退回")
    await scene.say("office", "少了两家企业")
    golden(scene)


async def test_pressed_too_early(scene: Scene, golden: Golden) -> None:
    """After two minutes the button goes by itself; a screen that still shows it says that it is too late."""
    await seated(scene, "jilin-2019", "office", "liaison", english=("liaison",))
    await assigned(scene)
    scene.lines.clear()
    await scene.press("liaison", "✅ Done")
    await scene.press("liaison", "Undo")
    await scene.press("liaison", "✅ Done")
    card = next(message for message in reversed(await scene.messages("liaison")) if any("Undo" in label for label in message.labels))
    undo = next(button.data for button in card.buttons if "Undo" in button.text)
    await scene.move_to("2026-03-02", "09:03")
    assert undo is not None
    await scene.press_data("liaison", undo, card.message_id)
    golden(scene)


async def test_nobody_left_who_asked(scene: Scene, golden: Golden) -> None:
    """The leader's term is over: what is handed in goes to the office, at once and in the morning's digest, and is decided there."""
    seats = await seated(scene, "shandong-2022", "office", "leader", "liaison", english=("liaison",))

    async def given(tx: Tx, title: str) -> int:
        return await give_out(tx, seats["leader"], seats["liaison"], Order(title, "", Until(date(2026, 3, 20))))

    for title in ("核对停产企业名单", "报送用电量"):
        await scene.unit(partial(given, title=title))
    await scene.say("liaison", "/tasks")
    await scene.press("liaison", "1")
    await scene.press("liaison", "✅ Done")
    await scene.unit(lambda tx: people.end_seat(tx, seats["leader"].id))
    await scene.move_to("2026-03-03", "08:31")
    await scene.press("office", "确认办结")
    await scene.say("liaison", "/tasks")
    await scene.press("liaison", "1")
    await scene.press("liaison", "✅ Done")
    await scene.say("office", "/waiting")
    await scene.press("office", "退回")
    await scene.say("office", "缺三家企业")
    golden(scene)
