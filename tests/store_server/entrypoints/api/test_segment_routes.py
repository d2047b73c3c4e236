"""Segments over HTTP: declared attributes, trees kept and looked at, membership explained."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from store_server.database import Database, unit_of_work
from store_server.ids import ShopperId, ZoneId, pseudonym
from store_server.presence.visit import Visit, VisitBook, ZoneStay
from store_server.shoppers.repository import SegmentRepository
from tests.store_server.entrypoints.web_builders import HERE, WebStore
from tests.store_server.offers.builders import NOON

Json = dict[str, Any]
VIENNA: Json = {"kind": "text", "name": "city", "op": "is", "values": ["vienna"]}
NOT_VIENNA: Json = {"kind": "not", "of": VIENNA}
IN_BAKERY: Json = {"kind": "live_zone", "zones": ["bakery"]}


def declare_city(web: WebStore) -> None:
    answer = web.client("ops").put("/v1/attributes/city", json={"type": "text"})
    assert answer.status_code == 200, answer.text


def say(web: WebStore, shopper: str, values: Json) -> Any:
    return web.client("backend").put(
        f"/v1/shoppers/{shopper}/attributes", json={"attributes": values}
    )


def save(web: WebStore, name: str, tree: Json) -> Any:
    return web.client("ops").put(f"/v1/segments/{name}", json={"name": name, "tree": tree})


def preview(web: WebStore, tree: Json) -> Json:
    answer = web.client("ops").post("/v1/segments:preview", json={"tree": tree})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_attributes_are_taken_by_their_declared_type(web: WebStore) -> None:
    ops = web.client("ops")
    ops.put("/v1/attributes/born", json={"type": "date"})
    ops.put("/v1/attributes/tier", json={"type": "choice", "choices": ["gold", "silver"]})

    said = say(web, "ann", {"born": "1984-02-29", "tier": "gold"})
    wrong = say(web, "ann", {"born": "1983-02-29", "tier": "tin", "shoe": 41})

    assert said.json()["attributes"] == {"born": "1984-02-29", "tier": "gold"}
    assert wrong.status_code == 422
    assert [one["where"] for one in wrong.json()["errors"]] == [
        "body.attributes.born",
        "body.attributes.tier",
        "body.attributes.shoe",
    ]


def test_nothing_is_stored_of_a_shopper_who_did_not_agree(web: WebStore) -> None:
    declare_city(web)
    backend = web.client("backend")
    say(web, "ann", {"city": "Vienna"})
    no = {"granted": False, "source": "app", "text_version": "1"}

    backend.put("/v1/shoppers/ann/consents/profile", json=no)

    refused = say(web, "ann", {"city": "Graz"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_consent_profile")
    assert preview(web, {"kind": "known", "name": "city"})["shoppers"] == 0
    assert backend.get("/v1/shoppers/ann/data").json()["data"]["attributes"] == {}


def test_a_preview_counts_samples_and_tells_it_in_three_languages(web: WebStore) -> None:
    declare_city(web)
    say(web, "ann", {"city": "VIENNA"})

    found = preview(web, VIENNA)

    assert (found["shoppers"], found["of"]) == (1, 2)
    assert found["sample"] == [pseudonym(org=HERE.org, shopper="ann")]
    assert sorted(found["sentences"]) == ["en", "es", "ru"]
    assert preview(web, NOT_VIENNA)["shoppers"] == 1


def test_who_is_in_a_zone_now_is_counted_and_explained(web: WebStore) -> None:
    entered = NOON - timedelta(seconds=70)
    stay = ZoneStay(ZoneId("bakery"), entered, None)
    visit = Visit("v", ShopperId("ann"), entered, None, (stay,))
    rooms = web.context.rooms
    rooms.live = replace(rooms.live, visits=VisitBook({"ann": visit}))
    tree: Json = {
        "kind": "all",
        "of": [IN_BAKERY, {"kind": "live_dwell", "op": "ge", "seconds": 60}],
    }
    save(web, "by-the-bread", tree)

    told = web.client("ops").get("/v1/segments/by-the-bread/explain?shopper_id=ann").json()

    assert preview(web, tree)["shoppers"] == 1
    assert told["belongs"] is True
    assert [one["found"] for one in told["leaves"]] == ["bakery", 70]


def test_an_explanation_names_the_condition_that_decided_first(web: WebStore) -> None:
    declare_city(web)
    say(web, "ann", {"city": "Graz"})
    save(web, "home", {"kind": "all", "of": [{"kind": "everyone"}, VIENNA]})

    told = web.client("ops").get("/v1/segments/home/explain?shopper_id=ann&language=es").json()

    assert (told["belongs"], told["profile_allowed"]) == (False, True)
    first, second = told["leaves"]
    assert (first["path"], first["found"], first["decided"]) == ("tree.of.1", "Graz", True)
    assert (first["sentence"], second["decided"]) == ("«city» es «vienna»", False)


def test_a_change_makes_a_version_and_stands_after_a_restart(
    web: WebStore, database: Database
) -> None:
    declare_city(web)
    versions = [save(web, "home", tree).json()["version"] for tree in (VIENNA, VIENNA, NOT_VIENNA)]

    with unit_of_work(database.write, None) as uow:
        kept = SegmentRepository(uow.session, HERE).all()

    assert versions == [1, 1, 2]
    assert kept[-1].tree == web.context.rooms.live.segments.trees["home"]


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        ({"kind": "all", "of": [{"kind": "bucket", "below": 0}]}, "body.tree.of.0.below"),
        ({"kind": "not", "of": {"kind": "segment", "id": "nobody"}}, "body.tree.of.id"),
        ({"kind": "known", "name": "shoe"}, "body.tree.name"),
        ({"kind": "nonsense"}, "body.tree"),
    ],
)
def test_a_tree_that_cannot_stand_is_refused_by_its_path(
    web: WebStore, tree: Json, where: str
) -> None:
    answer = save(web, "home", tree)

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_segment")
    assert [one["where"] for one in answer.json()["errors"]] == [where]


def test_only_an_ops_key_keeps_segments(web: WebStore) -> None:
    for key in ("till", "backend"):
        answer = web.client(key).put("/v1/segments/home", json={"name": "x", "tree": VIENNA})

        assert answer.status_code == 403


def test_a_forgotten_shopper_is_in_no_segment_and_has_no_attributes(web: WebStore) -> None:
    declare_city(web)
    say(web, "ann", {"city": "Vienna"})

    web.client("backend").delete("/v1/shoppers/ann")

    assert preview(web, {"kind": "known", "name": "city"})["shoppers"] == 0
    assert preview(web, {"kind": "everyone"})["shoppers"] == 1
