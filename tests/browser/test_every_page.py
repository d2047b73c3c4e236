"""Every page in a real browser: accessible, quiet, and within the width of a phone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.every_page import PAGES
from tests.browser.pictures import a_lively_console
from tests.browser.walked_store import Served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    # Thirty pages in each look, with a thousand rules on most of them.
    pytest.mark.timeout(600),
]

Look = tuple[str, Literal["light", "dark"], tuple[int, int]]
# The rules cost a second a page: both schemes and sizes have them, the third language its width.
RULED = ("en", "es")
# Tables that a phone reads row by row, and that need to be pushed sideways nevertheless.
CLIPPED = """() => [...document.querySelectorAll('.scroll:has(.stacks)')].filter(
  (one) => one.scrollWidth > one.clientWidth + 1).length"""
LOOKS: tuple[Look, ...] = (
    ("en", "light", (1440, 900)),
    ("es", "dark", (360, 780)),
    ("ru", "light", (360, 780)),
)


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with a_lively_console(Path(tmp_path_factory.mktemp("lively"))) as console:
        yield console


@pytest.fixture(scope="module")
def session(chromium: Browser, lively: Served) -> list[object]:
    """The cookies of a manager who came in by the link."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(lively.link)
    page.locator("button.main").click()
    page.wait_for_url(re.compile(f"{lively.url}/$"))
    cookies: list[object] = list(context.cookies())
    context.close()
    return cookies


def broken_rules(page: Page) -> list[str]:
    """What axe says against the page that is open."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def go_to_one(name: str, page: Page, lively: Served) -> None:
    """Pages whose address is made on the way: one decision, one shopper, what is not there."""
    match name:
        case "decision":
            page.goto(f"{lively.url}/activity")
            page.locator("main tbody a").first.click()
            page.wait_for_url(re.compile("/activity/."))
        case "shopper":
            page.goto(f"{lively.url}/shoppers")
            page.locator("[name=shopper]").fill("ann")
            page.locator("[name=reason]").fill("asks at the till why she got no coupon")
            page.locator("form:has([name=shopper]) button[type=submit]").click()
            page.wait_for_url(re.compile("/shoppers/looks/"))
        case _:
            page.goto(f"{lively.url}/campaigns/at/nobody")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look[0])
def test_every_page_is_accessible_quiet_and_no_wider_than_the_screen(
    chromium: Browser,
    lively: Served,
    session: list[object],
    look: Look,
) -> None:
    language, scheme, size = look
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    speak = {"name": "beaconry_language", "value": language, "url": lively.url}
    context.add_cookies([*session, speak])  # type: ignore[list-item] # plain dicts are taken
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    found: dict[str, tuple[int, list[str]]] = {}

    def look_at(name: str) -> None:
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        broken = broken_rules(page) if language in RULED else []
        clipped = page.evaluate(CLIPPED) if size[0] < 640 else 0
        if broken or clipped or wide > size[0]:
            found[name] = (wide, broken)

    for name, path in PAGES.items():
        page.goto(f"{lively.url}{path}")
        look_at(name)
    for name in ("decision", "shopper", "error"):
        go_to_one(name, page, lively)
        look_at(name)
    context.close()

    assert not found, "\n".join(f"{name}: {one}" for name, one in found.items())
    # The browser itself says that the error page came with an error.
    assert [one for one in told if "404" not in one] == []
