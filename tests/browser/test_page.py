"""The page itself: clock, language, colours, small windows, what it remembers and what it keeps still."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from playwright.async_api import expect

from sandbox.client import Sandbox
from tests.browser.conftest import Shoot
from tests.browser.phones import Cast, OpenPage, bubble, phone, write
from tests.browser.small_bot import SmallBot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SHANGHAI = timezone(timedelta(hours=8))


async def now(sandbox: Sandbox) -> datetime:
    state = await sandbox.call("GET", "clock")
    return datetime.fromtimestamp(state["now"] / 1000, UTC).astimezone(SHANGHAI)


async def test_the_clock_moves_by_buttons_and_by_date(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    page = await open_page()
    before = await now(sandbox)
    await page.get_by_role("button", name="到下一个 08:30").click()
    await expect(page.locator(".clock-time")).to_contain_text("08:30")
    morning = await now(sandbox)
    assert (morning.hour, morning.minute) == (8, 30)
    assert timedelta(0) < morning - before <= timedelta(days=1, minutes=1)
    await page.get_by_role("button", name="+1 周").click()
    await expect(page.locator(".toast").last).to_contain_text("08:3")
    week_later = await now(sandbox)
    assert week_later.date() == (morning + timedelta(days=7)).date()
    await page.get_by_role("button", name="选择日期时间").click()
    target = week_later + timedelta(days=30)
    await page.get_by_label("日期和时间").fill(f"{target:%Y-%m-%d}T17:45")
    await shoot(page, "19-choose-time")
    await page.get_by_role("button", name="拨到这一时刻").click()
    await expect(page.locator(".clock-time")).to_contain_text("17:45")
    await expect(page.locator(".clock-date")).to_contain_text(f"{target.year}年{target.month}月{target.day}日")


async def test_a_clock_moved_elsewhere_is_seen_and_days_are_separated(
    cast: Cast, bot: SmallBot, open_page: OpenPage, sandbox: Sandbox
) -> None:
    await sandbox.start(cast.leader)
    await sandbox.wait_message(cast.leader, "整改任务")
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    await expect(pane.locator(".day")).to_have_count(1)
    await sandbox.call("POST", "clock", {"advance_ms": 86_400_000})
    await bot.say(cast.leader.id, "提醒：还有 1 天")
    await expect(bubble(pane, "还有 1 天")).to_be_visible()
    await expect(pane.locator(".day")).to_have_count(2)
    tomorrow = await now(sandbox)
    await expect(page.locator(".clock-date")).to_contain_text(f"{tomorrow.month}月{tomorrow.day}日")


async def test_language_toggle_keeps_what_was_typed(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    await sandbox.start(cast.supervisor)
    page = await open_page(str(cast.supervisor.id))
    box = phone(page, cast.supervisor).locator("textarea")
    await box.fill("half a sentence")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("button", name="Add person")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(box).to_have_value("half a sentence")
    await expect(box).to_have_attribute("placeholder", "Message…")
    await shoot(page, "20-english")
    await page.reload()
    await expect(page.get_by_role("button", name="中文")).to_be_visible()


async def test_dark_colours(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    await sandbox.start(cast.leader)
    await sandbox.write(cast.liaison, "各位好", chat=cast.group.id)
    page = await open_page(f"{cast.leader.id},{cast.leader.id}@{cast.group.id}", color_scheme="dark")
    await expect(bubble(phone(page, cast.leader), "整改任务")).to_be_visible()
    background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(",")) < 64
    await shoot(page, "21-dark")


async def test_a_narrow_window_shows_the_list_or_one_phone(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    page = await open_page(width=390, height=844, has_touch=True, hint=True)
    await shoot(page, "22-narrow-list")
    await page.locator(f'.entry[data-id="{cast.leader.id}"]').tap()
    pane = phone(page, cast.leader)
    await pane.get_by_role("button", name="开始", exact=True).tap()
    await expect(bubble(pane, "整改任务")).to_be_visible()
    await expect(page.locator(".rail")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    for key in await pane.locator(".key").all():
        box = await key.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    await shoot(page, "23-narrow-phone")
    await pane.get_by_role("button", name="返回名单").tap()
    await expect(page.locator(".rail")).to_be_visible()
    await page.locator(f'.entry[data-id="{cast.liaison.id}"]').tap()
    await expect(phone(page, cast.liaison)).to_be_visible()
    await expect(pane).to_be_hidden()


async def test_open_phones_are_in_the_address_and_unread_is_counted(
    cast: Cast, bot: SmallBot, open_page: OpenPage, sandbox: Sandbox
) -> None:
    for person in (cast.leader, cast.liaison):
        await sandbox.start(person)
        await sandbox.wait_message(person, "整改任务")
    page = await open_page(str(cast.leader.id))
    badge = page.locator(f'.entry[data-id="{cast.liaison.id}"] .badge')
    await expect(badge).to_have_text("2")
    await bot.say(cast.liaison.id, "第三条")
    await expect(badge).to_have_text("3")
    await page.locator(f'.entry[data-id="{cast.liaison.id}"]').click()
    await expect(badge).to_have_count(0)
    assert page.url.endswith(f"#p={cast.leader.id},{cast.liaison.id}")
    await page.reload()
    await expect(page.locator(".pane")).to_have_count(2)
    await phone(page, cast.leader).get_by_role("button", name="关闭").click()
    await expect(page.locator(".pane")).to_have_count(1)


async def test_new_messages_do_not_move_who_reads_above_nor_what_is_typed(
    cast: Cast, bot: SmallBot, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot
) -> None:
    await sandbox.start(cast.leader)
    for n in range(30):
        await bot.say(cast.leader.id, f"旧消息 {n}")
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    scroller = pane.locator(".scroller")
    await expect(bubble(pane, "旧消息 29")).to_be_in_viewport()
    await pane.locator("textarea").fill("写到一半")
    await scroller.evaluate("node => { node.scrollTop = 100; }")
    await expect(pane.locator(".down")).to_be_visible()
    first = await bubble(pane, "旧消息 0").first.element_handle()
    await bot.say(cast.leader.id, "新消息")
    await expect(bubble(pane, "新消息")).to_be_attached()
    assert await scroller.evaluate("node => node.scrollTop") == 100
    await expect(pane.locator("textarea")).to_have_value("写到一半")
    assert first is not None
    assert await first.evaluate("node => node.isConnected"), "a message that did not change keeps its node"
    await expect(pane.locator(".down .badge")).to_have_text("1")
    await shoot(page, "24-scrolled-up")
    await pane.locator(".down").click()
    await expect(bubble(pane, "新消息")).to_be_in_viewport()


async def test_the_page_says_when_the_server_is_gone(cast: Cast, open_page: OpenPage, sandbox: Sandbox) -> None:
    page = await open_page(str(cast.leader.id))
    await page.context.set_offline(True)
    await write(phone(page, cast.leader), "断线")
    await expect(page.locator(".toast.error")).to_be_visible()
    await expect(phone(page, cast.leader).locator("textarea")).to_have_value("断线")
    await page.context.set_offline(False)
    await write(phone(page, cast.leader), "又好了")
    await expect(bubble(phone(page, cast.leader), "收到：又好了")).to_be_visible()


async def test_looking_at_a_stranger_opens_no_chat_for_the_bot(cast: Cast, bot: SmallBot, open_page: OpenPage) -> None:
    page = await open_page(str(cast.stranger.id))
    await expect(phone(page, cast.stranger).get_by_role("button", name="开始", exact=True)).to_be_visible()
    with pytest.raises(AssertionError, match="chat not found"):
        await bot.say(cast.stranger.id, "您好")


async def test_the_list_is_searched_and_members_are_changed(cast: Cast, open_page: OpenPage, shoot: Shoot) -> None:
    page = await open_page(f"{cast.supervisor.id}@{cast.group.id}")
    await page.get_by_role("searchbox", name="搜索").fill("组长")
    await expect(page.locator(".rail .entry")).to_have_count(1)
    await page.get_by_role("searchbox", name="搜索").fill("")
    await page.get_by_role("button", name="检查一组").click()
    await page.get_by_role("button", name="管理成员").click()
    await page.get_by_role("dialog").get_by_text("赵敏").click()
    await shoot(page, "25-members")
    await page.get_by_role("dialog").get_by_role("button", name="保存").click()
    await expect(page.locator(".member-list").get_by_role("button", name="赵敏")).to_be_visible()
    await expect(page.locator(".service").last).to_have_text("赵敏 加入了群组")
