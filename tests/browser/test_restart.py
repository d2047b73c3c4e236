"""A server that starts again in the middle of a form: what was typed is still there, and counts."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from store_server import schema
from store_server.database import open_database
from tests.browser.test_live_page import watched
from tests.browser.walked_store import served
from tests.ports import free_port
from tests.store_server.entrypoints.web_builders import a_web_store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_form_keeps_its_text_while_the_server_restarts(chromium: Browser, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    schema.create_tables(database.write)
    port = free_port()
    with a_web_store(database) as web, watched(chromium) as seen:
        page = seen.page
        with served(web, port=port, walks=False) as console:
            seen.log_in(console)
            page.goto(f"{console.url}/campaigns/offers/new")
            page.get_by_label("Name", exact=True).fill("Warm bread")
            page.get_by_label("Title (en)", exact=True).fill("Warm bread from five")

        with served(web, port=port, walks=False):
            kept = page.get_by_label("Name", exact=True).input_value()
            page.get_by_role("button", name="Save").click()
            # What is missing is told, and nothing that was typed is lost; nobody is logged out.
            page.get_by_role("alert").first.wait_for()
            title = page.get_by_label("Title (en)", exact=True).input_value()
            logged_in = page.get_by_role("button", name="Log out").count()
        # The browser itself says that the form came back with mistakes in it.
        assert [one for one in seen.complaints if "422" not in one] == []
        seen.complaints.clear()

    assert (kept, title, logged_in) == ("Warm bread", "Warm bread from five", 1)
    database.close()


def test_what_is_sent_while_the_server_is_away_is_not_lost(
    chromium: Browser, tmp_path: Path
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    schema.create_tables(database.write)
    port = free_port()
    with a_web_store(database) as web, watched(chromium) as seen:
        page = seen.page
        with served(web, port=port, walks=False) as console:
            seen.log_in(console)
            page.goto(f"{console.url}/campaigns/offers/new")
            page.get_by_label("Title (en)", exact=True).fill("Warm bread from five")
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="Save").click(no_wait_after=True)
        page.wait_for_url("chrome-error://**")

        with served(web, port=port, walks=False):
            # What the browser offers on its own page: to send it once more.
            page.reload()
            kept = page.get_by_label("Title (en)", exact=True).input_value()
        seen.complaints.clear()

    assert kept == "Warm bread from five"
    database.close()
