"""The live page in a real browser: log in by link, see people move, nothing from elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser.walked_store import UNHEARD, Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDE = (1440, 1000)
PHONE = (390, 844)
PLACES = "() => [...document.querySelectorAll('#dots .dot')].map(d => d.style.transform)"
MANY_DOTS = "() => document.querySelectorAll('#dots .dot').length >= 30"


class Watched:
    """A page, and everything that it asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfinished", self.note)

    def note(self, request: Request) -> None:
        self.requests.append(request)

    def log_in(self, console: Served) -> None:
        self.page.goto(console.link)
        self.page.get_by_role("button", name="Open the console").click()
        self.page.wait_for_url(f"{console.url}/")

    def look_live(self, console: Served) -> None:
        """Log in and go to the live page; only what it asks for is remembered."""
        self.log_in(console)
        self.requests.clear()
        self.page.goto(f"{console.url}/live")


@contextmanager
def watched(
    chromium: Browser,
    *,
    size: tuple[int, int] = WIDE,
    scheme: Literal["light", "dark"] = "light",
    script: bool = True,
) -> Iterator[Watched]:
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        java_script_enabled=script,
    )
    seen = Watched(context.new_page())
    yield seen
    # Whatever the page was used for: the browser has nothing to say about it, not even advice.
    assert seen.complaints == []
    context.close()


def test_a_manager_logs_in_by_link_and_sees_people_move(chromium: Browser, console: Served) -> None:
    with watched(chromium) as seen:
        seen.look_live(console)
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)
        before = seen.page.evaluate(PLACES)

        seen.page.wait_for_function(f"old => String(({PLACES})()) !== old", arg=",".join(before))

        assert seen.page.locator("#status").inner_text() == "Live"
        assert seen.page.get_by_text("SIMULATED").is_visible()


def test_the_login_forms_leave_the_browser_nothing_to_advise(
    chromium: Browser, console: Served
) -> None:
    with watched(chromium) as seen:
        seen.page.goto(console.link)
        offered = seen.page.get_by_label("User").input_value()
        seen.page.goto(f"{console.url}/login")

        assert offered == "manager"
        assert seen.page.get_by_label("User").get_attribute("autocomplete") == "username"


def test_numbers_change_without_a_reload(chromium: Browser, console: Served) -> None:
    with watched(chromium) as seen:
        seen.look_live(console)
        clock = seen.page.locator("[data-field=store_clock]").first.inner_text()
        newest = seen.page.locator("#decisions li").first

        seen.page.wait_for_function(
            "old => document.querySelector('[data-field=store_clock]').textContent !== old",
            arg=clock,
        )

        newest.wait_for(timeout=20_000)
        assert newest.locator(".badge").inner_text() in ("Offered", "Held out", "Nothing")


def test_the_page_is_light_and_comes_from_one_place(chromium: Browser, console: Served) -> None:
    with watched(chromium) as seen:
        seen.log_in(console)
        seen.page.context.new_cdp_session(seen.page).send("Network.clearBrowserCache")
        seen.requests.clear()
        seen.page.goto(f"{console.url}/live")
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)

        of_page = [one for one in seen.requests if "/login" not in one.url]

        assert all(one.url.startswith(f"{console.url}/") for one in seen.requests)
        assert 3 <= len({one.url for one in of_page}) <= 6
        sizes = [one.sizes()["responseBodySize"] for one in of_page]
        assert len([size for size in sizes if size > 0]) >= 4
        assert sum(sizes) <= 30_000
        assert seen.page.locator("#still").count() == 0


def test_without_a_script_everything_is_there_and_stands_still(
    chromium: Browser, console: Served
) -> None:
    with watched(chromium, script=False) as seen:
        seen.look_live(console)

        assert seen.page.locator(".plan .dot").count() == 40
        assert seen.page.locator(".plan .zone polygon").count() == 6
        assert seen.page.get_by_role("row", name="Bakery").is_visible()
        assert "reload for newer" in seen.page.locator("#status").inner_text()


def test_a_phone_shows_it_without_scrolling_sideways(chromium: Browser, console: Served) -> None:
    with watched(chromium, size=PHONE) as seen:
        seen.look_live(console)
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)

        wide = seen.page.evaluate("() => document.documentElement.scrollWidth")

        assert wide <= PHONE[0]


def test_an_ended_session_leads_to_the_login(chromium: Browser, console: Served) -> None:
    with watched(chromium) as seen:
        seen.look_live(console)
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)

        seen.page.get_by_role("button", name="Log out").click()

        seen.page.wait_for_url(f"{console.url}/login")
        seen.page.goto(console.url)
        assert seen.page.url == f"{console.url}/login"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pictures_are_taken_in_every_look(
    chromium: Browser,
    console: Served,
    tmp_path: Path,
    scheme: Literal["light", "dark"],
    size: tuple[int, int],
) -> None:
    with watched(chromium, size=size, scheme=scheme) as seen:
        seen.page.goto(console.link)
        seen.page.screenshot(path=tmp_path / "login.png")
        seen.look_live(console)
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)
        seen.page.locator("#decisions li").nth(1).wait_for(timeout=20_000)

        seen.page.screenshot(path=tmp_path / "live.png", full_page=True)

        assert (tmp_path / "live.png").stat().st_size > 20_000


def test_each_dot_has_a_circle_as_wide_as_it_is_unsure(chromium: Browser, console: Served) -> None:
    with watched(chromium) as seen:
        seen.look_live(console)
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)

        widths = seen.page.evaluate(
            "() => [...document.querySelectorAll('#halos .halo:not(.gone)')]"
            ".map(h => [Number(/scale\\((.+)\\)/.exec(h.style.transform)[1]),"
            " Number(h.style.fillOpacity)])"
        )

        assert len(widths) >= 30
        assert min(metres for metres, _ in widths) >= 1
        assert max(widths)[1] < min(widths)[1]


def test_whoever_has_no_place_is_listed_and_not_drawn(chromium: Browser, console: Served) -> None:
    with watched(chromium) as seen:
        seen.look_live(console)
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)

        listed = seen.page.locator("#unplaced-list li")

        seen.page.wait_for_function("() => document.querySelectorAll('#dots .dot').length === 40")
        assert listed.count() == len(UNHEARD)
        assert "heard" in listed.first.inner_text()
        assert seen.page.get_by_text("place not known").first.is_visible()


def test_a_dot_glides_and_stands_still_for_whoever_wants_that(
    chromium: Browser, console: Served
) -> None:
    moving = "d => getComputedStyle(d).transitionDuration.split(',')[0] !== '0s'"
    with watched(chromium) as seen:
        seen.look_live(console)
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)
        seen.page.wait_for_function(f"() => [...document.querySelectorAll('.dot')].some({moving})")

        seen.page.emulate_media(reduced_motion="reduce")

        assert not seen.page.evaluate(
            f"() => [...document.querySelectorAll('.dot')].some({moving})"
        )


def test_the_keyboard_opens_a_table_that_says_what_the_dots_say(
    chromium: Browser, console: Served
) -> None:
    with watched(chromium) as seen:
        seen.look_live(console)
        seen.page.wait_for_function(MANY_DOTS, timeout=20_000)
        seen.page.locator("#everybody summary").focus()

        seen.page.keyboard.press("Enter")

        table = seen.page.get_by_role("table", name="Everybody in the store")
        assert table.get_by_role("row").count() == 1 + 40 + len(UNHEARD)
        assert table.get_by_role("cell", name="Not known").count() == len(UNHEARD)
        assert seen.page.get_by_text("%").first.is_visible()
