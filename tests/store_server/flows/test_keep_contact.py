"""Contacts: kept sealed, of no use without a yes, gone when they are of no use."""

from typing import Any

import pytest
from sqlalchemy import text

from store_server.database import Database, unit_of_work
from store_server.errors import NotFound, Unprocessable
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.keep_contact import remove_contact, save_contact, show_contacts
from store_server.flows.merge_shoppers import merge_shoppers
from store_server.flows.record_consent import record_consent
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_shopper import show_shopper
from store_server.ids import ShopperId
from store_server.outbox.attempt import Verdict
from store_server.outbox.notification import Channel
from store_server.shoppers.consent import Purpose
from store_server.shoppers.contact import ContactChannel, ContactState
from tests.store_server.flows.contact_builders import (
    ADDRESSES,
    P256DH,
    a_reachable_shop,
    claimed,
    ends,
    queue,
    say_of,
    settled,
    tell,
)
from tests.store_server.outbox.builders import ANN, BOB, an_outcome, minutes, run

EMAIL, SMS, WEB = ContactChannel.EMAIL, ContactChannel.SMS, ContactChannel.WEB
EVERY: list[tuple[ContactChannel, Channel]] = [(EMAIL, "email"), (SMS, "sms"), (WEB, "web")]


def contacts(database: Database, rooms: StoreRooms) -> list[tuple[str, str, bool]]:
    found = run(database, rooms, show_contacts, shopper=ANN)
    return [(one.contact.channel.value, one.contact.state.value, one.agreed) for one in found]


def test_an_address_lies_sealed_in_the_database(database: Database) -> None:
    rooms = a_reachable_shop(database)

    with unit_of_work(database.write, rooms.live) as uow:
        rows = uow.session.connection().execute(text("SELECT * FROM shopper_contact")).all()
    assert len(rows) == 3
    assert [
        one for one in ADDRESSES.values() if one in repr(rows) or one.encode().hex() in repr(rows)
    ] == []


@pytest.mark.parametrize(("channel", "way"), EVERY)
def test_who_agreed_is_written_to(
    database: Database, channel: ContactChannel, way: Channel
) -> None:
    rooms = a_reachable_shop(database, channel)
    queue(database, rooms, way)

    (claim,) = claimed(database, rooms)

    assert (claim.endpoint, claim.address) == (way, ADDRESSES[channel])
    assert claim.lives_s == 120
    assert claim.unsubscribe_url.startswith("https://store.example/v1/unsubscribe/")
    assert ANN not in claim.unsubscribe_url


@pytest.mark.parametrize(("channel", "way"), EVERY)
def test_a_contact_is_no_consent(database: Database, channel: ContactChannel, way: Channel) -> None:
    rooms = a_reachable_shop(database, granted=False)
    queue(database, rooms, way)

    assert claimed(database, rooms) == []
    assert ends(database, rooms) == [("suppressed", "channel_refused")]


@pytest.mark.parametrize(("channel", "way"), EVERY)
def test_a_no_to_a_channel_ends_what_waits_in_it_and_nothing_else(
    database: Database, channel: ContactChannel, way: Channel
) -> None:
    rooms = a_reachable_shop(database)
    other: Channel = "sms" if way != "sms" else "email"
    queue(database, rooms, way)
    queue(database, rooms, other, first=2)

    say_of(database, rooms, channel, granted=False)

    assert [one.endpoint for one in claimed(database, rooms)] == [other]
    assert ("suppressed", "channel_refused") in ends(database, rooms)


@pytest.mark.parametrize(("channel", "way"), EVERY)
def test_a_no_to_offers_ends_every_channel(
    database: Database, channel: ContactChannel, way: Channel
) -> None:
    rooms = a_reachable_shop(database)
    queue(database, rooms, way)

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

    assert claimed(database, rooms) == []
    assert ends(database, rooms) == [("suppressed", "consent_withdrawn")]


