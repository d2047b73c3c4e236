"""What the app does with a shopper's token: consent, sightings, asking for an offer."""

from dataclasses import replace

from store_server.offers.catalogue import catalogue_of
from store_server.offers.terms import DiscountBounds, OfferTerms
from store_server.shoppers.consent import Purpose
from tests.store_server.entrypoints.web_builders import UUID, WebStore
from tests.store_server.offers.builders import a_campaign, an_offer


def a_sighting(**changes: object) -> dict[str, object]:
    return {"beacon": f"{UUID}:1:2", "rssi_dbm": -60, "at": "2026-03-04T12:00:00Z", **changes}


def test_a_phone_reports_beacons_and_each_is_judged_alone(web: WebStore) -> None:
    app = web.client(token=web.token())
    sightings = [a_sighting(), a_sighting(beacon=f"{UUID}:9:9")]

    answer = app.post("/v1/app/sightings", json={"sightings": sightings})

    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1
    assert [(one["index"], one["code"]) for one in answer.json()["refused"]] == [
        (1, "unknown_beacon")
    ]


def test_a_pull_answers_with_an_offer_or_nothing(web: WebStore) -> None:
    app = web.client(token=web.token())
    question = {"request_id": "q1", "placement": "app", "zone": "bakery"}

    answer = app.post("/v1/app/decisions", json=question)
    again = app.post("/v1/app/decisions", json=question)

    assert answer.status_code == 200
    assert answer.json()["outcome"] in ("offered", "nothing")
    assert again.json() == answer.json()


def test_a_pull_and_the_inbox_say_how_much_is_off_and_for_whom(web: WebStore) -> None:
    bounds = DiscountBounds(least_minor=10, most_minor=40)
    offer = replace(an_offer(), terms=OfferTerms(discount=bounds))
    rooms = web.context.rooms
    rooms.live = replace(rooms.live, catalogue=catalogue_of([offer], [a_campaign()]))
    app = web.client(token=web.token())

    pulled = app.post(
        "/v1/app/decisions", json={"request_id": "q1", "placement": "app", "zone": "bakery"}
    ).json()["offer"]

    (item,) = app.get("/v1/app/inbox").json()["items"]
    assert 10 <= pulled["face_value_minor"] <= 40
    assert (pulled["personal_discount"], item["personal_discount"]) == (True, True)
    assert item["face_value_minor"] == pulled["face_value_minor"]


def test_a_pull_in_a_zone_that_is_not_there_is_refused(web: WebStore) -> None:
    question = {"request_id": "q1", "placement": "qr", "zone": "moon"}

    answer = web.client(token=web.token()).post("/v1/app/decisions", json=question)

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_zone")


def test_consent_taken_back_in_the_app_counts_at_once(web: WebStore) -> None:
    app = web.client(token=web.token())
    no = {"granted": False, "source": "app", "text_version": "1"}
    app.put(f"/v1/app/consents/{Purpose.OFFERS}", json=no)

    answer = app.post("/v1/app/decisions", json={"request_id": "q1", "placement": "app"})

    assert answer.json()["outcome"] == "nothing"
    assert answer.json()["reason"] == "no_consent_offers"


def test_an_install_is_named(web: WebStore) -> None:
    body = {"platform": "ios", "app_version": "4.2.0", "push_capable": True}

    answer = web.client(token=web.token()).post("/v1/app/installs", json=body)

    assert answer.status_code == 201
    assert answer.json()["install_id"]


def test_a_notification_of_somebody_else_cannot_be_opened(web: WebStore) -> None:
    answer = web.client(token=web.token()).post("/v1/app/notifications/abc/opened")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_notification")


def test_an_api_key_is_not_a_shopper(web: WebStore) -> None:
    answer = web.client("backend").get("/v1/app/data")

    assert (answer.status_code, answer.json()["code"]) == (403, "shopper_token_needed")


def test_an_arrival_is_awaited_only_where_a_campaign_waits_for_it(web: WebStore) -> None:
    app = web.client(token=web.token())

    before = app.post("/v1/app/arrivals", json={"request_id": "near-1"})
    web.client("ops").put(
        "/v1/campaigns/near",
        json={
            "name": "Near",
            "offers": ["rye"],
            "trigger": {"kind": "near_store"},
            "goal": "visits",
            "smallest_effect_bp": 100,
            "ends_at": "2027-01-01T00:00:00Z",
            "state": "live",
        },
    )
    after = app.post("/v1/app/arrivals", json={"request_id": "near-2"})

    assert (before.status_code, before.json()) == (202, {"awaited": False})
    assert after.json() == {"awaited": True}
