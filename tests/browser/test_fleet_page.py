"""The fleet page in a real browser: findings, codes, cutting off; on a screen and on a phone."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.fleet.finding import Finding
from store_server.fleet.hearing import DAY_MS, BeaconRow, PowerReading
from store_server.fleet.repository import FindingRepository, HearingRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.watch_fleet import watch_fleet
from store_server.writer import Priority
from tests.browser.test_live_page import PHONE, WIDE, watched
from tests.browser.walked_store import Served
from tests.store_server.entrypoints.web_builders import PLAN

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def put_findings(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: object) -> None:
    del now
    at_ms = uow.live.event_now_ms
    text = "gw-4 hears what gw-5 should, and gw-5 what gw-4 should: swapped"
    silent = "beacon b-3 is silent, though gw-4 hears others: battery, or taken away"
    FindingRepository(uow.session, rooms.scope).put(
        [
            Finding("gateway_swapped", "gw-4", "gw-5", text, at_ms - DAY_MS, at_ms),
            Finding("beacon_silent", "b-3", "gw-4", silent, at_ms, at_ms),
        ]
    )
    HearingRepository(uow.session, rooms.scope).add_power(
        [
            PowerReading(PLAN.beacons[0].identity, at_ms - day * DAY_MS, 2800 + 4 * day)
            for day in range(20)
        ]
    )


def fill(console: Served) -> None:
    rooms, writer = console.web.context.rooms, console.web.context.writer
    at_ms = to_ms(rooms.now(rooms.live))
    for number, beacon in enumerate(PLAN.beacons):
        level = None if number == 5 else {"battery_mv": 2350.0 if number == 1 else 2950.0}
        if number != 3:
            rooms.tally.add("gw-1", [BeaconRow(beacon.identity, at_ms, 90, -60, level)])
            rooms.tally.add("gw-2", [BeaconRow(beacon.identity, at_ms, 90, -70, None)])
    rooms.tally.watched_at_ms = at_ms
    writer.submit(Priority.APP, watch_fleet).result()
    writer.submit(Priority.APP, put_findings).result()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_manager_makes_a_code_and_cuts_a_gateway_off(
    chromium: Browser,
    console: Served,
    tmp_path: Path,
    scheme: Literal["light", "dark"],
    size: tuple[int, int],
) -> None:
    fill(console)
    with watched(chromium, size=size, scheme=scheme, script=True) as seen:
        seen.log_in(console)
        seen.page.goto(f"{console.url}/store/devices")
        assert seen.page.get_by_text("swapped").first.is_visible()

        seen.page.get_by_role("button", name="New code for gw-2").click()
        seen.page.get_by_role("heading", name="Code for gw-2").wait_for()
        seen.page.screenshot(path=tmp_path / "fleet.png", full_page=True)
        assert seen.page.evaluate("() => document.documentElement.scrollWidth") <= size[0]

        seen.page.get_by_label("Cut gw-2 off", exact=True).click()
        seen.page.get_by_role("button", name="Yes, cut gw-2 off").click()

        seen.page.locator("[data-gateway=gw-2] .badge[data-kind=revoked]").wait_for()
        assert seen.complaints == []
