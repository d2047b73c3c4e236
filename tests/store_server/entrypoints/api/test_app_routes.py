"""What the app does with a shopper's token: consent, sightings, asking for an offer."""

from dataclasses import replace
from datetime import timedelta
from threading import Event

from fastapi.testclient import TestClient

from store_server.entrypoints.http_app import create_app
from store_server.offers.catalogue import catalogue_of
from store_server.offers.terms import DiscountBounds, OfferTerms
from store_server.shoppers.consent import Purpose
from store_server.writer import Priority
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


def test_all_mistakes_of_a_question_are_told_at_once(web: WebStore) -> None:
    body = {"request_id": "a b", "placement": "moon", "most": 9, "colour": "my-secret"}

    answer = web.client(token=web.token()).post("/v1/app/decisions", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.headers["content-type"] == "application/problem+json"
    assert {one["where"] for one in answer.json()["errors"]} == {
        "body.request_id",
        "body.placement",
        "body.most",
        "body.colour",
    }
    assert "my-secret" not in answer.text


def test_a_pull_says_why_and_what_to_show_instead(web: WebStore) -> None:
    settings = web.context.settings
    pull = settings.pull.model_copy(update={"default_experience": {"app": "leaflet"}})
    context = replace(web.context, settings=settings.model_copy(update={"pull": pull}))
    app = TestClient(create_app(context), headers={"authorization": f"Bearer {web.token()}"})

    offered = app.post(
        "/v1/app/decisions", json={"request_id": "q1", "placement": "app", "zone": "bakery"}
    ).json()
    nothing = app.post(
        "/v1/app/decisions", json={"request_id": "q2", "placement": "app", "zone": "drinks"}
    ).json()

    assert offered["offer"] == offered["offers"][0]
    assert offered["offer"]["decision_id"] == offered["decision_id"]
    assert offered["offer"]["reason"] in ("best", "explored", "discovery", "fallback")
    assert offered["offer"]["reason_text"].endswith(".")
    assert offered["default_experience"] is None
    assert (nothing["offers"], nothing["default_experience"]) == ([], "leaflet")
    assert nothing["reason"] == "nothing_listens"


def test_a_pull_needs_a_shoppers_token_that_stands(web: WebStore) -> None:
    question = {"request_id": "q1", "placement": "app"}
    token = web.token()
    known = web.client(token=token)
    known.post("/v1/app/decisions", json=question)

    by_key = web.client("backend").post("/v1/app/decisions", json=question)
    by_nobody = web.client(token="bt_nobody").post("/v1/app/decisions", json=question)
    web.client("backend").delete("/v1/shoppers/ann")
    forgotten = known.post("/v1/app/decisions", json=question)
    web.later(timedelta(hours=1))
    over = web.client(token=web.token("bob")).post("/v1/app/decisions", json=question)

    assert (by_key.status_code, by_key.json()["code"]) == (403, "shopper_token_needed")
    assert (by_nobody.status_code, by_nobody.json()["code"]) == (401, "unknown_token")
    assert (forgotten.status_code, forgotten.json()["code"]) == (401, "unknown_token")
    assert over.status_code == 200


def test_what_is_not_decided_in_time_is_not_decided(web: WebStore) -> None:
    app = web.client(token=web.token())
    begun, free = Event(), Event()

    def hold(uow: object, rooms: object, *, now: object) -> None:
        begun.set()
        free.wait(60)

    web.context.writer.submit(Priority.TILL, hold)
    begun.wait(60)
    question = {"request_id": "q1", "placement": "app", "zone": "bakery", "deadline_ms": 20}
    late_answer = app.post("/v1/app/decisions", json=question)
    free.set()

    late = late_answer.json()
    assert (late["decision_id"], late["outcome"], late["reason"]) == (None, "nothing", "deadline")
    again = app.post("/v1/app/decisions", json={**question, "deadline_ms": 10_000}).json()
    assert again["outcome"] == "offered"


def test_a_printed_code_is_made_scanned_and_taken_down(web: WebStore) -> None:
    ops, app = web.client("ops"), web.client(token=web.token())
    question = {"request_id": "q1", "placement": "app", "code": "shelf-7", "basket": ["p1"]}

    unknown = app.post("/v1/app/decisions", json=question)
    made = ops.put("/v1/codes/shelf-7", json={"zone": "bakery"})
    scanned = app.post("/v1/app/decisions", json=question)
    listed = ops.get("/v1/codes").json()["codes"]
    gone = ops.delete("/v1/codes/shelf-7")

    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_code")
    assert made.json() == {
        "code": "shelf-7",
        "placement": "qr",
        "zone": "bakery",
        "campaign": None,
    }
    assert scanned.json()["outcome"] == "offered"
    assert listed == [made.json()]
    assert gone.status_code == 204
    assert ops.delete("/v1/codes/shelf-7").json()["code"] == "unknown_code"
    assert ops.put("/v1/codes/x", json={"zone": "moon"}).json()["code"] == "unknown_zone"
