"""A no holds for the person: whatever name it was said under, whatever name they go by since."""

from datetime import datetime
from typing import Any

import pytest

from store_server.database import Database
from store_server.errors import NotFound
from store_server.flows.keep_contact import remove_contact, show_contacts
from store_server.flows.merge_shoppers import merge_shoppers, split_shoppers
from store_server.flows.record_consent import record_consent
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_shopper import show_shopper
from store_server.flows.unsubscribe import show_leaving, unsubscribe
from store_server.ids import ShopperId
from store_server.shoppers.consent import Purpose
from store_server.shoppers.contact import ContactChannel
from tests.store_server.flows.contact_builders import (
    a_reachable_shop,
    claimed,
    ends,
    queue,
    say_of,
    tell,
)
from tests.store_server.outbox.builders import ANN, BOB, NOON, minutes, run

EMAIL = ContactChannel.EMAIL
NAMES = [ANN, BOB]


def merged(database: Database, rooms: StoreRooms, *, after: float = 1) -> str:
    """Ann turns out to be Bob, who is kept; the id of the merge."""
    at = NOON + minutes(after)
    return run(database, rooms, merge_shoppers, now=at, kept=BOB, absorbed=ANN).id


def agreed(database: Database, rooms: StoreRooms, who: ShopperId, *, after: float) -> bool:
    at = NOON + minutes(after)
    found = run(database, rooms, show_contacts, now=at, shopper=who)
    return any(one.agreed for one in found)


def link_of(database: Database, rooms: StoreRooms) -> str:
    """The token in an e-mail that went to Ann."""
    queue(database, rooms, "email")
    (claim,) = claimed(database, rooms)
    return claim.unsubscribe_url.rpartition("/")[2]


def offers(
    database: Database, rooms: StoreRooms, who: ShopperId, at: datetime, *, granted: bool = False
) -> None:
    words = {"source": "app", "text_version": "1", "purpose": Purpose.OFFERS}
    run(database, rooms, record_consent, now=at, shopper=who, granted=granted, **words)


def test_a_click_in_an_old_mail_withdraws_for_the_one_they_are_now(database: Database) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    token = link_of(database, rooms)
    merged(database, rooms)
    before = run(database, rooms, show_leaving, now=NOON + minutes(2), token=token)

    run(database, rooms, unsubscribe, now=NOON + minutes(2), token=token)

    queue(database, rooms, "email", first=2, shopper=BOB, at=NOON + minutes(3))
    assert before.agreed
    assert claimed(database, rooms, after=minutes(3)) == []
    assert ("suppressed", "channel_refused") in ends(database, rooms)


@pytest.mark.parametrize("said_by", NAMES)
def test_a_no_to_a_channel_said_as_one_stays_a_no_after_a_split(
    database: Database, said_by: ShopperId
) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    tell(database, rooms, EMAIL, shopper=BOB, address="bob@example.org")
    say_of(database, rooms, EMAIL, granted=True, shopper=BOB, at=NOON - minutes(30))
    merge_id = merged(database, rooms)

    say_of(database, rooms, EMAIL, granted=False, shopper=said_by, now=NOON + minutes(2))
    run(database, rooms, split_shoppers, now=NOON + minutes(3), merge_id=merge_id)

    assert [agreed(database, rooms, who, after=4) for who in NAMES] == [False, False]


@pytest.mark.parametrize("who", NAMES)
def test_a_no_said_by_one_where_the_other_had_said_no_outlives_the_split(
    database: Database, who: ShopperId
) -> None:
    other = BOB if who == ANN else ANN
    rooms = a_reachable_shop(database, EMAIL)
    tell(database, rooms, EMAIL, shopper=BOB, address="bob@example.org")
    say_of(database, rooms, EMAIL, granted=True, shopper=who, at=NOON - minutes(9))
    say_of(database, rooms, EMAIL, granted=False, shopper=other, at=NOON - minutes(9))
    offers(database, rooms, other, NOON)
    merge_id = merged(database, rooms)

    say_of(database, rooms, EMAIL, granted=False, shopper=who, now=NOON + minutes(2))
    offers(database, rooms, who, NOON + minutes(2))
    run(database, rooms, split_shoppers, now=NOON + minutes(3), merge_id=merge_id)

    assert not agreed(database, rooms, who, after=4)
    queue(database, rooms, "webhook", first=7, shopper=who, at=NOON + minutes(4))
    assert claimed(database, rooms, after=minutes(4)) == []


