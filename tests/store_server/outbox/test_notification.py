"""Notifications: composed from a decision, posted as the same JSON each time."""

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from store_server.decisions.decision import Outcome
from store_server.offers.creative import Creative
from store_server.outbox.notification import (
    compose,
    endpoint_test_body,
    money_text,
    notification_id,
    rfc3339,
    webhook_body,
)
from tests.store_server.offers.builders import an_offer
from tests.store_server.outbox.builders import NOON, SCOPE, a_decision, a_notification, minutes

WORDS = Creative("{offer} today", "{value} off in {zone}")


def test_the_creative_is_filled_with_offer_value_and_zone() -> None:
    told = compose(
        a_decision(),
        an_offer(face_value_minor=150),
        WORDS,
        code=None,
        expires_at=NOON,
        currency="EUR",
        zone_name="the bakery",
    )

    assert (told.title, told.body) == ("rye bread today", "1.50 EUR off in the bakery")


def test_a_decision_has_one_notification() -> None:
    told = compose(a_decision("d-7"), an_offer(), WORDS, code="C", expires_at=NOON)

    assert told.id == notification_id("d-7")
    assert told.decision == "d-7"


def test_nothing_is_told_about_a_decision_for_nothing() -> None:
    nothing = a_decision(outcome=Outcome.NOTHING, offer=None)

    with pytest.raises(ValueError, match="nothing to tell"):
        compose(nothing, an_offer(), WORDS, code=None, expires_at=NOON)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [
        (5, "EUR", "0.05 EUR"),
        (150, "JPY", "150 JPY"),
        (1_234, "KWD", "1.234 KWD"),
        (150, "", "1.50"),
    ],
)
def test_money_is_written_with_its_minor_units(amount_minor: int, currency: str, text: str) -> None:
    assert money_text(amount_minor, currency) == text


def test_the_webhook_says_what_the_contract_says() -> None:
    document = json.loads(webhook_body(a_notification(), SCOPE))

    assert document["type"] == "offer.notification"
    assert document["timestamp"] == "2026-03-04T12:00:00.000Z"
    assert set(document["data"]) == {
        "notification_id", "decision_id", "shopper_id", "offer_id", "campaign_id", "org", "store",
        "zone", "title", "body", "coupon_code", "face_value_minor",
        "personal_discount", "expires_at", "trigger_at",
    }  # fmt: skip
    assert document["data"]["expires_at"] == "2026-03-04T12:02:00.000Z"


def test_the_longest_webhook_stays_under_the_limit_of_the_spec() -> None:
    longest = replace(a_notification(), title="\U0001f956" * 80, body="\U0001f956" * 400)

    assert len(webhook_body(longest, SCOPE).encode()) < 20_000


def test_a_test_event_names_nobody() -> None:
    document = json.loads(endpoint_test_body("endpoint-1", SCOPE, at=NOON))

    assert document["type"] == "endpoint.test"
    assert set(document["data"]) == {"endpoint_id", "org", "store"}


def test_instants_are_written_in_utc_whatever_their_zone() -> None:
    vienna = (NOON + minutes(1)).astimezone(timezone(timedelta(hours=1)))

    assert rfc3339(vienna) == "2026-03-04T12:01:00.000Z"
