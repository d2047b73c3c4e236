"""What the back office reads, by key or by session, and the campaigns that it writes."""

import pytest

from tests.store_server.entrypoints.web_builders import OWN_PAGE, WebStore

CAMPAIGN = {
    "name": "Dairy hour",
    "offers": ["rye"],
    "trigger": {"kind": "zone_dwell", "zone": "dairy", "dwell_s": 30},
    "hours": ["08:00", "21:00"],
    "state": "live",
    "goal": "purchases",
    "smallest_effect_bp": 300,
    "ends_at": "2027-01-01T00:00:00Z",
}
READABLE = (
    "stores",
    "zones",
    "gateways",
    "offers",
    "campaigns",
    "decisions",
    "deliveries",
    "beacons",
)


@pytest.mark.parametrize("name", READABLE)
def test_every_list_is_read_with_the_ops_key(web: WebStore, name: str) -> None:
    answer = web.client("ops").get(f"/v1/{name}")

    assert answer.status_code == 200
    assert isinstance(answer.json()[name], list)


def test_a_manager_reads_with_the_session_alone(web: WebStore) -> None:
    answer = web.manager().get("/v1/zones")

    assert [zone["zone_id"] for zone in answer.json()["zones"]][:2] == ["entrance", "produce"]
    assert answer.json()["zones"][0]["area_m2"] == 100.0


def test_what_a_decision_led_to_is_read_and_an_unknown_one_is_not(web: WebStore) -> None:
    app, ops = web.client(token=web.token()), web.client("ops")
    question = {"request_id": "open-1", "placement": "app", "zone": "bakery"}
    made = app.post("/v1/app/decisions", json=question).json()["decision_id"]

    found = ops.get(f"/v1/decisions/{made}/attribution")
    unknown = ops.get("/v1/decisions/nosuchone/attribution")

    assert (found.json()["redeemed"], found.json()["baskets"]) == (False, [])
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_decision")


def test_a_campaign_is_made_and_changed_by_its_address(web: WebStore) -> None:
    ops = web.client("ops")

    first = ops.put("/v1/campaigns/dairy-hour", json=CAMPAIGN)
    changed = ops.put("/v1/campaigns/dairy-hour", json={**CAMPAIGN, "state": "paused"})

    assert (first.json()["state"], changed.json()["version"]) == ("live", 1)
    listed = {one["campaign_id"]: one for one in ops.get("/v1/campaigns").json()["campaigns"]}
    assert listed["dairy-hour"]["state"] == "paused"
    assert set(listed["dairy-hour"]["used"].values()) == {0}
    assert {"issues", "out", "redeemed", "reserved_minor", "spent_minor"} == set(
        listed["dairy-hour"]["used"]
    )


def test_a_campaign_names_all_that_is_wrong_with_it(web: WebStore) -> None:
    wrong = {**CAMPAIGN, "offers": [], "weekdays": [9], "cap_per_day": 0}

    answer = web.client("ops").put("/v1/campaigns/dairy-hour", json=wrong)

    assert [one["where"] for one in answer.json()["errors"]] == [
        "body.offers",
        "body.weekdays.0",
        "body.cap_per_day",
    ]


def test_a_session_changes_nothing_for_another_site(web: WebStore) -> None:
    manager = web.manager()
    manager.headers.update({"sec-fetch-site": "cross-site", "origin": "https://evil.example"})

    foreign = manager.put("/v1/campaigns/dairy-hour", json=CAMPAIGN)
    own = manager.put("/v1/campaigns/dairy-hour", json=CAMPAIGN, headers=OWN_PAGE)

    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign_origin")
    assert own.status_code == 200


def test_a_decision_can_be_read_with_its_reasons(web: WebStore) -> None:
    web.client(token=web.token()).post(
        "/v1/app/decisions", json={"request_id": "q", "placement": "app", "zone": "bakery"}
    )
    ops = web.client("ops")

    page = ops.get("/v1/decisions?limit=1").json()

    one = ops.get(f"/v1/decisions/{page['decisions'][0]['decision_id']}").json()
    assert one == page["decisions"][0]
    assert one["shopper_id"] == "ann"
    assert one["explanation"].endswith(".")


def test_every_gate_that_refused_is_told_with_its_sentence(web: WebStore) -> None:
    app, ops = web.client(token=web.token()), web.client("ops")
    for name in ("q1", "q2"):
        question = {"request_id": name, "placement": "app", "zone": "bakery"}
        made = app.post("/v1/app/decisions", json=question).json()["decision_id"]

    found = ops.get(f"/v1/decisions/{made}/refusals?language=es").json()

    assert found["shopper"] == []
    (offer,) = found["offers"]
    assert (offer["campaign_id"], offer["offer_id"]) == ("bakery", "rye")
    assert "cap_day" in [one["code"] for one in offer["reasons"]]
    assert all(one["text"].endswith(".") for one in offer["reasons"])
    assert ops.get("/v1/decisions/nothing/refusals").status_code == 404


def test_a_decision_that_is_not_there_is_not_found(web: WebStore) -> None:
    answer = web.client("ops").get("/v1/decisions/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_decision")


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "outcome=maybe", "before=x"])
def test_a_page_that_cannot_be_is_refused(web: WebStore, query: str) -> None:
    assert web.client("ops").get(f"/v1/decisions?{query}").status_code == 422


def test_the_report_says_so_when_there_is_not_enough(web: WebStore) -> None:
    report = web.client("ops").get("/v1/report").json()

    assert report["currency"] == "EUR"
    assert report["lift"]["verdict"].endswith(".")
    assert report["funnel"][0]["name"] == "visits"