@pytest.mark.parametrize("refuses", NAMES)
def test_a_merge_does_not_override_a_no_to_a_channel(
    database: Database, refuses: ShopperId
) -> None:
    """Also where the other one's yes is the later word."""
    rooms = a_reachable_shop(database, EMAIL)
    tell(database, rooms, EMAIL, shopper=BOB, address="bob@example.org")
    say_of(database, rooms, EMAIL, granted=False, shopper=refuses, at=NOON - minutes(20))
    agrees = BOB if refuses == ANN else ANN
    say_of(database, rooms, EMAIL, granted=True, shopper=agrees, at=NOON - minutes(10))

    merge_id = merged(database, rooms)

    queue(database, rooms, "email", shopper=BOB, at=NOON + minutes(2))
    assert claimed(database, rooms, after=minutes(2)) == []
    run(database, rooms, split_shoppers, now=NOON + minutes(3), merge_id=merge_id)
    assert agreed(database, rooms, agrees, after=4)
    assert not agreed(database, rooms, refuses, after=4)


def test_a_yes_said_since_the_merge_counts_as_long_as_they_are_one(database: Database) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    say_of(database, rooms, EMAIL, granted=False)
    merge_id = merged(database, rooms)

    say_of(database, rooms, EMAIL, granted=True, now=NOON + minutes(2))

    assert agreed(database, rooms, BOB, after=3)
    run(database, rooms, split_shoppers, now=NOON + minutes(3), merge_id=merge_id)
    assert not agreed(database, rooms, ANN, after=4)


def test_a_contact_is_shown_and_taken_away_under_every_name(database: Database) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    tell(database, rooms, EMAIL, shopper=BOB, address="bob@example.org")
    merged(database, rooms)

    (shown,) = run(database, rooms, show_contacts, shopper=ANN)
    run(database, rooms, remove_contact, shopper=ANN, channel=EMAIL)

    assert shown.contact.hint == "b***@example.org"
    assert run(database, rooms, show_contacts, shopper=BOB) == []
    queue(database, rooms, "email", shopper=BOB)
    assert claimed(database, rooms, after=minutes(1)) == []
    with pytest.raises(NotFound):
        run(database, rooms, remove_contact, shopper=BOB, channel=EMAIL)


def test_a_no_reaches_what_is_queued_and_under_way_under_the_other_name(
    database: Database,
) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    queue(database, rooms, "email", count=2)
    (flying,) = claimed(database, rooms, limit=1)
    merged(database, rooms)

    offers(database, rooms, BOB, NOON + minutes(1))

    assert rooms.flights.begin(ANN, ticket=flying.ticket) is None
    assert ("suppressed", "consent_withdrawn") in ends(database, rooms)


def test_a_merge_with_whoever_said_no_ends_what_is_under_way(database: Database) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    offers(database, rooms, BOB, NOON - minutes(5))
    queue(database, rooms, "email", count=2)
    (flying,) = claimed(database, rooms, limit=1)

    merged(database, rooms)

    assert rooms.flights.begin(ANN, ticket=flying.ticket) is None
    assert ("suppressed", "consent_withdrawn") in ends(database, rooms)


def test_the_download_holds_every_word_under_every_name(database: Database) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    offers(database, rooms, ANN, NOON - minutes(5))
    merged(database, rooms)

    told: Any = run(database, rooms, show_shopper, shopper=BOB)

    at = (NOON - minutes(5)).isoformat().replace("+00:00", "Z")
    assert (at, False) in {(one["at"], one["granted"]) for one in told["consents"]}
