"""Events, exclusions and complaints over HTTP."""

from tests.store_server.entrypoints.web_builders import WebStore
from tests.store_server.offers.builders import NOON

KIND = {
    "purpose": "profile",
    "fields": [{"name": "recipe", "type": "text", "required": True}],
    "item_field": "recipe",
}
EVENT = {
    "event_id": "e-1",
    "shopper_id": "s-1",
    "kind": "recipe-saved",
    "said": {"recipe": "focaccia"},
}
YES = {"granted": True, "source": "app", "text_version": "1", "at": "2025-01-01T00:00:00Z"}


def test_events_are_answered_for_one_by_one(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put("/v1/shoppers/s-1", json={})
    backend.put("/v1/shoppers/s-1/consents/profile", json=YES)
    kind = backend.put("/v1/event-kinds/recipe-saved", json=KIND).json()
    at = NOON.isoformat()
    events = [{**EVENT, "at": at}, {**EVENT, "event_id": "e-2", "at": at, "said": {}}]

    answer = backend.post("/v1/events", json={"events": events}).json()

    assert (answer["taken"], answer["known"], answer["refused"]) == (1, 0, 1)
    assert answer["results"][1]["code"] == "bad_values"
    assert backend.get("/v1/event-kinds").json() == {"kinds": [kind]}


def test_an_event_without_consent_is_refused_by_name(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put("/v1/shoppers/s-1", json={})
    backend.put("/v1/event-kinds/recipe-saved", json=KIND)
    events = [{**EVENT, "at": NOON.isoformat()}]

    answer = backend.post("/v1/events", json={"events": events}).json()

    assert answer["results"][0]["code"] == "no_consent"


def test_exclusions_are_set_by_backend_and_app(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put("/v1/shoppers/s-1", json={})
    token = backend.post("/v1/shoppers/s-1/tokens").json()["token"]
    app = web.client(token=token)

    backend.put("/v1/shoppers/s-1/exclusions", json={"excluded": ["WINE"]})
    seen = app.get("/v1/app/exclusions").json()
    app.put("/v1/app/exclusions", json={"excluded": ["offer-1", "BEER"]})

    assert seen == {"excluded": ["WINE"]}
    mine = backend.get("/v1/shoppers/s-1/exclusions").json()
    assert mine == {"excluded": ["BEER", "offer-1"]}


def test_a_complaint_is_opened_and_closed(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put("/v1/shoppers/s-1", json={})
    complaint = {"topic": "delivery", "complaint_id": "c-1"}

    opened = backend.post("/v1/shoppers/s-1/complaints", json=complaint)
    closed = backend.delete("/v1/shoppers/s-1/complaints/c-1").json()
    unknown = backend.delete("/v1/shoppers/s-1/complaints/c-2")

    assert (opened.status_code, opened.json()["closed_at"]) == (201, None)
    assert closed["closed_at"] is not None
    assert unknown.json()["code"] == "unknown_complaint"
