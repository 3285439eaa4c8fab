"""Takes pictures of the chat page in Debian's Chromium, as wide as a phone, cut to one conversation and small enough for a README."""

import contextlib
import io
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser

WIDE, MARGIN = 420, 8
MOST_BYTES = 200_000
# Nothing leaves the machine: Chromium's own errands are switched off.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


class CameraError(Exception):
    """There is no Chromium, or the picture cannot be taken; the message says the mend."""


@dataclass(frozen=True)
class Camera:
    browser: "Browser"
    folder: Path

    async def take(self, url: str, person: int, name: str, *, locale: str, tall: int) -> Path:
        """The end of a person's conversation with the bot, `tall` pixels of it."""
        context = await self.browser.new_context(
            viewport={"width": WIDE, "height": tall}, device_scale_factor=2, locale=locale, color_scheme="light", reduced_motion="reduce"
        )
        try:
            await context.add_init_script("localStorage.setItem('hint', 'closed')")
            page = await context.new_page()
            await page.goto(f"{url}/#p={person}")
            await page.wait_for_selector("body[data-ready=true]")
            await page.locator(".message").last.wait_for()
            await page.wait_for_function("[...document.images].every((each) => each.complete)")
            # The conversation alone: the page around it belongs to the local Telegram.
            await page.add_style_tag(content=".top, .toasts, .composer { display: none !important }")
            shot = await page.locator(f'.pane[data-key="{person}"]').screenshot(animations="disabled")
        finally:
            await context.close()
        return self._keep(shot, name)

    def _keep(self, shot: bytes, name: str) -> Path:
        """256 colours are plenty for a conversation and a quarter of the bytes."""
        from PIL import Image

        out = io.BytesIO()
        picture = Image.open(io.BytesIO(shot)).convert("RGB")
        picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if len(out.getvalue()) > MOST_BYTES:
            raise CameraError(f"{name} has {len(out.getvalue()) // 1000} kB; show less of the conversation")
        path = self.folder / f"{name}.png"
        path.write_bytes(out.getvalue())
        return path


@contextlib.asynccontextmanager
async def camera(folder: Path) -> AsyncIterator[Camera]:
    path = shutil.which("chromium")
    if path is None:
        raise CameraError("the pictures need Debian's Chromium: apt-get install -y chromium fonts-noto-cjk fonts-noto-color-emoji")
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield Camera(browser, folder)
        finally:
            await browser.close()
