"""Walking by hand: begin, go, get an offer, scan it; every step by the flows of real shoppers."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from store_server.database import Database, UnitOfWork
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId, ZoneId
from store_server.offers.trigger import Trigger, TriggerKind
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.repository import ConsentRepository, ShopperRepository
from store_server.shoppers.shopper import Install, Shopper
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store
from tests.store_server.offers.builders import NOON

AT = "/live/walk"


@pytest.fixture
def store(sqlite_database: Database) -> Iterator[WebStore]:
    with a_web_store(sqlite_database, simulated=True) as web:
        yield web


def begun(store: WebStore) -> tuple[TestClient, ShopperId]:
    """A browser that walks, and as whom; the simulator has made the shopper known."""
    browser = store.manager()
    browser.post(AT, data={"act": "begin"})
    (walk,) = store.client("ops").get("/v1/simulation/walks").json()["walks"]
    shopper = ShopperId(walk["shopper_id"])
    store.context.writer.submit(Priority.APP, _known, shopper=shopper).result()
    return browser, shopper


def _known(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, shopper: ShopperId
) -> None:
    shoppers = ShopperRepository(uow.session, rooms.scope)
    shoppers.save([Shopper(shopper, None, "en", now)])
    shoppers.add_install(Install("i-1", shopper, "android", "1", True, now))
    for purpose in Purpose:
        word = ConsentEntry(shopper, purpose, True, now - timedelta(days=1), "test", "1")
        ConsentRepository(uow.session, rooms.scope).add(word, recorded_at=now)


def stays(store: WebStore, shopper: ShopperId, zone: str = "bakery") -> None:
    """The shopper has stayed in a zone for as long as the campaign asks."""
    asked = Trigger(
        id="t-1",
        kind=TriggerKind.ZONE_DWELL,
        shopper=shopper,
        zone=ZoneId(zone),
        at=NOON,
        event_id="e-1",
        visit_id="v-1",
        dwell_s=20,
    )
    store.context.writer.submit(Priority.APP, _decide, asked=asked).result()


def _decide(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, asked: Trigger
) -> None:
    decide_triggers(uow, rooms, now=now, triggers=[asked])


def scanned(browser: TestClient) -> str:
    """The page after the newest offer was scanned."""
    page = browser.get(AT).text
    name = re.search(r'name="notification" value="([^"]+)"', page)
    assert name, page
    return str(browser.post(AT, data={"act": "scan", "notification": name[1]}).text)


def test_an_offer_appears_with_one_sentence_why_and_is_scanned(store: WebStore) -> None:
    browser, shopper = begun(store)
    dark = browser.get(AT).text
    stays(store, shopper)
    lit = browser.get(f"{AT}/state").text

    page = scanned(browser)

    assert "Nothing yet" in dark
    assert "Why:" in lit
    assert "Scan it at the till" in lit
    assert "Taken by the till" in page
    assert "Scan it at the till" not in page
    assert '<dd id="moved-redeemed">1</dd>' in page


def test_why_there_is_no_offer_is_told_too(store: WebStore) -> None:
    browser, shopper = begun(store)
    stays(store, shopper, zone="dairy")

    assert "Nothing was offered" in browser.get(AT).text


def test_a_zone_can_be_chosen_without_a_mouse(store: WebStore) -> None:
    browser, _ = begun(store)
    browser.post(AT, data={"act": "go", "zone": "dairy"})

    (walk,) = store.client("ops").get("/v1/simulation/walks").json()["walks"]
    assert 0 < walk["x_m"] < 10
    assert 10 < walk["y_m"] < 20


@pytest.mark.parametrize("data", [{"x": "nan", "y": "1"}, {"x": "31", "y": "1"}, {"x": "1"}])
def test_nobody_is_led_off_the_plan(store: WebStore, data: dict[str, str]) -> None:
    browser, _ = begun(store)

    assert browser.post(f"{AT}/move", data=data).status_code == 422


def test_what_she_does_is_written_down(store: WebStore) -> None:
    browser, shopper = begun(store)
    stays(store, shopper)
    scanned(browser)

    log = browser.get("/activity/audit").text
    assert "Walked a simulated shopper" in log
    assert "Scanned a simulated offer" in log


def test_leaving_ends_the_walk(store: WebStore) -> None:
    browser, _ = begun(store)
    page = browser.post(AT, data={"act": "leave"}).text

    assert "Walk in" in page
    assert store.client("ops").get("/v1/simulation/walks").json()["walks"] == []
    assert browser.post(f"{AT}/move", data={"x": "1", "y": "1"}).status_code == 404


def test_nobody_is_walked_among_real_shoppers(web: WebStore) -> None:
    browser = web.manager()

    assert "Only in a simulated store" in browser.get(AT).text
    assert browser.post(AT, data={"act": "begin"}).status_code == 409
    assert browser.get(f"{AT}/state").status_code == 409


def test_the_page_says_when_no_simulator_listens(store: WebStore) -> None:
    browser = store.manager()
    alone = browser.get(AT).text
    store.client("ops").get("/v1/simulation/walks")

    assert "No simulator listens" in alone
    assert "No simulator listens" not in browser.get(AT).text
