"""The whole plan by the API: read, replaced, refused in one piece."""

from typing import Any, Literal

import pytest

from store_server.database import Database, unit_of_work
from store_server.shop.repository import PlanRepository
from tests.store_server.entrypoints.web_builders import HERE, WebStore


def the_plan(web: WebStore) -> dict[str, Any]:
    answer = web.client("ops").get("/v1/plan")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def a_body(web: WebStore, **change: object) -> dict[str, Any]:
    shown = the_plan(web)
    del shown["warnings"]
    return shown | change


def test_what_was_read_is_put_back_without_a_change(web: WebStore) -> None:
    before = web.context.rooms.live.plan

    answer = web.client("ops").put("/v1/plan", json=a_body(web))

    assert answer.status_code == 200
    assert web.context.rooms.live.plan == before


def test_a_new_wall_stands_at_once_and_after_a_restart(web: WebStore, database: Database) -> None:
    wall = {"kind": "metal", "points": [[1, 1], [1, 4]]}

    answer = web.client("ops").put("/v1/plan", json=a_body(web, walls=[wall]))

    with unit_of_work(database.write, None) as uow:
        loaded = PlanRepository(uow.session, HERE).load()
    assert answer.json()["walls"] == [wall | {"attenuation_db": 12.0}]
    assert loaded is not None
    assert loaded[1] == web.context.rooms.live.plan


def test_a_plan_without_gateways_is_taken_and_warned_of(web: WebStore) -> None:
    answer = web.client("ops").put("/v1/plan", json=a_body(web, gateways=[]))

    assert [one["code"] for one in answer.json()["warnings"]] == ["no_gateway"]


def test_of_a_wrong_plan_nothing_is_taken(web: WebStore) -> None:
    before = web.context.rooms.live.plan

    answer = web.client("ops").put("/v1/plan", json=a_body(web, width_m=15))

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_plan")
    assert "is off the floor; the floor is 15.0 m wide" in answer.json()["detail"]
    assert web.context.rooms.live.plan is before


@pytest.mark.parametrize("key", ["till", "backend"])
def test_only_an_ops_key_sees_and_changes_the_plan(
    web: WebStore, key: Literal["till", "backend"]
) -> None:
    assert web.client(key).get("/v1/plan").status_code == 403
    assert web.client(key).put("/v1/plan", json=a_body(web)).status_code == 403
