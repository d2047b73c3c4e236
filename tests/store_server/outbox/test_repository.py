"""The outbox in the database: leases, settlements, expiry; on both engines."""

import json
from typing import Any

import pytest

from store_server.database import UnitOfWork
from store_server.ids import scope
from store_server.outbox.attempt import Settled, Settlement, Tried
from store_server.outbox.delivery import Due
from store_server.outbox.endpoint import Endpoint, EndpointState
from store_server.outbox.event import EVENT_LIVES, consent_changed
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import (
    EndpointRepository,
    NotificationRepository,
    OutboxRepository,
)
from tests.store_server.outbox.builders import (
    ANN,
    BOB,
    NOON,
    SCOPE,
    a_notification,
    an_outcome,
    minutes,
)

Uow = UnitOfWork[Any]
DELIVERED = Settlement(DeliveryState.DELIVERED, None)
AGAIN = Settlement(DeliveryState.QUEUED, None, 9_000)


@pytest.fixture
def outbox(uow: Uow) -> OutboxRepository:
    """An outbox with one endpoint."""
    register(uow, "endpoint-1")
    return OutboxRepository(uow.session, SCOPE)


def register(uow: Uow, name: str, *, org: str = "acme") -> None:
    endpoint = Endpoint(name, f"https://{name}.example/", "", EndpointState.ACTIVE, None, NOON)
    EndpointRepository(uow.session, scope(org, "demo")).add(endpoint, sealed_secret=b"sealed")


def claim(outbox: OutboxRepository, *, at_ms: int = 1_000, limit: int = 10) -> list[Due]:
    """What a turn of the dispatcher does: lapsed leases, then each endpoint's share."""
    outbox.release(lapsed_at_system_ms=at_ms)
    due = outbox.due({}, now_system_ms=at_ms)
    shares = [
        outbox.claim(way.endpoint, now_system_ms=at_ms, lease_ms=5_000, limit=limit)
        for way in due.ways
    ]
    return [one for share in shares for one in share]


def settle(outbox: OutboxRepository, due: Due, settlement: Settlement) -> int:
    return outbox.settle([Settled(due.key, due.number, settlement)], now=NOON)


def test_a_notification_is_added_once(outbox: OutboxRepository) -> None:
    first = outbox.add([a_notification()])

    assert (first, outbox.add([a_notification()])) == (1, 0)
    assert outbox.counts()["queued"] == 1


def test_each_active_endpoint_gets_it(uow: Uow, outbox: OutboxRepository) -> None:
    register(uow, "endpoint-2")
    register(uow, "of-another-org", org="other")

    outbox.add([a_notification()])

    assert {due.key.endpoint for due in claim(outbox)} == {"endpoint-1", "endpoint-2"}


def test_what_is_claimed_is_nobody_elses_until_the_lease_is_over(outbox: OutboxRepository) -> None:
    outbox.add([a_notification()])

    assert len(claim(outbox)) == 1
    assert claim(outbox, at_ms=5_999) == []
    assert not outbox.due({}, now_system_ms=5_999)
    assert outbox.due({}, now_system_ms=6_000).lapsed
    assert [due.number for due in claim(outbox, at_ms=6_000)] == [2]


def test_a_claim_that_was_taken_over_settles_nothing(outbox: OutboxRepository) -> None:
    outbox.add([a_notification()])
    (first,) = claim(outbox)
    (second,) = claim(outbox, at_ms=7_000)

    assert settle(outbox, first, AGAIN) == 0
    assert outbox.counts()["sending"] == 1
    assert settle(outbox, second, AGAIN) == 1


def test_what_was_delivered_is_so_even_when_the_claim_was_taken_over(
    outbox: OutboxRepository,
) -> None:
    outbox.add([a_notification()])
    (first,) = claim(outbox)
    claim(outbox, at_ms=7_000)

    assert settle(outbox, first, DELIVERED) == 1
    assert outbox.counts()["delivered"] == 1


def test_a_retry_waits_for_its_time(outbox: OutboxRepository) -> None:
    outbox.add([a_notification()])
    (due,) = claim(outbox)

    settle(outbox, due, AGAIN)

    assert claim(outbox, at_ms=8_999) == []
    assert len(claim(outbox, at_ms=9_000)) == 1


def test_every_try_posts_the_same_bytes(outbox: OutboxRepository) -> None:
    outbox.add([a_notification()])

    (first,), (second,) = claim(outbox), claim(outbox, at_ms=7_000)

    assert first.body == second.body
    assert json.loads(first.body)["data"]["notification_id"] == first.key.notification


def test_a_restart_takes_up_what_was_under_way(outbox: OutboxRepository) -> None:
    outbox.add([a_notification()])
    claim(outbox)

    assert outbox.release() == 1
    assert len(claim(outbox, at_ms=1_001)) == 1


