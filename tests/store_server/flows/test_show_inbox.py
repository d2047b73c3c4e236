"""The inbox: what can still be used, and nothing that must not be said."""

from datetime import datetime

from store_server.database import Database, unit_of_work
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.record_opened import record_opened
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_inbox import InboxItem, show_inbox
from store_server.outbox.repository import OutboxRepository
from store_server.shoppers.consent import Purpose
from tests.store_server.outbox.builders import ANN, BOB, NOON, a_notification, minutes, run, say
from tests.store_server.redemptions.builders import a_shop


def with_offers(database: Database) -> StoreRooms:
    """A pushed offer of noon, a pulled one of a minute later, and one of somebody else."""
    rooms = a_shop(database)
    later = NOON + minutes(1)
    with unit_of_work(database.write, rooms.live) as uow:
        OutboxRepository(uow.session, rooms.scope).add(
            [
                a_notification("pushed"),
                a_notification("pulled", at=later, channel="pull"),
                a_notification("bobs", shopper=BOB),
            ]
        )
    return rooms


def inbox(database: Database, rooms: StoreRooms, *, now: datetime = NOON) -> list[InboxItem]:
    return run(database, rooms, show_inbox, now=now, shopper=ANN)


def test_the_newest_offer_stands_first_and_only_ones_own(database: Database) -> None:
    rooms = with_offers(database)

    found = [one.notification for one in inbox(database, rooms)]

    assert found == [a_notification("pulled").id, a_notification("pushed").id]


def test_an_offer_leaves_the_inbox_with_its_moment(database: Database) -> None:
    rooms = with_offers(database)

    (left,) = inbox(database, rooms, now=NOON + minutes(2))

    assert left.notification == a_notification("pulled").id
    assert inbox(database, rooms, now=NOON + minutes(3)) == []


def test_what_was_opened_says_when(database: Database) -> None:
    rooms = with_offers(database)
    pushed = a_notification("pushed").id

    run(database, rooms, record_opened, notification_id=pushed, shopper=ANN)

    opened = {one.notification: one.opened_at for one in inbox(database, rooms)}
    assert opened == {pushed: NOON, a_notification("pulled").id: None}


def test_without_consent_it_is_empty(database: Database) -> None:
    rooms = with_offers(database)
    with unit_of_work(database.write, rooms.live) as uow:
        say(uow, ANN, Purpose.OFFERS, granted=False, at=NOON)

    assert inbox(database, rooms) == []


def test_the_kill_switch_empties_it_and_what_was_suppressed_stays_out(
    database: Database,
) -> None:
    rooms = with_offers(database)

    run(database, rooms, move_kill_switch, is_on=True)
    silenced = inbox(database, rooms)
    run(database, rooms, move_kill_switch, is_on=False)

    assert silenced == []
    assert [one.notification for one in inbox(database, rooms)] == [a_notification("pulled").id]
