"""A shopper who is reached directly: told, agreed, and something on its way to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from store_server.database import Database, unit_of_work
from store_server.flows.deliver_notifications import (
    claim_deliveries,
    find_due,
    settle_deliveries,
)
from store_server.flows.keep_contact import record_channel_consent, save_contact
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_deliveries import show_deliveries
from store_server.ids import ShopperId
from store_server.outbox.attempt import AttemptOutcome, Claim
from store_server.outbox.channel_setup import WAYS, ChannelSetup
from store_server.outbox.lane import LaneLimits
from store_server.outbox.notification import Channel
from store_server.outbox.repository import OutboxRepository
from store_server.shoppers.contact import ContactChannel
from tests.store_server.outbox.builders import ANN, NOON, a_notification, minutes, run
from tests.store_server.redemptions.builders import a_shop

ALL_CHANNELS = ChannelSetup(
    limits={name: LaneLimits(4, 100) for name in WAYS},
    staff_address="https://chat.example/hook",
    screens={"bakery": "bakery-1"},
    public_url="https://store.example",
    push_key="key",
)
P256DH = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
SUBSCRIPTION = (
    '{"endpoint":"https://push.example/s/1",'
    f'"keys":{{"p256dh":"{P256DH}","auth":"AAAAAAAAAAAAAAAAAAAAAA"}}}}'
)
ADDRESSES = {
    ContactChannel.EMAIL: "ann@example.org",
    ContactChannel.SMS: "+34600123456",
    ContactChannel.WEB: SUBSCRIPTION,
}


def a_reachable_shop(
    database: Database, *channels: ContactChannel, granted: bool = True
) -> StoreRooms:
    """Ann told how she is reached in these channels (all), and said yes or no to each."""
    rooms = a_shop(database)
    rooms.channels = ALL_CHANNELS
    for channel in channels or tuple(ContactChannel):
        tell(database, rooms, channel)
        say_of(database, rooms, channel, granted=granted, at=NOON - minutes(30))
    return rooms


def tell(
    database: Database,
    rooms: StoreRooms,
    channel: ContactChannel,
    *,
    address: str | None = None,
    shopper: ShopperId = ANN,
) -> None:
    run(
        database,
        rooms,
        save_contact,
        shopper=shopper,
        channel=channel,
        address=address or ADDRESSES[channel],
    )


def say_of(
    database: Database,
    rooms: StoreRooms,
    channel: ContactChannel,
    *,
    granted: bool,
    at: datetime | None = None,
    now: datetime = NOON,
    shopper: ShopperId = ANN,
) -> None:
    run(
        database,
        rooms,
        record_channel_consent,
        now=now,
        shopper=shopper,
        channel=channel,
        granted=granted,
        source="app",
        text_version="1",
        at=at,
    )


def queue(
    database: Database,
    rooms: StoreRooms,
    channel: Channel,
    count: int = 1,
    *,
    first: int = 1,
    shopper: ShopperId = ANN,
    at: datetime = NOON,
) -> None:
    with unit_of_work(database.write, rooms.live) as uow:
        notes = [
            a_notification(f"decision-{n}", channel=channel, shopper=shopper, at=at)
            for n in range(first, first + count)
        ]
        OutboxRepository(uow.session, rooms.scope).add(notes)


def claimed(
    database: Database,
    rooms: StoreRooms,
    *,
    at_ms: int = 0,
    after: timedelta = timedelta(),
    limit: int = 9,
) -> list[Claim]:
    now = NOON + after
    due = run(database, rooms, find_due, now=now, now_system_ms=at_ms)
    return run(
        database,
        rooms,
        claim_deliveries,
        now=now,
        now_system_ms=at_ms,
        lease_ms=5_000,
        room={way.endpoint: limit for way in due.ways} or {"": limit},
    )


def settled(
    database: Database, rooms: StoreRooms, tried: Sequence[tuple[Claim, AttemptOutcome]]
) -> None:
    run(database, rooms, settle_deliveries, tried=list(tried), now_system_ms=0)


def ends(database: Database, rooms: StoreRooms) -> list[tuple[str, str | None]]:
    found = run(database, rooms, show_deliveries)
    return sorted((one.state.value, one.reason) for one in found)
