"""Opening a notification."""

import pytest

from store_server.database import Database, read_only, unit_of_work
from store_server.errors import NotFound
from store_server.flows.record_opened import record_opened
from store_server.flows.rooms import StoreRooms
from store_server.outbox.repository import NotificationRepository, OutboxRepository
from tests.store_server.outbox.builders import (
    ANN,
    BOB,
    NOON,
    a_notification,
    minutes,
    run,
    some_rooms,
)

NOTE = a_notification()


def told(database: Database) -> StoreRooms:
    rooms = some_rooms()
    with unit_of_work(database.write, rooms.live) as uow:
        OutboxRepository(uow.session, rooms.scope).add([NOTE])
    return rooms


def test_the_first_opening_counts_and_never_lies_ahead(database: Database) -> None:
    rooms = told(database)
    ahead = NOON + minutes(60)

    for now in (NOON + minutes(1), NOON + minutes(2)):
        run(database, rooms, record_opened, now=now, notification_id=NOTE.id, shopper=ANN, at=ahead)

    with read_only(database.read, rooms.live) as uow:
        (mine,) = NotificationRepository(uow.session, rooms.scope).of_shopper(ANN)
    assert mine.opened_at == NOON + minutes(1)


def test_another_shoppers_notification_cannot_be_opened(database: Database) -> None:
    with pytest.raises(NotFound, match="no such notification"):
        run(database, told(database), record_opened, notification_id=NOTE.id, shopper=BOB)
