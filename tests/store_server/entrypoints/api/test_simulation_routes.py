"""The simulator's door: only in a simulated store, only with the operations key."""

from collections.abc import Iterator

import pytest

from store_server.database import Database
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store

AT = "/v1/simulation/walks"


@pytest.fixture
def simulated(sqlite_database: Database) -> Iterator[WebStore]:
    with a_web_store(sqlite_database, simulated=True) as store:
        yield store


def test_a_simulator_hears_where_the_shopper_shall_be(simulated: WebStore) -> None:
    browser = simulated.manager()
    browser.post("/live/walk", data={"act": "begin"})
    browser.post("/live/walk/move", data={"x": "12.5", "y": "4"})

    answer = simulated.client("ops").get(AT).json()

    (walk,) = answer["walks"]
    assert walk["shopper_id"].startswith("simulated:")
    assert (walk["x_m"], walk["y_m"], answer["revision"]) == (12.5, 4.0, 2)


def test_a_real_store_has_no_such_door(web: WebStore) -> None:
    answer = web.client("ops").get(AT)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_simulated")


def test_other_keys_hear_nothing(simulated: WebStore) -> None:
    assert simulated.client("till").get(AT).status_code == 403
    assert simulated.client().get(AT).status_code == 401


def test_a_real_store_knows_nobody_by_such_a_name(web: WebStore, simulated: WebStore) -> None:
    body = {"language": "en"}
    real = web.client("backend").put("/v1/shoppers/simulated:eva", json=body)
    there = simulated.client("backend").put("/v1/shoppers/simulated:eva", json=body)

    assert (real.status_code, real.json()["code"]) == (422, "simulated_name")
    assert there.is_success