@pytest.mark.parametrize(
    ("channel", "way", "left"),
    [
        (EMAIL, "email", [("email", "bounced", True)]),
        (SMS, "sms", [("sms", "bounced", True)]),
        (WEB, "web", []),
    ],
)
def test_where_nobody_is_reached_nothing_more_is_sent(
    database: Database, channel: ContactChannel, way: Channel, left: list[object]
) -> None:
    rooms = a_reachable_shop(database, channel)
    queue(database, rooms, way, count=2)
    (claim,) = claimed(database, rooms, limit=1)

    settled(database, rooms, [(claim, an_outcome(Verdict.CONTACT_GONE, status=550))])

    assert contacts(database, rooms) == left
    assert claimed(database, rooms) == []
    assert ends(database, rooms) == [
        ("dead", "contact_unusable"),
        ("suppressed", "contact_unusable"),
    ]


def test_an_address_that_was_told_anew_meanwhile_is_not_given_up(database: Database) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    queue(database, rooms, "email")
    (claim,) = claimed(database, rooms)
    tell(database, rooms, EMAIL, address="ann@new.example")

    settled(database, rooms, [(claim, an_outcome(Verdict.CONTACT_GONE, status=550))])

    assert contacts(database, rooms) == [("email", ContactState.USABLE.value, True)]


def test_a_contact_that_was_taken_away_is_not_written_to(database: Database) -> None:
    rooms = a_reachable_shop(database)
    queue(database, rooms, "email")

    run(database, rooms, remove_contact, shopper=ANN, channel=EMAIL)

    assert claimed(database, rooms) == []
    with pytest.raises(NotFound):
        run(database, rooms, remove_contact, shopper=ANN, channel=EMAIL)


def test_a_no_is_not_overtaken_by_an_earlier_yes_of_a_clock_ahead(database: Database) -> None:
    rooms = a_reachable_shop(database, EMAIL)

    say_of(database, rooms, EMAIL, granted=False, at=None)

    assert contacts(database, rooms) == [("email", "usable", False)]


def test_whoever_is_absorbed_is_reached_under_the_name_of_today(database: Database) -> None:
    rooms = a_reachable_shop(database, EMAIL)
    run(database, rooms, merge_shoppers, kept=BOB, absorbed=ANN)
    queue(database, rooms, "email")

    (claim,) = claimed(database, rooms, after=minutes(1))

    assert claim.address == ADDRESSES[EMAIL]


def test_the_shopper_reads_all_of_it_and_erasure_takes_all_of_it(database: Database) -> None:
    rooms = a_reachable_shop(database)
    told: Any = run(database, rooms, show_shopper, shopper=ANN)
    assert {(one["channel"], one["address"]) for one in told["contacts"]} == {
        (channel.value, address) for channel, address in ADDRESSES.items()
    }
    assert {one["channel"] for one in told["channel_consents"]} == {"email", "sms", "web"}

    run(database, rooms, forget_shopper, shopper=ANN)

    with unit_of_work(database.write, rooms.live) as uow:
        for table in ("shopper_contact", "channel_consent"):
            count = uow.session.connection().execute(text(f"SELECT count(*) FROM {table}"))
            assert count.scalar() == 0


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (EMAIL, "ann@localhost"),
        (EMAIL, "Ann <ann@example.org>"),
        (EMAIL, "ann@example.org\r\nBcc: all@example.org"),
        (EMAIL, "a..b@example.org"),
        (SMS, "600123456"),
        (SMS, "+99"),
        (WEB, "{}"),
        (WEB, '{"endpoint":"https://push.example/","keys":{"p256dh":"AA","auth":"AA"}}'),
        (WEB, ADDRESSES[WEB].replace(P256DH, "B" + "A" * 86)),  # is on no curve
        (WEB, ADDRESSES[WEB].replace("https://push.example", "http://127.0.0.1")),
        (WEB, ADDRESSES[WEB].replace("https://push.example", "https://user:pass@push.example")),
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(
    database: Database, channel: ContactChannel, address: str
) -> None:
    rooms = a_reachable_shop(database, SMS)

    with pytest.raises(Unprocessable) as refused:
        run(database, rooms, save_contact, shopper=ANN, channel=channel, address=address)

    assert refused.value.code == "bad_contact"
    assert address not in str(refused.value)


def test_only_the_known_have_contacts(database: Database) -> None:
    rooms = a_reachable_shop(database)

    with pytest.raises(NotFound):
        tell(database, rooms, EMAIL, shopper=ShopperId("nobody"))
