"""The fleet page: who may see it, what it says, and its three forms."""

import re
from dataclasses import replace
from datetime import timedelta

from store_server.clock import to_ms
from store_server.entrypoints.console.fleet_view import ago
from store_server.fleet.hearing import BeaconRow
from store_server.flows.watch_fleet import watch_fleet
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
    answer = web.client().get("/fleet", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_beacons_are_shown_with_battery_and_silence(web: WebStore) -> None:
    hear(web, 0, battery_mv=2950)
    hear(web, 1, battery_mv=2300)
    hear(web, 2, battery_mv=3000, after=timedelta(hours=3))

    page = web.manager().get("/fleet").text

    assert re.search(r"In place\s+now\s+gw-1\s+2.95 V", row_of(page, "beacon", "b-0"))
    assert "Change battery" in row_of(page, "beacon", "b-1")
    assert re.search(r"Beacon silent|Not heard lately", row_of(page, "beacon", "b-2"))
    assert "Not heard" in row_of(page, "beacon", "b-3")
    assert "6 beacons, 1 of the 20 regions" in page


def test_a_code_is_shown_once(web: WebStore) -> None:
    manager = web.manager()

    page = manager.post("/fleet/codes", data={"gateway": "gw-2"}).text

    codes = set(re.findall(r"(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}", page))
    assert len(codes) == 1
    assert "Code for gw-2" in page
    assert f"echo {codes.pop()} | sudo edge-agent enrol --server" in page
    assert "--code" not in manager.get("/fleet").text


def test_a_gateway_is_cut_off_by_its_form(web: WebStore) -> None:
    manager = web.manager()

    page = manager.post("/fleet/revocations", data={"gateway": "gw-2"}).text

    assert "Revoked" in row_of(page, "gateway", "gw-2")
    assert "Cut off" not in row_of(page, "gateway", "gw-2")
    assert "Revoked" in manager.get("/").text


def test_what_is_not_there_is_refused_on_the_page(web: WebStore) -> None:
    manager = web.manager()

    for form, field in (
        ("codes", "gateway"),
        ("revocations", "gateway"),
        ("acceptances", "subject"),
    ):
        answer = manager.post(f"/fleet/{form}", data={field: "<b>gw-99"})
        assert answer.status_code == 404, form
        assert 'role="alert"' in answer.text
        assert "<b>gw" not in answer.text


def test_the_forms_are_for_our_own_page_and_for_managers(web: WebStore) -> None:
    manager, stranger = web.manager(), web.client()
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    stranger.headers.update({"sec-fetch-site": "same-origin", "origin": "http://testserver"})

    for form in ("codes", "revocations", "acceptances"):
        data = {"gateway": "gw-1", "subject": "gw-1"}
        assert manager.post(f"/fleet/{form}", data=data, headers=foreign).status_code == 403
        assert stranger.post(f"/fleet/{form}", data=data).status_code == 401


def test_an_empty_store_says_what_to_do_next(web: WebStore) -> None:
    bare = replace(PLAN, zones=(), gateways=(), beacons=())
    web.context.rooms.live = replace(web.context.rooms.live, plan=bare)

    page = web.manager().get("/fleet").text

    assert "store-server add-gateway" in page
    assert "[[beacons]]" in page


def test_nothing_is_inline(web: WebStore) -> None:
    page = web.manager().get("/fleet").text

    assert not re.search(r'\sstyle="|\son\w+="|<style|<script', page)


def test_time_is_said_as_people_say_it() -> None:
    gaps = (0, 90, 3 * 3600, 3 * 86400)

    assert [ago(NOON - timedelta(seconds=gap), at=NOON) for gap in gaps] == [
        *("now", "1 min ago", "3 h ago", "3 days ago")
    ]
    assert ago(None, at=NOON) == "never"
