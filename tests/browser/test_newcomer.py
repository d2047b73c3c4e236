"""A newcomer's task by the browser alone: segment, offer, campaign, launched and measured."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.pictures import a_lively_console
from tests.browser.test_live_page import watched

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_newcomer_makes_a_campaign_launches_it_and_reads_its_result(
    chromium: Browser, tmp_path: Path
) -> None:
    with a_lively_console(tmp_path) as console, watched(chromium) as seen:
        page = seen.page
        seen.log_in(console)

        page.get_by_role("link", name="Campaigns", exact=True).first.click()
        page.get_by_role("link", name="Segments").click()
        page.get_by_role("link", name="New segment").click()
        page.get_by_label("Name").fill("Reads English")
        page.get_by_label("The shopper").first.select_option("language")
        page.get_by_label("Which").first.fill("en")
        page.get_by_role("button", name="Count again").click()
        page.get_by_text("of 2 shoppers").wait_for()
        page.get_by_role("button", name="Save the segment").click()

        page.get_by_role("link", name="Offers").click()
        page.get_by_role("link", name="New offer").click()
        page.get_by_label("Name").fill("Warm bread")
        page.get_by_label("Category").fill("BREAD")
        for label, amount in (("Price", "3.00"), ("Margin on it", "2.00"), ("takes off", "0.40")):
            page.get_by_label(label).fill(amount)
        page.get_by_label("Title (en)").fill("Warm bread")
        page.get_by_label("Text (en)").fill("{value} off in {zone}")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(re.compile("/campaigns/offers$"))

        page.get_by_role("navigation", name="Campaigns").get_by_role(
            "link", name="Campaigns"
        ).click()
        page.get_by_role("link", name="New campaign").click()
        page.get_by_role("button", name="Save the draft").click()
        page.get_by_text("fields need you").wait_for()
        page.get_by_label("Name").fill("Bread for readers")
        page.get_by_label("in the zone").select_option("bakery")
        page.get_by_label("belongs to").select_option(label="Reads English")
        page.get_by_label("Warm bread").first.check()
        page.get_by_label("to the day").fill("2026-06-30")
        page.get_by_role("button", name="Save the draft").click()

        page.locator(".bubble").get_by_text("0.40 EUR off").wait_for()
        page.get_by_role("button", name="Ask for approval").click()
        page.get_by_role("button", name="Approve and launch").click()
        page.get_by_text("Live now").wait_for()
        page.get_by_role("link", name="Results").click()

        page.get_by_role("heading", name="What it was worth").wait_for()
        page.locator(".chart svg").last.wait_for()
        assert page.get_by_role("table").count() == 3
        # The browser itself says that a form came back with mistakes in it.
        assert [one for one in seen.complaints if "422" not in one] == []
        seen.complaints.clear()
