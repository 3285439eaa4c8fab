"""Keyboards below the chat, pictures, files, groups."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from sandbox.client import Sandbox
from tests.browser.conftest import Shoot
from tests.browser.phones import Cast, OpenPage, attach, bubble, phone, write
from tests.browser.small_bot import SmallBot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_reply_keyboard_contact_location_and_commands(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    await sandbox.start(cast.liaison)
    page = await open_page(str(cast.liaison.id))
    pane = phone(page, cast.liaison)
    keyboard = pane.locator(".reply-keyboard")
    await keyboard.get_by_role("button", name="台账").click()
    await expect(bubble(pane, "收到：台账")).to_be_visible()
    await keyboard.get_by_role("button", name="发送电话").click()
    await expect(bubble(pane, "收到电话 +86139")).to_be_visible()
    await keyboard.get_by_role("button", name="发送位置").click()
    await expect(bubble(pane, "收到位置 36.67")).to_be_visible()
    await attach(page, pane, "贴纸")
    await expect(bubble(pane, "收到贴纸")).to_be_visible()
    await pane.get_by_role("button", name="显示或隐藏键盘").click()
    await expect(keyboard).to_be_hidden()
    await shoot(page, "10-contact-location-sticker")
    await pane.get_by_role("button", name="命令菜单").click()
    await shoot(page, "11-commands")
    await page.get_by_role("menuitem", name="/tasks").click()
    await expect(bubble(pane, "整改任务")).to_have_count(2)
    await pane.locator("textarea").fill("/he")
    await expect(pane.get_by_role("option", name="/help")).to_be_visible()


async def test_a_picture_from_disk_opens_large(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot, tmp_path: Path) -> None:
    await sandbox.start(cast.leader)
    picture = tmp_path / "现场.png"
    Image.new("RGB", (640, 480), "#7fb069").save(picture)
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    async with page.expect_file_chooser() as choosing:
        await attach(page, pane, "照片（可多选）")
    await (await choosing.value).set_files(picture)
    await expect(pane.locator(".thumb")).to_contain_text("现场.png")
    await attach(page, pane, "示例照片")
    await expect(pane.locator(".thumb")).to_have_count(2)
    await shoot(page, "12-staged")
    await pane.locator(".thumb").first.get_by_role("button", name="移除").click()
    await write(pane, "现场情况")
    await expect(bubble(pane, "收到照片 现场情况")).to_be_visible()
    await pane.locator(".photo").click()
    await expect(page.locator(".lightbox img")).to_be_visible()
    await shoot(page, "13-lightbox")
    await page.keyboard.press("Escape")
    await expect(page.locator(".lightbox")).to_have_count(0)


async def test_albums_and_documents(cast: Cast, open_page: OpenPage, sandbox: Sandbox, shoot: Shoot) -> None:
    await sandbox.start(cast.leader)
    page = await open_page(str(cast.leader.id))
    pane = phone(page, cast.leader)
    for count in (1, 2, 3):
        await attach(page, pane, "示例照片")
        await expect(pane.locator(".thumb")).to_have_count(count)
    await write(pane, "三张照片")
    await expect(pane.locator(".album .photo")).to_have_count(3)
    await attach(page, pane, "示例 PDF")
    await pane.get_by_role("button", name="发送", exact=True).click()
    await expect(bubble(pane, "收到文件 sample-")).to_be_visible()
    document = pane.locator("a.document")
    async with page.expect_download() as waiting:
        await document.click()
    assert (await waiting.value).suggested_filename.endswith(".pdf")
    sent = next(each.document for each in await sandbox.messages(cast.leader) if each.document)
    assert (await sandbox.file(sent["file_unique_id"])).startswith(b"%PDF-1.4")
    await shoot(page, "14-album-and-document")


async def test_a_group_shows_who_speaks(cast: Cast, open_page: OpenPage, sandbox: Sandbox, bot: SmallBot, shoot: Shoot) -> None:
    page = await open_page()
    await page.get_by_role("button", name="检查一组").click()
    await shoot(page, "15-group-unfolded")
    for person in (cast.leader, cast.liaison):
        await page.locator(".member-list").get_by_role("button", name=person.name).click()
    leader, liaison = (phone(page, person, cast.group.id) for person in (cast.leader, cast.liaison))
    await write(leader, "各位，九点集合")
    await expect(bubble(liaison, "九点集合").locator(".sender")).to_have_text("张伟")
    await write(liaison, "收到，准时到")
    await write(leader, "/tasks@small_bot")
    await expect(bubble(liaison, "整改任务")).to_be_visible()
    await liaison.get_by_role("button", name="报进展").click()
    await expect(page.locator(".toast")).to_have_text("已记下进展")
    await shoot(page, "16-group")


async def test_people_and_groups_are_added_in_the_page(open_page: OpenPage, cast: Cast, shoot: Shoot) -> None:
    page = await open_page()
    await page.get_by_role("button", name="添加人员").click()
    await page.get_by_label("姓名").fill("孙悦")
    await page.get_by_label("说明").fill("群众")
    await shoot(page, "17-add-person")
    await page.get_by_role("dialog").get_by_role("button", name="添加").click()
    await expect(page.locator(".pane-title")).to_contain_text("孙悦群众")
    await page.get_by_role("button", name="添加群组").click()
    await page.get_by_label("群名").fill("检查二组")
    await page.get_by_role("dialog").get_by_text("孙悦").click()
    await shoot(page, "18-add-group")
    await page.get_by_role("dialog").get_by_role("button", name="添加").click()
    await page.locator(".member-list").get_by_role("button", name="孙悦").click()
    await expect(page.locator(".service").last).to_contain_text("示例机器人 加入了群组")
