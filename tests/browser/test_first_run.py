"""A new store in the browser: from the one-time link to a plan and a gateway's code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from store_server import schema
from store_server.database import open_database
from tests.browser.test_every_page import broken_rules
from tests.browser.walked_store import Served, served
from tests.store_server.entrypoints.web_builders import a_web_store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Served]:
    """A store that nobody has set up."""
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    schema.create_tables(database.write)
    with a_web_store(database, bare=True) as web, served(web) as running:
        yield running
    database.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_newcomer_sets_the_store_up(chromium: Browser, new: Served, scheme: str) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 780},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(new.link)
    page.locator("button.main").click()
    page.wait_for_url(re.compile("/setup$"))
    broken = broken_rules(page)

    page.locator("[name=name]").fill("Corner shop")
    page.locator("[name=timezone]").fill("Europe/Madrid")
    page.locator("[name=currency]").fill("EUR")
    page.locator("main button.main").click()
    page.wait_for_url(re.compile("/setup/plan$"))
    broken += broken_rules(page)
    page.locator("[value=supermarket]").click()
    page.wait_for_url(re.compile("/setup/gateways$"))
    page.locator("main tbody button").first.click()

    expect(page.locator("pre").first).to_contain_text("edge-agent enrol")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    assert broken + broken_rules(page) == []
    assert told == []
    context.close()
