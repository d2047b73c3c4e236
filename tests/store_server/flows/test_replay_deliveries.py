"""Replays: the same webhook once more, and no way around a no or a moment that is over."""

from datetime import timedelta

import pytest

from store_server.database import Database, unit_of_work
from store_server.errors import Conflict, NotFound
from store_server.flows.replay_deliveries import Replayed, replay_delivery, replay_lost
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_deliveries import show_deliveries
from store_server.outbox.attempt import DeliveryKey, Settled, Settlement
from store_server.outbox.delivery import Delivery
from store_server.outbox.endpoint import Endpoint, EndpointState
from store_server.outbox.event import consent_changed
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import EndpointRepository, OutboxRepository
from tests.store_server.outbox.builders import ANN, NOON, SCOPE, a_notification, minutes, run
from tests.store_server.redemptions.builders import a_shop

ENDPOINT = "e1"
EVENT = consent_changed(SCOPE, shopper=ANN, purpose="offers", granted=True, source="a", at=NOON)


def ended(database: Database, state: DeliveryState) -> StoreRooms:
    """A store with an event and an offer that ended so."""
    rooms = a_shop(database)
    with unit_of_work(database.write, rooms.live) as uow:
        endpoint = Endpoint(ENDPOINT, "https://a.example/", "", EndpointState.ACTIVE, None, NOON)
        EndpointRepository(uow.session, SCOPE).add(endpoint, sealed_secret=b"s")
        outbox = OutboxRepository(uow.session, SCOPE)
        outbox.add([a_notification()])
        outbox.add_events([EVENT])
        due = outbox.claim(ENDPOINT, now_system_ms=0, lease_ms=1, limit=9)
        settlement = Settlement(state, DeliveryReason.GIVEN_UP)
        outbox.settle([Settled(one.key, one.number, settlement) for one in due], now=NOON)
    return rooms


def log_of(database: Database, rooms: StoreRooms) -> dict[str, Delivery]:
    with unit_of_work(database.read, rooms.live) as uow:
        return {one.notification: one for one in show_deliveries(uow, rooms, now=NOON)}


def test_what_was_lost_is_queued_again_under_its_name(database: Database) -> None:
    rooms = ended(database, DeliveryState.DEAD)

    replayed = run(database, rooms, replay_lost, endpoint=ENDPOINT, since=NOON)

    assert replayed == Replayed(queued=2, over=0)
    assert {one.state for one in log_of(database, rooms).values()} == {"queued"}


def test_an_offer_whose_moment_is_over_stays_over(database: Database) -> None:
    rooms = ended(database, DeliveryState.DEAD)
    later = NOON + minutes(5)

    replayed = run(database, rooms, replay_lost, now=later, endpoint=ENDPOINT, since=NOON)

    assert replayed == Replayed(queued=1, over=1)
    assert log_of(database, rooms)[EVENT.id].expires_at > later + timedelta(days=3)
    with pytest.raises(Conflict, match="moment"):
        run(
            database,
            rooms,
            replay_delivery,
            now=later,
            notification=a_notification().id,
            endpoint=ENDPOINT,
        )


def test_what_came_before_is_left_alone(database: Database) -> None:
    rooms = ended(database, DeliveryState.DEAD)

    since = NOON + minutes(1)

    assert run(database, rooms, replay_lost, endpoint=ENDPOINT, since=since) == Replayed(0, 0)


def test_one_that_was_taken_can_be_sent_once_more(database: Database) -> None:
    rooms = ended(database, DeliveryState.DELIVERED)

    run(database, rooms, replay_delivery, notification=EVENT.id, endpoint=ENDPOINT)

    assert log_of(database, rooms)[EVENT.id].state == "queued"
    assert log_of(database, rooms)[a_notification().id].state == "delivered"


def test_what_was_suppressed_stays_so(database: Database) -> None:
    rooms = ended(database, DeliveryState.QUEUED)
    key = DeliveryKey(a_notification().id, ENDPOINT)
    with unit_of_work(database.write, rooms.live) as uow:
        OutboxRepository(uow.session, SCOPE).suppress(key, reason=DeliveryReason.CAP_DAY)

    with pytest.raises(Conflict, match="must not be sent"):
        run(database, rooms, replay_delivery, notification=key.notification, endpoint=key.endpoint)


@pytest.mark.parametrize(("notification", "endpoint"), [("other", ENDPOINT), (EVENT.id, "e2")])
def test_what_there_is_not_is_not_found(
    database: Database, notification: str, endpoint: str
) -> None:
    rooms = ended(database, DeliveryState.DEAD)

    with pytest.raises(NotFound):
        run(database, rooms, replay_delivery, notification=notification, endpoint=endpoint)


def test_what_is_on_its_way_is_waited_for(database: Database) -> None:
    rooms = ended(database, DeliveryState.QUEUED)

    with pytest.raises(Conflict, match="on its way"):
        run(database, rooms, replay_delivery, notification=EVENT.id, endpoint=ENDPOINT)
