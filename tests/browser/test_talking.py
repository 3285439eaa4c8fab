"""Two people side by side talk to a bot: start, text, presses, edits, deep links."""

import pytest
from playwright.async_api import expect

from sandbox.client import Sandbox
from tests.browser.conftest import Shoot
from tests.browser.phones import Cast, OpenPage, bubble, phone, write
from tests.browser.small_bot import SmallBot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_two_people_side_by_side_start_and_write(cast: Cast, open_page: OpenPage, shoot: Shoot) -> None:
    page = await open_page(hint=True)
    await shoot(page, "01-welcome")
    for person in (cast.leader, cast.liaison):
        await page.locator(f'.entry[data-id="{person.id}"]').click()
    leader, liaison = phone(page, cast.leader), phone(page, cast.liaison)
    await shoot(page, "02-before-start")
    for pane in (leader, liaison):
        await pane.get_by_role("button", name="开始", exact=True).click()
        await expect(bubble(pane, "整改任务")).to_be_visible()
    await expect(bubble(leader, "您好，张伟！")).to_be_visible()
    await expect(bubble(liaison, "您好，李娜！")).to_be_visible()
    await write(leader, "现场已到 https://example.com/a")
    await expect(bubble(leader, "收到：现场已到").locator(".quote")).to_contain_text("现场已到")
    await expect(bubble(liaison, "现场已到")).to_have_count(0)
    await shoot(page, "03-side-by-side")


async def test_entities_are_shown_and_markup_in_text_stays_text(cast: Cast, open_page: OpenPage, sandbox: Sandbox) -> None:
    await sandbox.start(cast.leader)
    page = await open_page(str(cast.leader.id))
    card = bubble(phone(page, cast.leader), "整改任务")
    await expect(card.locator("strong")).to_have_text("整改任务 DZ-014")
    await expect(card.locator("code")).to_have_text("8.2%")
    await expect(card.get_by_role("link", name="依据")).to_have_attribute("href", "https://example.com/law")
    await expect(card).to_contain_text("<img src=x onerror=1>")
    await expect(card.locator("img")).to_have_count(0)
    spoiler = card.locator(".spoiler")
    await spoiler.press("Enter")
    await expect(spoiler).to_have_class("spoiler open")


async def test_pressing_a_button_spins_until_answered_then_toasts(
    cast: Cast, bot: SmallBot, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot
) -> None:
    await sandbox.start(cast.leader)
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    slow = pane.get_by_role("button", name="慢", exact=True)
    await slow.click()
    await expect(slow).to_have_attribute("aria-busy", "true")
    await shoot(page, "04-pressed")
    bot.gate.set()
    await expect(page.locator(".toast")).to_have_text("让您久等了")
    await expect(slow).not_to_have_attribute("aria-busy", "true")
    await shoot(page, "05-toast")
    await pane.get_by_role("button", name="提示框").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("只有组长可以这样做")
    await shoot(page, "06-alert")
    await dialog.get_by_role("button", name="好").click()
    await pane.get_by_role("button", name="已完成").click()
    await expect(bubble(pane, "已由张伟完成")).to_contain_text("已编辑")
    await expect(pane.locator(".keyboard")).to_have_count(0)


async def test_reply_edit_delete_and_forward_own_messages(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    await sandbox.start(cast.leader)
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    await write(pane, "第一版")
    own = pane.locator(".message.out").filter(has_text="第一版")
    await own.locator(".bubble").hover()
    await own.locator(".bubble-menu").click()
    await shoot(page, "07-message-menu")
    await page.get_by_role("menuitem", name="编辑").click()
    await expect(pane.locator("textarea")).to_have_value("第一版")
    await write(pane, "第二版")
    edited = pane.locator(".message.out").filter(has=page.locator(".edited"))
    await expect(edited.locator(".edited")).to_be_visible()
    await expect(bubble(pane, "您改成了：第二版")).to_be_visible()

    await bubble(pane, "您改成了").locator(".bubble").click(button="right")
    await page.get_by_role("menuitem", name="回复").click()
    await write(pane, "对的")
    await expect(pane.locator(".message.out").filter(has_text="对的").locator(".quote")).to_contain_text("您改成了")

    await edited.locator(".bubble").click(button="right")
    await page.get_by_role("menuitem", name="转发").click()
    await page.get_by_role("dialog").get_by_role("button", name="检查一组").click()
    group = phone(page, cast.leader, cast.group.id)
    await expect(bubble(group, "第二版")).to_contain_text("转发自 张伟")

    await edited.locator(".bubble").click(button="right")
    await page.get_by_role("menuitem", name="删除").click()
    await expect(edited).to_have_count(0)


async def test_a_deep_link_opens_as_whoever_is_chosen(
    cast: Cast, open_page: OpenPage, sandbox: Sandbox, bot: SmallBot, shoot: Shoot
) -> None:
    await sandbox.start(cast.leader)
    await sandbox.wait_message(cast.leader, "整改任务")
    await bot.say(cast.leader.id, "请转给同事：https://t.me/small_bot?start=join_9")
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    await pane.get_by_role("link", name="start=join_9").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("join_9")
    await shoot(page, "08-deep-link")
    await dialog.get_by_role("button", name="赵敏").click()
    await expect(bubble(phone(page, cast.stranger), "邀请码 join_9")).to_be_visible()
    await pane.get_by_role("link", name="邀请链接").click()
    await page.get_by_role("dialog").get_by_role("button", name="张伟").click()
    await expect(bubble(pane, "邀请码 invite_7")).to_be_visible()


async def test_enter_while_composing_chinese_does_not_send(cast: Cast, open_page: OpenPage, sandbox: Sandbox) -> None:
    await sandbox.start(cast.leader)
    page = await open_page(str(cast.leader.id))
    box = phone(page, cast.leader).locator("textarea")
    await box.fill("zhong")
    await box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    await box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
    )
    await expect(box).to_have_value("zhong")
    assert not [each for each in await sandbox.messages(cast.leader) if each.text == "zhong"]


async def test_blocking_the_bot_and_taking_it_back(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    await sandbox.start(cast.leader)
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    await pane.get_by_role("button", name="更多").click()
    await page.get_by_role("menuitem", name="停用机器人").click()
    await expect(pane.locator(".blocked")).to_be_visible()
    await shoot(page, "09-blocked")
    await pane.get_by_role("button", name="重新启用机器人").click()
    await expect(pane.locator("textarea")).to_be_visible()


async def test_what_came_without_a_sound_is_marked(cast: Cast, bot: SmallBot, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    await sandbox.start(cast.leader)
    quiet = await bot.say(cast.leader.id, "夜里交办的任务", disable_notification=True)
    await bot.say(cast.leader.id, "白天的提醒")
    await bot.call("editMessageText", chat_id=cast.leader.id, message_id=quiet, text="夜里交办的任务，改过")
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    await expect(bubble(pane, "夜里交办的任务").get_by_role("img", name="静音送达")).to_be_visible()
    await expect(bubble(pane, "白天的提醒").locator(".silent")).to_have_count(0)
    await shoot(page, "13-without-a-sound")
