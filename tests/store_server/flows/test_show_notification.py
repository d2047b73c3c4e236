"""Thin webhooks carry ids; the rest is fetched, as long as it may be told."""

import json

import pytest

from store_server.database import Database
from store_server.errors import NotFound
from store_server.flows.record_consent import record_consent
from store_server.flows.register_endpoint import register_endpoint
from store_server.flows.show_notification import show_notification
from store_server.outbox.endpoint import Payload
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.contact_builders import claimed, queue
from tests.store_server.outbox.builders import ANN, NOON, a_notification, minutes, run
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


def test_what_must_not_be_told_any_more_is_not(database: Database) -> None:
    rooms = a_shop(database)
    queue(database, rooms, "webhook")

    with pytest.raises(NotFound):
        run(database, rooms, show_notification, notification=NOTE, now=NOON + minutes(3))
    with pytest.raises(NotFound):
        run(database, rooms, show_notification, notification="nothing")
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
    with pytest.raises(NotFound):
        run(database, rooms, show_notification, notification=NOTE)
