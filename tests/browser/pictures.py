"""Writes pictures of every page of the console, for eyes: `python -m tests.browser.pictures DIR`.

Without more words: every page, wide and phone, light and dark, in three languages. More words pick
pages by a part of their path, and looks by `wide`, `phone`, `light`, `dark`, `en`, `es`, `ru`.
`docs` writes the few small ones of docs/console.md instead: what a screen shows of them.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from store_server import schema
from store_server.database import open_database
from tests.browser.chromium import CHROMIUM, QUIET
from tests.browser.every_page import PAGES
from tests.browser.lively_store import enliven
from tests.browser.walked_store import Served, served
from tests.store_server.entrypoints.web_builders import a_web_store

SIZES = {"wide": (1440, 900), "phone": (360, 780)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = ("en", "es", "ru")
FOR_DOCS = (
    "setup-plan",
    "overview",
    "live",
    "campaign",
    "campaign-edit",
    "creatives",
    "results",
    "map-edit",
)


@contextmanager
def a_lively_console(folder: Path) -> Iterator[Served]:
    """A simulated store with a past, in which shoppers walk."""
    database = open_database(f"sqlite:///{folder / 'store.db'}")
    schema.create_tables(database.write)
    with a_web_store(database, simulated=True) as web, served(web) as running:
        enliven(web)
        yield running
    database.close()


def take(browser: Browser, console: Served, folder: Path, wanted: list[str]) -> int:
    """Take the pictures that are wanted; how many."""
    looks = [one for one in wanted if one in (*SIZES, *SCHEMES, *LANGUAGES)]
    parts = [one for one in wanted if one not in looks]
    cookies = _session(browser, console)
    taken = 0
    for size, scheme, language in product(SIZES, SCHEMES, LANGUAGES):
        if not all(one in (size, scheme, language) or _free(one, looks) for one in looks):
            continue
        context = browser.new_context(
            viewport={"width": SIZES[size][0], "height": SIZES[size][1]}, color_scheme=scheme
        )
        speak = {"name": "beaconry_language", "value": language, "url": console.url}
        context.add_cookies([*cookies, speak])  # type: ignore[list-item] # plain dicts are taken
        page = context.new_page()
        for name, path in PAGES.items():
            if parts and not any(part in name for part in parts):
                continue
            page.goto(f"{console.url}{path}")
            page.wait_for_timeout(1500 if name.startswith("live") else 0)
            page.screenshot(path=folder / f"{name}-{size}-{scheme}-{language}.png", full_page=True)
            taken += 1
        context.close()
    return taken


def take_for_docs(browser: Browser, console: Served, folder: Path) -> int:
    """The few pictures of the manual, three quarters of their size."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, device_scale_factor=0.75, color_scheme="light"
    )
    context.add_cookies(_session(browser, console))  # type: ignore[arg-type] # plain dicts are taken
    page = context.new_page()
    for name in FOR_DOCS:
        page.goto(f"{console.url}{PAGES[name]}")
        page.wait_for_timeout(3000 if name == "live" else 0)
        page.screenshot(path=folder / f"{name}.png")
    context.close()
    return len(FOR_DOCS)


def _free(one: str, looks: list[str]) -> bool:
    """Whether another look of the same kind was asked for too."""
    kinds: tuple[tuple[str, ...], ...] = (tuple(SIZES), SCHEMES, LANGUAGES)
    kind = next(kind for kind in kinds if one in kind)
    return len([other for other in looks if other in kind]) > 1


def _session(browser: Browser, console: Served) -> list[object]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(console.link)
    page.locator("button.main").click()
    page.wait_for_url(re.compile(f"{console.url}/$"))
    cookies: list[object] = list(context.cookies())
    context.close()
    return cookies


def main() -> None:
    """Take them."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        with a_lively_console(Path(state)) as console:
            if "docs" in sys.argv[2:]:
                taken = take_for_docs(browser, console, folder)
            else:
                taken = take(browser, console, folder, sys.argv[2:])
        browser.close()
    sys.stdout.write(f"{taken} pictures in {folder}\n")


if __name__ == "__main__":
    main()
