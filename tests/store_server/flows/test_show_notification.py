"""Thin webhooks carry ids; the rest is fetched, as long as it may be told."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from store_server.database import Database
from store_server.errors import NotFound
from store_server.flows.merge_shoppers import merge_shoppers
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.record_consent import record_consent
from store_server.flows.register_endpoint import register_endpoint
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_notification import show_notification
from store_server.flows.take_wishes import open_complaint, set_exclusions
from store_server.offers.campaign import CampaignState
from store_server.outbox.endpoint import Payload
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.contact_builders import claimed, queue, settled
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import (
    ANN,
    BOB,
    NOON,
    a_decision,
    a_notification,
    an_outcome,
    minutes,
    run,
)
from tests.store_server.redemptions.builders import a_shop

NOTE = a_notification().id


def test_a_webhook_is_thin_unless_the_endpoint_wants_it_full(database: Database) -> None:
    rooms = a_shop(database)
    run(database, rooms, register_endpoint, url="https://thin.example/")
    run(database, rooms, register_endpoint, url="https://full.example/", payload=Payload.FULL)
    queue(database, rooms, "webhook")

    body = {one.address: one.body for one in claimed(database, rooms)}

    thin, full = (
        json.loads(body["https://thin.example/"]),
        json.loads(body["https://full.example/"]),
    )
    assert (thin["type"], thin["timestamp"]) == (full["type"], full["timestamp"])
    assert set(thin["data"]) < set(full["data"])
    assert thin["data"]["notification_id"] == NOTE
    assert {"title", "body", "coupon_code", "zone", "face_value_minor"} & set(thin["data"]) == set()


def test_the_rest_is_told_by_its_id(database: Database) -> None:
    rooms = a_shop(database)
    queue(database, rooms, "webhook")

    told = run(database, rooms, show_notification, notification=NOTE)

    assert (told["title"], told["coupon_code"]) == ("rye bread", "ABCDEFG-HJKMNPQ-RSTVWXY")


def refused(database: Database, rooms: StoreRooms, *, now: datetime = NOON) -> str:
    with pytest.raises(NotFound) as error:
        run(database, rooms, show_notification, notification=NOTE, now=now)
    return error.value.code


def test_what_must_not_be_told_any_more_says_why(database: Database) -> None:
    rooms = a_shop(database)
    assert refused(database, rooms) == "unknown_notification"
    queue(database, rooms, "webhook")

    assert refused(database, rooms, now=NOON + minutes(3)) == "moment_over"
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

    assert refused(database, rooms) == "consent_withdrawn"


def exclude(database: Database, rooms: StoreRooms) -> None:
    run(database, rooms, set_exclusions, shopper=ANN, excluded=["BREAD"])


def complain(database: Database, rooms: StoreRooms) -> None:
    run(database, rooms, open_complaint, shopper=ANN, topic="taste")


def silence(database: Database, rooms: StoreRooms) -> None:
    run(database, rooms, move_kill_switch, is_on=True)


def pause(database: Database, rooms: StoreRooms) -> None:
    paused = a_campaign(state=CampaignState.PAUSED)
    rooms.live = replace(rooms.live, catalogue=rooms.live.catalogue.with_campaign(paused))


def merge_with_whoever_excludes(database: Database, rooms: StoreRooms) -> None:
    run(database, rooms, set_exclusions, shopper=BOB, excluded=["rye"])
    run(database, rooms, merge_shoppers, kept=BOB, absorbed=ANN)


@pytest.mark.parametrize(
    ("happen", "code"),
    [
        (exclude, "excluded"),
        (complain, "complaint_open"),
        (silence, "kill_switch"),
        (pause, "campaign_stopped"),
        (merge_with_whoever_excludes, "excluded"),
    ],
)
def test_the_rules_of_sending_hold_for_what_is_fetched(
    database: Database, happen: Callable[[Database, StoreRooms], None], code: str
) -> None:
    """Also when it was delivered before."""
    rooms = a_shop(database, a_decision())
    run(database, rooms, register_endpoint, url="https://thin.example/")
    queue(database, rooms, "webhook")
    settled(database, rooms, [(one, an_outcome()) for one in claimed(database, rooms)])
    assert run(database, rooms, show_notification, notification=NOTE)

    happen(database, rooms)

    assert refused(database, rooms) == code


def test_caps_do_not_refuse_what_they_have_counted(database: Database) -> None:
    rooms = a_shop(database, a_decision(), a_decision("before", at=NOON - minutes(1)))
    queue(database, rooms, "webhook")
    rooms.policy = replace(rooms.policy, cap_per_day=1)

    assert run(database, rooms, show_notification, notification=NOTE)
