"""What an operator reads: progress, quarantine, health, metrics that name nobody."""

from fastapi.testclient import TestClient

from tests.store_server.entrypoints.web_builders import WebStore


def test_progress_names_every_count_before_the_first(web: WebStore) -> None:
    progress = web.client("ops").get("/v1/ops/progress").json()

    assert progress["event_now_ms"] == 1_772_625_600_000
    assert progress["writer_waiting"] == 0
    assert progress["outbox"]["queued"] == 0
    assert progress["counts"]["sightings"] == 0
    outcomes = ("offered", "held_out", "nothing", "handed_over")
    assert progress["counts"]["decisions"] == dict.fromkeys(outcomes, 0)


def test_progress_counts_decisions_and_reasons(web: WebStore) -> None:
    web.client(token=web.token()).post(
        "/v1/app/decisions", json={"request_id": "q", "placement": "app", "zone": "drinks"}
    )

    counts = web.client("ops").get("/v1/ops/progress").json()["counts"]

    assert sum(counts["decisions"].values()) == 1


def test_the_quarantine_is_empty_at_first(web: WebStore) -> None:
    assert web.client("ops").get("/v1/ops/quarantine").json() == {"entries": []}


def test_metrics_are_open_to_loopback_and_name_nobody(web: WebStore) -> None:
    web.place("ann", 5, 5)
    local = TestClient(web.app, client=("127.0.0.1", 5000))

    text = local.get("/metrics").text

    assert "beaconry_devices_present 1.0" in text
    assert "ann" not in text


def test_a_webhook_endpoint_shows_its_secret_once(web: WebStore) -> None:
    backend = web.client("backend")

    made = backend.post("/v1/webhook-endpoints", json={"url": "http://127.0.0.1:9/hook"}).json()
    listed = backend.get("/v1/webhook-endpoints")

    assert made["secret"].startswith("whsec_")
    assert listed.json()["endpoints"][0]["endpoint_id"] == made["endpoint_id"]
    assert made["secret"] not in listed.text


def test_a_webhook_endpoint_inside_another_network_is_refused(web: WebStore) -> None:
    answer = web.client("backend").post("/v1/webhook-endpoints", json={"url": "http://10.0.0.1/"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_url")


def test_a_removed_endpoint_is_gone(web: WebStore) -> None:
    backend = web.client("backend")
    made = backend.post("/v1/webhook-endpoints", json={"url": "https://a.example/"}).json()

    first = backend.delete(f"/v1/webhook-endpoints/{made['endpoint_id']}")
    again = backend.delete(f"/v1/webhook-endpoints/{made['endpoint_id']}")

    assert (first.status_code, again.status_code) == (204, 404)


def test_the_kill_switch_silences_the_next_decision_and_is_shown(web: WebStore) -> None:
    ops, app = web.client("ops"), web.client(token=web.token())

    moved = ops.put("/v1/ops/kill-switch", json={"on": True, "note": "wrong price"}).json()
    answer = app.post(
        "/v1/app/decisions", json={"request_id": "q", "placement": "app", "zone": "drinks"}
    ).json()

    assert (answer["outcome"], answer["reason"]) == ("nothing", "kill_switch")
    assert moved["on"]
    assert ops.get("/v1/ops/progress").json()["kill_switch"] == moved


def test_only_an_ops_key_throws_the_kill_switch(web: WebStore) -> None:
    assert web.client("till").put("/v1/ops/kill-switch", json={"on": True}).status_code == 403
