"""What the tests do with the page, in the words of its users."""

from dataclasses import dataclass
from typing import Protocol

from playwright.async_api import Locator, Page

from sandbox.client import Group, Person


@dataclass(frozen=True)
class Cast:
    leader: Person
    liaison: Person
    supervisor: Person
    stranger: Person
    group: Group


class OpenPage(Protocol):
    async def __call__(
        self,
        panes: str = "",
        *,
        width: int = 1440,
        height: int = 900,
        hint: bool = False,
        color_scheme: str = "light",
        has_touch: bool = False,
    ) -> Page: ...


def phone(page: Page, person: Person, chat: int | None = None) -> Locator:
    key = f"{person.id}@{chat}" if chat else f"{person.id}"
    return page.locator(f'.pane[data-key="{key}"]')


def bubble(pane: Locator, text: str) -> Locator:
    return pane.locator(".message").filter(has_text=text)


async def write(pane: Locator, text: str) -> None:
    await pane.locator("textarea").fill(text)
    await pane.locator("textarea").press("Enter")


async def attach(page: Page, pane: Locator, choice: str) -> None:
    await pane.locator(".attach-button").click()
    await page.get_by_role("menuitem", name=choice).click()
