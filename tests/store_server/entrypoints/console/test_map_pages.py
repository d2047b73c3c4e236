"""The map: drawn as a draft that no rule sees, published as a whole or not at all."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from store_server.database import Database
from tests.store_server.entrypoints.web_builders import PLAN, WebStore, a_web_store
from tests.store_server.shop.test_plan_image import a_png

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


def laid(browser: TestClient, content: bytes, **fields: str) -> Any:
    return browser.post(f"{AT}/picture", files={"picture": ("p.png", content)}, data=fields)


@pytest.fixture
def folder(web: WebStore, tmp_path: Path) -> Path:
    store = web.context.settings.store.model_copy(update={"state_dir": tmp_path})
    settings = web.context.settings.model_copy(update={"store": store})
    web.context = web.app.state.context = replace(web.context, settings=settings)
    return tmp_path / "plans"


def test_a_picture_is_laid_under_the_draft_and_published_with_it(
    web: WebStore, folder: Path
) -> None:
    browser = web.manager()
    drawn = {**the_text(browser), "walls": []}

    laid(browser, a_png(60, 20), document=json.dumps(drawn))
    document = the_text(browser)
    image = document["image"]
    before = browser.get(f"/plan/{image['name']}").status_code
    sent(browser, {**document, "image": {**image, "metres_per_pixel": 0.25, "x": 2}}, "publish")

    plan = web.context.rooms.live.plan
    assert (image["width_px"], image["metres_per_pixel"], document["walls"]) == (60, 0.5, [])
    assert before == 200
    assert plan.image is not None
    assert (plan.image.metres_per_pixel, plan.image.x) == (0.25, 2)
    assert [one.name for one in folder.iterdir()] == [plan.image.name]


def test_a_picture_that_is_taken_away_is_gone_when_published(web: WebStore, folder: Path) -> None:
    browser = web.manager()
    laid(browser, a_png(60, 20))
    document = the_text(browser)
    sent(browser, document, "publish")

    sent(browser, {**the_text(browser), "image": None}, "publish")

    assert web.context.rooms.live.plan.image is None
    assert browser.get(f"/plan/{document['image']['name']}").status_code == 404


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg/>", "neither PNG nor JPEG"),
        (a_png(9_000, 9_000), "million pixels"),
        (b"\x89PNG" + b"0" * 10_600_000, "too large"),
    ],
)
def test_what_is_no_picture_is_told_and_the_drawing_stays(
    web: WebStore, folder: Path, content: bytes, told: str
) -> None:
    browser = web.manager()
    drawn = {**the_text(browser), "walls": []}

    answer = laid(browser, content, document=json.dumps(drawn))

    assert answer.status_code == 422
    assert told in answer.text
    assert "&#34;walls&#34;: []" in answer.text
    assert not folder.exists()


def test_no_other_file_is_given_out(web: WebStore, folder: Path) -> None:
    browser = web.manager()
    folder.mkdir()
    (folder / "plan-0123456789abcdef.png").write_bytes(b"another store's")

    names = ("plan-0123456789abcdef.png", "..%2Fstore.db", "x")
    assert [browser.get(f"/plan/{name}").status_code for name in names] == [404, 404, 404]
