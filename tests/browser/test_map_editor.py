"""The map's editor in a real browser: move by keyboard and by hand, undo, publish."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_live_page import watched
from tests.browser.walked_store import Served
from tests.store_server.shop.test_plan_image import a_png

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FIRST = "() => JSON.parse(document.querySelector('#document').value).gateways[0].x"


def test_a_gateway_is_moved_undone_and_published(chromium: Browser, console: Served) -> None:
    with watched(chromium) as seen:
        page = seen.page
        seen.log_in(console)
        page.goto(f"{console.url}/store/editor")
        gateway = page.locator("[data-key=gateways-0]")
        before = page.evaluate(FIRST)

        gateway.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        moved = page.evaluate(FIRST)
        page.get_by_role("button", name="Undo").click()
        undone = page.evaluate(FIRST)
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(f"{console.url}/store")

        assert (moved, undone) == (pytest.approx(before + 0.3), pytest.approx(before + 0.2))
        assert console.web.context.rooms.live.plan.gateways[0].x == pytest.approx(before + 0.2)


def test_a_zone_is_drawn_and_a_wall_taken_away(chromium: Browser, console: Served) -> None:
    with watched(chromium) as seen:
        page = seen.page
        seen.log_in(console)
        page.goto(f"{console.url}/store/editor")
        page.on("dialog", lambda dialog: dialog.accept("Wine"))
        walls = len(json.loads(page.locator("#document").input_value())["walls"])
        box = page.locator("#canvas").bounding_box()
        assert box is not None

        page.get_by_role("button", name="New zone").click()
        page.mouse.move(box["x"] + 60, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 160, box["y"] + 140, steps=4)
        page.mouse.up()
        page.locator("[data-key=walls-0]").focus()
        page.keyboard.press("Delete")

        document = json.loads(page.locator("#document").input_value())
        assert document["zones"][-1]["name"] == "Wine"
        assert len(document["walls"]) == walls - 1


def test_a_picture_is_scaled_by_two_points_and_a_beacon_put_on_it(
    chromium: Browser, console: Served, tmp_path: Path
) -> None:
    web = console.web
    store = web.context.settings.store.model_copy(update={"state_dir": tmp_path})
    settings = web.context.settings.model_copy(update={"store": store})
    web.app.state.context = replace(web.context, settings=settings)
    picture = tmp_path / "drawing.png"
    picture.write_bytes(a_png(60, 40))
    with watched(chromium) as seen:
        page = seen.page
        seen.log_in(console)
        page.goto(f"{console.url}/store/editor")
        page.on("dialog", lambda dialog: dialog.accept("20"))

        page.locator("[name=picture]").set_input_files(picture)
        page.get_by_role("button", name="Lay it under the draft").click()
        page.wait_for_url(f"{console.url}/store/editor")
        box = page.locator("#canvas .underlay").bounding_box()
        assert box is not None
        page.get_by_role("button", name="Scale the picture").click()
        page.mouse.move(box["x"], box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=3)
        page.mouse.up()
        page.get_by_role("button", name="New beacon").click()
        page.mouse.click(box["x"] + 100, box["y"] + 100)
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(f"{console.url}/store")

        plan = console.web.context.rooms.live.plan
        assert plan.image is not None
        assert plan.image.width_px * plan.image.metres_per_pixel == pytest.approx(20, rel=0.05)
        assert len(plan.beacons) == 7
        assert page.locator(".underlay").count() == 1
