"""The first run: from the one-time link to a store with a plan and a gateway that may come in."""

import json
from collections.abc import Iterator
from datetime import time

import pytest
from fastapi.testclient import TestClient

from store_server.database import Database
from store_server.entrypoints.console.languages import PSEUDO
from store_server.entrypoints.console.visit import LANGUAGE_COOKIE
from store_server.shop.plan_template import Template
from tests.store_server.entrypoints.console.test_languages import Untranslated
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store

FORM = {
    "name": "Acme Valencia",
    "timezone": "Europe/Madrid",
    "currency": "eur",
    "opens": "09:00",
    "closes": "21:30",
    "width": "30",
    "depth": "20,5",
}


@pytest.fixture
def new(database: Database) -> Iterator[WebStore]:
    """A store that nobody has set up yet."""
    with a_web_store(database, bare=True) as store:
        yield store


def set_up(new: WebStore) -> TestClient:
    browser = new.manager()
    assert browser.post("/setup", data=FORM).status_code == 200
    return browser


def test_who_comes_in_by_the_link_is_led_through_the_set_up(new: WebStore) -> None:
    page = new.manager().get("/")

    assert page.url.path == "/setup"
    assert "Set up your store" in page.text


def test_a_plan_and_gateways_come_after_the_store(new: WebStore) -> None:
    assert new.manager().get("/setup/plan").url.path == "/setup"


def test_the_store_is_what_the_form_says_from_the_next_page_on(new: WebStore) -> None:
    page = new.manager().post("/setup", data=FORM)

    rooms = new.context.rooms
    assert page.url.path == "/setup/plan"
    assert "Acme Valencia" in page.text
    assert (rooms.policy.timezone, rooms.policy.currency) == ("Europe/Madrid", "EUR")
    assert rooms.policy.hours == (time(9), time(21, 30))
    assert (rooms.live.plan.width_m, rooms.live.plan.height_m) == (30, 20.5)
    assert len(rooms.live.plan.zones) == 1


def test_every_mistake_is_told_at_once_and_the_form_keeps_its_words(new: WebStore) -> None:
    wrong = {**FORM, "timezone": "Mars/Olympus", "currency": "E", "opens": "9", "width": "0"}
    wrong["name"] = ""

    answer = new.manager().post("/setup", data=wrong)

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 5
    assert "Mars/Olympus" in answer.text
    assert new.context.rooms.live.plan.zones == ()


def test_a_store_is_set_up_once(new: WebStore) -> None:
    browser = set_up(new)

    answer = browser.post("/setup", data={**FORM, "name": "Another"})

    assert answer.status_code == 409
    assert new.context.rooms.live.plan.name == "Acme Valencia"


@pytest.mark.parametrize("template", Template)
def test_a_template_is_cut_to_the_floor(new: WebStore, template: Template) -> None:
    page = set_up(new).post("/setup/plan", data={"template": template.value})

    plan = new.context.rooms.live.plan
    assert page.url.path == "/setup/gateways"
    assert plan.gateways
    assert all(one.id in page.text for one in plan.gateways)
    assert sum(zone.area_m2() for zone in plan.zones) == pytest.approx(30 * 20.5, rel=0.01)


def test_the_demo_brings_an_offer_and_a_draft(new: WebStore) -> None:
    browser = set_up(new)
    browser.post("/setup/plan", data={"template": "demo"})
    browser.post("/setup/plan", data={"template": "demo"})

    catalogue = new.context.rooms.live.catalogue
    assert [one.state.value for one in catalogue.campaigns.values()] == ["draft"]
    assert {"en", "es", "ru"} <= set(next(iter(catalogue.offers.values())).creatives)
    assert "Fresh bread" in browser.get("/campaigns").text


def test_a_plan_that_is_no_choice_changes_nothing(new: WebStore) -> None:
    answer = set_up(new).post("/setup/plan", data={"template": "castle"})

    assert answer.status_code == 422
    assert len(new.context.rooms.live.plan.zones) == 1


def a_square(name: str, side: float) -> dict[str, object]:
    corners = [[0, 0], [side, 0], [side, side], [0, side], [0, 0]]
    return {
        "type": "Feature",
        "properties": {"beaconry": "zone", "name": name},
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }


def uploaded(browser: TestClient, name: str, content: bytes) -> object:
    return browser.post("/setup/plan/file", files={"plan": (name, content)})


GEOJSON = json.dumps(
    {
        "type": "FeatureCollection",
        "beaconry": {"units": "metres"},
        "features": [a_square("Bakery", 12)],
    }
).encode()
TOML = b"""
[store]
org = "another"
store = "shop"
name = "Another name"
currency = "USD"
width_m = 8
height_m = 6
[[zones]]
id = "all"
name = "All of it"
polygon = [[0, 0], [8, 0], [8, 6], [0, 6]]
"""


@pytest.mark.parametrize(("name", "content"), [("shop.geojson", GEOJSON), ("plan.TOML", TOML)])
def test_an_uploaded_plan_is_the_plan_and_the_store_keeps_its_name(
    new: WebStore, name: str, content: bytes
) -> None:
    uploaded(set_up(new), name, content)

    plan = new.context.rooms.live.plan
    assert plan.zones[0].name in ("Bakery", "All of it")
    assert (plan.name, new.context.rooms.policy.currency) == ("Acme Valencia", "EUR")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("plan.exe", b"MZ", "must end in"),
        ("plan.zip", b"PK nonsense", "zip"),
        ("plan.json", b"[" * 5_000, "JSON"),
        ("plan.toml", b"\xff\xfe", "TOML"),
        ("plan.toml", b"a = 1", "[store]"),
        ("../../etc/plan.toml", TOML.replace(b"[8, 6]", b"[9, 6]"), "off the floor"),
    ],
)
def test_what_is_no_plan_is_refused_in_words_and_changes_nothing(
    new: WebStore, name: str, content: bytes, told: str
) -> None:
    browser = set_up(new)

    answer = browser.post("/setup/plan/file", files={"plan": (name, content)})

    assert answer.status_code == 422
    assert told in answer.text
    assert 'role="alert"' in answer.text
    assert "etc/" not in answer.text
    assert len(new.context.rooms.live.plan.zones) == 1


def test_a_file_that_was_not_chosen_or_is_too_large_is_told(new: WebStore) -> None:
    browser = set_up(new)

    none = browser.post("/setup/plan/file", files={"other": ("plan.toml", TOML)})
    large = browser.post("/setup/plan/file", files={"plan": ("plan.toml", b"#" * 10_500_000)})

    assert (none.status_code, large.status_code) == (422, 422)
    assert "Choose a file first" in none.text
    assert "too large" in large.text


def test_a_code_for_a_gateway_is_shown_once(new: WebStore) -> None:
    browser = set_up(new)
    browser.post("/setup/plan", data={"template": "room"})

    page = browser.post("/setup/gateways", data={"gateway": "gw-1"}).text

    assert "edge-agent enrol" in page
    assert "edge-agent enrol" not in browser.get("/setup/gateways").text
    assert "firmware-sim demo" in page


def test_the_first_form_can_be_translated(new: WebStore) -> None:
    browser = new.manager()
    browser.cookies.set(LANGUAGE_COOKIE, PSEUDO)
    parser = Untranslated()

    parser.feed(browser.get("/setup").text)

    assert set(parser.found) <= {"demo"}
