"""A discount that was reckoned for one shopper says so wherever it is told."""

import json
from dataclasses import replace

from sqlmodel import select

from store_server.database import Database
from store_server.flows.show_inbox import show_inbox
from store_server.ids import ShopperId
from store_server.offers.offer import Offer
from store_server.offers.terms import DiscountBounds, OfferTerms
from store_server.outbox.tables import NotificationRow
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import a_trigger, an_offer

ANN = ShopperId("ann")


def personal(offer: Offer) -> Offer:
    """The offer with room for a personal discount, below its face value of 50."""
    return replace(offer, terms=OfferTerms(discount=DiscountBounds(least_minor=10, most_minor=40)))


def posted(shop: Shop) -> dict[str, object]:
    with shop.transaction() as uow:
        (row,) = uow.session.exec(select(NotificationRow))
        data: dict[str, object] = json.loads(row.body)["data"]
    return data


def in_inbox(shop: Shop) -> tuple[int | None, bool]:
    with shop.transaction() as uow:
        (item,) = show_inbox(uow, shop.rooms, now=shop.now, shopper=ANN)
    return item.face_value_minor, item.personal_discount


def test_a_pushed_personal_discount_is_labelled(database: Database) -> None:
    shop = a_shop(database, offers=[personal(an_offer())])

    (decision,) = shop.decide(a_trigger())

    face_value_minor = decision.face_value_minor
    assert face_value_minor is not None
    assert 10 <= face_value_minor <= 40
    told = posted(shop)
    assert (told["face_value_minor"], told["personal_discount"]) == (face_value_minor, True)
    assert told["body"] == f"0.{face_value_minor} EUR off in Bakery"
    assert in_inbox(shop) == (face_value_minor, True)


def test_a_pulled_personal_discount_is_labelled(database: Database) -> None:
    shop = a_shop(database, offers=[personal(an_offer())])

    answer = shop.pull()

    assert answer.offer is not None
    assert answer.offer.personal_discount
    assert answer.offer.face_value_minor == answer.decision.face_value_minor != 50
    assert in_inbox(shop) == (answer.offer.face_value_minor, True)


def test_the_discount_that_everybody_gets_is_not(database: Database) -> None:
    shop = a_shop(database)

    answer = shop.pull()

    assert answer.offer is not None
    assert (answer.offer.face_value_minor, answer.offer.personal_discount) == (50, False)
    assert posted(shop)["personal_discount"] is False
    assert in_inbox(shop) == (50, False)


def test_an_offer_told_before_the_label_stays_in_the_inbox(database: Database) -> None:
    shop = a_shop(database)
    shop.pull()
    with shop.transaction() as uow:
        (row,) = uow.session.exec(select(NotificationRow))
        document = json.loads(row.body)
        del document["data"]["face_value_minor"], document["data"]["personal_discount"]
        row.body = json.dumps(document)

    assert in_inbox(shop) == (None, False)
