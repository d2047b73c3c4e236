"""What programs change of the shop by the API stands at once, and after a restart."""

import pytest

from store_server.database import Database, unit_of_work
from store_server.ids import OfferId
from store_server.offers.repository import OfferRepository
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


@pytest.mark.parametrize("address", ["offers/oat"])
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
