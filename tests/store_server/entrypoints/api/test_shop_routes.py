"""What programs change of the shop by the API stands at once, and after a restart."""

import pytest

from store_server.database import Database, unit_of_work
from store_server.ids import OfferId
from store_server.offers.repository import OfferRepository
from store_server.shop.repository import PlanRepository
from tests.store_server.entrypoints.web_builders import HERE, WebStore

OFFER = {
    "name": "Rye bread",
    "category": "bread",
    "product_ids": ["4006"],
    "price_minor": 349,
    "margin_minor": 140,
    "face_value_minor": 50,
    "effect_mean": 0.1,
    "effect_strength": 50,
    "creatives": {"en": {"title": "{offer}", "body": "{value} off today"}},
}

PRODUCT = {
    "name": "Rye bread 500 g",
    "category": "bread",
    "department": "bakery",
    "price_minor": 349,
    "margin_bp": 4000,
}


@pytest.mark.parametrize("address", ["offers/oat", "products/4006", "zones/bakery"])
def test_only_an_ops_key_changes_the_shop(web: WebStore, address: str) -> None:
    for key in ("till", "backend"):
        answer = web.client(key).put(f"/v1/{address}", json={})

        assert answer.status_code == 403


def test_an_offer_is_made_and_changed_by_its_address(web: WebStore) -> None:
    ops = web.client("ops")

    made = ops.put("/v1/offers/oat", json=OFFER)
    changed = ops.put("/v1/offers/oat", json={**OFFER, "face_value_minor": 70})

    assert (made.status_code, made.json()["face_value_minor"]) == (200, 50)
    listed = {one["offer_id"]: one for one in ops.get("/v1/offers").json()["offers"]}
    assert listed["oat"] == changed.json()
    assert (listed["oat"]["face_value_minor"], listed["oat"]["effect_mean"]) == (70, 0.1)


def test_versions_of_an_offer_are_listed_and_compared(web: WebStore) -> None:
    ops = web.client("ops")
    ops.put("/v1/offers/oat", json=OFFER)
    ops.put("/v1/offers/oat", json={**OFFER, "face_value_minor": 70})
    assert ops.put("/v1/offers/oat", json={**OFFER, "face_value_minor": 70}).json()["version"] == 2

    found = ops.get("/v1/offers/oat/versions").json()["versions"]
    changed = ops.get("/v1/offers/oat/difference?before=1&after=2").json()["differences"]

    assert [(one["offer"]["version"], one["saved_by"]) for one in found] == [(1, "ops"), (2, "ops")]
    assert changed == [{"field": "face_value_minor", "before": 50, "after": 70}]
    gone = ops.get("/v1/offers/oat/difference?before=1&after=9")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_version")
    assert ops.get("/v1/offers/nosuch/versions").json()["code"] == "unknown_offer"
    assert web.client("till").get("/v1/offers/oat/versions").status_code == 403


def test_a_saved_offer_is_there_after_a_restart(web: WebStore, database: Database) -> None:
    web.client("ops").put("/v1/offers/rye", json=OFFER)

    with unit_of_work(database.write, None) as uow:
        loaded = OfferRepository(uow.session, HERE).load_catalogue()

    live = web.context.rooms.live.catalogue
    assert loaded.offers[OfferId("rye")] == live.offers[OfferId("rye")]
    assert live.campaigns


def test_an_offer_whose_values_contradict_each_other_is_refused(web: WebStore) -> None:
    before = web.context.rooms.live.catalogue

    answer = web.client("ops").put("/v1/offers/oat", json={**OFFER, "margin_minor": 400})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_offer")
    assert "margin_minor is 400; must be 0..349" in answer.json()["detail"]
    assert web.context.rooms.live.catalogue is before


def test_products_are_made_changed_and_read_page_by_page(web: WebStore) -> None:
    ops = web.client("ops")
    for name in ("b", "a", "c"):
        assert ops.put(f"/v1/products/{name}", json=PRODUCT).status_code == 200

    ops.put("/v1/products/c", json={**PRODUCT, "price_minor": 399})

    first = ops.get("/v1/products?limit=2").json()
    rest = ops.get(f"/v1/products?limit=2&after={first['next_after']}").json()
    assert [one["product_id"] for one in first["products"]] == ["a", "b"]
    assert rest["next_after"] is None
    assert rest["products"] == [{"product_id": "c", **PRODUCT, "price_minor": 399}]


@pytest.mark.parametrize("change", [{"margin_bp": 10_001}, {"price_minor": -1}, {"name": ""}])
def test_a_product_that_a_seed_file_could_not_hold_is_refused(
    web: WebStore, change: dict[str, object]
) -> None:
    ops = web.client("ops")

    answer = ops.put("/v1/products/a", json={**PRODUCT, **change})

    assert answer.status_code == 422
    assert ops.get("/v1/products").json()["products"] == []


def test_a_changed_zone_stands_at_once_and_after_a_restart(
    web: WebStore, database: Database
) -> None:
    ops = web.client("ops")
    corners = [[20.0, 0.0], [30.0, 0.0], [30.0, 9.0], [20.0, 9.0]]

    answer = ops.put("/v1/zones/bakery", json={"name": "Bread", "polygon": corners})

    assert (answer.status_code, answer.json()["area_m2"]) == (200, 90.0)
    assert ops.get("/v1/zones").json()["zones"][2] == answer.json()
    with unit_of_work(database.write, None) as uow:
        loaded = PlanRepository(uow.session, HERE).load()
    assert loaded is not None
    assert loaded[1] == web.context.rooms.live.plan


@pytest.mark.parametrize(
    ("zone", "corners", "text"),
    [
        ("cellar", [[0, 0], [5, 0], [5, 5]], "zones entrance and cellar overlap"),
        ("bakery", [[20, 0], [31, 0], [31, 10], [20, 10]], "is off the floor"),
        ("bakery", [[20, 0], [21, 0], [21, 1]], "lies in no zone, not in bakery"),
    ],
)
def test_a_zone_that_makes_the_plan_wrong_is_refused(
    web: WebStore, zone: str, corners: list[list[int]], text: str
) -> None:
    before = web.context.rooms.live

    answer = web.client("ops").put(f"/v1/zones/{zone}", json={"name": "X", "polygon": corners})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_plan")
    assert text in answer.json()["detail"]
    assert web.context.rooms.live.plan is before.plan


def test_words_are_tried_before_they_are_kept(web: WebStore) -> None:
    asked = {
        "offer_id": "rye",
        "creative": {
            "title": "{{ offer }}",
            "body": "{{ shopper.name }}",
            "wording": "liquid",
        },
    }

    answer = web.client("ops").post("/v1/creatives:preview", json=asked)

    found = answer.json()
    assert (answer.status_code, found["is_ready"]) == (200, False)
    assert found["problems"] == ["creative: cannot be filled: shopper.name is undefined"]
    assert found["lines"][-1]["shopper_id"] is None


def test_words_of_an_unknown_offer_are_not_found(web: WebStore) -> None:
    answer = web.client("ops").post("/v1/creatives:preview", json={"offer_id": "nosuch"})

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_offer")
