"""Claiming and settling: consent and expiry are looked at again, a dead process loses nothing."""

from datetime import datetime
from typing import Any

import pytest

from store_server.database import Database, read_only, unit_of_work
from store_server.errors import NotFound
from store_server.flows.deliver_notifications import (
    claim_deliveries,
    expire_notifications,
    find_due,
    prepare_test,
    recover_deliveries,
    settle_deliveries,
)
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.register_endpoint import register_endpoint, show_endpoints
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_deliveries import show_deliveries
from store_server.outbox.attempt import Claim, Verdict
from store_server.outbox.delivery import Delivery
from store_server.outbox.endpoint import EndpointState
from store_server.outbox.repository import OutboxRepository
from store_server.shoppers.consent import Purpose
from tests.store_server.outbox.builders import (
    ANN,
    NOON,
    a_notification,
    an_outcome,
    minutes,
    run,
    say,
)
from tests.store_server.redemptions.builders import a_shop


def queued(database: Database, *decisions: str) -> StoreRooms:
    """A store with one endpoint and a notification for each decision."""
    rooms = a_shop(database)
    run(database, rooms, register_endpoint, url="https://app.example/hooks")
    with unit_of_work(database.write, rooms.live) as uow:
        notes = [a_notification(one) for one in decisions or ("decision-1",)]
        OutboxRepository(uow.session, rooms.scope).add(notes)
    return rooms


def claim(
    database: Database, rooms: StoreRooms, *, at_ms: int = 0, now: datetime = NOON
) -> list[Claim]:
    due = run(database, rooms, find_due, now=now, now_system_ms=at_ms)
    return run(
        database,
        rooms,
        claim_deliveries,
        now=now,
        now_system_ms=at_ms,
        lease_ms=5_000,
        room={way.endpoint: 10 for way in due.ways},
    )


def settle(database: Database, rooms: StoreRooms, one: Claim, verdict: Verdict) -> Any:
    outcome = an_outcome(verdict, status=200 if verdict is Verdict.TAKEN else 503)
    return run(database, rooms, settle_deliveries, tried=[(one, outcome)], now_system_ms=0)


def log_of(database: Database, rooms: StoreRooms) -> list[Delivery]:
    with read_only(database.read, rooms.live) as uow:
        return show_deliveries(uow, rooms, now=NOON)


def test_the_kill_switch_ends_what_waits_for_good(database: Database) -> None:
    rooms = queued(database)
    before = run(database, rooms, find_due, now_system_ms=0)

    run(database, rooms, move_kill_switch, is_on=True)
    run(database, rooms, move_kill_switch, is_on=False)

    assert before
    assert claim(database, rooms) == []
    assert [(d.state, d.reason) for d in log_of(database, rooms)] == [("suppressed", "kill_switch")]


def test_what_is_taken_is_delivered_and_logged(database: Database) -> None:
    rooms = queued(database)
    (one,) = claim(database, rooms)

    settle(database, rooms, one, Verdict.TAKEN)

    (delivery,) = log_of(database, rooms)
    assert delivery.state == "delivered"
    assert [(tried.number, tried.status) for tried in delivery.attempts] == [(1, 200)]


def test_what_is_not_taken_comes_again_later(database: Database) -> None:
    rooms = queued(database)
    (one,) = claim(database, rooms)

    settle(database, rooms, one, Verdict.TRY_AGAIN)

    assert claim(database, rooms, at_ms=400) == []
    (again,) = claim(database, rooms, at_ms=600)
    assert (again.number, again.notification, again.body) == (2, one.notification, one.body)


def test_a_process_that_died_between_send_and_settle_sends_the_same_again(
    database: Database,
) -> None:
    rooms = queued(database)
    (before,) = claim(database, rooms)

    assert run(database, rooms, recover_deliveries) == 1

    (after,) = claim(database, rooms)
    assert (after.notification, after.body) == (before.notification, before.body)


@pytest.mark.parametrize("said_at", [NOON, NOON + minutes(30)])
def test_withdrawn_consent_suppresses_what_waits_or_is_retried(
    database: Database, said_at: datetime
) -> None:
    rooms = queued(database, "retried", "waits")
    settle(database, rooms, claim(database, rooms)[0], Verdict.TRY_AGAIN)
    run(database, rooms, recover_deliveries)
    with unit_of_work(database.write, rooms.live) as uow:
        say(uow, ANN, Purpose.OFFERS, granted=False, at=said_at)

    assert claim(database, rooms, at_ms=60_000) == []

    assert {(d.state, d.reason) for d in log_of(database, rooms)} == {
        ("suppressed", "consent_withdrawn")
    }


def test_what_is_over_is_expired_and_not_sent_late(database: Database) -> None:
    rooms = queued(database)

    assert claim(database, rooms, now=NOON + minutes(2)) == []
    assert run(database, rooms, expire_notifications, now=NOON + minutes(2)) == 0

    assert [(d.state, d.reason) for d in log_of(database, rooms)] == [("expired", "moment_over")]


def test_what_found_no_endpoint_expires_with_that_reason(database: Database) -> None:
    rooms = a_shop(database)
    with unit_of_work(database.write, rooms.live) as uow:
        OutboxRepository(uow.session, rooms.scope).add([a_notification()])

    assert run(database, rooms, expire_notifications, now=NOON + minutes(2)) == 1
    assert run(database, rooms, expire_notifications, now=NOON + minutes(2)) == 0

    assert [d.reason for d in log_of(database, rooms)] == ["no_endpoint"]


def test_a_receiver_that_is_gone_is_disabled_with_all_that_waits(database: Database) -> None:
    rooms = queued(database, "a", "b")
    one, _ = claim(database, rooms)
    run(database, rooms, recover_deliveries)

    settle(database, rooms, one, Verdict.ENDPOINT_GONE)

    (endpoint,) = run(database, rooms, show_endpoints)
    assert endpoint.state is EndpointState.DISABLED
    assert {d.reason for d in log_of(database, rooms)} == {"endpoint_gone"}


def test_a_secret_sealed_with_another_key_is_never_sent_unsigned(database: Database) -> None:
    rooms = queued(database)
    rooms.vault = rooms.vault.__class__(b"x" * 32)

    assert claim(database, rooms) == []

    assert [d.reason for d in log_of(database, rooms)] == ["secret_unreadable"]


def test_the_log_can_be_asked_by_state_and_page(database: Database) -> None:
    rooms = queued(database, "a", "b")
    settle(database, rooms, claim(database, rooms)[0], Verdict.TAKEN)

    with read_only(database.read, rooms.live) as uow:
        only = show_deliveries(uow, rooms, now=NOON, limit=1)
        none = show_deliveries(uow, rooms, now=NOON, before=NOON)
        due = find_due(uow, rooms, now=NOON, now_system_ms=0)

    assert (len(only), none, bool(due)) == (1, [], False)


def test_a_test_event_needs_an_active_endpoint(database: Database) -> None:
    rooms = queued(database)
    (endpoint,) = run(database, rooms, show_endpoints)

    with read_only(database.read, rooms.live) as uow:
        prepared = prepare_test(
            uow, rooms, now=NOON, now_system_ms=0, endpoint=endpoint.id, test_id="t"
        )
        with pytest.raises(NotFound):
            prepare_test(uow, rooms, now=NOON, now_system_ms=0, endpoint="other", test_id="t")

    assert prepared.address == endpoint.url
