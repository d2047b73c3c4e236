"""The fleet page: who may see it, what it says, and its three forms."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.entrypoints.console.fleet_view import ago
from store_server.entrypoints.console.languages import words_of
from store_server.fleet.foreign_quarter import ForeignQuarter
from store_server.fleet.hearing import SLOT_MS, BeaconRow
from store_server.fleet.repository import ForeignCountRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.watch_fleet import watch_fleet
from store_server.presence.gateway_live import GatewayLive
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import PLAN, WebStore
from tests.store_server.offers.builders import NOON


def hear(web: WebStore, number: int, *, battery_mv: float, after: timedelta = timedelta()) -> None:
    at_ms = to_ms(NOON - after)
    row = BeaconRow(PLAN.beacons[number].identity, at_ms, 90, -60, {"battery_mv": battery_mv})
    web.context.rooms.tally.add("gw-1", [row])
    web.context.writer.submit(Priority.SIGHTINGS, watch_fleet).result()


def row_of(page: str, kind: str, name: str) -> str:
    found = re.search(rf'<tr data-{kind}="{name}">.*?</tr>', page, re.S)
    assert found, name
    return re.sub(r"<[^>]+>", " ", found[0])


def test_whoever_is_not_logged_in_is_sent_to_the_login(web: WebStore) -> None:
    answer = web.client().get("/store/devices", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/store/devices")


def test_beacons_are_shown_with_battery_and_silence(web: WebStore) -> None:
    hear(web, 0, battery_mv=2950)
    hear(web, 1, battery_mv=2300)
    hear(web, 2, battery_mv=3000, after=timedelta(hours=3))

    page = web.manager().get("/store/devices").text

    assert re.search(r"In place\s+now\s+gw-1\s+2.95 V", row_of(page, "beacon", "b-0"))
    assert "Change battery" in row_of(page, "beacon", "b-1")
    assert re.search(r"Beacon silent|Not heard lately", row_of(page, "beacon", "b-2"))
    assert "Not heard" in row_of(page, "beacon", "b-3")
    assert "6 beacons, 1 of the 20 regions" in page


def test_a_code_is_shown_once(web: WebStore) -> None:
    manager = web.manager()

    page = manager.post("/store/devices/codes", data={"gateway": "gw-2"}).text

    codes = set(re.findall(r"(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}", page))
    assert len(codes) == 1
    assert "Code for gw-2" in page
    assert f"echo {codes.pop()} | sudo edge-agent enrol --server" in page
    assert "--code" not in manager.get("/store/devices").text


def test_a_gateway_is_cut_off_by_its_form(web: WebStore) -> None:
    manager = web.manager()

    page = manager.post("/store/devices/revocations", data={"gateway": "gw-2"}).text

    assert "Cut off" in row_of(page, "gateway", "gw-2")
    assert "Yes, now" not in row_of(page, "gateway", "gw-2")
    assert "Cut off" in manager.get("/live").text


def test_what_is_not_there_is_refused_on_the_page(web: WebStore) -> None:
    manager = web.manager()

    for form, field in (
        ("codes", "gateway"),
        ("revocations", "gateway"),
        ("acceptances", "subject"),
    ):
        answer = manager.post(f"/store/devices/{form}", data={field: "<b>gw-99"})
        assert answer.status_code == 404, form
        assert 'role="alert"' in answer.text
        assert "<b>gw" not in answer.text


def test_the_forms_are_for_our_own_page_and_for_managers(web: WebStore) -> None:
    manager, stranger = web.manager(), web.client()
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    stranger.headers.update({"sec-fetch-site": "same-origin", "origin": "http://testserver"})

    for form in ("codes", "revocations", "acceptances"):
        data = {"gateway": "gw-1", "subject": "gw-1"}
        assert manager.post(f"/store/devices/{form}", data=data, headers=foreign).status_code == 403
        assert stranger.post(f"/store/devices/{form}", data=data).status_code == 401


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({}, "Its own file"),
        ({"pushed_version": 4, "config_version": 3}, "Version 4 pending"),
        ({"pushed_version": 4, "config_version": 4, "confirmed": False}, "Version 4 on trial"),
        ({"pushed_version": 4, "config_version": 4}, "Version 4 confirmed"),
        (
            {"pushed_version": 4, "config_version": 3, "refused_version": 4},
            "Version 4 refused, runs 3",
        ),
        ({"pushed_version": 1, "refused_version": 1}, "Version 1 refused, runs its own file"),
    ],
)
def test_how_far_a_configuration_has_come_is_shown(
    web: WebStore, known: dict[str, int], told: str
) -> None:
    line = GatewayLive("gw-1", **known)  # type: ignore[arg-type] # a bool is an int
    web.context.rooms.live = web.context.rooms.live.with_gateway(line)

    assert told in row_of(web.manager().get("/store/devices").text, "gateway", "gw-1")


def test_foreign_devices_are_shown_where_the_store_counts_them(web: WebStore) -> None:
    rooms, manager = web.context.rooms, web.manager()
    without = manager.get("/store/devices").text
    rooms.policy = replace(rooms.policy, counting=True)
    web.context.writer.submit(Priority.SIGHTINGS, count).result()

    page = manager.get("/store/devices").text

    assert "Foreign devices" not in without
    assert re.search(r"about 87 from \d\d:\d\d", row_of(page, "gateway", "gw-1"))
    assert "about" not in row_of(page, "gateway", "gw-2")


def count(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    slot_ms = to_ms(now) // SLOT_MS * SLOT_MS
    quarters = [
        ForeignQuarter("gw-1", slot_ms - number * SLOT_MS, devices)
        for number, devices in ((2, 12), (1, 87))
    ]
    ForeignCountRepository(uow.session, rooms.scope).add(quarters)


def test_an_empty_store_says_what_to_do_next(web: WebStore) -> None:
    bare = replace(PLAN, zones=(), gateways=(), beacons=())
    web.context.rooms.live = replace(web.context.rooms.live, plan=bare)

    page = web.manager().get("/store/devices").text

    assert "store-server add-gateway" in page
    assert "[[beacons]]" in page


def test_nothing_is_inline(web: WebStore) -> None:
    page = web.manager().get("/store/devices").text

    assert not re.search(r'\sstyle="|\son\w+="|<style|<script', page)


def test_time_is_said_as_people_say_it() -> None:
    gaps = (0, 90, 3 * 3600, 3 * 86400)

    said = [ago(NOON - timedelta(seconds=gap), at=NOON, words=words_of("en")) for gap in gaps]

    assert said == ["now", "1 min ago", "3 h ago", "3 days ago"]
    assert ago(None, at=NOON, words=words_of("en")) == "never"
