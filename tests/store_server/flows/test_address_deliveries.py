"""Alerts to staff: sent once, by their channel, as long as the shopper agrees."""

from datetime import timedelta

from store_server.database import Database, unit_of_work
from store_server.flows.deliver_notifications import claim_deliveries, find_due
from store_server.flows.record_consent import record_consent
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_deliveries import show_deliveries
from store_server.outbox.alert import StaffAlert
from store_server.outbox.attempt import Claim
from store_server.outbox.channel_setup import STAFF, ChannelSetup
from store_server.outbox.lane import LaneLimits
from store_server.outbox.repository import OutboxRepository
from store_server.shoppers.consent import Purpose
from tests.store_server.outbox.builders import ANN, NOON, minutes, run
from tests.store_server.redemptions.builders import a_shop

CHAT = ChannelSetup({STAFF: LaneLimits(4, 10)}, staff_address="https://chat.example/hook")


def alerted(database: Database, *, channels: ChannelSetup = CHAT) -> StoreRooms:
    rooms = a_shop(database)
    rooms.channels = channels
    alert = StaffAlert("alert-1", ANN, "Counter", "A regular waits", NOON, NOON + minutes(2))
    for added in (1, 0):
        with unit_of_work(database.write, rooms.live) as uow:
            assert OutboxRepository(uow.session, rooms.scope).add_alerts([alert]) == added
    return rooms


def claim(database: Database, rooms: StoreRooms, after: timedelta = timedelta()) -> list[Claim]:
    now = NOON + after
    due = run(database, rooms, find_due, now=now, now_system_ms=0)
    return run(
        database,
        rooms,
        claim_deliveries,
        now=now,
        now_system_ms=0,
        lease_ms=5_000,
        room={way.endpoint: 9 for way in due.ways} or {STAFF: 9},
    )


def reasons(database: Database, rooms: StoreRooms) -> list[str | None]:
    return [one.reason for one in run(database, rooms, show_deliveries)]


def test_an_alert_goes_to_staff_and_names_nobody(database: Database) -> None:
    (one,) = claim(database, alerted(database))

    assert (one.endpoint, one.address) == (STAFF, "https://chat.example/hook")
    assert "A regular waits" in one.body
    assert ANN not in one.body


def test_an_alert_about_whoever_said_no_is_not_sent(database: Database) -> None:
    rooms = alerted(database)
    run(
        database,
        rooms,
        record_consent,
        shopper=ANN,
        purpose=Purpose.OFFERS,
        granted=False,
        source="app",
        text_version="1",
    )

    assert claim(database, rooms) == []
    assert reasons(database, rooms) == ["consent_withdrawn"]


def test_an_alert_dies_with_its_moment(database: Database) -> None:
    rooms = alerted(database)

    assert claim(database, rooms, minutes(3)) == []
    assert reasons(database, rooms) == ["moment_over"]


def test_where_no_channel_is_set_up_nothing_is_sent(database: Database) -> None:
    rooms = alerted(database, channels=ChannelSetup())

    assert claim(database, rooms) == []
