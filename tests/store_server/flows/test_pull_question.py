"""What a scanned code and a basket mean for a pull."""

from dataclasses import replace

import pytest

from store_server.database import Database
from store_server.decisions.reason import Reason
from store_server.errors import Unprocessable
from store_server.flows.keep_codes import keep_code
from store_server.flows.replay_decision import replay_decision
from store_server.ids import CampaignId, OfferId, ZoneId
from store_server.offers.printed_code import PrintedCode
from store_server.offers.trigger import Placement, TriggerKind, TriggerRule
from store_server.shop.product import Product
from store_server.shop.repository import ProductRepository
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.decision_builders import HERE, a_question, a_shop
from tests.store_server.offers.builders import a_campaign, an_offer

TWICE = a_campaign(cap_per_visit=2, cap_per_day=2)
DAIRY = ZoneId("dairy")
A_SOAP = Product("p2", "Soap", "SOAP", "home", 100, 3000)


def test_a_printed_code_says_where_and_which_campaign(database: Database) -> None:
    dairy = replace(
        a_campaign("dairy", offers=("milk",)), trigger=TriggerRule(TriggerKind.PULL, DAIRY)
    )
    other = replace(dairy, id=CampaignId("other"), offers=(OfferId("oat"),))
    offers = [an_offer("milk"), an_offer("oat", margin_minor=190)]
    shop = a_shop(database, offers=offers, campaigns=[dairy, other])
    with shop.transaction() as uow:
        code = PrintedCode("shelf-7", Placement.QR, DAIRY, CampaignId("dairy"))
        keep_code(uow, shop.rooms, now=shop.now, code=code)

    answer = shop.ask(replace(a_question(zone="bakery"), code="shelf-7"))

    assert (answer.decision.zone, answer.decision.campaign) == ("dairy", "dairy")


def test_a_code_that_nobody_printed_is_refused(database: Database) -> None:
    shop = a_shop(database)

    with pytest.raises(Unprocessable, match="has printed no such code") as refused:
        shop.ask(replace(a_question(), code="shelf-8"))

    assert refused.value.code == "unknown_code"


def test_a_code_needs_a_zone_and_a_campaign_that_are_there(database: Database) -> None:
    shop = a_shop(database)

    for code in (
        PrintedCode("c", zone=ZoneId("cellar")),
        PrintedCode("c", campaign=CampaignId("none")),
    ):
        with shop.transaction() as uow, pytest.raises(Unprocessable):
            keep_code(uow, shop.rooms, now=shop.now, code=code)


def test_what_completes_the_basket_is_offered_and_what_is_in_it_is_not(
    database: Database,
) -> None:
    offers = [an_offer(name, category=name.upper()) for name in ("bread", "sauce", "soap")]
    names = [OfferId(one.id) for one in offers]
    shop = a_shop(database, offers=offers, campaigns=[replace(TWICE, offers=tuple(names))])
    for _ in range(40):
        shop.rooms.complements.update(["PASTA", "SAUCE"])
        shop.rooms.complements.update(["SOAP", "TOWEL"])
    with shop.transaction() as uow:
        ProductRepository(uow.session, HERE).save(
            [Product("p1", "Pasta", "PASTA", "food", 100, 3000), A_SOAP]
        )
    asked = replace(a_question(), basket=("p1", A_SOAP.id, "nobody-knows"))

    answer = shop.ask(asked)

    assert answer.decision.offer == "sauce"
    reasons = {one.offer: one.reason for one in answer.decision.candidates}
    assert reasons[OfferId("soap")] is Reason.ALREADY_BOUGHT
    with shop.transaction() as uow:
        again = replay_decision(uow, shop.rooms, now=shop.now, decision_id=answer.decision.id)
    assert again.is_same


def test_without_consent_to_a_profile_the_basket_is_not_looked_at(database: Database) -> None:
    shop = a_shop(database, offers=[an_offer(category="SOAP")])
    shop.withdraw("ann", Purpose.PROFILE)
    with shop.transaction() as uow:
        ProductRepository(uow.session, HERE).save([A_SOAP])

    assert shop.ask(replace(a_question(), basket=(A_SOAP.id,))).outcome == "offered"
