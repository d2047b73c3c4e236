"""A shopper's download: everything of every store, and nothing that opens a door."""

import json

import pytest

from store_server.database import Database, unit_of_work
from store_server.errors import NotFound
from store_server.flows.show_shopper import show_shopper
from store_server.ids import ShopperId, scope
from tests.store_server.every_table import fill, tables_of_shoppers
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import NOON, a_trigger

ANN = ShopperId("ann")
TOLD = {
    "app_install": "installs",
    "audit_entry": "looked_at",
    "basket": "baskets",
    "complaint": "complaints",
    "consent": "consents",
    "shopper_contact": "contacts",
    "channel_consent": "channel_consents",
    "coupon": "coupons",
    "decision": "decisions",
    "identity": "identities",
    "journey_wait": "waits",
    "notification": "notifications",
    "purchase_basket": "purchases",
    "shopper": "language",
    "staff_task": "staff_tasks",
    "shopper_attribute": "attributes",
    "shopper_event": "events",
    "shopper_merge": "also_known_as",
    "shopper_profile": "profile",
    "visit": "visits",
    "zone_event": "zone_events",
}
LEFT_OUT = {
    "experiment_unit": "told with each decision, as its variants",
    "dismissal": "told with its decision, as `dismissed_at`",
    "pull_answer": "which request led to which decision; the decision is told",
    "presence_belief": "where the shopper is believed to be now; zone events and visits are told",
    "scheduled_ask": "who is asked about at an hour, for three days; the decision is told",
    "shopper_token": "a hash that ends within 15 minutes",
}


def a_filled_shop(database: Database) -> Shop:
    """Ann and Bob in every table of two stores; another organisation has an Ann too."""
    shop = a_shop(database, shoppers=())
    with unit_of_work(database.write, None) as uow:
        for mark, place in enumerate((("acme", "demo"), ("acme", "other"), ("rival", "demo"))):
            for who in ("ann", "bob"):
                fill(uow.session, scope(*place), who=who, mark=mark)
    return shop


def document_of(shop: Shop, shopper: ShopperId = ANN) -> dict[str, object]:
    with shop.transaction() as uow:
        return show_shopper(uow, shop.rooms, now=NOON, shopper=shopper)


def test_every_table_that_names_a_shopper_is_told_or_left_out_for_a_reason() -> None:
    assert {table.name for table in tables_of_shoppers()} == set(TOLD) | set(LEFT_OUT)


def test_a_download_tells_of_every_such_table(database: Database) -> None:
    document = document_of(a_filled_shop(database))

    assert [kind for kind in TOLD.values() if not document[kind]] == []


def test_a_download_tells_of_every_store_of_the_organisation_and_of_no_other(
    database: Database,
) -> None:
    document = document_of(a_filled_shop(database))

    for kind in ("visits", "zone_events", "baskets", "decisions", "notifications", "coupons"):
        told = document[kind]
        assert isinstance(told, list)
        assert [one["store"] for one in told] == ["demo", "other"], kind


def test_a_decision_for_nothing_is_told_with_its_reason(database: Database) -> None:
    shop = a_shop(database)
    shop.withdraw("ann")
    shop.decide(a_trigger(shopper="ann"))

    told = document_of(shop)["decisions"][0]  # type: ignore[index] # a list, by the test above

    assert (told["outcome"], told["reasons"]) == ("nothing", ["no_consent_offers"])


def test_a_notification_is_told_with_what_became_of_it(database: Database) -> None:
    document = document_of(a_filled_shop(database))

    first = document["notifications"][0]  # type: ignore[index] # a list, by the test above
    assert first["deliveries"] == [{"state": "queued", "reason": None, "attempts": 100}]


def test_a_download_holds_no_key_no_hash_and_nobody_else(database: Database) -> None:
    written = json.dumps(document_of(a_filled_shop(database)))

    for word in ("sealed", "key", "hash", "fingerprint", "bob"):
        assert word not in written


def test_of_a_stranger_there_is_nothing_to_download(database: Database) -> None:
    with pytest.raises(NotFound):
        document_of(a_shop(database), ShopperId("nobody"))


def test_a_download_says_when_it_was_made(database: Database) -> None:
    document = document_of(a_shop(database))

    assert document["made_at"] == "2026-03-04T12:00:00Z"
