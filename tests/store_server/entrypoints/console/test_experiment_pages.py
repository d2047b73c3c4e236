"""A manager asks a question in the browser, starts it, and reads the answer; no call beside it."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from store_server.database import Database
from store_server.offers.experiment import ExperimentState
from store_server.shop.audit import Deed
from tests.browser.lively_store import enliven
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store

HERE = "/campaigns/experiments"
WHERE = {
    "name": "Where it is read",
    "campaign": "bakery",
    "ends": "2026-05-01",
    "smallest_effect": "3",
    "factor_1": "channel",
    "way_1_1": "Push",
    "way_1_2": "Inbox",
    "value_1_2": "app",
    "weight_1_1": "1",
    "weight_1_2": "1",
}
AT = f"{HERE}/at/where-it-is-read"


@pytest.fixture
def manager(web: WebStore) -> TestClient:
    return web.manager()


@pytest.fixture
def lively(sqlite_database: Database) -> Iterator[WebStore]:
    with a_web_store(sqlite_database) as store:
        enliven(store)
        yield store


def test_a_draft_is_saved_started_reweighted_and_stopped(
    manager: TestClient, web: WebStore
) -> None:
    saved = manager.post(f"{HERE}/new", data=WHERE)
    assert "nobody has been drawn yet" in saved.text

    started = manager.post(f"{AT}/move", data={"move": "start"})
    assert "Not enough households yet" in started.text
    manager.post(f"{AT}/move", data={"move": "weights", "weight_1_1": "1", "weight_1_2": "3"})
    manager.post(f"{AT}/move", data={"move": "stop"})

    found = web.context.rooms.live.catalogue.experiments["where-it-is-read"]
    assert (found.weights, found.state) == (((1, 3),), ExperimentState.STOPPED)
    assert "Where it is read" in manager.get(HERE).text
    audit = manager.get("/activity/audit").text
    assert audit.count("experiment") >= len([one for one in Deed if "experiment" in one])


def test_two_factors_make_a_full_factorial(manager: TestClient, web: WebStore) -> None:
    both = WHERE | {"factor_2": "timing", "way_2_1": "Soon", "way_2_2": "Later", "value_2_2": "60"}

    assert manager.post(f"{HERE}/new", data=both).status_code == 200

    found = web.context.rooms.live.catalogue.experiments["where-it-is-read"]
    assert found.arms == ("push.soon", "push.later", "inbox.soon", "inbox.later")


def test_every_mistake_stands_beside_its_field(manager: TestClient) -> None:
    empty = manager.post(f"{HERE}/new", data={"factor_1": "offer", "campaign": "gone"})
    wrong = manager.post(f"{HERE}/new", data=WHERE | {"value_1_2": "pigeon", "weight_1_1": "0"})

    def fields(text: str) -> set[str]:
        return set(re.findall(r'id="f-([a-z_0-9]+)" name="[^"]*"[^>]*aria-invalid', text))

    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert fields(empty.text) == {"name", "campaign", "ends", "smallest_effect", "way_1_1"}
    assert fields(wrong.text) == {"value_1_2", "weight_1_1"}
    assert 'value="pigeon"' in wrong.text


def test_a_result_says_first_whether_it_holds_and_then_what_to_do(lively: WebStore) -> None:
    page = lively.manager().get(f"{HERE}/at/bread").text

    assert "“inbox” sold less than “push”" in page
    assert "The groups are as large as they were drawn" in page
    assert page.index("inbox − push") < page.index("How it was drawn")


def test_a_language_is_spoken_throughout(lively: WebStore) -> None:
    client = lively.manager()

    assert "«inbox» vendió menos" in _in(client, "es")
    assert "«inbox» продаёт меньше" in _in(client, "ru")


def _in(client: TestClient, language: str) -> str:
    client.cookies.set("beaconry_language", language)
    return str(client.get(f"{HERE}/at/bread").text)


def test_an_offer_gets_other_words_for_an_arm(manager: TestClient, web: WebStore) -> None:
    page = manager.get("/campaigns/offers/at/rye").text
    form = dict(re.findall(r'name="([a-z_]+)" type="[a-z]+" value="([^"]*)"', page))

    manager.post(
        "/campaigns/offers/at/rye",
        data=form | {"variant": "Bold", "other_title_en": "RYE!", "other_body_en": "{value}"},
    )

    creatives = next(iter(web.context.rooms.live.catalogue.offers.values())).creatives
    assert creatives["en~bold"].title == "RYE!"
    assert 'value="RYE!"' in manager.get("/campaigns/offers/at/rye").text


def test_an_unknown_move_and_an_unknown_experiment_are_refused(manager: TestClient) -> None:
    manager.post(f"{HERE}/new", data=WHERE)

    assert manager.post(f"{AT}/move", data={"move": "fly"}).status_code == 422
    assert manager.get(f"{HERE}/at/gone").status_code == 404
