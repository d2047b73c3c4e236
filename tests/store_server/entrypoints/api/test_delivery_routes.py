"""The delivery log, replays, and secrets that change, as the API shows them."""

from datetime import timedelta

from store_server.database import Database, unit_of_work
from store_server.outbox.attempt import Settled, Settlement, Tried, Verdict
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import OutboxRepository
from tests.store_server.entrypoints.web_builders import HERE, WebStore
from tests.store_server.outbox.builders import a_notification, an_outcome

HOOK = {"url": "http://127.0.0.1:9/hook"}


def an_endpoint(web: WebStore) -> str:
    return str(web.client("backend").post("/v1/webhook-endpoints", json=HOOK).json()["endpoint_id"])


def a_dead_letter(web: WebStore, database: Database, endpoint: str) -> str:
    """An offer that was tried once and given up."""
    note = a_notification(lives=timedelta(days=365_00))
    with unit_of_work(database.write, None) as uow:
        outbox = OutboxRepository(uow.session, HERE)
        outbox.add([note])
        (due,) = outbox.claim(endpoint, now_system_ms=0, lease_ms=1, limit=9)
        outbox.log_attempts([Tried(due.key, 1, an_outcome(Verdict.TRY_AGAIN, status=503))])
        ends = Settlement(DeliveryState.DEAD, DeliveryReason.GIVEN_UP)
        outbox.settle([Settled(due.key, 1, ends)], now=note.created_at)
    return note.id


def test_dead_letters_tell_every_try_and_why(web: WebStore, database: Database) -> None:
    endpoint = an_endpoint(web)
    name = a_dead_letter(web, database, endpoint)

    answer = web.client("ops").get(
        "/v1/deliveries", params={"state": "dead", "endpoint_id": endpoint, "language": "es"}
    )

    (dead,) = answer.json()["deliveries"]
    assert (dead["notification_id"], dead["reason"]) == (name, "given_up")
    assert dead["reason_text"] == "Fallaron todos los intentos previstos."
    assert [one["status"] for one in dead["attempts"]] == [503]


def test_a_dead_letter_is_sent_once_more_when_asked(web: WebStore, database: Database) -> None:
    endpoint = an_endpoint(web)
    name = a_dead_letter(web, database, endpoint)
    ops = web.client("ops")

    first = ops.post(f"/v1/deliveries/{name}/{endpoint}/replay")
    again = ops.post(f"/v1/deliveries/{name}/{endpoint}/replay")

    assert first.status_code == 202
    assert (again.status_code, again.json()["code"]) == (409, "still_on_its_way")


def test_all_that_an_endpoint_lost_is_sent_once_more(web: WebStore, database: Database) -> None:
    endpoint = an_endpoint(web)
    a_dead_letter(web, database, endpoint)

    answer = web.client("backend").post(
        f"/v1/webhook-endpoints/{endpoint}/replay", json={"since": "2026-01-01T00:00:00Z"}
    )

    assert (answer.status_code, answer.json()) == (202, {"queued": 1, "over": 0})


def test_a_secret_is_changed_with_two_live_for_a_while(web: WebStore) -> None:
    backend = web.client("backend")
    made = backend.post("/v1/webhook-endpoints", json=HOOK).json()

    changed = backend.post(
        f"/v1/webhook-endpoints/{made['endpoint_id']}/rotate-secret", json={"overlap_s": 600}
    ).json()

    (shown,) = backend.get("/v1/webhook-endpoints").json()["endpoints"]
    assert changed["secret"] != made["secret"]
    assert shown["previous_secret_until"] == "2026-03-04T12:10:00Z"
    web.later(timedelta(seconds=600))
    (later,) = backend.get("/v1/webhook-endpoints").json()["endpoints"]
    assert later["previous_secret_until"] is None


def test_an_endpoint_shows_its_limits_and_its_circuit(web: WebStore) -> None:
    backend = web.client("backend")
    backend.post("/v1/webhook-endpoints", json={**HOOK, "concurrency": 3, "rate_per_s": 5})

    (shown,) = backend.get("/v1/webhook-endpoints").json()["endpoints"]

    assert (shown["concurrency"], shown["rate_per_s"]) == (3, 5.0)
    assert shown["circuit"] == {
        "state": "closed",
        "failures": 0,
        "under_way": 0,
        "retry_in_s": 0.0,
    }


def test_only_operations_read_the_log(web: WebStore) -> None:
    assert web.client("till").get("/v1/deliveries").status_code == 403