def test_each_endpoint_is_claimed_for_alone_and_no_more_than_the_limit(
    uow: Uow, outbox: OutboxRepository
) -> None:
    register(uow, "endpoint-2")
    outbox.add([a_notification(f"decision-{number}") for number in range(5)])

    due = outbox.claim("endpoint-2", now_system_ms=0, lease_ms=5_000, limit=3)

    assert [one.key.endpoint for one in due] == ["endpoint-2"] * 3
    assert len(claim(outbox, limit=9)) == 7


def test_an_event_goes_to_every_active_endpoint_once_and_is_no_offer(
    uow: Uow, outbox: OutboxRepository
) -> None:
    register(uow, "endpoint-2")
    event = consent_changed(
        SCOPE, shopper=ANN, purpose="offers", granted=False, source="app", at=NOON
    )

    told = [outbox.add_events([event]), outbox.add_events([event])]

    due = claim(outbox)
    assert told == [1, 0]
    assert [(one.key.endpoint, one.is_offer) for one in due] == [
        ("endpoint-1", False),
        ("endpoint-2", False),
    ]
    assert due[0].expires_at == NOON + EVENT_LIVES


def test_what_is_suppressed_for_a_no_are_offers_and_not_the_event_of_the_no(
    uow: Uow, outbox: OutboxRepository
) -> None:
    event = consent_changed(
        SCOPE, shopper=ANN, purpose="offers", granted=False, source="app", at=NOON
    )
    outbox.add([a_notification()])
    outbox.add_events([event])

    ended = NotificationRepository(uow.session, SCOPE).suppress_waiting(
        ANN, reason=DeliveryReason.CONSENT_WITHDRAWN
    )

    assert ended == 1
    assert [one.key.notification for one in claim(outbox)] == [event.id]


def test_what_waits_expires_and_what_is_under_way_does_not(outbox: OutboxRepository) -> None:
    outbox.add([a_notification("under way"), a_notification("waits")])
    claim(outbox, limit=1)

    assert outbox.expire(now=NOON + minutes(2) - minutes(0.001)) == 0
    assert outbox.expire(now=NOON + minutes(2)) == 1
    assert {s: n for s, n in outbox.counts().items() if n} == {"sending": 1, "expired": 1}


def test_the_first_endpoint_gets_what_waited_for_one(uow: Uow) -> None:
    outbox = OutboxRepository(uow.session, SCOPE)
    outbox.add([a_notification()])
    assert claim(outbox) == []

    register(uow, "endpoint-1")

    assert outbox.adopt("endpoint-1") == 1
    assert len(claim(outbox)) == 1


def test_a_disabled_endpoint_gets_nothing(uow: Uow, outbox: OutboxRepository) -> None:
    outbox.add([a_notification()])

    EndpointRepository(uow.session, SCOPE).end(
        "endpoint-1", state=EndpointState.DISABLED, reason="gone"
    )

    assert claim(outbox) == []
    assert outbox.abandon("endpoint-1", reason=DeliveryReason.ENDPOINT_GONE) == 1


def test_a_pulled_offer_is_recorded_and_not_sent(uow: Uow, outbox: OutboxRepository) -> None:
    outbox.add([a_notification(channel="pull")])

    (told,) = NotificationRepository(uow.session, SCOPE).of_shopper(ANN)
    assert told.delivered_at == NOON
    assert claim(outbox) == []


def test_opening_counts_the_first_time_and_for_its_shopper_only(
    uow: Uow, outbox: OutboxRepository
) -> None:
    outbox.add([a_notification()])
    notifications = NotificationRepository(uow.session, SCOPE)

    assert not notifications.open(a_notification().id, names=[BOB], at=NOON)
    assert notifications.open(a_notification().id, names=[ANN], at=NOON + minutes(1))
    assert notifications.open(a_notification().id, names=[ANN], at=NOON + minutes(5))

    (told,) = notifications.of_shopper(ANN)
    assert told.opened_at == NOON + minutes(1)


def test_another_store_sees_and_changes_nothing(uow: Uow, outbox: OutboxRepository) -> None:
    outbox.add([a_notification()])
    other = OutboxRepository(uow.session, scope("acme", "other"))

    assert claim(other) == []
    assert other.expire(now=NOON + minutes(60)) == 0
    assert NotificationRepository(uow.session, scope("rival", "demo")).forget(ANN) == 0
    assert len(claim(outbox)) == 1


def test_a_try_that_ends_after_the_erasure_is_not_logged(
    uow: Uow, outbox: OutboxRepository
) -> None:
    outbox.add([a_notification()])
    (due,) = claim(outbox)
    NotificationRepository(uow.session, SCOPE).forget(ANN)

    assert outbox.log_attempts([Tried(due.key, due.number, an_outcome())]) == 0


def test_a_forgotten_shopper_leaves_nothing(uow: Uow, outbox: OutboxRepository) -> None:
    outbox.add([a_notification("a"), a_notification("b", shopper=BOB)])
    outbox.log_attempts([Tried(due.key, 1, an_outcome()) for due in claim(outbox)])

    assert NotificationRepository(uow.session, SCOPE).forget(ANN) == 1

    assert NotificationRepository(uow.session, SCOPE).of_shopper(ANN) == []
    assert outbox.counts()["sending"] == 1
