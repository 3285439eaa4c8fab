"""A local Telegram of its own for each test, one Chromium for all; screenshots land in screenshots/."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from sandbox.client import Sandbox
from sandbox.launch import running
from tests.browser.phones import Cast, OpenPage
from tests.browser.small_bot import NAME, TOKEN, USERNAME, SmallBot

SHOTS = Path(__file__).parents[2] / "screenshots"
# Nothing leaves the machine: Chromium's own errands are switched off.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Shoot = Callable[[Page, str], Awaitable[None]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("these tests need Debian's Chromium: apt-get install -y chromium fonts-noto-cjk")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running([(TOKEN, USERNAME, NAME)], rates=False) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def bot(sandbox: Sandbox) -> AsyncIterator[SmallBot]:
    async with SmallBot(sandbox.url) as small:
        yield small


@pytest_asyncio.fixture(loop_scope="session")
async def cast(sandbox: Sandbox, bot: SmallBot) -> Cast:
    """The people of the stories, and a group of three with the bot."""
    leader = await sandbox.person("张伟", about="组长")
    liaison = await sandbox.person("李娜", about="地方联络员 · 德州")
    supervisor = await sandbox.person("Wang Fang", language_code="en", about="resident supervisor")
    stranger = await sandbox.person("赵敏")
    group = await sandbox.group("检查一组", [leader, liaison, supervisor, int(TOKEN.split(":")[0])])
    return Cast(leader, liaison, supervisor, stranger, group)


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(chromium: Browser, sandbox: Sandbox) -> AsyncIterator[OpenPage]:
    """Opens the page with these panes, `"1,2@-100"`. A script error or a request to elsewhere fails the test."""
    contexts = []
    troubles: list[str] = []

    async def opened(panes: str = "", *, width: int = 1440, height: int = 900, hint: bool = False, **options: Any) -> Page:
        context = await chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
        contexts.append(context)
        if not hint:
            await context.add_init_script("localStorage.setItem('hint', 'closed')")
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request", lambda request: None if request.url.startswith((sandbox.url, "data:", "blob:")) else troubles.append(request.url)
        )
        await page.goto(f"{sandbox.url}/#p={panes}" if panes else sandbox.url)
        await page.wait_for_selector("body[data-ready=true]")
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert troubles == []


@pytest.fixture
def shoot() -> Shoot:
    SHOTS.mkdir(exist_ok=True)

    async def take(page: Page, name: str) -> None:
        await page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")

    return take
