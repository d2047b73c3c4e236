"""A shopper says yes or no to one purpose; the word is written down and counts from now on.

What a no ends, ends in the transaction that writes it down.
"""

from datetime import datetime, timedelta
from typing import assert_never

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.end_presence import end_presence
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.repository import WaitRepository
from store_server.offers.wait import WaitEnd
from store_server.outbox.event import consent_changed
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import (
    NotificationRepository,
    OutboxRepository,
    StaffTaskRepository,
)
from store_server.shoppers.consent import ConsentEntry, Purpose, last_word
from store_server.shoppers.profile import Standing
from store_server.shoppers.repository import (
    AttributeRepository,
    ConsentRepository,
    ProfilePartRepository,
    ShopperEventRepository,
    ShopperRepository,
)
from store_server.shoppers.repository.merges import MergeRepository

# Clocks of phones and backends may be ahead by this much.
AHEAD = timedelta(minutes=5)


def record_consent(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    purpose: Purpose,
    granted: bool,
    source: str,
    text_version: str,
    at: datetime | None = None,
) -> ConsentEntry:
    """The word as it stands in the ledger.

    A withdrawal that was given before the last grant, by the clock of a phone that is behind, is
    written down as of that grant: a no is never overtaken by an earlier yes. A no to `location`
    ends the shopper's visit, and what was heard but not taken yet is dropped; a no to `offers`
    suppresses what waits to be sent, in every store of the organisation, and cuts short what is
    being sent; a no to `profile` takes attributes and what was worked out of purchases away. A wait
    in a campaign's step that needs the purpose is over. The retailer's backend is told of each word
    (`consent.changed`).

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant of the rules.
        shopper: who said it.
        purpose: to what.
        granted: yes or no.
        source: where it was taken, like "app-onboarding".
        text_version: which text was shown.
        at: when it was said; now when None.

    Raises:
        NotFound: the shopper is not known.
        Unprocessable: it was said in the future, or source or version are empty or too long.
    """
    check_word(now=now, at=at, source=source, text_version=text_version)
    shopper = MergeRepository(uow.session, rooms.scope).current(shopper)
    if ShopperRepository(uow.session, rooms.scope).get(shopper) is None:
        raise NotFound("no such shopper; register it first", code="unknown_shopper")
    ledger = ConsentRepository(uow.session, rooms.scope)
    said_at = min(at or now, now)
    if not granted:
        before = last_word(ledger.entries(shopper), purpose, now)
        said_at = max(said_at, before.at) if before is not None and before.granted else said_at
    entry = ConsentEntry(shopper, purpose, granted, said_at, source, text_version)
    ledger.add(entry, recorded_at=now)
    if not granted:
        _end(uow, rooms, now=now, shopper=shopper, purpose=purpose)
    event = consent_changed(
        rooms.scope,
        shopper=shopper,
        purpose=purpose,
        granted=granted,
        source=source,
        at=entry.at,
    )
    if OutboxRepository(uow.session, rooms.scope).add_events([event]):
        uow.after_commit(rooms.wake_deliveries)
    return entry


def _end(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    purpose: Purpose,
) -> None:
    match purpose:
        case Purpose.LOCATION:
            end_presence(uow, rooms, now=now, shopper=shopper)
        case Purpose.OFFERS:
            rooms.flights.recall(shopper)
            notifications = NotificationRepository(uow.session, rooms.scope)
            notifications.suppress_waiting(shopper, reason=DeliveryReason.CONSENT_WITHDRAWN)
            StaffTaskRepository(uow.session, rooms.scope).drop_open(shopper)
        case Purpose.PROFILE:
            # The till asks at each basket, segments whenever they are asked; what was said for a
            # profile, and what was worked out for one before, goes now.
            AttributeRepository(uow.session, rooms.scope).forget(shopper)
            parts = ProfilePartRepository(uow.session, rooms.scope)
            parts.set_standings({shopper: Standing()}, at=now)
        case _:
            assert_never(purpose)
    WaitRepository(uow.session, rooms.scope).cancel_shopper(
        shopper, WaitEnd.CONSENT_WITHDRAWN, at=now, purpose=purpose
    )
    ShopperEventRepository(uow.session, rooms.scope).forget(shopper, purpose=purpose)


def check_word(*, now: datetime, at: datetime | None, source: str, text_version: str) -> None:
    """Refuse a word that cannot have been given so; Unprocessable says why."""
    if at is not None and at > now + AHEAD:
        raise Unprocessable(
            f"at is {at.isoformat()}, which is after the store's time {now.isoformat()}; leave it "
            "out to mean now",
            code="in_the_future",
        )
    for name, text in (("source", source), ("text_version", text_version)):
        if not (0 < len(text) <= 80 and text.isprintable()):
            raise Unprocessable(f"{name} must be 1 to 80 printable characters", code="bad_consent")
