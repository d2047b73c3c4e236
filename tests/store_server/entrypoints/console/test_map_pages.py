"""The map: drawn as a draft that no rule sees, published as a whole or not at all."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from store_server.database import Database
from tests.store_server.entrypoints.web_builders import PLAN, WebStore, a_web_store

AT = "/store/editor"


@pytest.fixture
def web(sqlite_database: Database) -> Iterator[WebStore]:
    with a_web_store(sqlite_database) as store:
        yield store


def the_text(browser: TestClient) -> dict[str, Any]:
    found = re.search(r'<textarea id="document"[^>]*>(.*?)</textarea>', browser.get(AT).text, re.S)
    assert found
    document: dict[str, Any] = json.loads(html.unescape(found[1]))
    return document


def sent(browser: TestClient, document: object, only: str) -> Any:
    return browser.post(AT, data={"document": json.dumps(document), "only": only})


def test_the_editor_begins_with_the_map_as_it_stands(web: WebStore) -> None:
    document = the_text(web.manager())

    assert [zone["id"] for zone in document["zones"]] == [zone.id for zone in PLAN.zones]
    assert (document["width_m"], len(document["walls"])) == (30, len(PLAN.walls))


def test_a_draft_is_kept_and_counts_for_nothing(web: WebStore) -> None:
    browser = web.manager()
    document = the_text(browser)
    document["zones"][0]["name"] = "Main door"

    sent(browser, document, "keep")

    assert the_text(browser)["zones"][0]["name"] == "Main door"
    assert web.context.rooms.live.plan.zones[0].name == "Entrance"
    assert "There is a draft" in browser.get("/store").text


def test_publishing_takes_the_place_of_the_map_and_is_written_down(web: WebStore) -> None:
    browser = web.manager()
    document = the_text(browser)
    document["zones"][0]["name"] = "Main door"

    page = sent(browser, document, "publish").text

    assert web.context.rooms.live.plan.zones[0].name == "Main door"
    assert "Main door" in page
    assert "There is a draft" not in page
    assert "Published a plan" in browser.get("/activity/audit").text


def test_a_wrong_map_changes_nothing_and_every_fault_is_told(web: WebStore) -> None:
    browser = web.manager()
    document = the_text(browser)
    document["gateways"][0]["zone"] = "nowhere"
    document["zones"][1]["polygon"] = document["zones"][0]["polygon"]

    answer = sent(browser, document, "publish")

    assert answer.status_code == 422
    assert "nowhere" in answer.text
    assert web.context.rooms.live.plan == PLAN
    assert the_text(browser)["gateways"][0]["zone"] == "nowhere"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"zones": 7}', "null"])
def test_what_is_no_map_is_refused_and_stays_in_the_form(web: WebStore, text: str) -> None:
    answer = web.manager().post(AT, data={"document": text, "only": "publish"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_forgotten_draft_gives_the_map_back(web: WebStore) -> None:
    browser = web.manager()
    document = the_text(browser)
    sent(browser, {**document, "walls": []}, "keep")

    sent(browser, document, "drop")

    assert len(the_text(browser)["walls"]) == len(PLAN.walls)
